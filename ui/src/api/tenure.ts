// SPDX-License-Identifier: Apache-2.0
// Commands about who answers for a unit, each on the version the person has seen.
import { api, ok, seen } from './client';
import type { Done, Filing, FilingPut } from './schema';

type Seen = { id: number; version: number };

function at<B>(x: Seen, body: B) {
  return { params: { path: { id: x.id }, header: seen(x.version) }, body };
}

export const filingDo = {
  create: (body: FilingPut) => ok(api.POST('/api/v1/filings', { body })),
  update: (f: Seen, body: FilingPut) => ok(api.PATCH('/api/v1/filings/{id}', at(f, body))),
  submit: (f: { id: number }) => ok(api.POST('/api/v1/filings/{id}/submit', { params: { path: { id: f.id } }, body: {} })),
  sign: (f: Seen) => ok(api.POST('/api/v1/filings/{id}/sign', at(f, {}))),
  accept: (f: Seen) => ok(api.POST('/api/v1/filings/{id}/accept', at(f, {}))),
  heard: (f: Seen, channel: 'phone' | 'phone2') => ok(api.POST('/api/v1/filings/{id}/heard', at(f, { channel }))),
  resend: (f: Seen) => ok(api.POST('/api/v1/filings/{id}/resend', at(f, {}))),
  giveBack: (f: Seen, reason: string) => ok(api.POST('/api/v1/filings/{id}/return', at(f, { reason }))),
  withdraw: (f: Seen) => ok(api.POST('/api/v1/filings/{id}/withdraw', at(f, {}))),
  approve: (f: Seen, reason: string | null) => ok(api.POST('/api/v1/filings/{id}/approve', at(f, { reason }))),
  handOver: (f: Seen, notes: string | null) => ok(api.POST('/api/v1/filings/{id}/hand-over', at(f, { notes }))),
};

/** Bytes of the sealed form as they are. */
export function uploadForm(id: number, file: Blob, name: string): Promise<Done> {
  return ok(api.POST('/api/v1/filings/{id}/form', {
    params: { path: { id }, query: { name } },
    body: file as unknown as string,
    bodySerializer: (body: unknown) => body as Blob,
    headers: { 'Content-Type': 'application/octet-stream' },
  }));
}

export const may = (f: Pick<Filing, 'acts'>, act: string): boolean => f.acts.includes(act);
export const TENURE_KEYS = ['filings', 'filing', 'units', 'doubts', 'todo', 'people'];
