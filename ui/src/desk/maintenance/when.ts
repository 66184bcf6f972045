// SPDX-License-Identifier: Apache-2.0
// A window's times as people write them.
import type { Maintenance } from '@/api/schema';
import { t } from '@/i18n';
import { dayStart } from '@/lib/dates';
import { session } from '@/lib/session';

const MINUTE_MS = 60_000;
const DAY_MIN = 24 * 60;
export const WEEKDAYS = [1, 2, 3, 4, 5, 6, 7] as const;

/** "02:30" as minutes of the day; null for what is no time. */
export function minuteOf(text: string): number | null {
  const [, hour, minute] = (/^(\d{1,2})[:：](\d{2})$/.exec(text.trim()) ?? []).map(Number);
  return hour !== undefined && minute !== undefined && hour < 24 && minute < 60 ? hour * 60 + minute : null;
}

export function timeOf(minute: number): string {
  const m = ((minute % DAY_MIN) + DAY_MIN) % DAY_MIN;
  return `${String(Math.floor(m / 60)).padStart(2, '0')}:${String(m % 60).padStart(2, '0')}`;
}

/** An instant as day and time in the server's zone. */
export function partsOf(at: number): { day: string; time: string } {
  const local = new Date(at + (session.value?.zone_offset_min ?? 480) * MINUTE_MS).toISOString();
  return { day: local.slice(0, 10), time: local.slice(11, 16) };
}

export function instantOf(day: string, time: string): number | null {
  const start = dayStart(day);
  const minute = minuteOf(time);
  return start === null || minute === null ? null : start + minute * MINUTE_MS;
}

const whole = (at: number): string => {
  const p = partsOf(at);
  return `${p.day} ${p.time}`;
};

export function whenOf(w: Maintenance): string {
  if (w.kind === 'once') {
    return `${whole(w.from ?? 0)} – ${whole(w.to ?? 0)}`;
  }
  const days = w.weekdays.map((d) => t(`window.day.${d as (typeof WEEKDAYS)[number]}`)).join(t('window.and'));
  const hours = `${timeOf(w.from_min)}–${timeOf(w.from_min + w.length_min)}`;
  const limits = [w.days === 'any' ? '' : t(`window.days.${w.days}`), w.season === 'any' ? '' : t(`window.season.${w.season}`)].filter(Boolean);
  return [days, hours, ...limits].join(' ');
}
