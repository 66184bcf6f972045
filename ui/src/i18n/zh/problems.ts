// SPDX-License-Identifier: Apache-2.0
export const problems = {
  'problem.trace': '问题编号',
  'problem.unreachable': '连不上服务器，请检查网络后重试。',
  'problem.server': '服务器暂时无法完成，请稍后重试（{code}）。',
  'problem.refused': '未能完成（{code}）。',
  'problem.not_found': '没有这条记录，或当前角色无权查看。',
  'problem.forbidden': '当前角色不能这样做。需要权限请联系系统管理员。',
  'problem.separation': '同一个人不能既经办又审核，请由另一位同事完成。',
  'problem.required': '有必填项没有填。',
};
