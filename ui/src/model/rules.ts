// SPDX-License-Identifier: Apache-2.0
// Rules over figures: the form a person fills in, and the definition it stands for (docs/rules.md).
import { t, tx, type Key } from '@/i18n';
import { SEVERITIES, type Severity } from './scales';

export const RULE_KINDS = ['threshold', 'rate', 'absence', 'forecast', 'baseline'] as const;
export type RuleKind = (typeof RULE_KINDS)[number];
export const RULE_SCOPES = ['all', 'unit', 'asset', 'check'] as const;
export type RuleScope = (typeof RULE_SCOPES)[number];
export type RuleOp = 'above' | 'below' | 'either';
export type RuleField = 'op' | 'limit' | 'clear' | 'grave' | 'share' | 'window' | 'relative' | 'horizon' | 'deviations' | 'days';

/** Metrics people choose from, with the unit they are measured in. */
export const METRICS: Record<string, string> = {
  latency: 'us', rtt: 'us', loss: '%', jitter: 'us', in_bps: 'bit/s', out_bps: 'bit/s', in_errors: '/s', out_errors: '/s', egress_in_bps: 'bit/s', egress_out_bps: 'bit/s',
  cpu: '%', memory_used: '%', disk_used: '%', temperature: '°C', room_temperature: '°C', charge: '%', ups_load: '%', access_points: '', stations: '', nat_bindings: '', load1: '', memory_available: 'B', disk_available: 'B', days_left: 'd', value: '',
};

/** A unit as people type it: 90 Mbit/s, not 90000000 bit/s. */
const TYPED: Record<string, { unit: string; by: number }> = { us: { unit: 'ms', by: 1e3 }, 'bit/s': { unit: 'Mbit/s', by: 1e6 }, B: { unit: 'GB', by: 1e9 } };

const FIELDS: Record<RuleKind, RuleField[]> = {
  threshold: ['op', 'limit', 'clear', 'grave', 'share'],
  rate: ['op', 'limit', 'window', 'relative'],
  absence: [],
  forecast: ['op', 'limit', 'window', 'horizon'],
  baseline: ['op', 'deviations', 'limit', 'days'],
};

export function fieldsOf(kind: RuleKind): RuleField[] {
  return FIELDS[kind];
}

export function opsOf(kind: RuleKind): RuleOp[] {
  return kind === 'baseline' || kind === 'rate' ? ['above', 'below', 'either'] : ['above', 'below'];
}

export interface RuleForm {
  name: string;
  metric: string;
  instance: string;
  kind: RuleKind;
  op: RuleOp;
  limit: string;
  clear: string;
  grave: string;
  graveSeverity: Severity;
  unless: boolean;
  share: boolean;
  relative: boolean;
  window: string; // minutes
  horizon: string; // days
  duration: string; // minutes
  deviations: string;
  days: string;
  scope: RuleScope;
  scopeId: number | null;
  severity: Severity;
}

export type Definition = Record<string, unknown>;

/** The unit a limit is typed in, and how many of the metric's own it is. */
export function typedUnit(form: Pick<RuleForm, 'kind' | 'metric' | 'share' | 'relative'>): { unit: string; by: number } {
  if (form.kind === 'baseline' || (form.kind === 'threshold' && form.share) || (form.kind === 'rate' && form.relative)) {
    return { unit: '%', by: 1 };
  }
  const unit = METRICS[form.metric] ?? '';
  return TYPED[unit] ?? { unit, by: 1 };
}

/** Do some devices tell a limit of their own of it? */
export function limitable(metric: string): boolean {
  return metric === 'temperature' || metric === 'room_temperature';
}

/** May the metric be looked at as a share of the port's speed? */
export function shareable(metric: string): boolean {
  return metric === 'in_bps' || metric === 'out_bps';
}

function number(text: string): number | null {
  const value = text.trim() === '' ? NaN : Number(text);
  return Number.isFinite(value) ? value : null;
}

function whole(text: string, by: number): number | null {
  const value = number(text);
  return value === null ? null : Math.round(value * by);
}

