// SPDX-License-Identifier: Apache-2.0
// Settings the screens know by name. A key the server does not list is not shown.
import { useQuery } from '@tanstack/vue-query';
import { computed, reactive, watch } from 'vue';
import { api, ok, seen } from '@/api/client';
import type { Setting } from '@/api/schema';
import type { Key } from '@/i18n';
import { t } from '@/i18n';
import { useCommand } from './command';

export type Kind = 'text' | 'number' | 'tls' | 'person' | 'switch';

export interface Known {
  key: string;
  label: Key;
  kind: Kind;
  hint?: Key;
  placeholder?: string;
}

export const GROUPS: Record<string, Known[]> = {
  school: [{ key: 'school.name', label: 'setting.school.name', kind: 'text' }, { key: 'small_school', label: 'setting.small_school', kind: 'switch', hint: 'setting.small_school_hint' }],
  address: [{ key: 'school.address', label: 'setting.school.address', kind: 'text', hint: 'setting.school.address_hint' }],
  mail: [
    { key: 'mail.host', label: 'setting.mail.host', kind: 'text', placeholder: 'smtp.school.example' }, { key: 'mail.port', label: 'setting.mail.port', kind: 'number' }, { key: 'mail.tls', label: 'setting.mail.tls', kind: 'tls' },
    { key: 'mail.from', label: 'setting.mail.from', kind: 'text' }, { key: 'mail.user', label: 'setting.mail.user', kind: 'text' },
  ],
  duty: [{ key: 'duty.person_id', label: 'setting.duty.person_id', kind: 'person', hint: 'setting.duty_hint' }],
  backup: [{ key: 'backup.target', label: 'setting.backup.target', kind: 'text', hint: 'setting.backup_hint' }],
};
export const KNOWN_GROUPS = Object.keys(GROUPS);

const KEYS = ['settings', 'checkup', 'overview'];

/** The fields of one group as they are on the server, and saving of those that were changed. */
export function useSettings(group: string) {
  const query = useQuery({ queryKey: ['settings'], queryFn: () => ok(api.GET('/api/v1/settings')) });
  const byKey = computed(() => new Map<string, Setting>((query.data.value?.items ?? []).map((s) => [s.key, s])));
  const fields = computed(() => (GROUPS[group] ?? []).filter((k) => byKey.value.has(k.key)));
  const values = reactive<Record<string, string | number | boolean | null>>({});
  const { busy, run } = useCommand();

  watch(byKey, (map) => {
    for (const known of GROUPS[group] ?? []) {
      const value = map.get(known.key)?.value;
      values[known.key] = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : known.kind === 'switch' ? false : known.kind === 'person' ? null : '';
    }
  }, { immediate: true });

  async function save(): Promise<boolean> {
    const done = await run('save', async () => {
      for (const known of fields.value) {
        const old = byKey.value.get(known.key);
        const value = known.kind === 'number' ? Number(values[known.key]) : values[known.key];
        if (old && old.value !== value) {
          await ok(api.PUT('/api/v1/settings/{key}', { params: { path: { key: known.key }, header: seen(old.version) }, body: { value } }));
        }
      }
      return true;
    }, t('setting.saved'), KEYS);
    return done === true;
  }
  return { query, fields, values, busy, run, save };
}
