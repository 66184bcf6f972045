// SPDX-License-Identifier: Apache-2.0
// What a sensor's value is held against: limits of the device's own, and where it has none those of
// the school's rules.
import type { Sensor } from '@/api/network';
import type { Check, Rule } from '@/api/schema';
import { t } from '@/i18n';
import { measured } from './metrics';

export interface Held {
  text: string;
  severity: string;
}

interface Threshold {
  metric?: unknown;
  kind?: unknown;
  op?: unknown;
  limit?: unknown;
  grave?: unknown;
  instance?: unknown;
  scope?: { kind?: string; id?: number } | null;
}

type Scoped = Pick<Check, 'id' | 'asset' | 'unit'>;

const isNumber = (x: unknown): x is number => typeof x === 'number';

function own(s: Sensor): Held | null {
  const low = s.low_warn ?? s.low_critical;
  const high = s.high_warn ?? s.high_critical;
  const sides = [isNumber(low) ? t('sensor.at_least', { limit: measured(low, s.unit ?? '') }) : '', isNumber(high) ? t('sensor.at_most', { limit: measured(high, s.unit ?? '') }) : ''].filter(Boolean);
  return sides.length ? { text: t('sensor.own_limit', { limits: sides.join(t('sensor.and')) }), severity: s.severity ?? 'unknown' } : null;
}

function covers(d: Threshold, s: Sensor, check: Scoped): boolean {
  const scope = d.scope?.kind ?? 'all';
  const inScope = scope === 'all' || d.scope?.id === (scope === 'check' ? check.id : scope === 'asset' ? check.asset?.id : check.unit?.id);
  return inScope && d.kind === 'threshold' && isNumber(d.limit) && d.metric === (s.metric ?? s.class) && (!d.instance || d.instance === s.descr);
}

function bySchool(s: Sensor, rule: Rule): Held {
  const d = rule.definition as Threshold;
  const beyond = (limit: unknown): boolean => isNumber(limit) && isNumber(s.value) && (d.op === 'below' ? s.value < limit : s.value > limit);
  const limit = measured(d.limit as number, s.unit ?? '');
  return { text: t('sensor.rule_limit', { limits: t(d.op === 'below' ? 'sensor.at_least' : 'sensor.at_most', { limit }), rule: rule.name }), severity: beyond(d.grave) ? 'critical' : beyond(d.limit) ? 'warning' : 'ok' };
}

/** Null where nobody has said what its value may be. */
export function heldAgainst(s: Sensor, rules: Rule[], check: Scoped): Held | null {
  if (s.class === 'state') {
    return null;
  }
  const rule = rules.find((r) => r.enabled && covers(r.definition as Threshold, s, check));
  return own(s) ?? (rule ? bySchool(s, rule) : null);
}
