// SPDX-License-Identifier: Apache-2.0
// The regulation's text as JSON: its articles, parameters and routing, and how two of them differ.
import { t, tx, type Key } from '@/i18n';
import { folded, sentenceDiff, type DiffPart } from '@/lib/linediff';

export interface Article { number: number; chapter?: string; title: string; summary?: string; summary_en?: string; body?: string }
export interface Parameter { name: string; value: string | number; origin: string; article?: number }
export interface Route { kind: string; to: Owner }
export interface CheckItem { id: string; text: string; text_en?: string; value?: string; value_en?: string }
export interface Pack { id: string; title: string; text_of?: string; articles?: Article[]; parameters: Parameter[]; routing?: Route[]; selfcheck_items?: CheckItem[] }
export interface Range { name: string; kind: 'duration' | 'number' | 'time'; min: number; max: number }
export interface Hold { name: string; school?: string | null; national: string; value: string; source: 'school' | 'national' }
export interface Above { title: string; title_en?: string; in_force_from: string; parameters: { name: string; value: string; article: number; origin: string; text: string; text_en: string }[]; articles: { number: number; title: string; origin: string; summary: string; summary_en: string }[]; differences: { article: number; text: string; text_en: string }[] }
export const OWNERS = ['own', 'operate', 'use'] as const;
export type Owner = (typeof OWNERS)[number];

/** The questions article 10 fixes, by the item they belong to. */
export const CHECK_FIXED = [{ item: 'abnormal', clause: 1 }, { item: 'password_rules', clause: 2 }, { item: 'weak_password', clause: 2 }, { item: 'password_change', clause: 2 }, { item: 'backup', clause: 3 }, { item: 'upgrade', clause: 4 }] as const;
export const CHECK_OWN_MAX = 8;

export const packOf = (json: unknown): Pack => ({ articles: [], parameters: [], routing: [], ...(json as Partial<Pack>) } as Pack);
export const paramName = (name: string): string => tx(`param.${name}`, name);
export const ownerName = (owner: string): string => tx(`owner.${owner}`, owner);

/** "5 wd" → "5 个工作日"; numbers and times stay. */
export function valueText(value: string | number | null | undefined): string {
  const parts = /^(\d+) (min|h|d|wd)$/.exec(String(value ?? ''));
  return parts ? t(`reg.unit.${parts[2]}` as Key, { n: parts[1] ?? '' }) : String(value ?? '—');
}

