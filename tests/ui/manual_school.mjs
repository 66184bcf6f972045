// SPDX-License-Identifier: Apache-2.0
// A school in which every step of the manual can be taken: people of each role, a notice at each step of its way, and
// one of each record beside it; told over the interface, by the people it would be told by.
import { execFileSync } from 'node:child_process';
import { BASE, PASSWORD, PATIENT_MS, ROOT, scan, until } from './house.mjs';
import { session } from './api.mjs';
import { watched } from './network.mjs';
import { ranges, records } from './school.mjs';
import { codeOf } from './second.mjs';

const HOUR_MS = 3_600_000;
const CAST = [['zhou', '周敏', 'operator'], ['qin', '秦岚', 'operator'], ['lin', '林涛', 'director', 'reviewer'], ['he', '何静', 'verifier'], ['liu', '刘建国', 'vice_president'], ['group', '顾群', 'leading_group'], ['zheng', '郑伟', 'auditor'], ['wen', '郑文', 'school_office'], ['wang', '王倩', 'officer'], ['du', '杜衡', 'unit_head']];
const UNIT_SIDE = ['officer', 'unit_head'];
/* What stands in for a page where only its calls are wanted. */
const pageOf = (who) => ({ evaluate: (_act, [method, path, body]) => who.call(method, path, body) });

async function cast(admin) {
  const put = (key, value) => admin.call('PUT', `/settings/${key}`, { value });
  await put('school', { name: '湖北示例职业学院', short: '示例学院' });
  await put('mail', { host: '10.20.25.25', port: 25, tls: 'none', from: 'fengsui@campus.test' });
  await put('address', { base_url: BASE });
  const centre = (await admin.post('/units', { name: '信息技术中心', kind: 'centre', is_centre: true })).id;
  const unit = (await admin.post('/units', { name: '教务处', kind: 'department' })).id;
  const other = (await admin.post('/units', { name: '图书馆', kind: 'department' })).id;
  const people = { admin };
  for (const [account, name, ...roles] of CAST) {
    const unit_id = UNIT_SIDE.includes(roles[0]) ? unit : centre;
    const { secret } = await admin.post('/users', { account, name, unit_id, mail: `${account}@campus.test`, phone: '13900000000', roles: roles.map((role) => ({ role, unit_id: UNIT_SIDE.includes(role) ? unit_id : null })) });
    people[account] = await session(account, secret);
  }
  return { people, centre, unit, other };
}

let nth = 1;
/** One confirmed finding about a system of its own: the same fault of the same system would be counted to the first. */
async function fault({ people: { zhou } }, unit_id, more = {}) {
  const asset_id = (await zhou.post('/assets', { name: `实训平台 ${nth++}`, kind: 'system', owner_unit_id: unit_id })).id;
  const found = { title: `实训平台 ${nth} 存在隐患`, kind: 'exposure', grade: 'medium', unit_id, asset_id, ...more };
  const id = (await zhou.post('/findings', { ...found, description: '例行检查发现。' })).id;
  await zhou.post(`/findings/${id}/confirm`, found);
  return id;
}

/** A notice taken as far as `to` says; returns its id and its first finding's. */
async function notice(school, to, { paper, findings = 1, grade = 'medium', unit = school.unit } = {}) {
  const { zhou, lin, he, liu, wang } = school.people;
  const finding_ids = [];
  for (let i = 0; i < findings; i++) {
    finding_ids.push(await fault(school, unit, { grade }));
  }
  const id = (await zhou.post('/notices', { title: `关于实训平台的通报（${to}）`, unit_id: unit, finding_ids, requirement: '请限期整改。', contact: '周敏 027-00000001' })).id;
  const acts = [
    ['review', () => zhou.post(`/notices/${id}/review`)],
    ['issued', () => lin.as('reviewer').then((p) => p.post(`/notices/${id}/issue`))],
    ['received', () => wang.post(`/notices/${id}/sign`)],
    ['rectifying', () => wang.post(`/notices/${id}/plan`, { responsible: '王倩', plan: '升级组件', planned_at: Date.now() + HOUR_MS })],
    ['submitted', async () => {
      const file = await wang.raw('POST', `/notices/${id}/attachments?name=a.pdf`, paper, 'application/octet-stream');
      await wang.post(`/notices/${id}/submit`, { items: finding_ids.map((finding_id) => ({ finding_id, cause: 'config', measure: '已升级', done_at: Date.now(), residual: null })), attachment_id: file.id, lesson: null });
    }],
    ['verifying', () => he.post(`/notices/${id}/verify`)],
    ['silent', () => he.post(`/notices/${id}/cannot-verify`, { opinion: '系统不应答，无法复测' })],
    ['passed', () => he.post(`/notices/${id}/pass`, { opinion: '现场核对，同意通过', method: 'manual' })],
    ['briefed', () => zhou.post(`/notices/${id}/brief`)],
    ['marked', () => liu.post(`/notices/${id}/brief/mark`, { remark: '请举一反三' })],
  ].filter(([state]) => state !== 'silent' || to === 'silent');
  for (const [state, act] of acts.slice(0, to === 'draft' ? 0 : acts.findIndex(([s]) => s === to) + 1)) {
    await act().catch((error) => { throw new Error(`${state}: ${error.message}`); });
  }
  return { id, finding: finding_ids[0] };
}

