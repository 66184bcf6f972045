// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { highestSeq, newKey, rememberSeq } from '../src/api/client';
import { Refusal, refusalOf, sentenceOf } from '../src/api/problem';
import '../src/i18n/refusal_words';
import { menuFor } from '../src/desk/menu';
import type { AuditCheck, AuditItem } from '../src/api/schema';
import { checkSaid, personalOf } from '../src/lib/audit';
import { cell } from '../src/lib/csv';
import { composing } from '../src/lib/keys';
import { passwordRules } from '../src/lib/password';
import { Order } from '../src/lib/stream';
import { addWords } from '../src/i18n';
import { zhDesk } from '../src/i18n/zh/desk';
import { happening, masked, say } from '../src/model/sentences';
import { STEPS, stepOf } from '../src/model/states';

const event = (seq: number, id = 1, version = 1) => ({ seq, topic: 'notice', id, version });

describe('the order of events', () => {
  it('takes each once, drops repeats and old ones', () => {
    const order = new Order();
    expect([event(5), event(5), event(6), event(4), event(6, 2), event(6, 2)].map((e) => order.take(e))).toEqual([true, false, true, false, true, false]);
  });
  it('starts anew after a resync', () => {
    const order = new Order();
    order.take(event(9));
    order.reset();
    expect(order.take(event(3))).toBe(true);
  });
});

describe('the commit sequence', () => {
  it('keeps the highest seen and 64 bits exactly', () => {
    rememberSeq('9007199254740993');
    rememberSeq('12');
    rememberSeq('nonsense');
    expect(highestSeq()).toBe(9007199254740993n);
  });
  it('names each command by 128 random bits', () => expect(newKey()).toMatch(/^[0-9a-f]{32}$/));
});

describe('a refusal', () => {
  it('is told by its code', () => expect(sentenceOf(refusalOf(409, { code: 'version.changed' }, 't1'))).toContain('刚被别人改过'));
  it('with a strange code still says something and keeps the trace', () => {
    const refusal = refusalOf(500, 'not json', 'abc');
    expect(refusal).toMatchObject({ code: 'unknown', trace: 'abc' });
    expect(sentenceOf(refusal)).toContain('unknown');
  });
  it('is not what a dead network is', () => expect(sentenceOf(new TypeError('fetch'))).not.toBe(sentenceOf(new Refusal(400, 'x'))));
});

describe('evidence', () => {
  it.each([
    ['user=20230114 src=185.220.101.47', 'user=2023****14 src=185.220.101.47'], ['password=hunter2 ok', 'password=**** ok'], ['PWD: abc', 'PWD: ****'], ['port 8080', 'port 8080'],
  ])('%s is shown as %s', (line, want) => expect(masked(line)).toBe(want));
});

describe('sentences', () => {
  it('fill in their arguments', () => expect(say({ code: 'check.down', args: { name: '门户' } })).toBe('门户 中断'));
  it('of an unknown code show the code and what came with it', () => expect(say({ code: 'brand_new', args: { a: 1 } })).toBe('brand_new 1'));
  it('name the system when nobody acted', () => expect(happening({ code: 'closed', args: {}, actor: null, role: null })).toBe('系统 关闭'));
});

describe('the audit log', () => {
  addWords(zhDesk);
  const entry = (part: Partial<AuditItem>): AuditItem => ({ seq: 9, at: 0, act: 'session.login', kind: 'session', id: 3, personal: [], ...part });
  const check = (part: Partial<AuditCheck>): AuditCheck => ({ began_at: 0, at: 1, ok: true, entries: 1200, personal: 30, erased: 0, erased_by: [], problems: 0, found: [], ...part });
  it('says from where somebody came', () => expect(personalOf(entry({ personal: [{ word: 'address', value: '10.2.3.4' }] }))).toEqual(['来源地址 10.2.3.4']));
  it('says what was and what is', () => expect(personalOf(entry({ personal: [{ word: 'phone.was', value: '1' }, { word: 'phone', value: '2' }] }))).toEqual(['原电话 1', '电话 2']));
  it('says once by which entry values went', () => expect(personalOf(entry({ personal: [{ erased_by: 12 }, { erased_by: 12 }] }))).toEqual(['个人信息已依法清除（#12）']));
  it('says that a name nobody has is not kept', () => expect(personalOf(entry({ act: 'session.refused', id: null }))).toEqual(['没有这个账号，所填内容不予记录']));
  it('that holds says how far', () => expect(checkSaid(check({}))).toEqual(['已校验 1,200 条，连续完整，未发现改动']));
  it('names who erased', () => expect(checkSaid(check({ erased: 5, erased_by: [7, 9] }))[1]).toBe('个人信息共 30 项，其中 5 项已依法清除（#7、#9）'));
  it('that does not hold names what is wrong', () => expect(checkSaid(check({ ok: false, problems: 1, found: [{ code: 'entry.changed', seq: 3, zh: '第 3 条被改动', en: 'entry 3 changed' }] }))).toEqual(['校验 1,200 条，发现 1 处问题', '第 3 条被改动']));
  it('that could not be verified says why, and not that it is fine', () => expect(checkSaid(check({ ok: false, error: 'killed by signal 9' }))).toEqual(['未能校验：killed by signal 9']));
});

describe('the eight steps', () => {
  it('are eight, in order', () => expect(STEPS).toHaveLength(8));
  it.each([['draft', 0], ['issued', 1], ['received', 2], ['rectifying', 3], ['submitted', 4], ['verifying', 4], ['failed', 2], ['passed', 5], ['briefed', 6], ['upreported', 7], ['closed', 8]])('%s stands at %i', (state, at) => expect(stepOf(state)).toBe(at));
});

describe('small rules', () => {
  it('leaves Enter to the input method while composing', () => expect([composing({ isComposing: true, keyCode: 13 }), composing({ isComposing: false, keyCode: 229 }), composing({ isComposing: false, keyCode: 13 })]).toEqual([true, true, false]));
  it.each([['=1+1', "'=1+1"], ['@x', "'@x"], ['a,b', '"a,b"'], ['a"b', '"a""b"'], ['-5', "'-5"]])('writes the cell %s as %s', (raw, want) => expect(cell(raw)).toBe(want));
  it('writes a real number as it is', () => expect(cell(-5)).toBe('-5'));
  it('asks a password for length, kinds and no account name', () => expect([passwordRules('Short1!', 'zhou'), passwordRules('Zhou-2026-Long', 'zhou'), passwordRules('Beacon-2026-Long', 'zhou')].map((r) => r.every((x) => x.met))).toEqual([false, false, true]));
});

describe('the menu', () => {
  const names = (role: string, acts: string[]): string[] => menuFor(role, acts).flatMap((g) => g.items.map((i) => i.name));
  it('shows nothing a role may not open', () => expect(names('auditor', ['audit.state', 'notices.list'])).toEqual(['notices', 'audit']));
  it('sends a leader to his own page, not to the operator overview', () => expect(names('vice_president', ['overview.get'])).toEqual(['lead']));
  it('gives a unit officer no overview of the school', () => expect(names('officer', ['overview.get', 'todo.list'])).toEqual(['todo']));
});
