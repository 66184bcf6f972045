// SPDX-License-Identifier: Apache-2.0
// A school small enough to be there in two seconds: two units, five people, one of each record.

import { until } from './house.mjs';

/** The interface as the person at this page has it. */
export const call = (page, method, path, body) => page.evaluate(async ([m, p, b]) => {
  const answer = await fetch(`/api/v1${p}`, { method: m, headers: b === undefined ? {} : { 'Content-Type': 'application/json' }, body: b === undefined ? undefined : JSON.stringify(b) });
  const value = await answer.json();
  if (!answer.ok) {
    throw new Error(`${m} ${p} ${answer.status} ${JSON.stringify(value)}`);
  }
  return value;
}, [method, path, body]);

const PEOPLE = [['zhou', '周敏', 'operator'], ['lin', '林涛', 'director'], ['wang', '王倩', 'officer'], ['liu', '刘建国', 'vice_president'], ['zheng', '郑伟', 'auditor']];

/** Made by the administrator; the one-time passwords by account. */
export async function people(page) {
  const centre = (await call(page, 'POST', '/units', { name: '信息技术中心', kind: 'centre', is_centre: true })).id;
  const other = (await call(page, 'POST', '/units', { name: '教务处', kind: 'department' })).id;
  const secret = {};
  for (const [account, name, role] of PEOPLE) {
    const unit_id = role === 'officer' ? other : centre;
    secret[account] = (await call(page, 'POST', '/users', { account, name, unit_id, mail: `${account}@campus.test`, roles: [{ role, unit_id: role === 'officer' ? unit_id : null }] })).secret;
  }
  return secret;
}

/** Made by the operator: an asset, a finding about it, a notice about that, under review. */
export async function records(page) {
  const unit_id = (await call(page, 'GET', '/units?limit=50')).items.find((u) => u.name === '教务处').id;
  const asset = (await call(page, 'POST', '/assets', { name: '教务管理系统', kind: 'system', address: '10.20.31.10', owner_unit_id: unit_id, importance: 'core', exposure: 'campus' })).id;
  const found = { title: '教务管理系统存在弱口令账号', kind: 'weak_password', grade: 'high', unit_id, asset_id: asset };
  const finding = (await call(page, 'POST', '/findings', { ...found, description: '例行检查发现。' })).id;
  await call(page, 'POST', `/findings/${finding}/confirm`, found);
  const notice = (await call(page, 'POST', '/notices', { title: '关于教务管理系统弱口令的通报', unit_id, grade: 'high', finding_ids: [finding], requirement: '请限期整改。' })).id;
  await call(page, 'POST', `/notices/${notice}/review`, {});
  return { asset, finding, notice };
}

const RANGES = [['办公楼', '10.20.11.0/28', 'active'], ['机房', '10.20.13.0/28', 'active'], ['邮件区', '10.20.25.0/27', 'active'], ['学生宿舍', '10.20.12.0/24', 'passive'], ['访客网', '10.20.99.0/24', 'off']];

/** Ranges and an examination that is far off, by the operator; some devices that answered and are in no register. */
export async function ranges(page) {
  const unit_id = (await call(page, 'GET', '/units?limit=50')).items.find((u) => u.name === '教务处').id;
  for (const [name, network, mode] of RANGES) {
    await call(page, 'POST', '/subnets', { name, network, mode, unit_id: mode === 'active' ? unit_id : null });
  }
  await call(page, 'POST', '/freezes', { reason: '普通高考', approval: '校办〔2026〕12 号', from: 4102444800000, to: 4102448400000 });
  const devices = await until(async () => ((list) => (list.length >= 3 ? list : null))((await call(page, 'GET', '/discovered?source=sweep')).items), 'devices that answered');
  const [one, two] = devices.sort((a, b) => a.address.localeCompare(b.address));
  await call(page, 'POST', `/discovered/${two.id}/hand`, { unit_id, reason: '请确认是否为贵处设备' });
  return { one: one.id, two: two.id };
}
