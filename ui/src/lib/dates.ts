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
