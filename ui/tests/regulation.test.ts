// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import '@/desk/policy/words';
import { changesOf, chineseNumber, packOf, rangeText, splitArticles, typedValue, valueText } from '@/model/regulation';
import { filledTemplate } from '@/model/templates';

describe('the text of a regulation', () => {
  it('reads the numbers of articles', () => {
    const cases: [string, number][] = [['一', 1], ['十', 10], ['十五', 15], ['二十', 20], ['二十三', 23], ['一百零二', 102], ['7', 7], ['', 0], ['甲', 0]];
    cases.forEach(([text, want]) => expect(chineseNumber(text), text).toBe(want));
  });
  it('is split at its articles, chapters left out', () => {
    const found = splitArticles('第一章 总则\n第一条 为了安全，\n制定本办法。\n\u3000\u3000第二条\u3000早发现。\n第二章 范围\n第四条 适用于各单位（见第一条）。');
    expect([...found.keys()]).toEqual([1, 2, 4]);
    expect(found.get(1)).toBe('为了安全，\n制定本办法。');
    expect(found.get(2)).toBe('早发现。');
    expect(found.get(4)).toBe('适用于各单位（见第一条）。');
  });
  it('says values and ranges in words', () => {
    expect(valueText('5 wd')).toBe('5 个工作日');
    expect(valueText('17:30')).toBe('17:30');
    expect(rangeText({ name: 'x', kind: 'duration', min: 60, max: 86400 })).toBe('范围 1 小时 至 60 日');
    expect(rangeText({ name: 'x', kind: 'time', min: 720, max: 1439 })).toBe('范围 12:00 至 23:59');
    expect(typedValue('2wd', { name: 'x', kind: 'duration', min: 1, max: 9 })).toBe('2 wd');
    expect(typedValue(' 3 ', { name: 'x', kind: 'number', min: 1, max: 9 })).toBe(3);
  });
  it('names what differs: parameters, articles, routing', () => {
    const before = packOf({ id: 'a', title: 't', parameters: [{ name: 'review', value: '1 wd', origin: 'default' }], articles: [{ number: 1, title: '甲' }, { number: 2, title: '乙' }], routing: [{ kind: 'backup', to: 'own' }] });
    const after = packOf({ id: 'b', title: 't', parameters: [{ name: 'review', value: '2 wd', origin: 'adopted' }], articles: [{ number: 1, title: '甲', body: '新' }, { number: 3, title: '丙' }], routing: [{ kind: 'backup', to: 'operate' }] });
    expect(changesOf(before, after).map((c) => c.key)).toEqual(['p:review', 'a:1', 'a:3', 'a:2', 'r:backup']);
    expect(changesOf(before, after).map((c) => c.mark)).toEqual(['changed', 'changed', 'added', 'removed', 'changed']);
    expect(changesOf(after, packOf({ ...after, parameters: [] })).map((c) => [c.key, c.mark])).toEqual([['p:review', 'removed']]);
    expect(changesOf(before, before)).toEqual([]);
  });
  it('shows of an article only the sentences that differ, each with its mark', () => {
    const of = (body: string) => packOf({ id: 'a', title: 't', parameters: [], articles: [{ number: 7, title: '报告', body }] });
    const [change] = changesOf(of('先处理。两小时内报告。留存记录。'), of('先处理。一小时内报告。留存记录。'));
    expect(change?.lines).toEqual([{ mark: '…', count: 1 }, { mark: ' ', text: '先处理。' }, { mark: '-', text: '两小时内报告。' }, { mark: '+', text: '一小时内报告。' }, { mark: ' ', text: '留存记录。' }]);
  });
});

describe('a notice template', () => {
  it('fills its places once each and leaves what nothing fits', () => {
    const chosen = [{ title: '弱口令', asset: { name: '教务系统' }, unit: { name: '教务处' } }, { title: '弱口令', asset: { name: '教务系统' }, unit: { name: '教务处' } }];
    expect(filledTemplate('{{单位}}：{{系统}}有{{ 隐患 }}，{{数量}} 项。{{联系}}{{其他}}', chosen, ' ')).toBe('教务处：教务系统有弱口令，2 项。{{联系}}{{其他}}');
  });
});
