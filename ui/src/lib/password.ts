// SPDX-License-Identifier: Apache-2.0
import type { Key } from '@/i18n';

export interface Rule {
  key: Key;
  met: boolean;
}

const CLASSES = [/[a-z]/, /[A-Z]/, /\d/, /[^A-Za-z0-9]/];

/** Told while typing; the server has the last word. */
export function passwordRules(password: string, account: string): Rule[] {
  const kinds = CLASSES.filter((c) => c.test(password)).length;
  const name = account.toLowerCase();
  return [
    { key: 'password.rule_length', met: [...password].length >= 12 },
    { key: 'password.rule_kinds', met: kinds >= 3 },
    { key: 'password.rule_account', met: password !== '' && (name.length < 3 || !password.toLowerCase().includes(name)) },
  ];
}
