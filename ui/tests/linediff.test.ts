// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { folded, lineDiff, sentenceDiff, sentencesOf } from '../src/lib/linediff';

const said = (before: string, after: string): string[] => lineDiff(before, after).map((l) => l.mark + l.text);

describe('two texts line by line', () => {
  it('marks the line that changed and keeps its neighbours', () => expect(said('a\nfive\nc\n', 'a\nfour\nc\n')).toEqual([' a', '-five', '+four', ' c']));
  it('marks what was added and what went', () => expect(said('a\nb\nd', 'b\nc\nd')).toEqual(['-a', ' b', '+c', ' d']));
  it('marks nothing in equal texts, whole or empty', () => expect([said('a\nb\n', 'a\nb\n'), said('', '')]).toEqual([[' a', ' b'], []]));
  it('marks all of a text without one before', () => expect(said('', 'a\n')).toEqual(['+a']));
});

describe('two texts sentence by sentence', () => {
  it('cuts behind the stop, in both writings, and at line ends', () => expect(sentencesOf('甲。乙；\n丙 No. 2 is v1.2. Done')).toEqual(['甲。', '乙；', '丙 No.', '2 is v1.2.', 'Done']));
  it('marks the sentence that changed and leaves its neighbours', () => expect(sentenceDiff('先断网。再报告。后复盘。', '先断网。一小时内报告。后复盘。').map((l) => l.mark + l.text)).toEqual([' 先断网。', '-再报告。', '+一小时内报告。', ' 后复盘。']));
  it('counts what lies far from any change', () => {
    const parts = folded(lineDiff('a\nb\nc\nd\ne', 'a\nb\nc\nd\nf'), 1);
    expect(parts).toEqual([{ mark: '…', count: 3 }, { mark: ' ', text: 'd' }, { mark: '-', text: 'e' }, { mark: '+', text: 'f' }]);
    expect(folded(lineDiff('a\nb', 'a\nb'), 1)).toEqual([{ mark: '…', count: 2 }]);
  });
});
