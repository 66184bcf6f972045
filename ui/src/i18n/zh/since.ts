// SPDX-License-Identifier: Apache-2.0
// What happened while one was away.
export const since = {
  'since.head': '自上次在线（{at}）以来',
  'since.incidents': '新增告警事项 {n}',
  'since.recovered': '自动恢复 {n}',
  'since.findings': '新增隐患 {n}',
  'since.overdue': '新增逾期 {n}',
  'since.todo': '需你处理 {n}',
  'since.quiet': '没有新情况',
} as const;
