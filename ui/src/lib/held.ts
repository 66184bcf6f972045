// SPDX-License-Identifier: Apache-2.0
// A record that is being filled in stays on the screen as it was, until it was handed in and its receipt read.
import { ref, watch, type Ref } from 'vue';

export function useHeld<T extends { acts: string[] }>(record: Ref<T | undefined>, act: string) {
  const held = ref<T | null>(null) as Ref<T | null>;
  const sent = ref(false);
  watch([record, sent], () => {
    const now = record.value;
    if (now?.acts.includes(act)) {
      held.value = now;
    } else if (now && !sent.value) {
      held.value = null;
    }
  }, { immediate: true });
  const release = (): void => {
    sent.value = false;
  };
  return { held, sent, release };
}
