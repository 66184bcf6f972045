// SPDX-License-Identifier: Apache-2.0
// The days as the server counts them: published ones, then spans, a later one over an earlier.
import type { CalendarSpan, CalendarYear } from '@/api/schema';
import { dayOn } from '@/lib/dates';

const FIXED = ['01-01', '05-01', '05-02', '10-01', '10-02', '10-03'];

/** What a span says of a day; breaks change no working day and are told when nothing else is. */
export function kindOn(day: string, spans: CalendarSpan[]): CalendarSpan['kind'] | null {
  const on = spans.filter((s) => day >= s.from && day <= s.to);
  return [...on].reverse().find((s) => s.kind !== 'break')?.kind ?? on[0]?.kind ?? null;
}

export function worked(day: string, years: CalendarYear[], spans: CalendarSpan[]): boolean {
  const span = [...spans].reverse().find((s) => s.kind !== 'break' && day >= s.from && day <= s.to);
  if (span) {
    return span.kind === 'work';
  }
  if (years.some((y) => y.work.includes(day))) {
    return true;
  }
  if (years.some((y) => y.off.includes(day))) {
    return false;
  }
  const weekend = [0, 6].includes(new Date(`${day}T00:00:00Z`).getUTCDay());
  const published = years.some((y) => y.year === Number(day.slice(0, 4)));
  return !weekend && (published || !FIXED.includes(day.slice(5)));
}

/** The spans with one more laid over them; what it covers is cut away, `clear` only cuts. */
export function spanned(spans: CalendarSpan[], more: { from: string; to: string; kind: CalendarSpan['kind'] | 'clear'; reason: string }): CalendarSpan[] {
  const kept = spans.flatMap((s) => {
    if (s.to < more.from || s.from > more.to) {
      return [s];
    }
    const parts: CalendarSpan[] = [];
    if (s.from < more.from) {
      parts.push({ ...s, to: dayOn(more.from, -1) });
    }
    if (s.to > more.to) {
      parts.push({ ...s, from: dayOn(more.to, 1) });
    }
    return parts;
  });
  const all = more.kind === 'clear' ? kept : [...kept, { from: more.from, to: more.to, kind: more.kind, reason: more.reason || null }];
  return all.sort((a, b) => a.from.localeCompare(b.from));
}
