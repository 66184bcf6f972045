// SPDX-License-Identifier: Apache-2.0
import type { Incoming } from '@/api/schema';
import type { Mark } from '@/model/states';

export const INCOMING: Record<Incoming['state'], Mark> = {
  registered: { tone: 'bad', hollow: true },
  proposed: { tone: 'warn', hollow: true },
  instructed: { tone: 'warn' },
  handling: { tone: 'accent' },
  answered: { tone: 'ok', hollow: true },
  archived: { tone: 'ok' },
  voided: { tone: 'idle', hollow: true },
};

export const STEPS = ['registered', 'proposed', 'instructed', 'handling', 'answered', 'archived'] as const;

/** A state secret, of which only number and place are kept. */
export const secret = (secrecy: Incoming['secrecy']): boolean => secrecy !== 'public' && secrecy !== 'internal';
