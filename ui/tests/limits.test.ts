// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { Sensor } from '../src/api/network';
import type { Rule } from '../src/api/schema';
import { addWords } from '../src/i18n';
import { network } from '../src/i18n/zh/network';
import { heldAgainst } from '../src/model/limits';

addWords(network);

const sensor = (more: Partial<Sensor>): Sensor => ({ class: 'temperature', descr: '主板', value: 50, unit: '°C', state: null, severity: null, metric: null, low_critical: null, low_warn: null, high_warn: null, high_critical: null, ...more });
const rule = (definition: Record<string, unknown>, enabled = true): Rule => ({ key: 'r', name: '温度', shipped: true, enabled, firing: 0, definition: { metric: 'temperature', kind: 'threshold', op: 'above', limit: 65, grave: 75, ...definition } }) as unknown as Rule;
const check = { id: 7, asset: null, unit: { id: 3, name: '中心' } };

describe('what a value is held against', () => {
  it('is the limit of the device where it tells one', () => {
    expect(heldAgainst(sensor({ high_warn: 60, high_critical: 70, severity: 'ok' }), [rule({})], check)).toEqual({ text: '不高于 60 °C（设备自身限值）', severity: 'ok' });
    expect(heldAgainst(sensor({ low_critical: 5, high_critical: 70, severity: 'warning' }), [], check)).toEqual({ text: '不低于 5 °C，不高于 70 °C（设备自身限值）', severity: 'warning' });
  });
  it('is else the rule that covers it', () => {
    const severity = (value: number): string | undefined => heldAgainst(sensor({ value }), [rule({})], check)?.severity;
    expect(heldAgainst(sensor({}), [rule({})], check)?.text).toBe('不高于 65 °C（规则“温度”）');
    expect([severity(50), severity(66), severity(76)]).toEqual(['ok', 'warning', 'critical']);
  });
  it('is nothing where no rule covers it', () => {
    const none = [rule({}, false), rule({ metric: 'room_temperature' }), rule({ kind: 'rate' }), rule({ instance: '电源' }), rule({ scope: { kind: 'unit', id: 4 } }), rule({ scope: { kind: 'asset', id: 1 } })];
    expect(heldAgainst(sensor({}), none, check)).toBeNull();
    expect(heldAgainst(sensor({}), [rule({ scope: { kind: 'unit', id: 3 } })], check)).not.toBeNull();
    expect(heldAgainst(sensor({ metric: 'room_temperature' }), [rule({})], check)).toBeNull();
  });
  it('is nothing for a state', () => expect(heldAgainst(sensor({ class: 'state', severity: 'ok' }), [rule({})], check)).toBeNull());
});
