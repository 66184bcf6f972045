// SPDX-License-Identifier: Apache-2.0
// Grades of events and colours of warnings: words of their own, never of findings or alerts.
export const grades = {
  'event_grade.i': '特别重大（Ⅰ级）',
  'event_grade.ii': '重大（Ⅱ级）',
  'event_grade.iii': '较大（Ⅲ级）',
  'event_grade.iv': '一般（Ⅳ级）',
  'warning.red': '红色预警',
  'warning.orange': '橙色预警',
  'warning.yellow': '黄色预警',
  'warning.blue': '蓝色预警',
} as const;
