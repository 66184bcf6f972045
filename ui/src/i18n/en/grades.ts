// SPDX-License-Identifier: Apache-2.0
import type { grades as zh } from '../zh/grades';

export const grades: Record<keyof typeof zh, string> = {
  'event_grade.extraordinary': 'Extraordinary (I)',
  'event_grade.major': 'Major (II)',
  'event_grade.considerable': 'Considerable (III)',
  'event_grade.ordinary': 'Ordinary (IV)',
  'warning.red': 'Red warning',
  'warning.orange': 'Orange warning',
  'warning.yellow': 'Yellow warning',
  'warning.blue': 'Blue warning',
};
