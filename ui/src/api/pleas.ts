// SPDX-License-Identifier: Apache-2.0
// What is asked for and decided around notices and findings, each on the version the person has seen.
import { api, ok, seen } from './client';
import type { components } from './schema';
import type { Finding, Notice } from './schema';

type S = components['schemas'];
type Seen = { id: number; version: number };

function at<B>(n: Seen, body: B) {
  return { params: { path: { id: n.id }, header: seen(n.version) }, body };
}

export const pleaDo = {
  object: (n: Seen, body: S['objection_put']) => ok(api.POST('/api/v1/notices/{id}/objections', at(n, body))),
  decideObjection: (n: Seen, body: S['objection_decide']) => ok(api.POST('/api/v1/notices/{id}/objections/decide', at(n, body))),
  extend: (n: Seen, body: S['extension_put']) => ok(api.POST('/api/v1/notices/{id}/extensions', at(n, body))),
  decideExtension: (n: Seen, body: S['plea_decide']) => ok(api.POST('/api/v1/notices/{id}/extensions/decide', at(n, body))),
  partial: (n: Seen, body: S['notice_partial']) => ok(api.POST('/api/v1/notices/{id}/partial', at(n, body))),
  cannot: (n: Seen, opinion: string) => ok(api.POST('/api/v1/notices/{id}/cannot-verify', at(n, { opinion }))),
  offline: (n: Seen, body: S['notice_offline']) => ok(api.POST('/api/v1/notices/{id}/pass-offline', at(n, body))),
  control: (n: Seen, body: S['control_act']) => ok(api.POST('/api/v1/notices/{id}/control', at(n, body))),
};

export const findingDo = {
  duplicate: (f: Seen, target_id: number) => ok(api.POST('/api/v1/findings/{id}/duplicate', at(f, { target_id }))),
  merge: (f: Seen, target_id: number) => ok(api.POST('/api/v1/findings/{id}/merge', at(f, { target_id }))),
  transfer: (f: Seen, reason: string) => ok(api.POST('/api/v1/findings/{id}/transfer', at(f, { reason }))),
  review: (f: Seen, body: S['finding_review']) => ok(api.POST('/api/v1/findings/{id}/review', at(f, body))),
  recheck: (f: Seen, body: S['finding_recheck']) => ok(api.POST('/api/v1/findings/{id}/recheck', at(f, body))),
  again: (f: Seen, body: S['finding_again']) => ok(api.POST('/api/v1/findings/{id}/again', at(f, body))),
  accept: (f: Seen, body: S['acceptance_put']) => ok(api.POST('/api/v1/findings/{id}/acceptance', at(f, body))),
  decideAcceptance: (f: Seen, body: S['plea_decide']) => ok(api.POST('/api/v1/findings/{id}/acceptance/decide', at(f, body))),
};

/** A remark does not touch the record, so the version does not matter. */
export function remark(kind: 'notice' | 'finding', id: number, text: string) {
  const body = { text };
  return kind === 'notice' ? ok(api.POST('/api/v1/notices/{id}/comments', { params: { path: { id } }, body })) : ok(api.POST('/api/v1/findings/{id}/comments', { params: { path: { id } }, body }));
}

export const PLEA_KEYS = ['notice', 'notices', 'finding', 'findings', 'todo', 'decisions', 'overview'];

/** Those a round still has to answer: not what has passed before, or was let be. */
export function toAnswer(n: Pick<Notice, 'findings'>): Finding[] {
  return n.findings.filter((f) => !['closed', 'accepted', 'false_positive'].includes(f.state));
}
