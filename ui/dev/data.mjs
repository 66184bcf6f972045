// SPDX-License-Identifier: Apache-2.0
// A small invented school for developing screens: deterministic, in memory, never shipped.
export const NOW = Date.now();
const MIN = 60_000;
const HOUR = 60 * MIN;
const DAY = 24 * HOUR;

let seed = 7;
export function rnd() {
  seed = (seed * 1103515245 + 12345) % 2147483648;
  return seed / 2147483648;
}

const ref = (x) => (x ? { id: x.id, name: x.name } : null);

export const units = ['信息技术中心', '教务处', '图书馆', '机电工程系', '学生工作处', '计划财务处', '学校办公室', '后勤保障处', '招生就业处', '实训中心']
  .map((name, i) => ({ id: 100 + i, version: 1, name, short_name: null, kind: i === 0 ? 'centre' : name.endsWith('系') ? 'faculty' : 'department', parent_id: null, valid_from: NOW - 900 * DAY, valid_to: null, is_centre: i === 0, officer: null, specialist: null, heads: [], open_notices: 0, assets: 0 }));

const PEOPLE = [
  ['周敏', 0, ['operator', 'verifier'], 'zhou'], ['陈立', 0, ['reviewer', 'director'], 'chen'], ['何静', 0, ['verifier'], 'he'], ['刘建国', 6, ['vice_president'], 'liu'],
  ['王倩', 1, ['officer'], 'wang'], ['李波', 2, ['officer'], 'li'], ['赵一鸣', 3, ['officer'], null], ['孙丽', 4, ['officer'], null], ['钱进', 5, ['officer'], null], ['吴昊', 1, ['unit_head'], null],
  ['郑审', 0, ['auditor'], 'zheng'], ['管理员', 0, ['sysadmin'], 'admin'],
];
export const people = PEOPLE.map(([name, u, roles, account], i) => ({
  id: 200 + i, version: 1, name, unit: ref(units[u]), phone: `138${String(10000000 + i * 2207).slice(0, 8)}`, phone2: null, mail: account ? `${account}@school.example` : null, title: null,
  account, account_id: account ? 300 + i : null, grants: roles.map((role, k) => ({ id: 400 + i * 4 + k, role, unit: ['officer', 'unit_head'].includes(role) ? ref(units[u]) : null })),
}));
for (const p of people) {
  const unit = units.find((u) => u.id === p.unit.id);
  if (p.grants[0].role === 'officer') unit.officer = ref(p);
  if (p.grants[0].role === 'unit_head') unit.heads.push(ref(p));
}

const ASSETS = [
  ['教务管理系统', 'system', '10.20.4.11', 'jw.school.example', 'core', 2, 1], ['统一身份认证', 'system', '10.20.1.10', 'sso.school.example', 'core', 3, 0], ['门户网站群', 'site', '10.20.2.20', 'www.school.example', 'core', 2, 6],
  ['图书馆 OPAC', 'system', '10.20.6.8', 'opac.school.example', 'important', 2, 2], ['一卡通', 'system', '10.20.7.3', null, 'core', 2, 5], ['校园 DNS', 'server', '10.20.1.53', null, 'core', null, 0],
  ['电信出口 2G', 'link', '10.0.0.1', null, 'core', null, 0], ['机电工程系网站', 'site', '10.20.9.14', 'jd.school.example', 'normal', null, 3], ['迎新系统', 'system', '10.20.5.5', 'yx.school.example', 'important', null, 4],
  ['财务处文件服务器', 'server', '10.20.8.2', null, 'important', null, 5], ['招生网', 'site', '10.20.2.31', 'zs.school.example', 'important', null, 8], ['3 号教学楼汇聚交换机', 'device', '10.1.3.1', null, 'normal', null, 0],
];
export const assets = ASSETS.map(([name, kind, address, domain, importance, mlps, u], i) => ({
  id: 500 + i, version: 1, name, kind, address, domain, importance, mlps_level: mlps, exposure: domain ? 'internet' : 'campus', owner_unit: ref(units[u]), operate_unit: ref(units[0]), use_unit: ref(units[u]),
  host: null, vendor: i % 3 === 0 ? '某软件公司' : null, vendor_phone: null, note: null, state: 'active', open_alerts: i % 4 === 0 ? 1 : 0,
}));
for (const a of assets) units.find((u) => u.id === a.owner_unit.id).assets++;

