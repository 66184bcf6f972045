// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { highestSeq, newKey, rememberSeq } from '../src/api/client';
import { Refusal, refusalOf, sentenceOf } from '../src/api/problem';
import { menuFor } from '../src/desk/menu';
import { cell } from '../src/lib/csv';
import { composing } from '../src/lib/keys';
import { passwordRules } from '../src/lib/password';
import { Order } from '../src/lib/stream';
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
