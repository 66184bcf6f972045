// SPDX-License-Identifier: Apache-2.0
import { afterEach, describe, expect, it, vi } from 'vitest';
import { api } from '../src/api/client';
import { figuresOver } from '../src/api/network';
import type { Circuit } from '../src/api/schema';
import { addWords } from '../src/i18n';
import { metrics } from '../src/i18n/zh/metrics';
import { network } from '../src/i18n/zh/network';
import { aligned, chartName, charted, isOfPort, measured, metricName } from '../src/model/metrics';
import { lineOrder, usedOf } from '../src/model/circuits';
import { bpsOf, mbpsOf } from '../src/model/mbps';
import { daysLeft } from '../src/model/expiry';
import { matches } from '../src/model/network';
import { aliasOf, errorsOf, figuresByPort, macText, portState, portWord, shareOf, shows } from '../src/model/ports';

addWords({ ...metrics, ...network });
const one = (metric: string, instance = '', value: number | null = null, unit = '') => ({ series: `${metric}${instance}`, metric, instance, unit, label: '', at: 1, value });

describe('a filter', () => {
  it('finds by every word, in any order', () => expect([matches('教务 10.20', '门户', '教务处', '10.20.1.1'), matches('教务 10.30', '教务处', '10.20.1.1'), matches('', null)]).toEqual([true, false, true]));
});

describe('lines', () => {
  const line = (name: string, more: Partial<Circuit> = {}) => ({ name, state: 'up', retired: false, ...more }) as Circuit;
  it('come broken first, those out of use last', () => expect(lineOrder([line('b'), line('出口 10', { state: 'down' }), line('出口 9', { state: 'down' }), line('x', { retired: true, state: 'down' })]).map((c) => c.name)).toEqual(['出口 9', '出口 10', 'b', 'x']));
  it('have bandwidth typed in Mbps', () => expect([bpsOf('1000'), bpsOf(' 0.5 '), bpsOf(''), bpsOf('viel'), bpsOf('-1'), mbpsOf(1e9), mbpsOf(null)]).toEqual([1e9, 5e5, null, undefined, undefined, '1000', '']));
  it('are as full as their fuller direction', () => expect([usedOf({ in_bps: 9e8, out_bps: 1e8, down_bps: 1e9, up_bps: 2e8 }), usedOf({ in_bps: 9e8, out_bps: 1e8, down_bps: null, up_bps: 2e8 }), usedOf({ in_bps: null, out_bps: null, down_bps: 1e9, up_bps: 1e9 })]).toEqual([90, 50, null]));
});

describe('figures over a range', () => {
  afterEach(() => vi.restoreAllMocks());
  type Query = { buckets?: string };
  const served = (answer: (query: Query) => object | null) => {
    const asked: string[] = [];
    vi.spyOn(api, 'GET').mockImplementation(((_path: string, init: { params: { query: Query } }) => {
      const { query } = init.params;
      asked.push(query.buckets ?? 'all');
      const data = answer(query);
      return Promise.resolve(data ? { data, response: new Response() } : { error: { code: 'absent', status: 404 }, response: new Response(null, { status: 404 }) });
    }) as never);
    return asked;
  };
  it('are samples where they fit an answer', async () => {
    const asked = served(() => ({ at: [1], value: [5], coverage: { complete: true, stop: 'whole' } }));
    expect(await figuresOver(1, '2', 0, 10)).toEqual({ at: [1], values: [5], whole: true });
    expect(asked).toEqual(['all']);
  });
  it('are buckets with their bounds where they do not', async () => {
    const asked = served((q) => (q.buckets ? { at: [1], value: [5], low: [2], high: [9], coverage: { complete: true, stop: 'whole' } } : { at: [9], value: [9], coverage: { complete: false, stop: 'rows' } }));
    expect(await figuresOver(1, '2', 0, 10)).toEqual({ at: [1], values: [5], low: [2], high: [9], whole: true });
    expect(asked).toEqual(['all', '504']);
  });
  it('are none where the check was not measured in the series then', async () => {
    served(() => null);
    expect(await figuresOver(1, '2', 0, 10)).toEqual({ at: [], values: [], whole: true });
  });
});

