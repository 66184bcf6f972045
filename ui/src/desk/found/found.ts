// SPDX-License-Identifier: Apache-2.0
// How devices that were found are written.
import '../assets/register_words';
import type { Discovered } from '@/api/schema';
import { t } from '@/i18n';
import type { Mark } from '@/model/states';

export const SOURCES = ['sweep', 'snmp', 'neighbour', 'arp', 'fdb', 'log', 'dns'] as const;
export const STATES = ['open', 'ignored', 'claimed', 'merged', 'all'] as const;
export const GUESSES = ['network', 'printer', 'camera', 'phone', 'mobile', 'server', 'storage', 'power', 'none'] as const;
export const SORTS = ['newest', 'last', 'address', 'name', 'maker'] as const;
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

type Guess = (typeof GUESSES)[number];
type Ground = 'system' | 'vendor' | 'maker';

/** "Camera or recorder Hikvision", "Network device Huawei vrp": a guess, its vendor and its system as far as they are known. */
export function guessOf(d: Discovered): string {
  const kind = d.guess ? t(`found.guess.${d.guess as Guess}`) : d.kind ? t(`asset.kind.${d.kind}`) : '';
  return [kind, d.vendor ?? '', d.os ?? ''].filter((x) => x !== '').join(' ');
}

/** What a guess rests on, to be shown beside it. */
export const groundsOf = (d: Discovered): string => (d.guess_by.length ? t('found.guess_by', { by: d.guess_by.map((x) => t(`found.by.${x as Ground}`)).join(t('window.and')) }) : '');

/** Whose network card it is, or why nobody knows. */
export const makerOf = (d: Discovered): string => (d.mac_random ? t('found.random') : (d.maker ?? ''));
