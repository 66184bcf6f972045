// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const css = readFileSync(new URL('../src/styles/tokens.css', import.meta.url), 'utf8');

function theme(name: string): Map<string, string> {
  const block = css.split(`[data-theme="${name}"]`)[1]?.split('}')[0] ?? '';
  return new Map([...block.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6})\b/gi)].map((m) => [m[1] ?? '', m[2] ?? '']));
}
function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16) / 255).map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
function contrast(a: string, b: string): number {
  const [hi = 0, lo = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (hi + 0.05) / (lo + 0.05);
}

const GROUNDS = ['bg', 'panel', 'sunken'];
const TEXT = ['ink', 'ink2', 'ink3', 'accent', 'ok', 'warn', 'bad'];
const PAIRS: [string, string][] = [
  ...TEXT.flatMap((t) => GROUNDS.map((g): [string, string] => [t, g])),
  ['ink', 'accent-tint'], ['ink2', 'accent-tint'], ['accent', 'accent-tint'], ['ok', 'ok-tint'], ['warn', 'warn-tint'], ['bad', 'bad-tint'], ['on-primary', 'primary'],
  ['on-l1', 'l1'], ['on-l2', 'l2'], ['on-l3', 'l3'], ['on-l4', 'l4'], ['on-l5', 'l5'], ['panel', 'ok'], ['panel', 'accent'],
];
const CONTROLS: [string, string][] = [['edge', 'panel'], ['edge', 'bg'], ['accent', 'panel'], ['mark-idle', 'panel']];

describe.each(['light', 'dark'])('the %s theme', (name) => {
  const tokens = theme(name);
  const of = (token: string): string => {
    const value = tokens.get(token);
    expect(value, `${token} is defined`).toBeDefined();
    return value ?? '#000000';
  };
  it.each(PAIRS)('reads %s on %s at 4.5:1', (ink, ground) => expect(contrast(of(ink), of(ground))).toBeGreaterThanOrEqual(4.5));
  it.each(CONTROLS)('shows %s on %s at 3:1', (edge, ground) => expect(contrast(of(edge), of(ground))).toBeGreaterThanOrEqual(3));
});
