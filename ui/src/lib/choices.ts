// SPDX-License-Identifier: Apache-2.0
// Whole lists to choose from, page by page; what is longer than PAGES_MAX pages is cut there.
import { useQuery } from '@tanstack/vue-query';
import { computed, type Ref } from 'vue';
import { api, ok } from '@/api/client';

const PAGES_MAX = 25;
const PAGE = '200';
export interface Choice {
  value: number;
  text: string;
}
interface Page {
  items: { id: number; name: string }[];
  next_cursor?: string | null;
}

async function whole(load: (cursor: string | undefined) => Promise<Page>): Promise<Choice[]> {
  const list: Choice[] = [];
  let cursor: string | undefined;
  for (let i = 0; i < PAGES_MAX; i++) {
    const page = await load(cursor);
    list.push(...page.items.map((x) => ({ value: x.id, text: x.name })));
    cursor = page.next_cursor ?? undefined;
    if (!cursor) {
      break;
    }
  }
  return list;
}

const LOADS = {
  check: (cursor?: string): Promise<Page> => ok(api.GET('/api/v1/checks', { params: { query: { cursor, limit: PAGE } } })),
  asset: (cursor?: string): Promise<Page> => ok(api.GET('/api/v1/assets', { params: { query: { cursor, limit: PAGE } } })),
  unit: (cursor?: string): Promise<Page> => ok(api.GET('/api/v1/units', { params: { query: { cursor, limit: PAGE } } })),
};
export type ChoiceOf = keyof typeof LOADS;

export function useChoices(of: Ref<ChoiceOf>, enabled: Ref<boolean>) {
  const query = useQuery({ queryKey: computed(() => ['choices', of.value]), queryFn: () => whole(LOADS[of.value]), enabled, staleTime: 60_000 });
  return computed(() => query.data.value ?? []);
}
