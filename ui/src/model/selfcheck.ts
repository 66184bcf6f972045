// SPDX-License-Identifier: Apache-2.0
// Self-checks: words and tones of how one stands, what an answer still lacks, and the board's cells.
import type { SelfcheckBoardRow, SelfcheckCell, SelfcheckQuestion } from '@/api/schema';
import { locale, t, type Key } from '@/i18n';

export type Answer = 'none' | 'some' | 'not_applicable';
export interface Said { answer: Answer | ''; note: string; value: string; opened: number; what: 'hazard' | 'event'; asset: number | null }
export type Tone = 'plain' | 'bad' | 'warn' | 'ok' | 'accent';

const NOTE_LEAST = 2;
const STATE_TONES: Record<string, Tone> = { scheduled: 'warn', assigned: 'warn', submitted: 'ok', sampled: 'accent', confirmed: 'ok', contradicted: 'bad', closed: 'plain', missed: 'bad', voided: 'plain' };

export const emptyAnswer = (): Said => ({ answer: '', note: '', value: '', opened: 0, what: 'hazard', asset: null });
export const stateTone = (state: string): Tone => STATE_TONES[state] ?? 'plain';
export const questionText = (q: Pick<SelfcheckQuestion, 'text' | 'text_en'>): string => (locale.value === 'en' ? q.text_en : q.text);
export const valueLabel = (q: Pick<SelfcheckQuestion, 'value_label' | 'value_label_en'>): string => (locale.value === 'en' ? q.value_label_en : q.value_label) ?? '';
export const clauseText = (clause: number): string => (clause > 0 ? t('sc.clause', { n: locale.value === 'en' ? clause : '〇一二三四五六七八九'.charAt(clause) }) : t('sc.clause_own'));
export const answerText = (answer: string | null | undefined): string => (answer ? t(`sc.answer.${answer}` as Key) : '—');
export const when = (c: { kind: string; first_day: string }): string => t(c.kind === 'week' ? 'sc.week_of' : 'sc.day_of', { day: c.first_day });

/** Opened, answered, explained and with its value: nothing is missing any more. */
export function complete(q: Pick<SelfcheckQuestion, 'value_label'>, said: Said): boolean {
  const told = said.answer === 'none' || said.note.trim().length >= NOTE_LEAST;
  const valued = !q.value_label || said.answer === 'not_applicable' || said.value.trim() !== '';
  return said.opened > 0 && said.answer !== '' && told && valued;
}

/** What the platform sees of a question, as short sentences. */
export function seenWords(q: Pick<SelfcheckQuestion, 'findings' | 'checks' | 'down'>): string[] {
  const out: string[] = [];
  if (q.findings) {
    out.push(t('sc.seen.findings', { n: q.findings }));
  }
  if (q.checks) {
    out.push(t('sc.seen.checks', { n: q.checks }), q.down ? t('sc.seen.down', { n: q.down }) : t('sc.seen.well'));
  }
  return out.length ? out : [t('sc.seen.nothing')];
}

/** A cell's words: what was said, and the facts about it. */
export function cellWords(c: SelfcheckCell): { text: string; tone: Tone; marks: string[] } {
  const marks: string[] = [];
  if (c.late) {
    marks.push(t('sc.cell.late'));
  }
  if (c.result === 'contradicted') {
    marks.push(t('sc.cell.contradicted'));
  } else if (c.sampled) {
    marks.push(t('sc.cell.sampled'));
  }
  const open = c.state === 'assigned' || c.state === 'scheduled' || c.state === 'missed';
  const text = open ? t(`sc.cell.${c.state}` as Key) : t(c.outcome === 'abnormal' ? 'sc.cell.abnormal' : 'sc.cell.normal');
  const tone: Tone = c.state === 'missed' || c.result === 'contradicted' ? 'bad' : open || c.late ? 'warn' : c.outcome === 'abnormal' ? 'accent' : 'ok';
  return { text: c.kind !== 'week' && c.asked > 1 ? t('sc.cell.days', { done: c.done, asked: c.asked }) : text, tone, marks };
}

export const cellOf = (row: SelfcheckBoardRow, week: string): SelfcheckCell | undefined => row.cells.find((c) => c.week === week);

/** A share with both its numbers; null where there is nothing to share. */
export const share = (n: number, all: number): number | null => (all > 0 ? n / all : null);
