// SPDX-License-Identifier: Apache-2.0
// What is read for the screens of the network: lines, checks by the page, and figures.
import { keepPreviousData, useQuery } from '@tanstack/vue-query';
import { computed, type MaybeRefOrGetter, toValue } from 'vue';
import { can } from '@/lib/session';
import { api, ok } from './client';
import { Refusal } from './problem';
import type { Check, Device, DeviceNeighbour, DevicePool, DevicePort, DeviceSensor, Samples, Series, SeriesList } from './schema';

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
  /** Between which the values of each point were, where a point stands for many. */
  low?: (number | null)[];
  high?: (number | null)[];
  /** Whether the store was read to the beginning of the range. */
  whole: boolean;
}

const BUCKETS = 504;

/* Null where the check was not measured in this series at that time. */
function samplesOf(id: number, query: { series: string; from: string; to: string; buckets?: string }): Promise<Samples | null> {
  return ok(api.GET('/api/v1/checks/{id}/samples', { params: { path: { id }, query } })).catch((error: unknown) => {
    if (error instanceof Refusal && error.status === 404) {
      return null;
    }
    throw error;
  });
}

const coverageOf = (got: Samples): { complete?: boolean; stop?: string } => (got.coverage ?? {}) as { complete?: boolean; stop?: string };

/** A range of one series: its samples, or where they are more than an answer holds the whole range in buckets. */
export async function figuresOver(id: number, series: string, from: number, to: number): Promise<Figures> {
  const range = { series, from: String(from), to: String(to) };
  const some = await samplesOf(id, range);
  const cut = some && coverageOf(some).stop === 'rows' ? await samplesOf(id, { ...range, buckets: String(BUCKETS) }) : null;
  const got = cut ?? some;
  return got ? { at: got.at, values: got.value, ...(cut ? { low: cut.low ?? [], high: cut.high ?? [] } : {}), whole: coverageOf(got).complete !== false } : { at: [], values: [], whole: true };
}

const PAGE = '200';
const EVERY_MS = 30_000;

/** The devices asked by SNMP, to choose one of. */
export async function snmpChecks(): Promise<Check[]> {
  const items: Check[] = [];
  let cursor: string | undefined;
  do {
    const got = await ok(api.GET('/api/v1/checks', { params: { query: { part: 'devices', cursor, limit: PAGE } } }));
    items.push(...got.items.filter((c) => c.kind === 'snmp'));
    cursor = got.next_cursor ?? undefined;
  } while (cursor);
  return items;
}

/** How much there is on each page of the network, and how much of it is broken. */
export function useParts() {
  return useQuery({ queryKey: ['checks', 'parts'], queryFn: () => ok(api.GET('/api/v1/checks/parts')), refetchInterval: EVERY_MS });
}

/** The registered lines; more than a page of them is not a campus. */
export function useCircuits() {
  return useQuery({ queryKey: ['circuits'], queryFn: () => ok(api.GET('/api/v1/circuits', { params: { query: { limit: PAGE } } })), enabled: can('circuits.list'), refetchInterval: EVERY_MS });
}

/** The busiest ports of all devices. */
export function useTopPorts(q: MaybeRefOrGetter<string>) {
  return useQuery({ queryKey: computed(() => ['ports', toValue(q)]), queryFn: () => ok(api.GET('/api/v1/checks/ports', { params: { query: { q: toValue(q) || undefined, limit: PAGE } } })), placeholderData: keepPreviousData, refetchInterval: EVERY_MS });
}

export function useSeries(id: MaybeRefOrGetter<number>) {
  return useQuery({ queryKey: computed(() => ['series', toValue(id)]), queryFn: () => seriesOf(toValue(id)), enabled: computed(() => toValue(id) > 0 && can('checks.series')), refetchInterval: EVERY_MS });
}
