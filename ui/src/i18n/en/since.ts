// SPDX-License-Identifier: Apache-2.0
import type { since as zh } from '../zh/since';

export const since: Record<keyof typeof zh, string> = {
  'since.head': 'Since you were last here ({at})',
  'since.incidents': '{n} new incidents',
  'since.recovered': '{n} recovered by themselves',
  'since.findings': '{n} new findings',
  'since.overdue': '{n} newly overdue',
  'since.todo': '{n} wait for you',
  'since.quiet': 'nothing new',
};
