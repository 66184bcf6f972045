// SPDX-License-Identifier: Apache-2.0
// The commands of a notice, each on the version the person has seen.
import { api, ok, seen } from './client';
import type { Done, Notice, NoticeBrief, NoticeIssue, NoticePlan, NoticeReturn, NoticeSettle, NoticeSubmit, NoticeUpreport } from './schema';

type Seen = Pick<Notice, 'id' | 'version'>;

function at<B>(n: Seen, body: B) {
  return { params: { path: { id: n.id }, header: seen(n.version) }, body };
}

export const noticeDo = {
  review: (n: Seen) => ok(api.POST('/api/v1/notices/{id}/review', at(n, {}))),
  reject: (n: Seen, reason: string) => ok(api.POST('/api/v1/notices/{id}/reject', at(n, { reason }))),
  issue: (n: Seen, body: NoticeIssue) => ok(api.POST('/api/v1/notices/{id}/issue', at(n, body))),
  confirm: (n: Seen, reason: string) => ok(api.POST('/api/v1/notices/{id}/confirm', at(n, { reason }))),
  sign: (n: Seen) => ok(api.POST('/api/v1/notices/{id}/sign', at(n, {}))),
  plan: (n: Seen, body: NoticePlan) => ok(api.POST('/api/v1/notices/{id}/plan', at(n, body))),
  submit: (n: Seen, body: NoticeSubmit) => ok(api.POST('/api/v1/notices/{id}/submit', at(n, body))),
  giveBack: (n: Seen, body: NoticeReturn) => ok(api.POST('/api/v1/notices/{id}/return', at(n, body))),
  verify: (n: Seen) => ok(api.POST('/api/v1/notices/{id}/verify', at(n, {}))),
  secondRead: (n: Seen) => ok(api.POST('/api/v1/notices/{id}/second-read', at(n, {}))),
  pass: (n: Seen, body: NoticeSettle) => ok(api.POST('/api/v1/notices/{id}/pass', at(n, body))),
  fail: (n: Seen, body: NoticeSettle) => ok(api.POST('/api/v1/notices/{id}/fail', at(n, body))),
  brief: (n: Seen, body: NoticeBrief) => ok(api.POST('/api/v1/notices/{id}/brief', at(n, body))),
  mark: (n: Seen, remark: string | null) => ok(api.POST('/api/v1/notices/{id}/brief/mark', at(n, { remark }))),
  upreport: (n: Seen, body: NoticeUpreport) => ok(api.POST('/api/v1/notices/{id}/upreport', at(n, body))),
  close: (n: Seen, reason: string | null) => ok(api.POST('/api/v1/notices/{id}/close', at(n, { reason }))),
  withdraw: (n: Seen, reason: string) => ok(api.POST('/api/v1/notices/{id}/withdraw', at(n, { reason }))),
  remind: (n: Seen) => ok(api.POST('/api/v1/notices/{id}/remind', at(n, {}))),
};

/** Bytes of a scan as they are; the server looks at the first ones, not at the name. */
export function upload(id: number, file: Blob, name: string): Promise<Done> {
  return ok(api.POST('/api/v1/notices/{id}/attachments', {
    params: { path: { id }, query: { name } },
    body: file as unknown as string,
    bodySerializer: (body: unknown) => body as Blob,
    headers: { 'Content-Type': 'application/octet-stream' },
  }));
}

export function mayDo(n: Pick<Notice, 'acts'>, act: string): boolean {
  return n.acts.includes(act) || n.acts.includes(`notices.${act}`);
}