const MINUTES_A_DAY = 1440;
const span = (minutes: number): string => (minutes % MINUTES_A_DAY === 0 ? t('reg.unit.d', { n: minutes / MINUTES_A_DAY }) : minutes % 60 === 0 ? t('reg.unit.h', { n: minutes / 60 }) : t('reg.unit.min', { n: minutes }));
const time = (minutes: number): string => `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;

export function rangeText(range: Range | undefined): string {
  if (!range) {
    return '';
  }
  const say = range.kind === 'number' ? String : range.kind === 'time' ? time : span;
  return t('reg.range', { min: say(range.min), max: say(range.max) });
}

/** What a form's text means: numbers are numbers, the rest stays as typed. */
export function typedValue(text: string, range: Range | undefined): string | number {
  const trimmed = text.trim().replace(/^(\d+)\s*(min|h|d|wd)$/, '$1 $2');
  return range?.kind === 'number' && /^-?\d+$/.test(trimmed) ? Number(trimmed) : trimmed;
}

/** lines: of an article, sentence by sentence. */
export interface Change { key: string; mark: 'added' | 'changed' | 'removed'; name: string; before: string; after: string; article?: number; lines?: DiffPart[] }

const AROUND = 1;
const textOf = (a: Article | undefined): string => (a ? [a.chapter, a.title, a.summary, a.body].filter(Boolean).join('\n') : '');
const articleName = (a: Article): string => `${t('reg.article', { n: a.number })} ${a.title}`;
const mark = (was: unknown, is: unknown): Change['mark'] => (was === undefined ? 'added' : is === undefined ? 'removed' : 'changed');

/** Parameters, articles and routing that differ, in that order. */
export function changesOf(before: Pack, after: Pack): Change[] {
  const out: Change[] = [];
  const old = new Map(before.parameters.map((p) => [p.name, p]));
  const param = (was: Parameter | undefined, p: Parameter | undefined): void => {
    const { name = '', article } = p ?? was ?? {};
    out.push({ key: `p:${name}`, mark: mark(was, p), name: paramName(name), before: valueText(was?.value), after: valueText(p?.value), article });
  };
  for (const p of after.parameters) {
    const was = old.get(p.name);
    old.delete(p.name);
    if (!was || String(was.value) !== String(p.value)) {
      param(was, p);
    }
  }
  old.forEach((was) => param(was, undefined));
  const articles = new Map((before.articles ?? []).map((a) => [a.number, a]));
  const article = (was: Article | undefined, a: Article | undefined): void => {
    const { number = 0, title = '' } = a ?? was ?? {};
    out.push({ key: `a:${number}`, mark: mark(was, a), name: articleName({ number, title }), before: textOf(was), after: textOf(a), lines: folded(sentenceDiff(textOf(was), textOf(a)), AROUND) });
  };
  for (const a of after.articles ?? []) {
    const was = articles.get(a.number);
    articles.delete(a.number);
    if (!was || textOf(was) !== textOf(a)) {
      article(was, a);
    }
  }
  articles.forEach((was) => article(was, undefined));
  const routes = new Map((before.routing ?? []).map((r) => [r.kind, r.to]));
  for (const r of after.routing ?? []) {
    if (routes.get(r.kind) !== r.to) {
      out.push({ key: `r:${r.kind}`, mark: 'changed', name: tx(`finding.kind.${r.kind}`, r.kind), before: ownerName(routes.get(r.kind) ?? 'own'), after: ownerName(r.to) });
    }
  }
  checkChanges(out, before, after);
  return out;
}

/* The school's own questions of the self-check. */
function checkChanges(out: Change[], before: Pack, after: Pack): void {
  const textOfItem = (x: CheckItem | undefined): string => (x ? [x.text, x.text_en, x.value, x.value_en].filter(Boolean).join(' · ') : '');
  const old = new Map((before.selfcheck_items ?? []).map((x) => [x.id, x]));
  const put = (was: CheckItem | undefined, x: CheckItem | undefined): void => void out.push({ key: `c:${x?.id ?? was?.id ?? ''}`, mark: mark(was, x), name: t('reg.selfcheck_change', { text: x?.text ?? was?.text ?? '' }), before: textOfItem(was), after: textOfItem(x), article: 10 });
  for (const x of after.selfcheck_items ?? []) {
    const was = old.get(x.id);
    old.delete(x.id);
    if (!was || textOfItem(was) !== textOfItem(x)) {
      put(was, x);
    }
  }
  old.forEach((was) => put(was, undefined));
}

const DIGITS: Record<string, number> = { 一: 1, 二: 2, 三: 3, 四: 4, 五: 5, 六: 6, 七: 7, 八: 8, 九: 9 };

/** 二十 → 20, 第十五 without its 第 → 15, 7 → 7; 0 = no number. */
export function chineseNumber(text: string): number {
  if (/^\d+$/.test(text)) {
    return Number(text);
  }
  const parts = /^(?:([一二三四五六七八九])?百零?)?(?:([一二三四五六七八九])?(十))?([一二三四五六七八九])?$/.exec(text);
  if (!parts || text === '') {
    return 0;
  }
  const hundreds = text.includes('百') ? (DIGITS[parts[1] ?? '一'] ?? 1) * 100 : 0;
  const tens = parts[3] ? (DIGITS[parts[2] ?? '一'] ?? 1) * 10 : 0;
  return hundreds + tens + (parts[4] ? (DIGITS[parts[4]] ?? 0) : 0);
}

/** A pasted regulation, article by article: number → its words. */
export function splitArticles(text: string): Map<number, string> {
  const found = new Map<number, string>();
  const heads = [...text.matchAll(/^[\s\u3000]*第([一二三四五六七八九十百零\d]+)条[\s\u3000]*/gm)];
  heads.forEach((head, i) => {
    const number = chineseNumber(head[1] ?? '');
    const from = (head.index ?? 0) + head[0].length;
    const words = text.slice(from, heads[i + 1]?.index ?? text.length).replace(/^[\s\u3000]*第[一二三四五六七八九十百零\d]+章.*$/gm, '').trim();
    if (number > 0 && !found.has(number)) {
      found.set(number, words);
    }
  });
  return found;
}
