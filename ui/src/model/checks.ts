// SPDX-License-Identifier: Apache-2.0
// A check's parameters between the form, where all is text or a tick, and the wire.
import { CHECK_FORMS } from './check_kinds';

export type CheckKind = keyof typeof CHECK_FORMS;
export interface CheckParam { name: string; type: 'int' | 'text' | 'name' | 'flag' | 'choice' | 'secret'; needed: boolean; min: number; max: number; choices: readonly string[]; usual: string; zh: string; en: string }
export type ParamForm = Record<string, string | boolean>;

export const CHECK_KINDS = Object.keys(CHECK_FORMS) as CheckKind[];
/** Those a person fills in; what the desk keeps for itself is none of the form's. */
export const paramsOf = (kind: CheckKind): readonly CheckParam[] => (CHECK_FORMS[kind].params as readonly (Omit<CheckParam, 'type'> & { type: string })[]).filter((p): p is CheckParam => p.type !== 'kept');
export const exampleOf = (kind: CheckKind): string => CHECK_FORMS[kind].example;

const known = (params: unknown): Record<string, unknown> => (typeof params === 'object' && params !== null ? (params as Record<string, unknown>) : {});

/** What a form shows of the parameters as they are kept; a secret is never among them. */
export function formOf(kind: CheckKind, params: unknown): ParamForm {
  const kept = known(params);
  return Object.fromEntries(paramsOf(kind).map((p) => {
    const value = kept[p.name];
    return [p.name, p.type === 'flag' ? value === true : p.type === 'secret' || value === undefined || value === null ? '' : String(value)];
  }));
}

/** Is a secret kept under this name? */
export const isKept = (params: unknown, name: string): boolean => known(params)[name] === true;

/** What is sent: nothing of what was left empty; `true` keeps a secret that is there. */
export function paramsToSend(kind: CheckKind, form: ParamForm, params: unknown): Record<string, string | number | boolean> {
  const out: Record<string, string | number | boolean> = {};
  for (const p of paramsOf(kind)) {
    const value = form[p.name];
    if (p.type === 'flag') {
      if (value === true) {
        out[p.name] = true;
      }
    } else if (typeof value === 'string' && value.trim() !== '') {
      out[p.name] = p.type === 'int' ? Number(value) : p.type === 'secret' ? value : value.trim();
    } else if (p.type === 'secret' && isKept(params, p.name)) {
      out[p.name] = true;
    }
  }
  return out;
}
