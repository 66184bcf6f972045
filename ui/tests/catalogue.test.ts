// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { en } from '../src/i18n/en';

// Whatever a file of the catalogue says, whichever screen brings it.
const files = import.meta.glob<Record<string, Record<string, string>>>('../src/i18n/zh/*.ts', { eager: true });
const source: Record<string, string> = Object.assign({}, ...Object.values(files).flatMap((m) => Object.values(m)));
const holes = (text: string): string => [...text.matchAll(/\{(\w+)\}/g)].map((m) => m[1]).sort().join(' ');
const HAN = '[\\u4e00-\\u9fff]';

describe('the catalogues', () => {
  it('have the same keys', () => expect(Object.keys(en).sort()).toEqual(Object.keys(source).sort()));
  it('have no empty sentence', () => expect(Object.entries({ ...source, ...en }).filter(([, v]) => v.trim() === '')).toEqual([]));
  it('take the same arguments in both languages', () => {
    expect(Object.keys(source).filter((k) => holes(source[k] ?? '') !== holes((en as Record<string, string>)[k] ?? ''))).toEqual([]);
  });
  it('leave no Chinese in English but the name of the other language', () => {
    expect(Object.entries(en).filter(([k, v]) => k !== 'shell.other_language' && new RegExp(HAN).test(v))).toEqual([]);
  });
});

describe('Chinese sentences', () => {
  const bad = (rule: RegExp): [string, string][] => Object.entries(source).filter(([, v]) => rule.test(v));
  it('use full-width commas, colons and brackets', () => expect(bad(new RegExp(`${HAN}[,:;!?()]|[,:;!?()]${HAN}`))).toEqual([]));
  it('put a space between Chinese and Latin letters or digits', () => expect(bad(new RegExp(`${HAN}[A-Za-z0-9]|[A-Za-z0-9%]${HAN}`)).filter(([, v]) => !v.includes('http'))).toEqual([]));
  it('put a space between Chinese and a number to be filled in', () => expect(bad(new RegExp(`${HAN}\\{(n|all|count|total|overdue|resolved|todo|new|closed|busy|bad|days|minutes|ms|status|size)\\}|\\{(n|all|count|total|overdue|resolved|todo|new|closed|busy|bad|days|minutes|ms|size)\\}${HAN}`))).toEqual([]));
  it('never draw a middle dot, which is full width in Chinese fonts', () => expect(bad(/·/)).toEqual([]));
  it('avoid words that create duties or do not belong', () => expect(bad(/三权|立案|签收告警|校领导阅示|上报网信|惯犯|超期/)).toEqual([]));
});
