// SPDX-License-Identifier: Apache-2.0
import type { grades as zh } from '../zh/grades';

export const grades: Record<keyof typeof zh, string> = {
  'event_grade.i': 'Extraordinary (I)',
  'event_grade.ii': 'Major (II)',
  'event_grade.iii': 'Considerable (III)',
  'event_grade.iv': 'Ordinary (IV)',
  'warning.red': 'Red warning',
  'warning.orange': 'Orange warning',
  'warning.yellow': 'Yellow warning',
  'warning.blue': 'Blue warning',
};
