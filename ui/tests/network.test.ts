// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { addWords } from '../src/i18n';
import { network } from '../src/i18n/zh/network';
import { aligned, chartName, charted, isOfPort, measured, metricName } from '../src/model/metrics';
import { isBroken, matches, partOf, worstFirst } from '../src/model/network';
import { aliasOf, errorsOf, figuresByPort, macText, portState, portWord, shareOf, shows } from '../src/model/ports';
import { pieces } from '../src/model/ranges';

addWords(network);
const one = (metric: string, instance = '', value: number | null = null, unit = '') => ({ series: `${metric}${instance}`, metric, instance, unit, label: '', at: 1, value });
type Kind = Parameters<typeof partOf>[0]['kind'];

describe('the part of the network a check belongs to', () => {
  it.each([
    ['a ping of several echoes is a line', 'icmp', { count: 5 }, undefined, 'lines'],
    ['a ping of what is not registered is a line', 'icmp', {}, undefined, 'lines'],
    ['whatever watches a link is of a line', 'tcp', {}, 'link', 'lines'],
    ['a single ping of a server is a service', 'icmp', {}, 'server', 'services'],
    ['a ping of a device is of the device', 'icmp', { count: 5 }, 'device', 'devices'],
    ['a name server is a service on a device as well', 'dns', {}, 'device', 'services'],
    ['what is asked by SNMP is a device', 'snmp', {}, 'server', 'devices'],
    ['a name server is a service', 'dns', {}, undefined, 'services'],
    ['this machine itself is no part of the network', 'host', {}, undefined, null],
  ] as const)('%s', (_name, kind, params, asset, want) => expect(partOf({ kind: kind as Kind, params }, asset)).toBe(want));
});

describe('rows', () => {
  const row = (name: string, state: 'up' | 'down' | 'degraded', severity: 'critical' | 'minor' = 'minor', enabled = true) => ({ name, state, severity, enabled });
  it('come broken first, then by severity, then by name with its numbers', () => {
    const got = worstFirst([row('b', 'up'), row('port 10', 'down'), row('port 9', 'down'), row('x', 'degraded'), row('z', 'down', 'critical'), row('off', 'down', 'critical', false)]);
    expect(got.map((r) => r.name)).toEqual(['z', 'port 9', 'port 10', 'x', 'b', 'off']);
  });
  it('switched off are not broken', () => expect(isBroken(row('a', 'down', 'minor', false))).toBe(false));
  it('are found by every word, in any order', () => expect([matches('教务 10.20', '门户', '教务处', '10.20.1.1'), matches('教务 10.30', '教务处', '10.20.1.1'), matches('', null)]).toEqual([true, false, true]));
});

describe('figures', () => {
  it.each([[1500, 'us', '1.5 ms'], [2.5e9, 'bit/s', '2.5 Gbps'], [3.14159, '%', '3.14%'], [38.5, '°C', '38.5 °C'], [3_715_200, 's', '43 天'], [42, 's', '42 s'], [7, 'pages', '7 pages'], [null, 'us', '—'], [0, '/s', '0/s']] as const)('%s of %s is %s', (n, unit, want) => expect(measured(n, unit)).toBe(want));
  it('of a known metric have a word, others are called as the wire calls them', () => expect([metricName('loss'), metricName('humidity'), metricName('toner_left')]).toEqual(['丢包率', '湿度', 'toner_left']));
  it('that say one thing share a chart', () => expect(charted([one('rtt_max'), one('loss'), one('rtt_min'), one('cpu', '1'), one('cpu', '2')]).map((g) => g.map((s) => s.series))).toEqual([['rtt_min', 'rtt_max'], ['loss'], ['cpu1'], ['cpu2']]));
  it('on one chart are called by what they have in common', () => expect([chartName([one('rtt_min'), one('rtt_max')]), chartName([one('cpu', 'Slot 1')])]).toEqual(['往返时间', '处理器占用 Slot 1']));
  it('of several series stand on one axis of time', () => expect(aligned([{ at: [1, 3], values: [10, 30] }, { at: [2, 3], values: [20, null] }])).toEqual({ at: [1, 2, 3], values: [[10, null, 30], [null, 20, null]] }));
  it('of a long range are asked for in pieces that cover it without a gap', () => {
    const got = pieces(0, 7 * 86_400_000, 60);
    expect(got.length).toBe(6);
    expect(got[0]?.to).toBe(7 * 86_400_000);
    expect(got[got.length - 1]?.from).toBe(0);
    got.slice(1).forEach((p, i) => expect(p.to).toBe(got[i]?.from));
  });
  it('of an hour are asked for at once', () => expect(pieces(0, 3_600_000, 2)).toEqual([{ from: 0, to: 3_600_000 }]));
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
