// SPDX-License-Identifier: Apache-2.0
// What a check measures beside its state: words of metrics, units as people read them, and which
// figures stand together on one chart.
import type { Series } from '@/api/schema';
import { tx } from '@/i18n';
import { bitrate, bytes, millis, span } from '@/lib/format';

export function metricName(metric: string): string {
  return tx(`metric.${metric}`, tx(`sensor.class.${metric}`, metric));
}

/** Of a series: the metric, and of which part of the device it is. */
export function seriesName(s: Pick<Series, 'metric' | 'instance' | 'label'>): string {
  const part = s.label || s.instance;
  return part ? `${metricName(s.metric)} ${part}` : metricName(s.metric);
}

function plain(n: number): string {
  return String(Number(Math.abs(n) >= 100 ? n.toFixed(0) : n.toPrecision(3)));
}

const LONG_S = 120;
const BESIDE: Record<string, string> = { '/s': '/s', '°C': ' °C', C: ' °C', dBm: ' dBm', V: ' V', A: ' A', W: ' W', rpm: ' rpm', d: ' d', Hz: ' Hz' };

/** A figure with its unit; a unit that is not known is shown as the device says it. */
export function measured(n: number | null | undefined, unit: string): string {
  if (n === null || n === undefined || !Number.isFinite(n)) {
    return '—';
  }
  switch (unit) {
    case 'us':
      return millis(n / 1000);
    case 's':
      return Math.abs(n) < LONG_S ? `${plain(n)} s` : span(n * 1000);
    case 'ms':
      return millis(n);
    case 'bit/s':
      return bitrate(n);
    case 'B':
      return bytes(n);
    case '%':
      return `${plain(n)}%`;
    default:
      return plain(n) + (BESIDE[unit] ?? (unit ? ` ${unit}` : ''));
  }
}

/** Charts of a port, top to bottom: each holds the two directions of one figure. */
export const PORT_CHARTS = [
  { key: 'traffic', metrics: ['in_bps', 'out_bps'] },
  { key: 'errors', metrics: ['in_errors', 'out_errors'] },
  { key: 'discards', metrics: ['in_discards', 'out_discards'] },
] as const;

const PORT_METRICS = new Set<string>(['speed', ...PORT_CHARTS.flatMap((c) => c.metrics)]);

/** Whether a series belongs to a port's charts and not to the device's own. */
export function isOfPort(s: Pick<Series, 'metric' | 'instance'>): boolean {
  return s.instance !== '' && PORT_METRICS.has(s.metric);
}

/** Figures that read best on one chart: they have one unit and say one thing. */
const TOGETHER = [['rtt', 'rtt_min', 'rtt_max'], ['in_bps', 'out_bps'], ['in_errors', 'out_errors'], ['in_discards', 'out_discards']];

const groupOf = (metric: string): string[] => TOGETHER.find((g) => g.includes(metric)) ?? [metric];

/** What a chart of these series is called. */
export function chartName(list: Series[]): string {
  const first = list[0];
  return !first ? '' : list.length > 1 ? metricName(groupOf(first.metric)[0] ?? first.metric) : seriesName(first);
}

/** Series grouped into the charts that are drawn, in the order they came. */
export function charted(list: Series[]): Series[][] {
  const out = new Map<string, Series[]>();
  for (const s of list) {
    const key = `${groupOf(s.metric)[0]}/${s.instance}`;
    out.set(key, [...(out.get(key) ?? []), s]);
  }
  return [...out.values()].map((g) => g.sort((a, b) => groupOf(a.metric).indexOf(a.metric) - groupOf(b.metric).indexOf(b.metric)));
}

/** Values of several series on one axis of time: uPlot wants one list of moments for all. */
export function aligned(parts: { at: number[]; values: (number | null)[] }[]): { at: number[]; values: (number | null)[][] } {
  const at = [...new Set(parts.flatMap((p) => p.at))].sort((a, b) => a - b);
  const place = new Map(at.map((ms, i) => [ms, i]));
  const values = parts.map((p) => {
    const row: (number | null)[] = Array<number | null>(at.length).fill(null);
    p.at.forEach((ms, i) => (row[place.get(ms) ?? 0] = p.values[i] ?? null));
    return row;
  });
  return { at, values };
}
