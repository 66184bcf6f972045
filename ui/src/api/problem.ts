// SPDX-License-Identifier: Apache-2.0
import { tx, t, type Args } from '@/i18n';
import type { Problem } from './schema';

/** A refusal of the server (RFC 9457): a code to look up, never a sentence to show. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly trace = '',
    readonly field = '',
    readonly detail = '',
  ) {
    super(code);
  }
}

export function refusalOf(status: number, body: unknown, trace: string): Refusal {
  const told = (typeof body === 'object' && body !== null ? body : {}) as Partial<Problem>;
  return new Refusal(status, told.code ?? 'unknown', told.trace ?? trace, told.field ?? '', told.detail ?? '');
}

export function sentenceOf(error: unknown, args: Args = {}): string {
  if (!(error instanceof Refusal)) {
    return t('problem.unreachable');
  }
  const general = error.status >= 500 ? 'problem.server' : error.status === 404 ? 'problem.not_found' : error.status === 403 ? 'problem.forbidden' : 'problem.refused';
  return tx(`problem.${error.code}`, t(general, { code: error.code }), args);
}

export function traceOf(error: unknown): string {
  return error instanceof Refusal ? error.trace : '';
}
