// SPDX-License-Identifier: Apache-2.0
// What must be renewed by a day: domain names and ICP registrations.
export const expiry = {
  'expiry.domain_end': '域名到期日',
  'expiry.icp_number': 'ICP 备案号',
  'expiry.icp_end': 'ICP 备案到期日',
  'expiry.hint': '到期前按设置的天数提醒责任单位。',
  'expiry.domain': '域名',
  'expiry.icp': 'ICP 备案',
  'expiry.left': '还有 {n} 天',
  'expiry.today': '今天到期',
  'expiry.over': '已过期 {n} 天',
  'expiry.column': '证书、域名、备案到期',
  'expiry.of': '{what} {when}',
  'todo.renew_domain': '域名续费',
  'todo.renew_icp': 'ICP 备案续期',
  'todo.renew_contract': '线路合同续签',
  'setting.g.expiry': '到期提醒',
  'setting.expiry.days': '提前几天提醒',
  'setting.expiry.hint': '域名、ICP 备案和线路合同到期前提醒责任单位，用逗号隔开；到期当天总会提醒。',
  'audit.act.circuit.expiry': '到期提醒',
  'audit.act.asset.expiry': '到期提醒',
};