const beats = (bad) => Array.from({ length: 48 }, () => (rnd() < bad ? (rnd() < 0.5 ? 1 : 2) : 0));
const CHECKS = [[6, 'icmp', 0.004], [1, 'http', 0], [0, 'http', 0.06], [2, 'http', 0.02], [5, 'dns', 0.08], [4, 'tcp', 0.03], [10, 'tls', 0], [3, 'http', 0.02]];
export const checks = CHECKS.map(([a, kind, bad], i) => {
  const asset = assets[a];
  const state = i === 4 ? 'degraded' : i === 7 ? 'down' : 'up';
  return { id: 600 + i, version: 1, asset: ref(asset), name: asset.name, kind, target: kind === 'http' ? `https://${asset.domain ?? asset.address}/` : asset.address, params: {}, interval_s: 30, retries: 2, severity: i < 5 ? 'critical' : 'major', enabled: true, state, since: NOW - 3 * HOUR, last_at: NOW - 12_000, latency_us: state === 'down' ? null : Math.round(2000 + rnd() * 40000), detail: state === 'down' ? { code: 'timeout', args: { ms: 3000 } } : { code: 'ok', args: {} }, beats: [...beats(bad).slice(0, 47), { up: 0, degraded: 1, down: 2 }[state]], up_ratio: `${(100 - bad * 100 * rnd()).toFixed(2)}%` };
});

export function samples(id, from = NOW - DAY, to = NOW) {
  const n = 288;
  const at = []; const state = []; const latency = [];
  for (let i = 0; i < n; i++) {
    const t = from + ((to - from) / n) * i;
    const day = Math.sin(((t / HOUR) % 24) / 24 * 2 * Math.PI - 2);
    at.push(Math.round(t)); state.push(0);
    latency.push(Math.round(1000 * (6 + day * 2.2 + rnd() * 1.6 + (i > 256 && i < 264 ? 9 : 0))));
  }
  return { check_id: id, from, to, coverage: { share: 1 }, at, state, latency_us: latency };
}

const TITLES = [
  ['major', 0, { code: 'login_burst', args: { source: '教务管理系统', count: 412 } }, 'auth'], ['critical', 7, { code: 'check_down', args: { name: '机电工程系网站' } }, 'availability'], ['minor', 5, { code: 'check_degraded', args: { name: '校园 DNS' } }, 'availability'],
  ['info', 10, { code: 'cert_expires', args: { name: '招生网', days: 6 } }, 'certificate'], ['critical', 3, { code: 'check_unreachable', args: { name: '图书馆 OPAC' } }, 'availability'], ['major', 9, { code: 'check_down', args: { name: '财务处文件服务器' } }, 'availability'],
  ['minor', 11, { code: 'check_degraded', args: { name: '3 号教学楼汇聚交换机' } }, 'availability'], ['info', 8, { code: 'cert_expires', args: { name: '迎新系统', days: 13 } }, 'certificate'],
];
export const alerts = Array.from({ length: 60 }, (_, i) => {
  const [severity, a, title, cls] = TITLES[i % TITLES.length];
  const asset = assets[a];
  const last = NOW - i * 4 * MIN - 90_000;
  const resolved = i % 5 === 3;
  return { id: 28417 - i, version: 1, severity, state: resolved ? 'resolved' : 'firing', source: cls === 'auth' ? 'syslog' : 'probe', class: cls, title, asset: ref(asset), asset_key: asset.address, unit: asset.owner_unit, count: [412, 2, 14, 1, 6, 3, 880, 1][i % 8], first_at: last - 5 * MIN, last_at: last, resolved_at: resolved ? last + MIN : null, incident_id: 700 + i, incident_state: resolved ? 'resolved' : ['open', 'open', 'acked', 'open', 'closed'][i % 5], dedup_key: `probe/${asset.address}/${cls}`, check_id: cls === 'availability' ? 600 + (i % 8) : null, evidence: cls === 'auth' ? { lines: ['15:22:08 login fail user=20230114 src=185.220.101.47', '15:22:08 login fail user=20230115 src=185.220.101.47', '15:22:07 login fail user=20230113 src=23.129.64.210'] } : { lines: ['15:21:40 http status 502 after 3000 ms', '15:22:10 http status 502 after 3000 ms'] }, trace: 'k3f9a1' };
});
export const incidents = alerts.map((a) => ({
  id: a.incident_id, version: 1, state: a.incident_state, severity: a.severity, title: a.title, asset: a.asset, unit: a.unit, opened_at: a.first_at, acked_at: a.incident_state === 'acked' ? a.last_at : null, acked_by: a.incident_state === 'acked' ? ref(people[0]) : null, resolved_at: a.resolved_at, closed_at: null, close_code: null, finding_id: null, alerts: [a],
  timeline: [{ at: a.last_at, seq: 3, code: 'notified', args: { to: '周敏' }, actor: null, role: null }, { at: a.first_at + 2000, seq: 2, code: 'firing', args: {}, actor: null, role: null }, { at: a.first_at, seq: 1, code: 'opened', args: {}, actor: null, role: null }], deliveries: [],
}));

