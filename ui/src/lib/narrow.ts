// SPDX-License-Identifier: Apache-2.0
import { onBeforeUnmount, ref, type Ref } from 'vue';

/** True below the width where a table becomes a list of two-line rows. */
export function useNarrow(most = 640): Ref<boolean> {
  const query = window.matchMedia(`(max-width: ${most}px)`);
  const narrow = ref(query.matches);
  const follow = (): void => {
    narrow.value = query.matches;
  };
  query.addEventListener('change', follow);
  onBeforeUnmount(() => query.removeEventListener('change', follow));
  return narrow;
}
