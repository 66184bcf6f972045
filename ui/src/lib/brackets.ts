// SPDX-License-Identifier: Apache-2.0
// Not of the first load: who writes brackets comes later.
import { locale } from '@/i18n';

/** What stands behind a word in brackets, as the language of the page has them. */
export function bracketed(what: string | number): string {
  return locale.value === 'en' ? ` (${what})` : `（${what}）`;
}
