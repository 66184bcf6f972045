// SPDX-License-Identifier: Apache-2.0
// What a unit reports: its number, and the moment a person typed, which is China's time wherever he is.

export const hazardNumber = (id: number): string => `H-${id}`;

/** Of a field of date and time ("2026-03-02T16:00"); null while it is none. */
export function sinceOf(text: string): number | null {
  const ms = /^\d{4}-\d\d-\d\dT\d\d:\d\d$/.test(text) ? Date.parse(`${text}:00+08:00`) : NaN;
  return Number.isNaN(ms) ? null : ms;
}
