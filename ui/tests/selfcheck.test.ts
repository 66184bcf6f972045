// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import '@/components/selfcheck_words';
import type { SelfcheckCell } from '@/api/schema';
import { cellWords, complete, emptyAnswer, seenWords, share } from '@/model/selfcheck';

const cell = (more: Partial<SelfcheckCell>): SelfcheckCell => ({ week: '2026-03-09', id: 1, kind: 'week', state: 'submitted', outcome: 'normal', result: null, late: false, sampled: false, asked: 1, done: 1, ...more });

describe('an answer', () => {
  it('is complete only when it was opened, said, explained and has its value', () => {
    const plain = { value_label: null };
    const valued = { value_label: '最近一次备份的日期' };
    const said = { ...emptyAnswer(), answer: 'none' as const };
    expect(complete(plain, emptyAnswer())).toBe(false);
    expect(complete(plain, said)).toBe(false);
    expect(complete(plain, { ...said, opened: 1 })).toBe(true);
    expect(complete(valued, { ...said, opened: 1 })).toBe(false);
    expect(complete(valued, { ...said, opened: 1, value: '3月1日' })).toBe(true);
    expect(complete(plain, { ...said, opened: 1, answer: 'some' })).toBe(false);
    expect(complete(plain, { ...said, opened: 1, answer: 'some', note: '首页被改' })).toBe(true);
    expect(complete(valued, { ...said, opened: 1, answer: 'not_applicable', note: '没有服务器' })).toBe(true);
  });
});

describe('the board', () => {
  it('says what was answered and the facts about it', () => {
    expect(cellWords(cell({}))).toEqual({ text: '无', tone: 'ok', marks: [] });
    expect(cellWords(cell({ outcome: 'abnormal', late: true, sampled: true }))).toEqual({ text: '有', tone: 'warn', marks: ['迟', '抽'] });
    expect(cellWords(cell({ state: 'missed', outcome: null, done: 0 }))).toEqual({ text: '漏', tone: 'bad', marks: [] });
    expect(cellWords(cell({ state: 'closed', result: 'contradicted', sampled: true })).marks).toEqual(['不符']);
    expect(cellWords(cell({ kind: 'day', asked: 5, done: 4 })).text).toBe('4/5 日');
  });
  it('has no share of nothing', () => {
    expect(share(0, 0)).toBeNull();
    expect(share(3, 4)).toBe(0.75);
  });
});

describe('what the platform sees', () => {
  it('is said in words, and that it sees nothing too', () => {
    expect(seenWords({ findings: 2, checks: 3, down: 1 })).toEqual(['未消除的隐患 2 条', '监测项 3 个', '其中 1 个中断']);
    expect(seenWords({ findings: 0, checks: 0, down: 0 })).toEqual(['没有相关监测或隐患']);
  });
});
