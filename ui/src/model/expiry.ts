// SPDX-License-Identifier: Apache-2.0
// How far off the last day of a domain name or a registration is.
const DAY_MS = 86_400_000;
const SOON_DAYS = 60;

export function daysLeft(end: string, today: string): number {
  return Math.round((Date.parse(`${end}T00:00:00Z`) - Date.parse(`${today}T00:00:00Z`)) / DAY_MS);
}

export function endTone(left: number): string {
  return left < 0 ? 'bad strong' : left <= SOON_DAYS ? 'warn strong' : 'muted';
}
