// SPDX-License-Identifier: Apache-2.0
import { ref } from 'vue';
import { Refusal } from '@/api/problem';
import { queries } from './queries';
import { toast, toastProblem } from './toast';

/** Runs one wish of the person at a time: busy while it runs, a toast after, fresh data in any case. */
export function useCommand() {
  const busy = ref('');

  async function run<T>(name: string, wish: () => Promise<T>, said?: string, keys: string[] = []): Promise<T | null> {
    if (busy.value) {
      return null;
    }
    busy.value = name;
    try {
      const done = await wish();
      if (said) {
        toast(said);
      }
      keys.forEach((key) => void queries.invalidateQueries({ queryKey: [key] }));
      return done;
    } catch (error) {
      toastProblem(error);
      if (error instanceof Refusal && (error.status === 409 || error.status === 412)) {
        await queries.invalidateQueries();
      }
      return null;
    } finally {
      busy.value = '';
    }
  }
  return { busy, run };
}
