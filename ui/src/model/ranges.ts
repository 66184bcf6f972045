// SPDX-License-Identifier: Apache-2.0
// Ranges of time of the charts, and how a range is asked for piece by piece.
export const RANGES = ['1h', '24h', '7d'] as const;
export type Range = (typeof RANGES)[number];

const HOUR = 3_600_000;
export const RANGE_MS: Record<Range, number> = { '1h': HOUR, '24h': 24 * HOUR, '7d': 168 * HOUR };

/* One answer holds 2,000 samples, the newest of what was asked for. */
const SAMPLES_MOST = 1900;
const PIECES_MOST = 7;

/** Pieces of a range that each fit an answer, newest first; of very dense figures, not the whole range. */
export function pieces(from: number, to: number, intervalS: number): { from: number; to: number }[] {
  const want = Math.ceil((to - from) / (intervalS * 1000) / SAMPLES_MOST);
  const n = Math.min(Math.max(want, 1), PIECES_MOST);
  const length = Math.ceil((to - from) / n);
  return Array.from({ length: n }, (_, i) => ({ from: Math.max(from, to - (i + 1) * length), to: to - i * length }));
}
