// SPDX-License-Identifier: Apache-2.0
// The queue's rows. The order never moves under the pointer: known rows change in place, new ones
// wait behind a button that says how many they are.
import { onBeforeUnmount, ref, watch, type Ref } from 'vue';
import { api, ok } from '@/api/client';
import type { Alert } from '@/api/schema';
import { onChanges, onResync } from '@/lib/stream';
import { toast } from '@/lib/toast';
import { t } from '@/i18n';
import { say } from '@/model/sentences';

export interface Filter {
  state: string;
  severity: string;
  q: string;
}

const PAGE = '100';
const MOST_FETCHED = 20;

export function useAlerts(filter: Ref<Filter>) {
  const rows = ref<Alert[]>([]) as Ref<Alert[]>;
  const total = ref<number | null>(null);
  const cursor = ref<string | null>(null);
  const fresh = ref(0);
  const loading = ref(false);
  const loaded = ref(false);
  const error = ref<unknown>(null);
  let round = 0;

  async function page(from: string | undefined): Promise<void> {
    const mine = round;
    loading.value = true;
    error.value = null;
    try {
      const { state, severity, q } = filter.value;
      const got = await ok(api.GET('/api/v1/alerts', { params: { query: { state: state || undefined, severity: severity || undefined, q: q || undefined, cursor: from, limit: PAGE } } }));
      if (mine !== round) {
        return;
      }
      rows.value = from ? [...rows.value, ...got.items] : got.items;
      total.value = got.total ?? null;
      cursor.value = got.next_cursor ?? null;
      loaded.value = true;
    } catch (e) {
      if (mine === round) {
        error.value = e;
      }
    } finally {
      if (mine === round) {
        loading.value = false;
      }
    }
  }
  async function reload(): Promise<void> {
    round++;
    fresh.value = 0;
    await page(undefined);
  }
  const more = (): void => {
    if (cursor.value && !loading.value) {
      void page(cursor.value);
    }
  };

  async function renew(id: number): Promise<void> {
    const { data } = await api.GET('/api/v1/alerts/{id}', { params: { path: { id } } });
    if (!data) {
      return;
    }
    const at = rows.value.findIndex((r) => r.id === id);
    if (at >= 0 && data.version >= (rows.value[at]?.version ?? 0)) {
      rows.value = rows.value.map((r) => (r.id === id ? data : r));
    } else if (at < 0) {
      fresh.value++;
      if (data.severity === 'critical' && data.state === 'firing') {
        toast(say(data.title), { kind: 'urgent', link: { to: `/alerts/${data.id}`, text: t('alert.look') } });
      }
    }
  }
  const stop = onChanges((changes) => {
    const ids = new Set(changes.filter((c) => c.topic === 'alert').map((c) => c.id));
    for (const c of changes) {
      if (c.topic === 'incident') {
        rows.value.filter((r) => r.incident_id === c.id).forEach((r) => ids.add(r.id));
      }
    }
    if (ids.size > MOST_FETCHED) {
      fresh.value += ids.size;
      return;
    }
    ids.forEach((id) => void renew(id));
  });
  const stopResync = onResync(() => void reload());
  onBeforeUnmount(() => {
    stop();
    stopResync();
  });
  watch(filter, () => void reload(), { immediate: true });
  return { rows, total, fresh, loading, loaded, error, cursor, reload, more, renew };
}
