// SPDX-License-Identifier: Apache-2.0
// What every chart of uPlot is told: it reads no custom properties, and names ticks in English.
import type uPlot from 'uplot';
import { civil, clock } from './format';

/* The labels name minutes: a tick between two of them would say the same twice. */
const MINUTE_S = 60;
const TICKS_S = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2880].map((n) => n * MINUTE_S);
const DAY_S = 86_400;

export function stampSeconds(ms: number): string {
  const at = civil(ms);
  return `${at.month}-${at.day} ${at.hour}:${at.minute}:${at.second}`;
}

function dayClock(ms: number): string {
  const at = civil(ms);
  return at.hour === '00' && at.minute === '00' ? `${at.month}-${at.day}` : `${at.month}-${at.day} ${at.hour}:${at.minute}`;
}

export function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

export function axes(unit: (n: number) => string, spanS: number, size = 62): uPlot.Axis[] {
  const look = { stroke: colour('--ink2'), grid: { stroke: colour('--line'), width: 1 }, ticks: { show: false }, font: `12px ${getComputedStyle(document.body).fontFamily}` };
  const name = spanS > 2 * DAY_S ? dayClock : clock;
  return [
    { ...look, values: (_u, splits) => splits.map((s) => name(s * 1000)), incrs: TICKS_S, space: 64, size: 30 },
    { ...look, values: (_u, splits) => splits.map((s) => unit(s)), size, space: 36 },
  ];
}
