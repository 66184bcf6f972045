// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { addWords } from '../src/i18n';
import { metrics } from '../src/i18n/zh/metrics';
import { rules } from '../src/i18n/zh/rules';
import { blankRule, definitionOf, formOf, ready, summary } from '../src/model/rules';

addWords({ ...metrics, ...rules });

describe('the form of a rule', () => {
  it('says only what its kind looks at', () => {
    const form = { ...blankRule(), kind: 'absence' as const, limit: '5', window: '60', duration: '10' };
    expect(definitionOf(form)).toEqual({ metric: 'latency', kind: 'absence', severity: 'minor', duration_s: 600 });
  });
  it('takes limits in the unit people type', () => {
    expect(definitionOf({ ...blankRule(), limit: '200', clear: '150' })).toMatchObject({ limit: 200000, clear: 150000 });
    expect(definitionOf({ ...blankRule(), metric: 'in_bps', limit: '90', share: true })).toMatchObject({ limit: 90, of: 'speed' });
    expect(definitionOf({ ...blankRule(), metric: 'in_bps', limit: '90' })).toMatchObject({ limit: 90000000 });
  });
  it('reads back what it wrote', () => {
    const form = { ...blankRule(), name: '端口', metric: 'out_bps', limit: '90', clear: '80', share: true, scope: 'unit' as const, scopeId: 3, duration: '5' };
    expect(definitionOf(formOf('端口', definitionOf(form)))).toEqual(definitionOf(form));
  });
  it('has a graver limit, and gives way to the device where that tells its own', () => {
    const form = { ...blankRule(), name: '机房', metric: 'room_temperature', limit: '30', clear: '28', grave: '35', duration: '2' };
    expect(definitionOf(form)).toMatchObject({ limit: 30, grave: 35, grave_severity: 'critical', unless: 'room_temperature_high' });
    expect(definitionOf(formOf('机房', definitionOf(form)))).toEqual(definitionOf(form));
    expect(definitionOf({ ...form, metric: 'charge' })).not.toHaveProperty('unless');
    expect(definitionOf({ ...form, grave: '' })).not.toHaveProperty('grave_severity');
    expect(summary(definitionOf(form))).toBe('机房温度高于 30 °C，持续 2 分钟，35 °C 起为紧急');
  });
  it('is not ready without a limit, a name or the record of its scope', () => {
    expect(ready({ ...blankRule(), name: 'a' })).toBe(false);
    expect(ready({ ...blankRule(), limit: '5' })).toBe(false);
    expect(ready({ ...blankRule(), name: 'a', limit: '5', scope: 'unit' })).toBe(false);
    expect(ready({ ...blankRule(), name: 'a', limit: '5' })).toBe(true);
    expect(ready({ ...blankRule(), name: 'a', limit: 'many' })).toBe(false);
  });
  it('is summed up in one sentence', () => {
    expect(summary({ metric: 'in_bps', of: 'speed', kind: 'threshold', op: 'above', limit: 90, duration_s: 300 })).toBe('入流量占带宽高于 90%，持续 5 分钟');
  });
});
