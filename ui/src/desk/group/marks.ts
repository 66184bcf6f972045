// SPDX-License-Identifier: Apache-2.0
import type { Task } from '@/api/schema';
import type { Mark } from '@/model/states';

export const TASK: Record<Task['state'], Mark> = {
  open: { tone: 'warn' },
  reported: { tone: 'accent', hollow: true },
  done: { tone: 'ok' },
  cancelled: { tone: 'idle', hollow: true },
};
