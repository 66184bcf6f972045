// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { titleOf } from '../src/lib/title';

it('says first how much that is urgent waits, then the page', () => {
  expect(titleOf('总览', '烽燧', 3)).toBe('(3) 总览 - 烽燧');
  expect(titleOf('总览', '烽燧', 0)).toBe('总览 - 烽燧');
  expect(titleOf(undefined, '烽燧', 0)).toBe('烽燧');
});
