// SPDX-License-Identifier: Apache-2.0
import type { Notice } from '@/api/schema';
import { useCommand } from '@/lib/command';

const TOUCHED = ['notice', 'notices', 'todo', 'overview', 'findings'];

/** One command of a panel: busy, a sentence, and everything that shows the notice asked again. */
export function useNoticeCommand(notice: () => Notice) {
  const { busy, run } = useCommand();
  return { busy, act: <T>(name: string, wish: (n: Notice) => Promise<T>, said: string): Promise<T | null> => run(name, () => wish(notice()), said, TOUCHED) };
}
