// SPDX-License-Identifier: Apache-2.0
// Settings the screens know. A setting is an object kept whole under one key; a field here is
// `key.member`. What was never set is simply absent on the server and empty here.
import { useQuery } from '@tanstack/vue-query';
import { computed, reactive, watch } from 'vue';
import { api, ok, seen } from '@/api/client';
import { Refusal } from '@/api/problem';
import type { Setting } from '@/api/schema';
import type { Key } from '@/i18n';
import { t } from '@/i18n';
import { ROLES } from '@/model/kinds';
import { useCommand } from './command';

export type Kind = 'text' | 'number' | 'tls' | 'person' | 'switch' | 'lines' | 'demand';
export type Value = string | number | boolean | null;

export interface Known {
  key: string;
  label: Key;
  kind: Kind;
  hint?: Key;
  placeholder?: string;
  first?: Value;
}

export const GROUPS: Record<string, Known[]> = {
  school: [
    { key: 'school.name', label: 'setting.school.name', kind: 'text' }, { key: 'school.short', label: 'setting.school.short', kind: 'text' },
    { key: 'school.number_prefix', label: 'setting.school.number_prefix', kind: 'text', hint: 'setting.school.number_hint' }, { key: 'small_school.on', label: 'setting.small_school', kind: 'switch', hint: 'setting.small_school_hint' },
    { key: 'sealed.photos', label: 'setting.sealed_photos', kind: 'switch', first: true, hint: 'setting.sealed_hint' },
  ],
  address: [{ key: 'address.base_url', label: 'setting.school.address', kind: 'text', hint: 'setting.school.address_hint' }],
  mail: [
    { key: 'mail.host', label: 'setting.mail.host', kind: 'text', placeholder: 'smtp.school.example' }, { key: 'mail.port', label: 'setting.mail.port', kind: 'number', first: 587 }, { key: 'mail.tls', label: 'setting.mail.tls', kind: 'tls', first: 'starttls' },
    { key: 'mail.from', label: 'setting.mail.from', kind: 'text' }, { key: 'mail.user', label: 'setting.mail.user', kind: 'text' },
  ],
  admin: [{ key: 'admin_from.networks', label: 'setting.admin_from', kind: 'lines', hint: 'setting.admin_from_hint', placeholder: '10.20.1.0/24' }],
  second: ROLES.map((role) => ({ key: `second_factor.${role}`, label: `role.${role}` as Key, kind: 'demand', first: 'off' })),
  duty: [{ key: 'duty.person_id', label: 'setting.duty.person_id', kind: 'person', hint: 'setting.duty_hint' }],
  expiry: [{ key: 'expiry.days', label: 'setting.expiry.days', kind: 'text', hint: 'setting.expiry.hint', placeholder: '60, 30, 7, 1' }],
  backup: [{ key: 'backup.target_dir', label: 'setting.backup.target', kind: 'text', hint: 'setting.backup_hint' }, { key: 'backup.at_hour', label: 'setting.backup.at_hour', kind: 'number', hint: 'setting.backup.at_hint' }],
  sweep: [{ key: 'sweep.per_second', label: 'setting.sweep.per_second', kind: 'number', first: 50, hint: 'setting.sweep_hint' }, { key: 'sweep.round_hours', label: 'setting.sweep.round_hours', kind: 'number', first: 24 }, { key: 'sweep.names', label: 'setting.sweep.names', kind: 'switch', first: true, hint: 'setting.sweep.names_hint' }],
  reach: [{ key: 'reach.settle_s', label: 'setting.reach.settle_s', kind: 'number', first: 90, hint: 'setting.reach_hint' }],
};

const KEYS = ['settings', 'checkup', 'overview'];

type Members = Record<string, unknown>;

export function membersOf(setting: Pick<Setting, 'value'> | undefined): Members {
  return typeof setting?.value === 'object' && setting.value !== null && !Array.isArray(setting.value) ? { ...(setting.value as Members) } : {};
}

function split(key: string): [string, string] {
  const at = key.indexOf('.');
  return [key.slice(0, at), key.slice(at + 1)];
}

function empty(known: Known): Value {
  return known.first ?? (known.kind === 'switch' ? false : known.kind === 'person' ? null : '');
}

/** What a field shows of the settings as they are. */
export function shown(known: Known, raw: unknown): Value {
  if (known.kind === 'lines') {
    return Array.isArray(raw) ? raw.join('\n') : '';
  }
  return typeof raw === 'string' || typeof raw === 'number' || typeof raw === 'boolean' ? raw : empty(known);
}

/** What a field sends: an empty one is taken out of its setting. */
export function sent(known: Known, value: Value | undefined): Value | string[] {
  if (known.kind === 'lines') {
    return String(value ?? '').split(/[\s,，、;；]+/).filter(Boolean);
  }
  if (value === undefined || value === null || value === '') {
    return null;
  }
  return known.kind === 'number' ? Number(value) : typeof value === 'string' ? value.trim() : value;
}

/** A list never set and an empty one are the same. */
function same(is: Value | string[], was: unknown): boolean {
  return Array.isArray(is) ? is.join() === (Array.isArray(was) ? was.join() : '') : is === was;
}

/** The settings this form changes, each whole: members no screen knows stay as they were. */
export function changed(fields: Known[], values: Record<string, Value>, old: Map<string, Setting>): Map<string, Members> {
  const out = new Map<string, Members>();
  for (const known of fields) {
    const [key, member] = split(known.key);
    const was = membersOf(old.get(key))[member] ?? null;
    const is = sent(known, values[known.key]);
    if (!same(is, was) && !(was === null && is === sent(known, empty(known)))) {
      const members = out.get(key) ?? membersOf(old.get(key));
      members[member] = is;
      out.set(key, members);
    }
  }
  for (const known of fields) {
    const [key, member] = split(known.key);
    const members = out.get(key);
    const is = sent(known, values[known.key]);
    if (members) {
      members[member] = is;
    }
  }
  out.forEach((members) => Object.keys(members).forEach((m) => members[m] === null && delete members[m]));
  return out;
}

async function all(): Promise<Setting[]> {
  try {
    return (await ok(api.GET('/api/v1/settings'))).items;
  } catch (error) {
    if (error instanceof Refusal && error.status === 404) {
      return [];
    }
    throw error;
  }
}

/** The fields of one group as they are on the server, and saving of those that were changed. */
export function useSettings(group: string) {
  const query = useQuery({ queryKey: ['settings'], queryFn: all });
  const byKey = computed(() => new Map<string, Setting>((query.data.value ?? []).map((s) => [s.key, s])));
  const fields = GROUPS[group] ?? [];
  const values = reactive<Record<string, Value>>({});
  const { busy, run } = useCommand();

  watch(byKey, (map) => {
    for (const known of fields) {
      const [key, member] = split(known.key);
      values[known.key] = shown(known, membersOf(map.get(key))[member]);
    }
  }, { immediate: true });

  async function save(): Promise<boolean> {
    const done = await run('save', async () => {
      for (const [key, value] of changed(fields, values, byKey.value)) {
        const version = byKey.value.get(key)?.version ?? 0;
        await ok(api.PUT('/api/v1/settings/{key}', { params: { path: { key }, header: version > 0 ? seen(version) : {} }, body: { value } }));
      }
      return true;
    }, t('setting.saved'), KEYS);
    return done === true;
  }
  return { query, fields, values, busy, run, save };
}
