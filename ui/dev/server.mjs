// SPDX-License-Identifier: Apache-2.0
// A stand-in for the platform while screens are drawn: same routes, invented data, no rules worth
// the name. Also serves dist/ with the headers the platform sends, so that the policy is tried.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, resolve } from 'node:path';
import * as d from './data.mjs';
import { noticeCommand, noticeActs } from './notice.mjs';

const ROOT = resolve(import.meta.dirname, '..');
const PORT = Number(process.env.PORT ?? 8649);
const PERM = JSON.parse(execFileSync('python3', ['-c', 'import tomllib,json,sys;print(json.dumps(tomllib.load(open(sys.argv[1],"rb"))))', join(ROOT, '../schema/permissions.toml')], { encoding: 'utf8' }));
const CSP = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; font-src 'self'; worker-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types vue";
const TYPES = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' };

let seq = 5000;
const sessions = new Map();
const streams = new Set();
const extra = { settings: new Map(), setupDone: process.env.SETUP !== '1', pasted: [] };
const SETTINGS = { school: { name: '湖北孝感美珈职业学院', short: '美珈学院', number_prefix: '网安通报' }, address: { base_url: 'http://127.0.0.1:8640' }, duty: { person_id: 200 } };
for (const [key, value] of Object.entries(SETTINGS)) extra.settings.set(key, { key, value, version: 1, changed_at: null });

export function tell(topic, id, version = 1) {
  seq++;
  for (const res of streams) res.write(`id: ${seq}\nevent: change\ndata: ${JSON.stringify({ seq, topic, id, version })}\n\n`);
}

function actsOf(role) {
  const roles = (words) => words.flatMap((w) => PERM.groups[w] ?? [w]);
  return Object.entries(PERM.allow).filter(([, row]) => Object.values(row).some((who) => roles(who).includes(role))).map(([name]) => name);
}

function who(req) {
  const id = /fengsui=(\w+)/.exec(req.headers.cookie ?? '')?.[1];
  return id ? sessions.get(id) : undefined;
}

function sessionView(s) {
  const grant = s.person.grants.find((g) => g.id === s.grant) ?? s.person.grants[0];
  return { account: s.person.account, person: d.ref(s.person), must_change_password: s.fresh ?? false, role: grant.role, unit: grant.unit, grants: s.person.grants, school: SETTINGS.school.name, setup_done: extra.setupDone, small_school: false, idle_timeout_s: 1800, now: Date.now(), zone_offset_min: 480, acts: actsOf(grant.role) };
}

const page = (items, q) => {
  const limit = Number(q.get('limit') ?? 50);
  const from = Number(q.get('cursor') ?? 0);
  return { items: items.slice(from, from + limit), next_cursor: from + limit < items.length ? String(from + limit) : null, total: items.length };
};
const find = (list, id) => list.find((x) => x.id === Number(id));
const has = (q, ...texts) => !q || texts.some((t) => (t ?? '').includes(q));

function overview() {
  const open = d.alerts.filter((a) => a.state === 'firing' && a.incident_state === 'open');
  const bag = { critical: 0, major: 0, minor: 0, info: 0 };
  for (const a of open) bag[a.severity]++;
  const live = d.notices.filter((n) => n.number && n.state !== 'closed');
  return { alerts: bag, incidents_open: open.length, notices_open: live.length, notices_overdue: live.filter((n) => n.overdue_level).length, overdue_units: 1, todo: todo().length, availability: '99.82%', sign_minutes: 11, services: d.checks, network: d.samples(600), network_name: '电信出口 2G', since_text: { code: 'digest', args: { from: '周五 17:30', new: 9, resolved: 31, todo: 4, overdue: 2 } }, units: d.units.slice(1, 6).map((u, i) => ({ unit: d.ref(u), notices: [5, 3, 4, 3, 2][i], closed: [3, 3, 1, 2, 1][i], overdue: [1, 0, 1, 0, 0][i] })) };
}
const ACT = { issued: 'sign', rectifying: 'submit', submitted: 'verify', verifying: 'settle', passed: 'brief', review: 'issue', draft: 'review' };
function todo() {
  return [...d.alerts.filter((a) => a.incident_state === 'open' && a.severity === 'critical').slice(0, 3).map((a) => ({ kind: 'alert', id: a.id, act: 'ack', title: a.asset.name, severity: a.severity, unit: a.unit, due_at: a.last_at + 10 * d.MIN, at: a.last_at, article: 8 })),
    ...d.notices.filter((n) => ACT[n.state]).map((n) => ({ kind: 'notice', id: n.id, act: ACT[n.state], title: n.title, number: n.number, grade: n.grade, unit: n.unit, due_at: n.due_at, at: n.created_at, article: 15 }))].sort((a, b) => (a.due_at ?? 9e15) - (b.due_at ?? 9e15));
}
function checkup() {
  const item = (code, state, where, args = {}) => ({ code, state, where, args });
  return { items: [item('school', 'ok', 'school'), item('address', 'ok', 'address'), item('certificate', 'todo', 'address'), item('time', 'ok', 'time'), item('mail', extra.settings.get('mail')?.value.host ? 'ok' : 'bad', 'mail'), item('backup', 'todo', 'backup'), item('accounts', 'ok', 'users', { n: 6 }), item('units', 'ok', 'units', { n: 10 }), item('officers', 'todo', 'people', { n: 4 }), item('checks', 'ok', 'checks', { n: d.checks.length }), item('duty', 'ok', 'duty', { name: '周敏' })] };
}
const ROLES = ['parent', 'web', 'core', 'query', 'probe', 'collect', 'detect', 'courier', 'paper'];
function health() {
  return { roles: ROLES.map((role, i) => ({ role, state: 'up', pid: 4000 + i, restarts: i === 4 ? 1 : 0, up_since: d.NOW - 3 * d.DAY, sandbox: 'strict', counters: { queue: i, dropped: 0 } })), store: 'sqlite', schema_version: 4, seq, clock_state: 'ok', disk_free: 61e9, disk_total: 252e9, outbox_waiting: 0, outbox_oldest_ms: 0, last_backup_at: d.NOW - 9 * d.HOUR, last_backup_ok: true, version: '0.1.0' };
}

