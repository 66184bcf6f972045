// SPDX-License-Identifier: Apache-2.0
export const expiry = {
  'expiry.domain_end': 'Domain name ends',
  'expiry.icp_number': 'ICP number',
  'expiry.icp_end': 'ICP registration ends',
  'expiry.hint': 'The unit is reminded as many days before as the settings say.',
  'expiry.domain': 'Domain name',
  'expiry.icp': 'ICP',
  'expiry.left': '{n} days left',
  'expiry.today': 'ends today',
  'expiry.over': '{n} days over',
  'expiry.column': 'Domain and ICP end',
  'expiry.of': '{what} {when}',
  'setting.g.expiry': 'Reminders of ends',
  'setting.expiry.days': 'Days before',
  'setting.expiry.hint': 'The unit is reminded before a domain name or an ICP registration ends; numbers between commas. The day itself is always one.',
  'audit.act.asset.expiry': 'reminded of an end',
};