const N = [['rectifying', 'high', 1, '关于教务管理系统存在弱口令等 3 项网络安全隐患的通报', 2.1], ['issued', 'urgent', 2, '关于图书馆 OPAC 存在远程代码执行漏洞的通报', 0.4], ['submitted', 'high', 1, '关于教务系统后台暴露的通报', 1.2], ['review', 'medium', 3, '关于机电工程系网站被植入暗链的通报', null], ['draft', 'low', 4, '关于迎新系统证书即将到期的通报', null], ['passed', 'high', 5, '关于财务处文件服务器 445 端口开放的通报', -0.2], ['closed', 'medium', 2, '关于图书馆终端未装补丁的通报', -9], ['rectifying', 'medium', 3, '关于实训机房弱口令的通报', -1.4], ['verifying', 'high', 0, '关于校园 DNS 开放递归的通报', 1]];
export const notices = N.map(([state, grade, u, title, due], i) => {
  const unit = units[u];
  const issued = due === null ? null : NOW - 4 * DAY;
  const draft = ['draft', 'review'].includes(state);
  const at = ['draft', 'review', 'issued', 'received', 'rectifying', 'submitted', 'verifying', 'passed', 'briefed', 'closed'].indexOf(state);
  const f = Array.from({ length: i === 0 ? 3 : 1 }, (_, k) => ({ id: 900 + i * 10 + k, version: 1, state: draft ? 'confirmed' : 'noticed', grade: k ? 'medium' : grade, kind: ['weak_password', 'exposure', 'backup'][k], title: ['14 个管理账号存在弱口令（规则：常见口令）', '系统后台可从公网直接访问', '数据库 11 月 3 日后无有效备份'][k], description: null, advice: ['重置口令，启用双因素认证', '边界防火墙限制来源', '恢复每日备份并演练'][k], asset: ref(assets[0]), unit: ref(unit), source: 'monitor', found_at: NOW - 5 * DAY, reported_at: null, handled_at: null, incident_id: null, check_id: k ? null : 602, notice_id: 800 + i, notice_number: null, recurrence: i === 7 ? 2 : 0, evidence: null, timeline: [] }));
  return {
    id: 800 + i, version: 3, number: draft ? null : `网安通报 2026-0${38 - i}`, office_number: null, title, state, grade, unit: ref(unit), source: 'monitor', requirement: '请于期限内完成整改，提交加盖公章的整改报告。', contact: '信息技术中心 周敏 8800-110', created_at: NOW - 5 * DAY, author: ref(people[0]), issuer: draft ? null : ref(people[1]), issued_at: issued, signed_at: at >= 3 ? NOW - 3.9 * DAY : null, signed_by: at >= 3 ? ref(people[4]) : null, due_at: due === null ? null : NOW + due * DAY, due: null, overdue_level: due !== null && due < 0 && at < 5 ? 1 : 0, round: 1, ball: at < 2 ? 'centre' : at < 5 ? 'unit' : at === 8 ? 'leader' : 'centre', deferred_review: false, deferred_reason: null, centre_self: u === 0, upreport: 'undecided', upreport_reason: null, closed_at: state === 'closed' ? NOW - DAY : null,
    recipients: [{ person: ref(people[4]), role: 'officer', kind: 'to', state: at >= 3 ? 'read' : 'sent' }, { person: ref(people[9]), role: 'unit_head', kind: 'cc', state: 'sent' }], findings: f,
    rectifications: at >= 4 ? [{ round: 1, state: at >= 5 ? 'submitted' : 'doing', planned_at: NOW + DAY, plan: '重置全部弱口令账号，停用离职人员账号', responsible: '王倩', submitted_at: at >= 5 ? NOW - HOUR : null, submitted_by: at >= 5 ? ref(people[4]) : null, items: at >= 5 ? f.map((x) => ({ finding_id: x.id, cause: 'config', measure: '重置口令并启用双因素，停用 5 个离职账号', done_at: NOW - DAY, residual: null })) : [], check_code: 'K7P2-9XQD', attachment_id: at >= 5 ? 1000 + i : null, returned_reason: null }] : [],
    verifications: at >= 6 ? [{ round: 1, state: at >= 7 ? 'passed' : 'testing', verifier: ref(people[2]), started_at: NOW - HOUR / 2, settled_at: at >= 7 ? NOW - HOUR / 4 : null, method: 'probe', opinion: at >= 7 ? '复测通过，材料齐全。' : null, probes: [{ check_id: 602, name: '教务管理系统', asked_at: NOW - HOUR / 2, at: NOW - HOUR / 2 + 2000, state: 'up', detail: { code: 'ok', args: {} } }] }] : [],
    brief: null, documents: draft ? [] : [{ id: 1100 + i, kind: 'notice', name: `网安通报 2026-0${38 - i}.pdf`, state: 'ready', sm3: '3f9ac21e', sha256: '3f9a77c21e', octets: 88123, created_at: issued, check_code: 'K7P2-9XQD' }],
    attachments: at >= 5 ? [{ id: 1000 + i, name: '整改报告_教务处_盖章.pdf', kind: 'sealed_report', media: 'application/pdf', sm3: '9c2ee1', sha256: '3f9ac21e', octets: 1258291, uploaded_at: NOW - HOUR, by: ref(people[4]), round: 1 }] : [], deliveries: [],
    timeline: [{ at: NOW - 5 * DAY, seq: 1, code: 'created', args: {}, actor: '周敏', role: 'operator' }, ...(draft ? [] : [{ at: issued, seq: 2, code: 'issued', args: {}, actor: '陈立', role: 'director' }]), ...(at >= 3 ? [{ at: NOW - 3.9 * DAY, seq: 3, code: 'signed', args: {}, actor: '王倩', role: 'officer' }] : []), ...(at >= 5 ? [{ at: NOW - HOUR, seq: 4, code: 'submitted', args: {}, actor: '王倩', role: 'officer' }] : [])].reverse(),
    acts: [], group_text: draft ? null : `【网络安全通报】网安通报 2026-0${38 - i}，请${unit.name}网络安全员及时登录平台签收并按期整改。http://127.0.0.1:8640/m/n/${800 + i}（详情请登录查看，勿在群内讨论）`,
  };
});
for (const n of notices) if (n.number && n.state !== 'closed') units.find((u) => u.id === n.unit.id).open_notices++;
export const findings = notices.flatMap((n) => n.findings);

export const audit = Array.from({ length: 120 }, (_, i) => ({ seq: 48210 - i, at: NOW - i * 7 * MIN, actor: i % 4 === 3 ? null : people[i % 5].name, role: i % 4 === 3 ? null : people[i % 5].grants[0].role, act: ['incidents.ack', 'notices.issue', 'session.login', 'timer.overdue', 'notices.sign', 'settings.put'][i % 6], kind: ['incident', 'notice', 'session', 'notice', 'notice', 'setting'][i % 6], id: 800 + (i % 9), version: 2, reason: null, trace: 'k3f9a1', personal: i % 6 === 2 ? [i % 12 === 2 ? { word: 'address', value: '10.21.4.17', erased_by: null } : { word: null, value: null, erased_by: 48190 }] : [] }));
export { ref, MIN, HOUR, DAY };