const gets = {
  '/units': (q) => page(d.units.filter((u) => has(q.get('q'), u.name)), q), '/people': (q) => page(d.people.filter((p) => has(q.get('q'), p.name, p.account, p.phone) && (!q.get('unit_id') || p.unit.id === Number(q.get('unit_id')))), q),
  '/users': (q) => page(d.people.filter((p) => p.account).map((p) => ({ id: p.account_id, version: 1, account: p.account, person: d.ref(p), disabled: false, must_change_password: false, locked_until: null, last_login_at: d.NOW - 3 * d.HOUR, grants: p.grants })), q),
  '/assets': (q) => page(d.assets.filter((a) => has(q.get('q'), a.name, a.address, a.domain) && (!q.get('kind') || a.kind === q.get('kind'))), q), '/checks': (q) => page([...extra.pasted.map(settle), ...d.checks].filter((c) => !q.get('asset_id') || c.asset?.id === Number(q.get('asset_id'))), q),
  '/alerts': (q) => page(d.alerts.filter((a) => (q.get('state') === 'all' || (a.state === 'resolved') === (q.get('state') === 'resolved')) && (!q.get('severity') || q.get('severity').split(',').includes(a.severity)) && has(q.get('q'), a.asset.name)), q), '/incidents': (q) => page(d.incidents, q),
  '/findings': (q) => page(d.findings.filter((f) => (!q.get('state') || f.state === q.get('state')) && has(q.get('q'), f.title)), q), '/notices': (q) => page(d.notices.filter((n) => (!q.get('open') || (n.state !== 'closed')) && (!q.get('overdue') || n.overdue_level) && (!q.get('unit_id') || n.unit.id === Number(q.get('unit_id'))) && (!q.get('state') || q.get('state').split(',').includes(n.state)) && has(q.get('q'), n.title, n.number)).map((n) => ({ ...n, findings: n.findings.length, due_provisional: false })), q),
  '/deliveries': (q) => page(d.notices.filter((n) => n.number).map((n, i) => ({ id: 1200 + i, channel: 'mail', to: 'wang@school.example', person: d.ref(d.people[4]), subject: n.title, state: ['delivered', 'sent', 'retry', 'dead'][i % 4], attempts: 1 + (i % 3), queued_at: n.issued_at, sent_at: n.issued_at + 400, next_at: i % 4 === 2 ? d.NOW + 60_000 : null, error: i % 4 > 1 ? '451 4.7.1 greylisted' : null, about: 'notice', about_id: n.id })), q),
  '/audit': (q) => page(d.audit.filter((a) => has(q.get('actor'), a.actor) && (!q.get('kind') || a.kind === q.get('kind'))), q), '/audit/state': () => ({ size: 48211, root: '5f1c9a…e02b', signed_size: 48200, signed_at: d.NOW - d.HOUR, checking: false, last_check: { began_at: d.NOW - d.HOUR, at: d.NOW - d.HOUR + 7000, ok: true, entries: 48211, personal: 9120, erased: 40, erased_by: [48190], problems: 0, found: [], error: null } }),
  '/tokens': (q) => page([], q), '/sessions': (q) => page([{ id: 1, created_at: d.NOW - d.HOUR, seen_at: d.NOW, address: '10.1.2.3', current: true }], q), '/settings': (q) => page([...extra.settings.values()], q), '/backups': (q) => page([{ id: 1, at: d.NOW - 9 * d.HOUR, path: '/var/backups/fengsui/2026-11-22', octets: 18e6, ok: true, error: null }], q),
  '/overview': overview, '/todo': (q) => page(todo(), q), '/checkup': checkup, '/health': health,
  '/search': (q) => page([...d.notices.filter((n) => has(q.get('q'), n.title, n.number)).map((n) => ({ kind: 'notice', id: n.id, title: n.title })), ...d.assets.filter((a) => has(q.get('q'), a.name, a.address)).map((a) => ({ kind: 'asset', id: a.id, title: a.name })), ...d.units.filter((u) => has(q.get('q'), u.name)).map((u) => ({ kind: 'unit', id: u.id, title: u.name }))], q),
  '/assets/lookup': () => ({ asset: null, unit: d.ref(d.units[0]), why: 'longest_prefix' }),
};
const ones = { units: d.units, people: d.people, assets: d.assets, alerts: d.alerts, incidents: d.incidents, findings: d.findings, notices: d.notices };
const settle = (c) => (Date.now() - c.born > 1200 ? { ...c, state: c.target.endsWith('9') ? 'down' : 'up', last_at: Date.now(), latency_us: 1800, beats: [c.target.endsWith('9') ? 2 : 0] } : c);

