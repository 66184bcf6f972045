// SPDX-License-Identifier: Apache-2.0
// How devices that were found are written.
import type { Discovered } from '@/api/schema';
import { t } from '@/i18n';
import type { Mark } from '@/model/states';

export const SOURCES = ['sweep', 'snmp', 'neighbour', 'arp', 'fdb', 'log'] as const;
export const STATES = ['open', 'ignored', 'claimed', 'merged', 'all'] as const;
export type Act = 'claim' | 'hand' | 'ignore' | 'merge';
type Source = (typeof SOURCES)[number] | 'flow';

const MARKS: Record<Discovered['state'], Mark> = {
  new: { tone: 'warn', hollow: true },
  handed: { tone: 'accent', hollow: true },
  claimed: { tone: 'ok' },
  merged: { tone: 'ok', hollow: true },
  ignored: { tone: 'idle' },
  joined: { tone: 'idle', hollow: true },
};

export const markOf = (state: Discovered['state']): Mark => MARKS[state];
export const titleOf = (d: Discovered): string => d.name ?? d.address ?? d.mac ?? `#${d.id}`;
export const sourceOf = (source: string): string => t(`found.source.${source as Source}`);
export const sourcesOf = (d: Discovered): string => d.sources.map(sourceOf).join(t('window.and'));

/** "Huawei, vrp": what there is of vendor and system. */
export function guessOf(d: Discovered): string {
  const kind = d.kind ? t(`asset.kind.${d.kind}`) : '';
  return [kind, d.vendor ?? '', d.os ?? ''].filter((x) => x !== '').join(' ');
}
