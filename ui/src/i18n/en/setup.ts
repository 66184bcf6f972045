// SPDX-License-Identifier: Apache-2.0
export const setup = {
  'setup.title': '初始设置',
};
