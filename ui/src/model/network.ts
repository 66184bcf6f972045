// SPDX-License-Identifier: Apache-2.0
// Which page of the network a check belongs to, and what is broken first.
import type { Asset, Check } from '@/api/schema';

export const NET_TABS = ['lines', 'devices', 'traffic', 'services'] as const;
export type NetTab = (typeof NET_TABS)[number];
export type NetPart = Exclude<NetTab, 'traffic'>;

type Seen = Pick<Check, 'kind' | 'params'>;

function echoes(params: unknown): number {
  const n = typeof params === 'object' && params !== null ? (params as { count?: unknown }).count : 1;
  return typeof n === 'number' ? n : 1;
}

/** A device is asked by SNMP, or pinged and registered as one; a line is a link, or what is pinged and is no server. */
export function partOf(check: Seen, asset?: Asset['kind']): NetPart | null {
  if (check.kind === 'host') {
    return null;
  }
  if (check.kind === 'snmp' || (check.kind === 'icmp' && asset === 'device')) {
    return 'devices';
  }
  if (asset === 'link') {
    return 'lines';
  }
  if (check.kind === 'icmp') {
    return asset === undefined || echoes(check.params) > 1 ? 'lines' : 'services';
  }
  return 'services';
}

const ORDER: Record<string, number> = { down: 0, unreachable: 1, flapping: 2, degraded: 3, unknown: 4, up: 5, maintenance: 6 };
const SEVERITY: Record<string, number> = { critical: 0, major: 1, minor: 2, info: 3 };

type Ranked = Pick<Check, 'state' | 'severity' | 'enabled' | 'name'>;

const rank = (c: Ranked): number => (c.enabled ? (ORDER[c.state] ?? 4) : 9) * 10 + (SEVERITY[c.severity] ?? 3);

/** What is broken first, then by severity, then by name. */
export function worstFirst<T extends Ranked>(list: T[]): T[] {
  return [...list].sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name, 'zh-CN', { numeric: true }));
}

export function isBroken(c: Pick<Check, 'state' | 'enabled'>): boolean {
  return c.enabled && ['down', 'unreachable', 'flapping', 'degraded'].includes(c.state);
}

/** Whether every word a person typed is somewhere in these texts. */
export function matches(q: string, ...texts: (string | null | undefined)[]): boolean {
  const all = texts.join('\n').toLowerCase();
  return q.toLowerCase().split(/\s+/).every((word) => all.includes(word));
}
