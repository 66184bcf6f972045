// SPDX-License-Identifier: Apache-2.0
// A deadline's derivation, {code, args} by {code, args}, as sentences of the reader's language.
import { t, tx, type Args } from '@/i18n';
import { civil, span } from '@/lib/format';

const TIMES = ['start', 'from', 'to', 'at', 'due', 'superior', 'limit'];

const whole = (ms: number): string => {
  const at = civil(ms);
  return `${at.year}-${at.month}-${at.day} ${at.hour}:${at.minute}`;
};

/** "5 wd" as people say it. */
export function ruleText(rule: string): string {
  const [n = '', unit = ''] = rule.split(' ');
  return tx(`due.rule.${unit}`, rule, { n });
}

function said(name: string, value: unknown): string {
  if (typeof value === 'number') {
    const minute = value % 60;
    return TIMES.includes(name) ? whole(value) : name === 'span' ? span(value) : name === 'end' ? `${Math.floor(value / 60)}:${String(minute).padStart(2, '0')}` : String(value);
  }
  return name === 'rule' ? ruleText(String(value)) : String(value ?? '');
}

export function dueLines(raw: unknown): string[] {
  const list = Array.isArray(raw) ? (raw as { code?: unknown; args?: unknown }[]) : [];
  return list.map((x) => {
    const args: Args = {};
    for (const [name, value] of Object.entries((x.args ?? {}) as Record<string, unknown>)) {
      args[name] = said(name, value);
    }
    return tx(`say.${String(x.code)}`, String(x.code), args);
  });
}

/** Did a superior's deadline bring this one forward?  `due` is the stored derivation. */
export function superiorBinds(due: unknown): boolean {
  const list = (due as { extensions?: unknown } | null)?.extensions;
  return Array.isArray(list) && list.some((x: { kind?: unknown; binds?: unknown }) => x.kind === 'superior' && x.binds === true);
}

export const shorterWord = (): string => t('due.shorter');
