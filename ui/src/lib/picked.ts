// SPDX-License-Identifier: Apache-2.0
import { computed, ref, type Ref } from 'vue';

/** Rows a person has ticked; those that left the list are no longer ticked. */
export function usePicked<T extends { id: number }>(rows: Ref<T[]>, fits: (row: T) => boolean = () => true) {
  const ids = ref(new Set<number>());
  const picked = computed(() => rows.value.filter((r) => ids.value.has(r.id)));
  const able = computed(() => rows.value.filter(fits));
  function tick(id: number, on: boolean): void {
    const next = new Set(ids.value);
    if (on) {
      next.add(id);
    } else {
      next.delete(id);
    }
    ids.value = next;
  }
  const all = (most: number): void => void (ids.value = new Set(able.value.slice(0, most).map((r) => r.id)));
  const clear = (): void => void (ids.value = new Set());
  return { ids, picked, able, tick, all, clear };
}

/** The server takes so many at once. */
export const MANY_MOST = 200;
