// SPDX-License-Identifier: Apache-2.0
// Lines to the outside: what their figures say against the contract.
import type { Circuit } from '@/api/schema';
import { shareOf } from './ports';

/** Percent of the contract used by the fuller direction; null where either is unknown. */
export function usedOf(c: Pick<Circuit, 'in_bps' | 'out_bps' | 'down_bps' | 'up_bps'>): number | null {
  const shares = [shareOf(c.in_bps, c.down_bps), shareOf(c.out_bps, c.up_bps)].filter((x) => x !== null);
  return shares.length ? Math.max(...shares) : null;
}

const ORDER = ['down', 'unreachable', 'flapping', 'degraded', 'unknown', 'up', 'maintenance'];

/** What is broken first, those out of use last. */
export function lineOrder(list: Circuit[]): Circuit[] {
  const rank = (c: Circuit): number => (c.retired ? ORDER.length : ORDER.indexOf(c.state));
  return [...list].sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name, 'zh-CN', { numeric: true }));
}
