// SPDX-License-Identifier: Apache-2.0
import { computed, shallowRef } from 'vue';
import { api, ok } from '@/api/client';
import type { Session } from '@/api/schema';
import { serverIs } from './clock';
import { setZone } from './format';
import { endStreamEverywhere, startStream } from './stream';

export const session = shallowRef<Session | null>(null);
export const signedIn = computed(() => session.value !== null);

const ETC: Record<number, string> = { 480: 'Asia/Shanghai', 0: 'UTC' };

function zoneOf(offsetMin: number): string {
  return ETC[offsetMin] ?? `Etc/GMT${offsetMin > 0 ? '-' : '+'}${Math.abs(Math.round(offsetMin / 60))}`;
}

export async function loadSession(): Promise<Session | null> {
  const { data, response } = await api.GET('/api/v1/session');
  session.value = response.ok && data ? data : null;
  if (session.value) {
    serverIs(session.value.now);
    setZone(zoneOf(session.value.zone_offset_min));
    startStream();
  }
  return session.value;
}

export async function signIn(account: string, password: string): Promise<void> {
  await ok(api.POST('/api/v1/session', { body: { account, password } }));
  await loadSession();
}

export async function signOut(): Promise<void> {
  await ok(api.DELETE('/api/v1/session'));
  endStreamEverywhere();
  session.value = null;
}

export async function actAs(grantId: number): Promise<void> {
  await ok(api.POST('/api/v1/session/role', { body: { grant_id: grantId } }));
  endStreamEverywhere();
  await loadSession();
}

/** Whether the acting role may use a route at all; the server decides about each record. */
export function can(act: string): boolean {
  return session.value?.acts.includes(act) ?? false;
}

export function isRole(...roles: string[]): boolean {
  return session.value !== null && roles.includes(session.value.role);
}

const UNIT_SIDE = ['officer', 'specialist', 'unit_head'];
const LEADERS = ['vice_president', 'leading_group'];

/** Where a role's work begins. */
export function homeOf(role: string): string {
  const narrow = window.innerWidth < 768;
  if (UNIT_SIDE.includes(role)) {
    return narrow ? '/m' : '/todo';
  }
  if (LEADERS.includes(role)) {
    return '/lead';
  }
  return role === 'auditor' ? '/audit' : role === 'school_office' ? '/incoming' : '/';
}
