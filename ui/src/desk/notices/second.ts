// SPDX-License-Identifier: Apache-2.0
import type { Notice } from '@/api/schema';

/** Nobody is the second reader of his own verification, and one second reader is enough. */
export function wantsSecond(notice: Notice, personId: number | undefined): boolean {
  const check = notice.verifications[notice.verifications.length - 1];
  return ['urgent', 'high'].includes(notice.grade) && check !== undefined && !check.second_reader && check.verifier?.id !== personId;
}
