// SPDX-License-Identifier: Apache-2.0
// What an audit entry keeps apart of persons, and what a verification found, in words.
import './audit_words';
import type { AuditCheck, AuditItem } from '@/api/schema';
import { locale, t, tx } from '@/i18n';
import { count } from '@/lib/format';

/** From where, and what was changed to what; a value that an order erased says by which entry. */
export function personalOf(a: AuditItem): string[] {
  const told = a.personal.map((p) =>
    p.erased_by ? t('audit.personal_erased', { by: `#${p.erased_by}` }) : t('audit.personal_value', { what: tx(`audit.personal.${p.word}`, p.word ?? ''), value: p.value ?? '' }));
  const nobody = a.act === 'session.refused' && !a.id ? [t('audit.no_account')] : [];
  return [...new Set([...told, ...nobody])];
}

/** The answer of a verification, the sentence first, then what it found. */
export function checkSaid(c: AuditCheck): string[] {
  if (c.error) {
    return [t('audit.check_error', { why: c.error })];
  }
  const by = c.erased_by.map((n) => `#${n}`).join(locale.value === 'zh-CN' ? '、' : ', ');
  const first = c.problems > 0 ? t('audit.check_found', { n: count(c.problems), size: count(c.entries) }) : t('audit.check_clean', { n: count(c.entries) });
  const erased = c.erased > 0 ? [t('audit.check_erased', { all: count(c.personal), n: count(c.erased), by })] : [];
  return [first, ...erased, ...c.found.map((f) => (locale.value === 'zh-CN' ? f.zh : f.en))];
}
