// SPDX-License-Identifier: Apache-2.0
// Ranges of time of the charts.
export const RANGES = ['1h', '24h', '7d'] as const;
export type Range = (typeof RANGES)[number];

const HOUR = 3_600_000;
export const RANGE_MS: Record<Range, number> = { '1h': HOUR, '24h': 24 * HOUR, '7d': 168 * HOUR };
