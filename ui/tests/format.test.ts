// SPDX-License-Identifier: Apache-2.0
import { beforeAll, describe, expect, it } from 'vitest';
import { ago, bitrate, bytes, count, countdown, dateLong, full, millis, percent, setZone, span, stamp } from '../src/lib/format';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const NOW = Date.UTC(2026, 10, 22, 7, 24, 6);
beforeAll(() => setZone('Asia/Shanghai'));

describe('times', () => {
  it.each([
    ['a moment ago', NOW - 20_000, '刚刚'], ['minutes ago', NOW - 12 * MINUTE, '12 分钟前'], ['earlier today', NOW - 3 * HOUR, '12:24'], ['yesterday', NOW - 20 * HOUR, '11-21 19:24'], ['last year', NOW - 366 * 24 * HOUR, '2025-11-21 15:24'], ['the future', NOW + HOUR, '16:24'],
  ])('says %s as people do', (_name, at, want) => expect(ago(at, NOW)).toBe(want));
  it('shows the server zone, whatever the browser thinks', () => expect(full(NOW)).toBe('2026-11-22 15:24:06'));
  it('writes midnight as 00:00', () => expect(stamp(Date.UTC(2026, 10, 21, 16, 0), NOW)).toBe('00:00'));
  it('writes dates of documents in full', () => expect(dateLong(NOW)).toBe('2026年11月22日'));
});

describe('countdowns', () => {
  it.each([
    ['minutes and seconds under an hour', 6 * MINUTE + 18_000, '6:18', false], ['two units above', 27 * HOUR, '1 天 3 小时', false], ['hours', 2 * HOUR + 5 * MINUTE, '2 小时 5 分钟', false], ['what is over', -2 * MINUTE, '已超 2 分钟', true], ['the first second over', -1, '已超 1 分钟', true],
  ])('tell %s', (_name, left, want, over) => expect(countdown(NOW + left, NOW)).toMatchObject({ text: want, over }));
  it('leaves out an empty second unit', () => expect(span(48 * HOUR)).toBe('2 天'));
});

describe('numbers', () => {
  it('shows no data as a dash, never as nought', () => expect([count(null), percent(undefined), bytes(null), bitrate(null), millis(null)]).toEqual(['—', '—', '—', '—', '—']));
  it('never rounds a flaw away', () => expect([percent(0.99996, 2), percent(1, 2), percent(0.9982, 2)]).toEqual(['99.99%', '100%', '99.82%']));
  it('groups thousands', () => expect(count(41208)).toBe('41,208'));
  it('measures files in MiB and lines in Gbps', () => expect([bytes(1_258_291), bytes(512), bitrate(3.42e9), bitrate(85e6)]).toEqual(['1.2 MiB', '512 B', '3.42 Gbps', '85 Mbps']));
  it('keeps short delays readable', () => expect([millis(5), millis(5.26), millis(41.7), millis(1530)]).toEqual(['5 ms', '5.3 ms', '42 ms', '1.5 s']));
});