function paste(body) {
  const lines = body.text.split('\n').map((x) => x.trim()).filter(Boolean);
  const errors = [];
  let added = 0;
  const preview = lines.map((line, i) => {
    const bad = !/^[\w.:/-]+$/.test(line);
    if (bad) errors.push({ row: i + 1, column: 'target', code: 'bad_target', value: line });
    else if (!body.dry_run) { extra.pasted.push({ id: 2000 + extra.pasted.length, version: 1, asset: null, name: line, kind: line.startsWith('http') ? 'http' : 'icmp', target: line, params: {}, interval_s: 30, retries: 2, severity: 'major', enabled: true, state: 'unknown', since: null, last_at: null, latency_us: null, detail: null, beats: [], up_ratio: null, born: Date.now() }); added++; }
    return { row: i + 1, name: line, kind: line.startsWith('http') ? 'http' : 'icmp', target: line };
  });
  return { dry_run: !!body.dry_run, rows: lines.length, added, changed: 0, same: 0, refused: errors.length, errors, preview };
}

function command(method, path, body, s) {
  const [, res, id, verb] = path.split('/');
  if (res === 'incidents') {
    const inc = find(d.incidents, id);
    inc.state = { ack: 'acked', resolve: 'resolved', close: 'closed' }[verb];
    inc.version++;
    inc.acked_by = d.ref(s.person);
    inc.alerts[0].incident_state = inc.state;
    inc.timeline.unshift({ at: Date.now(), seq: inc.timeline.length + 1, code: verb === 'ack' ? 'acked' : verb === 'close' ? 'closed' : 'resolved', args: {}, actor: s.person.name, role: 'operator' });
    tell('incident', inc.id, inc.version);
    tell('alert', inc.alerts[0].id, inc.version);
    return { id: inc.id, version: inc.version, state: inc.state };
  }
  if (res === 'notices' && id) return noticeCommand(d, find(d.notices, id), verb ?? 'update', body, s, tell);
  if (path === '/checks/paste') return { report: paste(body) };
  if (path === '/setup/finish') extra.setupDone = true;
  if (res === 'settings' && id && id !== 'mail') extra.settings.set(id, { key: id, value: body.value, version: 2, changed_at: Date.now() });
  if (verb === 'reset-password' || path === '/users' || path === '/tokens') return { id: 1, secret: 'Kx7-mP2q-Rt9w' };
  if (id === 'import') return { report: { dry_run: body.dry_run, rows: 5, added: body.dry_run ? 0 : 3, changed: 0, same: 1, refused: 1, errors: [{ row: 4, column: 'unit', code: 'unknown_unit', value: '教物处' }], preview: [{ row: 2, name: '新系统', address: '10.9.9.1', unit: '教务处' }, { row: 3, name: '新网站', address: 'new.school.example', unit: '图书馆' }] } };
  if (path === '/findings') { const f = { ...d.findings[0], ...body, id: 5000 + d.findings.length, notice_id: null, notice_number: null, state: 'confirmed', unit: d.ref(find(d.units, body.unit_id) ?? d.units[0]), asset: d.ref(find(d.assets, body.asset_id)), found_at: Date.now() }; d.findings.unshift(f); return { id: f.id }; }
  if (path === '/notices') { const n = { ...d.notices[4], id: 850 + d.notices.length, title: body.title ?? '新通报', findings: d.findings.filter((f) => body.finding_ids.includes(f.id)) }; d.notices.unshift(n); return { id: n.id, version: n.version }; }
  return { id: Number(id) || null };
}

