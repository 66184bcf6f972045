// SPDX-License-Identifier: Apache-2.0
export const alerts = {
  'check.beats': '{all} 格中 {bad} 格异常',
  'check.paste': '粘贴地址',
};
