// SPDX-License-Identifier: Apache-2.0
// How far off the last day of a domain name or a registration is.
const DAY_MS = 86_400_000;
const SOON_DAYS = 60;

export function daysLeft(end: string, today: string): number {
  return Math.round((Date.parse(`${end}T00:00:00Z`) - Date.parse(`${today}T00:00:00Z`)) / DAY_MS);
}

/** Certificates are renewed by machines, weeks before they end. */
export const CERTIFICATE_SOON_DAYS = 21;

export function endTone(left: number, soon = SOON_DAYS): string {
  return left < 0 ? 'bad strong' : left <= soon ? 'warn strong' : 'muted';
}
