// SPDX-License-Identifier: Apache-2.0
import { keepPreviousData, useInfiniteQuery } from '@tanstack/vue-query';
import { computed, type MaybeRefOrGetter, toValue } from 'vue';

interface Page<T> {
  items: T[];
  next_cursor?: string | null;
  total?: number | null;
}

/** A list by cursor: rows so far, whether there are more, and how to get them. */
export function usePaged<T>(key: MaybeRefOrGetter<readonly unknown[]>, load: (cursor: string | undefined) => Promise<Page<T>>, enabled = true, everyMs?: number) {
  const query = useInfiniteQuery({
    queryKey: computed(() => toValue(key)),
    queryFn: ({ pageParam }) => load(pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last: Page<T>) => last.next_cursor ?? undefined,
    placeholderData: keepPreviousData,
    enabled,
    refetchInterval: everyMs ?? false,
  });
  const rows = computed<T[]>(() => query.data.value?.pages.flatMap((p) => p.items) ?? []);
  const total = computed(() => query.data.value?.pages[0]?.total ?? null);
  const more = (): void => {
    if (query.hasNextPage.value && !query.isFetchingNextPage.value) {
      void query.fetchNextPage();
    }
  };
  return { query, rows, total, more };
}
