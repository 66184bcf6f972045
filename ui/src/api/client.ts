// SPDX-License-Identifier: Apache-2.0
// The one door to the HTTP interface: carries the commit sequence both ways, names each command
// once, and turns problem documents into Refusal.
import createClient, { type Middleware } from 'openapi-fetch';
import { refusalOf } from './problem';
import type { paths } from './schema';

const SEQ = 'Fengsui-Seq';
let seq = 0n;
let signedOut: (() => void) | null = null;

export function whenSignedOut(handler: () => void): void {
  signedOut = handler;
}

/** 128 random bits. Same key for the same wish: a repeat after a lost answer does the thing once. */
export function newKey(): string {
  const raw = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(raw, (b) => b.toString(16).padStart(2, '0')).join('');
}

export function rememberSeq(header: string | null): void {
  if (header !== null && /^\d{1,19}$/.test(header)) {
    const next = BigInt(header);
    seq = next > seq ? next : seq;
  }
}

export function highestSeq(): bigint {
  return seq;
}

const carry: Middleware = {
  onRequest({ request }) {
    if (seq > 0n) {
      request.headers.set(SEQ, String(seq));
    }
    if (request.method !== 'GET' && !request.headers.has('Idempotency-Key')) {
      request.headers.set('Idempotency-Key', newKey());
    }
    return request;
  },
  onResponse({ response, request }) {
    rememberSeq(response.headers.get(SEQ));
    if (response.status === 401 && !(request.method === 'POST' && new URL(request.url).pathname === '/api/v1/session')) {
      signedOut?.();
    }
  },
};

/* A dangerous act refused for want of a code is sent again once one was shown. */
async function send(request: Request): Promise<Response> {
  const again = request.clone();
  const answer = await fetch(request);
  return answer.status === 403 ? (await import('./second')).shown(again, answer) : answer;
}

export const api = createClient<paths>({ credentials: 'same-origin', fetch: send });
api.use(carry);

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** The answer's body, or a Refusal thrown. */
export async function ok<T>(pending: Promise<Answer<T>>): Promise<T> {
  const { data, error, response } = await pending;
  if (!response.ok) {
    throw refusalOf(response.status, error, response.headers.get('Fengsui-Trace') ?? '');
  }
  return data as T;
}

/** Headers of a command on a record the person has seen at this version. */
export function seen(version: number): { 'If-Match': string } {
  return { 'If-Match': `"${version}"` };
}
