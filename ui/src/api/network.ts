// SPDX-License-Identifier: Apache-2.0
// What is read for the screens of the network: all checks, what they belong to, and their figures.
import { useQuery } from '@tanstack/vue-query';
import { computed, type MaybeRefOrGetter, toValue } from 'vue';
import { can } from '@/lib/session';
import { pieces } from '@/model/ranges';
import { api, ok } from './client';
import { Refusal } from './problem';
import type { Asset, Check, Device, DeviceNeighbour, DevicePool, DevicePort, DeviceSensor, Series, SeriesList } from './schema';

export type { Device } from './schema';

export type SeriesItem = Series;
export type Port = DevicePort;
export type Pool = DevicePool;
export type Sensor = DeviceSensor;
export type Neighbour = DeviceNeighbour;

export const seriesOf = (id: number): Promise<SeriesList> => ok(api.GET('/api/v1/checks/{id}/series', { params: { path: { id } } }));
export const deviceOf = (id: number): Promise<Device> => ok(api.GET('/api/v1/checks/{id}/device', { params: { path: { id } } }));

export interface Figures {
  at: number[];
  values: (number | null)[];
  /** Whether the store was read to the beginning of the range. */
  whole: boolean;
}

/* Null where the check was not measured in this series at that time. */
async function figuresOf(id: number, series: string, from: number, to: number): Promise<Figures | null> {
  const got = await ok(api.GET('/api/v1/checks/{id}/samples', { params: { path: { id }, query: { series, from: String(from), to: String(to) } } })).catch((error: unknown) => {
    if (error instanceof Refusal && error.status === 404) {
      return null;
    }
    throw error;
  });
  return got && { at: got.at, values: got.value, whole: (got.coverage as { complete?: boolean } | null)?.complete !== false };
}

/** A long range comes in several answers, as each holds so many samples and no more: the newest first, until there is nothing older. */
export async function figuresOver(id: number, series: string, from: number, to: number, intervalS: number): Promise<Figures> {
  const out: Figures = { at: [], values: [], whole: true };
  for (const piece of pieces(from, to, intervalS)) {
    const got = await figuresOf(id, series, piece.from, piece.to);
    if (!got) {
      break;
    }
    out.at.unshift(...got.at);
    out.values.unshift(...got.values);
    out.whole &&= got.whole;
  }
  return out;
}

const PAGE = '200';
/* A campus has hundreds; of more, the first are shown and the page says so. */
export const MOST_PAGES = 12;

async function every<T>(page: (cursor: string | undefined) => Promise<{ items: T[]; next_cursor?: string | null }>): Promise<{ items: T[]; more: boolean }> {
  const items: T[] = [];
  let cursor: string | undefined;
  for (let i = 0; i < MOST_PAGES; i++) {
    const got = await page(cursor);
    items.push(...got.items);
    cursor = got.next_cursor ?? undefined;
    if (!cursor) {
      break;
    }
  }
  return { items, more: cursor !== undefined };
}

export function useAllChecks() {
  return useQuery({ queryKey: ['checks', 'every'], queryFn: () => every<Check>((cursor) => ok(api.GET('/api/v1/checks', { params: { query: { cursor, limit: PAGE } } }))), refetchInterval: 60_000 });
}

/** The devices asked by SNMP, to choose one of. */
export async function snmpChecks(): Promise<Check[]> {
  const got = await every<Check>((cursor) => ok(api.GET('/api/v1/checks', { params: { query: { cursor, limit: PAGE } } })));
  return got.items.filter((c) => c.kind === 'snmp');
}

/** The registered lines; more than a page of them is not a campus. */
export function useCircuits() {
  return useQuery({ queryKey: ['circuits'], queryFn: () => ok(api.GET('/api/v1/circuits', { params: { query: { limit: PAGE } } })), enabled: can('circuits.list'), refetchInterval: 30_000 });
}

/** The assets by number, for the unit and the kind behind a check. */
export function useAssetsById() {
  const query = useQuery({ queryKey: ['assets', 'every'], queryFn: () => every<Asset>((cursor) => ok(api.GET('/api/v1/assets', { params: { query: { cursor, limit: PAGE } } }))), enabled: can('assets.list'), staleTime: 60_000 });
  return computed(() => new Map((query.data.value?.items ?? []).map((a) => [a.id, a])));
}

export function useSeries(id: MaybeRefOrGetter<number>) {
  return useQuery({ queryKey: computed(() => ['series', toValue(id)]), queryFn: () => seriesOf(toValue(id)), enabled: can('checks.series'), refetchInterval: 30_000 });
}
