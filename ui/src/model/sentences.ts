// SPDX-License-Identifier: Apache-2.0
// Machine-made sentences arrive as {code, args}; they are rendered here, in the reader's language.
import { addWords, fill, tx, type Args } from '@/i18n';
import { said } from '@/i18n/zh/said';
import { sentences } from '@/i18n/zh/sentences';
import type { Sentence, Timeline } from '@/api/schema';
import { noticeState, roleName } from './words';

/* The phone's first page says none of these. */
addWords({ ...said, ...sentences });

function flat(raw: unknown): Args {
  const out: Args = {};
  if (typeof raw === 'object' && raw !== null) {
    for (const [name, value] of Object.entries(raw)) {
      if (typeof value === 'string' || typeof value === 'number') {
        out[name] = value;
      } else if (typeof value === 'boolean') {
        out[name] = value ? 1 : 0;
      }
    }
  }
  return out;
}

function plain(code: string, args: Args): string {
  const values = Object.values(args).join(' ');
  return values ? `${code} ${values}` : code;
}

export function say(sentence: Sentence | null | undefined): string {
  if (!sentence) {
    return '';
  }
  const args = flat(sentence.args);
  return tx(`say.${sentence.code}`, plain(sentence.code, args), args);
}

/** Why an alert fires, as its arguments tell: a check's own code, or a device's word. */
export function reasonOf(raw: unknown): string {
  const { code, word } = flat(raw);
  return typeof code === 'string' ? say({ code, args: raw as Record<string, never> }) : typeof word === 'string' ? word : '';
}

/** One entry of a record's history. */
export function happening(item: Pick<Timeline, 'code' | 'args' | 'actor' | 'role'> & { for_person?: string | null }): string {
  const args = flat(item.args);
  const inner = (item.args as { args?: unknown } | null)?.args;
  if (item.code === 'reason_changed') {
    /* What only became graver has no other reason: the alert's own words say it. */
    const whole = typeof args.code === 'string' ? say({ code: args.code, args: inner as Record<string, never> }) : '';
    Object.assign(args, flat(inner), { reason: reasonOf(inner) || whole });
  }
  if (typeof args.state === 'string') {
    args.state = noticeState(args.state);
  }
  const who = (item.actor ?? tx('word.system', 'system')) + (item.for_person ? ` (${tx('said.for', item.for_person, { name: item.for_person })})` : '');
  const done = tx(`audit.act.${item.code}`, tx(`finding.state.${item.code}`, ''));
  const or = done ? `${who} ${done}` : plain(item.code, args);
  return tx(`did.${item.code}`, or, { actor: who, role: item.role ? roleName(item.role) : '', ...args });
}

const SECRET = /((?:pass(?:word|wd)?|pwd|secret|token)\s*[=:]\s*)\S+/gi;
const LONG_NUMBER = /(?<![\d.])(\d{4})\d{2,}(\d{2})(?![\d.])/g;

/** A whole student or ID number, or a password, is never shown, whatever a log line holds. */
export function masked(line: string): string {
  return line.replace(SECRET, '$1****').replace(LONG_NUMBER, '$1****$2');
}

const MOST_LINES = 60;

export function evidenceLines(evidence: unknown): string[] {
  if (evidence === null || evidence === undefined) {
    return [];
  }
  const raw = typeof evidence === 'object' && 'lines' in evidence ? (evidence as { lines: unknown }).lines : evidence;
  const list = Array.isArray(raw) ? raw : [raw];
  return list.slice(0, MOST_LINES).map((x) => masked(typeof x === 'string' ? x : JSON.stringify(x)));
}

export { fill };
