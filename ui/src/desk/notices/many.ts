// SPDX-License-Identifier: Apache-2.0
// Which notices an act done to many is for, by their states.
import { can } from '@/lib/session';

/** With their unit: these are reminded of. */
export const WITH_UNIT = ['issued', 'received', 'rectifying', 'returned', 'failed'];
/** So many papers make one file. */
export const PRINT_MOST = 60;

/** May the person here do anything to many with this one? */
export const fitsMany = (row: { state: string; number?: string | null }): boolean =>
  (row.state === 'draft' && can('notices.review_many')) || (row.state === 'review' && can('notices.issue_many')) || (WITH_UNIT.includes(row.state) && can('notices.remind_many')) || (!!row.number && can('documents.print'));