async function notices(school, paper, places) {
  const { zhou, wang, lin } = school.people;
  for (const to of ['draft', 'review', 'issued', 'received', 'rectifying', 'submitted', 'verifying', 'silent', 'passed', 'briefed', 'marked']) {
    const made = await notice(school, to, { paper, findings: to === 'verifying' ? 2 : 1, grade: to === 'verifying' ? 'high' : 'medium' });
    places[to] = made.id;
    places[`${to}_finding`] = made.finding;
  }
  // Nobody of the library can be told.
  places.nobody = (await notice(school, 'review', { unit: school.other })).id;
  places.sent = (await notice(school, 'marked', { paper })).id;
  places.receipt = (await notice(school, 'marked', { paper })).id;
  for (const [id, decision] of [[places.sent, 'needed'], [places.receipt, 'needed'], [places.receipt, 'sent']]) {
    await lin.as('director').then((p) => p.post(`/notices/${id}/upreport`, { decision, reason: null, authority: '示例省教育厅' }));
  }
  const objected = await notice(school, 'received');
  await wang.post(`/notices/${objected.id}/objections`, { reason: 'not_ours', text: '不是我单位的系统' });
  places.fresh = (await zhou.post('/findings', { title: '自助机弹出陌生网页', kind: 'other', grade: 'low', unit_id: school.unit, description: '电话反映。' })).id;
  places.helper = (await wang.post(`/findings/${places.rectifying_finding}/helpers`, { helper: '蓝天软件 张工', mail: null })).id;
}

async function office({ people, unit }, places) {
  const { wen, zhou, lin, liu } = people;
  const superior = (await wen.post('/superiors', { name: '示例省教育厅' })).id;
  const paper = async (title) => (await wen.post('/incoming', { secrecy: 'public', title, superior_id: superior, received_at: Date.now(), due_at: Date.now() + 50 * HOUR_MS })).id;
  places.paper_new = await paper('关于报送材料的通知');
  places.paper_secret = (await wen.post('/incoming', { secrecy: 'secret', register_no: 'M-1', place: '机要室 3 柜' })).id;
  places.paper_proposed = await paper('关于开展检查的通知');
  await wen.post(`/incoming/${places.paper_proposed}/propose`, { proposal: '拟请信息技术中心办理' });
  places.paper = await paper('关于安全排查的通知');
  await wen.post(`/incoming/${places.paper}/propose`, { proposal: '拟请信息技术中心办理' });
  await liu.post(`/incoming/${places.paper}/words`, { words: '请抓紧办理。' });
  const { person } = await zhou.get('/session');
  await wen.post(`/incoming/${places.paper}/assign`, { handler_id: person.id });
  const found = (await zhou.post('/findings', { title: '门户网站存在过期外链', kind: 'other', grade: 'low', unit_id: unit, description: '附件所列。', incoming_id: places.paper })).id;
  await zhou.post(`/findings/${found}/confirm`, {});
  places.hurried = (await zhou.post('/notices', { title: '关于过期外链的通报', finding_ids: [found], requirement: '请清除。' })).id;
  await zhou.post(`/notices/${places.hurried}/review`);
  await lin.as('reviewer').then((p) => p.post(`/notices/${places.hurried}/issue`));
  const meeting = (await wen.post('/meetings', { title: '领导小组例会', day: Date.now(), place: '会议室' })).id;
  await wen.post('/tasks', { title: '完成弱口令清理', unit_id: unit, meeting_id: meeting, rule: '10 wd' });
  const done = (await wen.post('/tasks', { title: '更新外链清单', unit_id: unit, meeting_id: meeting, rule: '5 wd' })).id;
  await people.wang.post(`/tasks/${done}/reports`, { text: '已更新。', done: true });
  places.task_done = done;
  await wen.post('/guidance', { title: '关于假期值守的意见', text: '请各单位安排专人值守。' });
}

async function posts({ people, unit }, places) {
  const { wang, du, zhou } = people;
  const filing = async (name, staff_no, post) => (await wang.post('/filings', { post, name, title: '科员', staff_no, phone: '13900000011', phone2: '027-00000012', mail: `f${staff_no}@campus.test`, in_post: true, reason: '增设备用网络安全员' })).id;
  places.filing_new = await filing('方圆', '1', 'backup');
  await wang.post(`/filings/${places.filing_new}/submit`);
  places.filing = await filing('石英', '2', 'specialist');
  await wang.post(`/filings/${places.filing}/submit`);
  await du.post(`/filings/${places.filing}/sign`);
  await zhou.post('/term-reviews', { name: '2026 年秋季学期' });
  places.selfcheck = (await zhou.post('/selfchecks', { unit_id: unit })).id;
  places.unit = unit;
}

