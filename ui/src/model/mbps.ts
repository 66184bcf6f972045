// SPDX-License-Identifier: Apache-2.0
// Bits a second as a person types them.
const MBPS = 1_000_000;

/** Bits a second as a person types them in Mbps; null for nothing, undefined for what is no number. */
export function bpsOf(mbps: string): number | null | undefined {
  const text = mbps.trim();
  const n = Number(text);
  return text === '' ? null : Number.isFinite(n) && n > 0 ? Math.round(n * MBPS) : undefined;
}

export function mbpsOf(bps: number | null | undefined): string {
  return bps ? String(bps / MBPS) : '';
}
