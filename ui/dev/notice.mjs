// SPDX-License-Identifier: Apache-2.0
// The notice's line, roughly: enough for the screens to walk it.
const NEXT = { review: 'review', issue: 'issued', sign: 'received', plan: 'rectifying', submit: 'submitted', return: 'returned', verify: 'verifying', pass: 'passed', fail: 'failed', brief: 'briefed', close: 'closed', withdraw: 'withdrawn', reject: 'draft' };
const FROM = { draft: ['update', 'review'], review: ['issue', 'reject'], issued: ['sign', 'remind', 'withdraw'], received: ['plan', 'remind', 'withdraw'], rectifying: ['upload', 'submit', 'remind', 'withdraw'], returned: ['upload', 'submit', 'remind'], failed: ['plan', 'upload', 'submit', 'remind'], submitted: ['return', 'verify'], verifying: ['pass', 'fail'], passed: ['brief'], briefed: ['mark_brief', 'upreport', 'close'], closed: [] };

export function noticeActs(n, session) {
  return (FROM[n.state] ?? []).filter((a) => session.acts.includes(`notices.${a}`));
}

export function noticeCommand(d, n, verb, body, s, tell) {
  if (verb === 'attachments') {
    const a = { id: 9000 + n.version, name: '整改报告.pdf', kind: 'sealed_report', media: 'application/pdf', sm3: 'aa', sha256: 'bb', octets: body.length ?? 0, uploaded_at: Date.now(), by: d.ref(s.person), round: n.round };
    n.attachments.push(a);
    return { id: a.id, version: n.version };
  }
  if (verb === 'submit') n.rectifications = [{ ...(n.rectifications[0] ?? { round: 1, check_code: 'K7P2-9XQD' }), state: 'submitted', submitted_at: Date.now(), submitted_by: d.ref(s.person), items: body.items, attachment_id: body.attachment_id }];
  if (verb === 'plan') n.rectifications = [{ round: n.round, state: 'doing', planned_at: body.planned_at, plan: body.plan, responsible: body.responsible, submitted_at: null, submitted_by: null, items: [], check_code: 'K7P2-9XQD', attachment_id: null, returned_reason: null }];
  if (verb === 'verify') n.verifications = [{ round: n.round, state: 'testing', verifier: d.ref(s.person), started_at: Date.now(), settled_at: null, method: null, opinion: null, probes: [{ check_id: 602, name: '教务管理系统', asked_at: Date.now(), at: Date.now() + 900, state: 'up', detail: { code: 'ok', args: {} } }] }];
  if (verb === 'issue') Object.assign(n, { number: '网安通报 2026-039', issued_at: Date.now(), due_at: Date.now() + 3 * d.DAY, issuer: d.ref(s.person), group_text: '【网络安全通报】网安通报 2026-039，请及时登录签收。' });
  if (verb === 'brief') n.brief = { id: 1, at: Date.now(), leader: { id: 203, name: '刘建国' }, text: '已整改完毕并复核通过。', read_at: null, remark: null, centre_self: false };
  if (verb === 'upreport') Object.assign(n, { upreport: body.decision, upreport_reason: body.reason });
  n.state = NEXT[verb] ?? n.state;
  n.version++;
  n.timeline.unshift({ at: Date.now(), seq: n.timeline.length + 1, code: { sign: 'signed', plan: 'planned', submit: 'submitted', pass: 'passed', fail: 'failed', issue: 'issued', verify: 'verifying', return: 'returned', brief: 'briefed', close: 'archived', remind: 'reminded', withdraw: 'withdrawn', reject: 'rejected' }[verb] ?? verb, args: {}, actor: s.person.name, role: s.person.grants[0].role });
  tell('notice', n.id, n.version);
  return { id: n.id, version: n.version, state: n.state };
}
