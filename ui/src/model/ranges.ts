// SPDX-License-Identifier: Apache-2.0
// Ranges of time of the charts, and when a range is asked for in buckets.
export const RANGES = ['1h', '24h', '7d'] as const;
export type Range = (typeof RANGES)[number];

const HOUR = 3_600_000;
export const RANGE_MS: Record<Range, number> = { '1h': HOUR, '24h': 24 * HOUR, '7d': 168 * HOUR };

/* One answer holds 2,000 samples; a chart has fewer points of the screen than that. */
const SAMPLES_MOST = 1900;
const BUCKETS = 504;

/** In how many buckets a range is asked for: none when its samples fit an answer. */
export function bucketsOf(from: number, to: number, intervalS: number): number {
  return (to - from) / (intervalS * 1000) > SAMPLES_MOST ? BUCKETS : 0;
}
