// SPDX-License-Identifier: Apache-2.0
export const notices = {
  'notice.new': '起草通报',
  'notice.edit': '修改通报',
};