export function definitionOf(form: RuleForm): Definition {
  const has = (field: RuleField): boolean => FIELDS[form.kind].includes(field);
  const { by } = typedUnit(form);
  const scaled = (text: string): number | null => {
    const value = number(text);
    return value === null ? null : value * by;
  };
  const all: Definition = {
    metric: form.metric.trim(),
    instance: form.instance.trim() || null,
    kind: form.kind,
    severity: form.severity,
    duration_s: whole(form.duration, 60),
    scope: form.scope === 'all' ? null : { kind: form.scope, id: form.scopeId ?? 0 },
    op: has('op') ? form.op : null,
    limit: has('limit') ? scaled(form.limit) : null,
    clear: has('clear') ? scaled(form.clear) : null,
    grave: has('grave') ? scaled(form.grave) : null,
    grave_severity: has('grave') && scaled(form.grave) !== null ? form.graveSeverity : null,
    unless: has('grave') && form.unless && limitable(form.metric) ? `${form.metric}_high` : null,
    of: has('share') && form.share && shareable(form.metric) ? 'speed' : null,
    window_s: has('window') ? whole(form.window, 60) : null,
    relative: has('relative') && form.relative ? true : null,
    horizon_s: has('horizon') ? whole(form.horizon, 86400) : null,
    deviations: has('deviations') ? number(form.deviations) : null,
    min_days: has('days') ? whole(form.days, 1) : null,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null));
}

const BLANK: RuleForm = {
  name: '', metric: 'latency', instance: '', kind: 'threshold', op: 'above', limit: '', clear: '', grave: '', graveSeverity: 'critical', unless: true, share: false, relative: false, window: '60', horizon: '3',
  duration: '5', deviations: '3.5', days: '3', scope: 'all', scopeId: null, severity: 'minor',
};

function pick<T extends string>(value: unknown, words: readonly T[], otherwise: T): T {
  return words.find((w) => w === value) ?? otherwise;
}

function typed(value: unknown, by: number, otherwise: string): string {
  return typeof value === 'number' ? String(Number((value / by).toPrecision(6))) : otherwise;
}

export function formOf(name: string, raw: unknown): RuleForm {
  const d = (typeof raw === 'object' && raw !== null ? raw : {}) as Definition;
  const scope = (typeof d.scope === 'object' && d.scope !== null ? d.scope : {}) as Definition;
  const form: RuleForm = {
    ...BLANK,
    name,
    metric: typeof d.metric === 'string' ? d.metric : BLANK.metric,
    instance: typeof d.instance === 'string' ? d.instance : '',
    kind: pick(d.kind, RULE_KINDS, 'threshold'),
    op: pick<RuleOp>(d.op, ['above', 'below', 'either'], 'above'),
    graveSeverity: pick(d.grave_severity, SEVERITIES, 'critical'),
    unless: typeof d.unless === 'string',
    share: d.of === 'speed',
    relative: d.relative === true,
    window: typed(d.window_s, 60, BLANK.window),
    horizon: typed(d.horizon_s, 86400, BLANK.horizon),
    duration: typed(d.duration_s, 60, typeof d.kind === 'string' ? '0' : BLANK.duration),
    deviations: typed(d.deviations, 1, BLANK.deviations),
    days: typed(d.min_days, 1, BLANK.days),
    scope: pick(scope.kind, RULE_SCOPES, 'all'),
    scopeId: typeof scope.id === 'number' ? scope.id : null,
    severity: pick(d.severity, SEVERITIES, 'minor'),
  };
  const { by } = typedUnit(form);
  return { ...form, limit: typed(d.limit, by, ''), clear: typed(d.clear, by, ''), grave: typed(d.grave, by, '') };
}

export function blankRule(): RuleForm {
  return { ...BLANK };
}

/** Is everything there that the kind cannot do without? */
export function ready(form: RuleForm): boolean {
  const must: Record<RuleKind, string[]> = {
    threshold: [form.limit], rate: [form.limit, form.window], absence: [form.duration], forecast: [form.limit, form.horizon], baseline: [form.deviations],
  };
  const scoped = form.scope === 'all' || form.scopeId !== null;
  return form.name.trim() !== '' && form.metric.trim() !== '' && scoped && must[form.kind].every((text) => number(text) !== null);
}

export function metricName(metric: string): string {
  return tx(`metric.${metric}`, metric);
}

function withUnit(text: string, unit: string): string {
  return `${text}${unit === '%' || unit === '' ? unit : ` ${unit}`}`;
}

/** "入流量占带宽 高于 90%，持续 5 分钟" */
export function summary(raw: unknown): string {
  const form = formOf('', raw);
  const { unit } = typedUnit(form);
  const text = t(`rule.sum.${form.kind}` as Key, {
    metric: metricName(form.metric) + (form.share ? t('rule.share_of') : ''),
    op: t(`rule.op.${form.op}`),
    limit: withUnit(form.limit, unit),
    window: form.window, horizon: form.horizon, duration: form.duration, deviations: form.deviations,
  });
  const grave = form.kind === 'threshold' && form.grave ? t('rule.sum.grave', { limit: withUnit(form.grave, unit), severity: t(`severity.${form.graveSeverity}`) }) : '';
  return text + (form.kind !== 'absence' && Number(form.duration) > 0 ? t('rule.sum.for', { duration: form.duration }) : '') + grave;
}