/* One that its unit has just filed, one that is contained and waits to be told upward. */
async function events({ people: { wang, zhou }, unit }, places) {
  const known = Date.now() - 10 * 60_000;
  places.event = (await wang.post('/events/report', { title: '选课页面出现陌生图片', place: '机房三楼', known_at: known })).id;
  places.event_held = (await zhou.post('/events', { title: '实验室主机挖矿', unit_id: unit, place: '实训楼', known_at: known, source: 'phone' })).id;
  await zhou.post(`/events/${places.event_held}/grade`, { grade: 'iii', reason: '影响多个业务系统', class: 'malware' });
  const [up] = (await zhou.get(`/events/${places.event_held}`)).ups;
  await zhou.post(`/events/${places.event_held}/ups/${up.id}`, { act: 'draft', text: '我校一台主机感染挖矿程序，已隔离。' });
  for (const [act, text] of [['respond', null], ['contain', '已断网隔离']]) {
    await zhou.post(`/events/${places.event_held}/moves`, { act, text });
  }
}

async function regulation({ people }, places) {
  const { zhou } = people;
  places.policy_draft = (await zhou.post('/regulations', { title: '实施办法（修订）', note: '缩短期限。', parameters: { 'remediation.urgent': '2 wd', 'remediation.high': '3 wd' } })).id;
  places.policy_asked = (await zhou.post('/regulations', { title: '实施办法（征求意见）', note: '缩短期限。', parameters: { 'remediation.low': '12 wd' } })).id;
  await zhou.post(`/regulations/${places.policy_asked}/consult`);
}

/* The form a superior sends, as the system tests make it: read and filled in once. */
async function annex({ people: { wen, zhou } }, places) {
  const bytes = execFileSync('python3', ['-c', 'import sys; sys.path.insert(0, "tests/system"); import annex_forms; sys.stdout.buffer.write(annex_forms.word_form())'], { cwd: ROOT });
  const form = await wen.raw('POST', `/incoming/${places.paper}/annexes?name=${encodeURIComponent('整改情况反馈表.docx')}`, bytes, 'application/octet-stream');
  const { places: guessed } = await zhou.get(`/annexes/${form.id}`);
  await zhou.call('PATCH', `/annexes/${form.id}`, { places: guessed });
  await zhou.post(`/incoming/${places.paper}/annexes/${form.id}/fill`);
  await until(async () => (await zhou.get(`/annexes?incoming=${places.paper}`)).fills[0]?.state === 'ready', 'the filled form', 5 * PATIENT_MS);
}

/* What is shut over a holiday, a list kept, and a colleague who shows codes. */
async function daily({ people: { zhou, wang, qin } }, places) {
  const day = 24 * HOUR_MS;
  const wanted = { name: '元旦', from: Date.now() + 3 * day, to: Date.now() + 6 * day, answer_by: Date.now() + day, asset_ids: [places.asset, places.asset_2] };
  places.holiday = (await zhou.post('/shutdowns', wanted)).id;
  // Said to be shut an hour ago, and it answers.
  const item = (await wang.get(`/shutdowns/${places.holiday}`)).items.find((i) => i.asset.id === places.asset);
  await wang.post(`/shutdowns/${places.holiday}/answer`, { item_id: item.id, state: 'shut', at: Date.now() - HOUR_MS, reason: null, keeper: null });
  await zhou.post('/filters', { list: 'notices', name: '逾期的', query: 'tab=overdue', is_first: false });
  const { second_factor: shown } = await qin.post('/session/second-factor', { password: PASSWORD });
  await qin.post('/session/second-factor/confirm', { code: codeOf(shown.secret, 0) });
}

/** All of it; `people` with their sessions, `places` what {name} in a path stands for. */
export async function told(platform, page) {
  const school = await cast(await session('admin', platform.oneTime));
  const places = {};
  const paper = (await scan(page)).buffer;
  await notices(school, paper, places);
  await office(school, places);
  await posts(school, places);
  await events(school, places);
  await regulation(school, places);
  const { zhou } = school.people;
  const { asset } = await records(pageOf(zhou));
  places.asset = asset;
  const net = await watched(pageOf(zhou));
  Object.assign(places, { access: net.access, dist: net.dist, line: net.circuits[0] });
  const found = await ranges(pageOf(zhou));
  Object.assign(places, { found: found.one, handed: found.two });
  places.page = (await zhou.post('/checks', { asset_id: asset, name: '门户网站', kind: 'http', target: 'http://10.20.11.10/', interval_s: 2, retries: 0, severity: 'major', params: { compare: true } })).id;
  places.asset_2 = (await zhou.post('/assets', { name: '选课系统', kind: 'system', owner_unit_id: school.unit })).id;
  // Nobody listens there: a line that is down.
  const silent = (await zhou.post('/checks', { asset_id: places.asset_2, name: '北校区专线', kind: 'tcp', target: '10.20.11.10:81', interval_s: 1, retries: 0, severity: 'major' })).id;
  await zhou.post('/circuits', { name: '北校区专线', operator: '中国电信', number: 'ZX-1', fault_phone: '10000', check_ids: [silent], unit_id: school.unit });
  await annex(school, places);
  await daily(school, places);
  places.alert = (await until(async () => (await zhou.get('/alerts?state=open&limit=200')).items.find((a) => a.check_id === silent), 'an alert')).id;
  return { people: school.people, places };
}
