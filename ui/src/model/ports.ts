// SPDX-License-Identifier: Apache-2.0
// Ports of a device: what their states are called and what was measured on them.
import type { Port, SeriesItem } from '@/api/network';
import { tx } from '@/i18n';
import type { Mark } from './states';
import { isOfPort } from './metrics';

export type PortFigures = Partial<Record<'in_bps' | 'out_bps' | 'in_errors' | 'out_errors' | 'in_discards' | 'out_discards', number | null>>;

/** The latest figures of each port, by the port's name. */
export function figuresByPort(items: SeriesItem[]): Map<string, PortFigures> {
  const out = new Map<string, PortFigures>();
  for (const s of items.filter(isOfPort)) {
    const at = out.get(s.instance) ?? {};
    at[s.metric as keyof PortFigures] = s.value ?? null;
    out.set(s.instance, at);
  }
  return out;
}

/** Percent of the speed; null where the device does not tell its speed. */
export function shareOf(bps: number | null | undefined, speed: number | null | undefined): number | null {
  if (bps === null || bps === undefined || !speed || speed <= 0) {
    return null;
  }
  const percent = (bps / speed) * 100;
  return percent > 0 && percent < 1 ? Math.ceil(percent * 10) / 10 : Math.round(percent);
}

/** What people wrote about a port; many devices repeat its name there. */
export function aliasOf(p: Pick<Port, 'name' | 'descr' | 'alias'> | undefined): string {
  return p?.alias && p.alias !== p.name && p.alias !== p.descr ? p.alias : '';
}

/** 12 hexadecimal digits as people write them. */
export function macText(mac: string): string {
  return /^[0-9a-f]{12}$/i.test(mac) ? (mac.match(/../g) ?? []).join(':') : mac;
}

/** A port that people switched off is not one that lost its link. */
export function portState(p: Pick<Port, 'admin' | 'oper'>): string {
  return p.admin === 'down' ? 'off' : (p.oper ?? 'unknown');
}

const MARK: Record<string, Mark> = {
  up: { tone: 'ok' }, down: { tone: 'idle', hollow: true }, off: { tone: 'idle' }, testing: { tone: 'warn' }, dormant: { tone: 'warn', hollow: true }, lowerLayerDown: { tone: 'bad', hollow: true },
};

export function portMark(p: Pick<Port, 'admin' | 'oper'>): Mark {
  return MARK[portState(p)] ?? { tone: 'idle', hollow: true };
}

export function portWord(p: Pick<Port, 'admin' | 'oper'>): string {
  const state = portState(p);
  return tx(`oper.${state}`, state);
}

export function errorsOf(f: PortFigures | undefined): number | null {
  const known = [f?.in_errors, f?.out_errors].filter((x): x is number => typeof x === 'number');
  return known.length ? known.reduce((a, b) => a + b, 0) : null;
}

export type PortShow = 'all' | 'up' | 'busy' | 'errors';
export const PORT_SHOWS: PortShow[] = ['all', 'up', 'busy', 'errors'];

export function shows(which: PortShow, p: Port, f: PortFigures | undefined): boolean {
  switch (which) {
    case 'up':
      return portState(p) === 'up';
    case 'busy':
      return (f?.in_bps ?? 0) + (f?.out_bps ?? 0) > 0;
    case 'errors':
      return (errorsOf(f) ?? 0) > 0;
    default:
      return true;
  }
}

const SENSOR: Record<string, Mark> = { ok: { tone: 'ok' }, warning: { tone: 'warn' }, critical: { tone: 'bad' } };

export function sensorMark(severity: string | null | undefined): Mark {
  return SENSOR[severity ?? ''] ?? { tone: 'idle', hollow: true };
}