function answer(res, status, body, headers = {}) {
  const text = body === undefined ? '' : JSON.stringify(body);
  res.writeHead(status, { 'Content-Type': status >= 400 ? 'application/problem+json' : 'application/json', 'Fengsui-Seq': String(seq), 'Content-Length': Buffer.byteLength(text), ...headers });
  res.end(text);
}
const refuse = (res, status, code) => answer(res, status, { type: 'about:blank', code, title: code, status, trace: 'k3f9a1c2' });

async function bodyOf(req) {
  const parts = [];
  for await (const p of req) parts.push(p);
  const raw = Buffer.concat(parts);
  return (req.headers['content-type'] ?? '').includes('json') && raw.length ? JSON.parse(raw) : raw;
}

function stream(req, res) {
  res.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
  res.write(`retry: 1000\nevent: hello\ndata: ${JSON.stringify({ now: Date.now() })}\n\n`);
  streams.add(res);
  const beat = setInterval(() => res.write(`event: beat\ndata: ${JSON.stringify({ now: Date.now() })}\n\n`), 10_000);
  req.on('close', () => { clearInterval(beat); streams.delete(res); });
}

function login(body, res) {
  const person = d.people.find((p) => p.account === body.account);
  if (!person || !['demo', 'first'].includes(body.password)) return refuse(res, 401, 'bad_credentials');
  const id = Math.random().toString(36).slice(2);
  sessions.set(id, { person, grant: person.grants[0].id, fresh: body.password === 'first' });
  return answer(res, 200, { seq }, { 'Set-Cookie': `fengsui=${id}; Path=/; HttpOnly; SameSite=Strict` });
}

async function api(req, res, url) {
  const path = url.pathname.slice('/api/v1'.length);
  const s = who(req);
  const body = req.method === 'GET' ? null : await bodyOf(req);
  if (path === '/session' && req.method === 'POST') return login(body, res);
  if (path.startsWith('/ack/')) return answer(res, 200, req.method === 'GET' ? { title: d.alerts[0].title, severity: 'major', state: 'open', person: '周敏', acked_by: null, opened_at: d.NOW - 60_000, school: SETTINGS.school.name } : { seq });
  if (!s) return refuse(res, 401, 'unauthorized');
  if (path === '/stream') return stream(req, res);
  if (path === '/session') return req.method === 'GET' ? answer(res, 200, sessionView(s)) : (sessions.clear(), answer(res, 200, { seq }, { 'Set-Cookie': 'fengsui=; Path=/; Max-Age=0' }));
  if (path === '/session/role') { s.grant = body.grant_id; return answer(res, 200, { seq }); }
  if (path === '/session/password') { s.fresh = false; return answer(res, 200, { seq }); }
  if (req.method !== 'GET') return answer(res, 200, { seq: ++seq, ...command(req.method, path, body, s) });
  const sample = /^\/checks\/(\d+)\/samples/.exec(path);
  if (sample) return answer(res, 200, d.samples(Number(sample[1])));
  if (gets[path]) return answer(res, 200, gets[path](url.searchParams));
  const [, list, id] = path.split('/');
  const one = list === 'checks' ? find([...d.checks, ...extra.pasted.map(settle)], id) : find(ones[list] ?? [], id);
  if (one && list === 'notices') return answer(res, 200, { ...one, acts: noticeActs(one, sessionView(s)) }, { ETag: `"${one.version}"` });
  return one ? answer(res, 200, one) : refuse(res, 404, 'not_found');
}

function file(res, url) {
  const want = join(ROOT, 'dist', url.pathname);
  const path = extname(url.pathname) && existsSync(want) ? want : join(ROOT, 'dist/index.html');
  res.writeHead(200, { 'Content-Type': TYPES[extname(path)] ?? 'application/octet-stream', 'Content-Security-Policy': CSP, 'X-Content-Type-Options': 'nosniff' });
  res.end(readFileSync(path));
}

createServer((req, res) => {
  const url = new URL(req.url, 'http://localhost');
  if (!url.pathname.startsWith('/api/v1')) return file(res, url);
  return api(req, res, url).catch((e) => { console.error(e); refuse(res, 500, 'internal'); });
}).listen(PORT, '127.0.0.1', () => console.log(`http://127.0.0.1:${PORT}`));