describe('what must be renewed', () => {
  it('is counted in days, whatever the hour', () => expect([daysLeft('2026-12-08', '2026-11-28'), daysLeft('2026-11-28', '2026-11-28'), daysLeft('2026-11-26', '2026-11-28')]).toEqual([10, 0, -2]));
});

describe('figures', () => {
  it.each([[1500, 'us', '1.5 ms'], [2.5e9, 'bit/s', '2.5 Gbps'], [3.14159, '%', '3.14%'], [38.5, '°C', '38.5 °C'], [3_715_200, 's', '43 天'], [42, 's', '42 s'], [7, 'pages', '7 pages'], [null, 'us', '—'], [0, '/s', '0/s']] as const)('%s of %s is %s', (n, unit, want) => expect(measured(n, unit)).toBe(want));
  it('of a known metric have a word, others are called as the wire calls them', () => expect([metricName('loss'), metricName('humidity'), metricName('toner_left')]).toEqual(['丢包率', '湿度', 'toner_left']));
  it('that say one thing share a chart', () => expect(charted([one('rtt_max'), one('loss'), one('rtt_min'), one('cpu', '1'), one('cpu', '2')]).map((g) => g.map((s) => s.series))).toEqual([['rtt_min', 'rtt_max'], ['loss'], ['cpu1'], ['cpu2']]));
  it('on one chart are called by what they have in common', () => expect([chartName([one('rtt_min'), one('rtt_max')]), chartName([one('cpu', 'Slot 1')])]).toEqual(['往返时间', '处理器占用 Slot 1']));
  it('of several series stand on one axis of time', () => expect(aligned([{ at: [1, 3], values: [10, 30] }, { at: [2, 3], values: [20, null] }])).toEqual({ at: [1, 2, 3], values: [[10, null, 30], [null, 20, null]] }));
});

describe('ports', () => {
  it('carry 1 Mbps, never 1000 kbps', () => expect([measured(999_960, 'bit/s'), measured(999_000, 'bit/s')]).toEqual(['1 Mbps', '999 kbps']));
  const port = { name: 'GE1/0/1', descr: 'GE1/0/1', alias: 'GE1/0/1', admin: 'up', oper: 'up', speed: 1e9, mac: '025a03000101' };
  it('switched off by people are told from those that lost their link', () => expect([portState({ admin: 'down', oper: 'down' }), portState({ admin: 'up', oper: 'down' }), portWord({ admin: 'up', oper: 'strange' })]).toEqual(['off', 'down', 'strange']));
  it('are used by a share of their speed, and a little is not none', () => expect([shareOf(5e8, 1e9), shareOf(1e5, 1e9), shareOf(0, 1e9), shareOf(1, 0), shareOf(null, 1e9)]).toEqual([50, 0.1, 0, null, null]));
  it('have the latest figures by their name', () => {
    const got = figuresByPort([one('in_bps', 'GE1/0/1', 5), one('out_bps', 'GE1/0/1', 7), one('in_errors', 'GE1/0/1', 2), one('cpu', '', 9), one('uptime')]);
    expect([...got]).toEqual([['GE1/0/1', { in_bps: 5, out_bps: 7, in_errors: 2 }]]);
    expect([errorsOf(got.get('GE1/0/1')), errorsOf(undefined)]).toEqual([2, null]);
    expect(['all', 'up', 'busy', 'errors'].map((w) => shows(w as 'all', port, got.get('GE1/0/1')))).toEqual([true, true, true, true]);
    expect(shows('busy', port, undefined)).toBe(false);
  });
  it('do not repeat their name as a description', () => expect([aliasOf(port), aliasOf({ ...port, alias: '教学楼' })]).toEqual(['', '教学楼']));
  it('write an address in pairs', () => expect([macText('025a03000101'), macText('odd')]).toEqual(['02:5a:03:00:01:01', 'odd']));
  it('keep their speed out of the device’s own charts', () => expect([isOfPort(one('speed', 'GE1/0/1')), isOfPort(one('cpu', '1'))]).toEqual([true, false]));
});
