// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { lineDiff } from '../src/lib/linediff';

const said = (before: string, after: string): string[] => lineDiff(before, after).map((l) => l.mark + l.text);

describe('two texts line by line', () => {
  it('marks the line that changed and keeps its neighbours', () => expect(said('a\nfive\nc\n', 'a\nfour\nc\n')).toEqual([' a', '-five', '+four', ' c']));
  it('marks what was added and what went', () => expect(said('a\nb\nd', 'b\nc\nd')).toEqual(['-a', ' b', '+c', ' d']));
  it('marks nothing in equal texts, whole or empty', () => expect([said('a\nb\n', 'a\nb\n'), said('', '')]).toEqual([[' a', ' b'], []]));
  it('marks all of a text without one before', () => expect(said('', 'a\n')).toEqual(['+a']));
});
