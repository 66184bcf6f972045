// SPDX-License-Identifier: Apache-2.0
import { session } from './session';

const MINUTE = 60_000;

/** 17:30 of a YYYY-MM-DD day in the server's zone, when the working day ends; null for no day. */
export function dayEnd(day: string): number | null {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(day);
  if (!parts) {
    return null;
  }
  const utc = Date.UTC(Number(parts[1]), Number(parts[2]) - 1, Number(parts[3]), 17, 30);
  return utc - (session.value?.zone_offset_min ?? 480) * MINUTE;
}

/** Midnight of a day in the server's zone; `after` counts days on from it. */
export function dayStart(day: string, after = 0): number | null {
  const end = dayEnd(day);
  return end === null ? null : end - 17.5 * 60 * MINUTE + after * 24 * 60 * MINUTE;
}

/** The day of an instant in the server's zone. */
export function dayOf(at: number): string {
  return new Date(at + (session.value?.zone_offset_min ?? 480) * MINUTE).toISOString().slice(0, 10);
}

const DAY_MS = 24 * 60 * MINUTE;
const FORMS = [/^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})$/, /^(\d{4})(\d{2})(\d{2})$/, /^(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日?$/];

/** A day as a person writes it, 2026-11-5 or 2026年11月5日, as YYYY-MM-DD; null for what is no day. */
export function readDay(text: string): string | null {
  for (const form of FORMS) {
    const [, year, month, day] = (form.exec(text.trim()) ?? []).map(Number);
    if (year !== undefined && month !== undefined && day !== undefined) {
      const at = new Date(Date.UTC(year, month - 1, day));
      return at.getUTCMonth() === month - 1 && at.getUTCDate() === day ? at.toISOString().slice(0, 10) : null;
    }
  }
  return null;
}

/** The day `by` days on; a whole month on is asked by monthOn. */
export function dayOn(day: string, by: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + by * DAY_MS).toISOString().slice(0, 10);
}

/** The same day of another month, or that month's last. */
export function monthOn(day: string, by: number): string {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  const last = new Date(Date.UTC(year, month + by, 0)).getUTCDate();
  return new Date(Date.UTC(year, month - 1 + by, Math.min(date, last))).toISOString().slice(0, 10);
}

/** The six weeks, Monday first, in which the month of this day lies. */
export function weeksOf(day: string): string[][] {
  const first = `${day.slice(0, 8)}01`;
  const back = (new Date(`${first}T00:00:00Z`).getUTCDay() + 6) % 7;
  return Array.from({ length: 6 }, (_, week) => Array.from({ length: 7 }, (__, i) => dayOn(first, week * 7 + i - back)));
}
