// SPDX-License-Identifier: Apache-2.0
// Events: how their states look, what their reports may say, and what the school's pack holds.
import type { components } from '@/api/schema';
import type { Timeline } from '@/api/schema';
import { locale, tx } from '@/i18n';
import type { Mark } from './states';

type Schemas = components['schemas'];
export type EventItem = Schemas['event_item'];
export type EventFull = Schemas['event_full'];
export type EventReport = Schemas['event_report'];
export type EventUp = Schemas['event_up'];
export type EventClock = Schemas['event_clock'];

export const EVENT: Record<EventItem['state'], Mark> = {
  received: { tone: 'bad', hollow: true },
  graded: { tone: 'bad' },
  responding: { tone: 'warn' },
  contained: { tone: 'accent' },
  resolved: { tone: 'ok', hollow: true },
  final_reported: { tone: 'ok', hollow: true },
  reviewed: { tone: 'ok' },
  closed: { tone: 'idle' },
  not_event: { tone: 'idle', hollow: true },
};

export const EVENT_STEPS = ['received', 'graded', 'responding', 'contained', 'resolved', 'final_reported', 'reviewed', 'closed'] as const;

export const CLASSES = ['malware', 'attack', 'destruction', 'content', 'facility', 'disaster', 'other'] as const;
export const CAUSES = ['human', 'fault', 'disaster', 'other'] as const;
export const EVENT_GRADES = ['i', 'ii', 'iii', 'iv'] as const;

/** What a report may say; a final one must say the last ones. */
export const FACTS = ['course', 'effects', 'measures', 'trend', 'cause', 'clues', 'plan', 'help', 'scene', 'ransom_amount', 'ransom_way', 'ransom_date', 'other'] as const;
export const FINAL_FACTS = ['cause', 'measures', 'harm', 'responsibility', 'rectification', 'lessons'] as const;
export type Fact = (typeof FACTS)[number] | (typeof FINAL_FACTS)[number];

export type Facts = Partial<Record<Fact, string>>;
export const FIRST_FACTS: readonly Fact[] = ['course', 'effects', 'measures'];
const RANSOM: readonly Fact[] = ['ransom_amount', 'ransom_way', 'ransom_date'];

/** What a report on an event of this class is asked; a ransom only where there may be one, or was one said. */
export const factsFor = (kind: string | null | undefined, said: Facts): Fact[] => FACTS.filter((f) => !RANSOM.includes(f) || kind === 'malware' || !!said[f]);
export const factsOf = (report: EventReport | undefined): Facts => (report?.facts ?? {}) as Facts;

/** Of what was handed in, what holds now: the last word on each fact. */
export function knownFacts(reports: EventReport[]): Facts {
  return Object.assign({}, ...reports.filter((r) => r.submitted_at).map(factsOf)) as Facts;
}

/** Its history with words for the grades and reports it names. */
export const historyOf = (items: Timeline[]): Timeline[] => items.map((x) => {
  const args = (x.args ?? {}) as unknown as Record<string, unknown>;
  return typeof args.name === 'string' ? { ...x, args: { ...args, name: tx(`event_name.${args.name}`, args.name) } as never } : x;
});

/* ---- the pack: data of the school, in both languages where it has them */

interface Named {
  id: string;
  name?: string;
  name_en?: string;
  text?: string;
  text_en?: string;
  code?: string;
}
export interface PackKind extends Named {
  to?: string[];
}
export interface PackClass extends Named {
  kinds: PackKind[];
  checklist?: Named[];
}
export interface Question extends Named {
  kind: 'number' | 'choice' | 'matrix';
  unit?: string;
  options?: Named[];
  when?: { question: string; is: string };
}
export interface Pack {
  classes: PackClass[];
  classes_2023: PackClass[];
  questions: Question[];
  authorities: Named[];
}

export const said = (x: Named | undefined): string => (x ? ((locale.value === 'en' ? (x.name_en ?? x.text_en) : undefined) ?? x.name ?? x.text ?? x.id) : '');

/** "IDI 信息破坏事件" */
export const coded = (x: Named | undefined): string => (x ? [x.code, said(x)].filter(Boolean).join(' ') : '');

export function kindOf(list: PackClass[] | undefined, id: string | null | undefined): Named | undefined {
  return list?.find((c) => c.id === id) ?? list?.flatMap((c) => c.kinds).find((k) => k.id === id);
}

export type Answers = Record<string, string | number>;

/** Questions that apply so far: what hangs on another waits for its answer; a matrix is no question. */
export function applying(pack: Pack | undefined, answers: Answers): Question[] {
  return (pack?.questions ?? []).filter((q) => q.kind !== 'matrix' && (!q.when || answers[q.when.question] === q.when.is));
}

/** Nothing of what does not apply any more. */
export function kept(pack: Pack | undefined, answers: Answers): Answers {
  const asked = new Set(applying(pack, answers).map((q) => q.id));
  return Object.fromEntries(Object.entries(answers).filter(([k]) => asked.has(k)));
}
