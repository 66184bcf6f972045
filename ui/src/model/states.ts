// SPDX-License-Identifier: Apache-2.0
// How states look: which dot, and where a notice stands on its eight steps.
import type { components } from '@/api/schema';
import type { Tone } from './scales';

type Schemas = components['schemas'];
export type IncidentState = Schemas['incident']['state'];
export type CheckState = Schemas['check']['state'];

export interface Mark {
  tone: Tone;
  hollow?: boolean;
}

export const INCIDENT: Record<IncidentState, Mark> = {
  open: { tone: 'bad', hollow: true },
  acked: { tone: 'warn' },
  mitigating: { tone: 'warn' },
  resolved: { tone: 'ok' },
  closed: { tone: 'idle' },
};

export const CHECK: Record<CheckState, Mark> = {
  up: { tone: 'ok' },
  degraded: { tone: 'warn' },
  down: { tone: 'bad' },
  unreachable: { tone: 'bad', hollow: true },
  unknown: { tone: 'idle', hollow: true },
  maintenance: { tone: 'idle' },
  flapping: { tone: 'warn', hollow: true },
};

export const WINDOW: Record<Schemas['maintenance']['state'], Mark> = {
  open: { tone: 'warn' },
  planned: { tone: 'accent', hollow: true },
  over: { tone: 'idle' },
  ended: { tone: 'idle', hollow: true },
};

/** The order of enum check state on the wire in beats and samples. */
export const BEATS: CheckState[] = ['up', 'degraded', 'down', 'unreachable', 'unknown', 'maintenance', 'flapping'];

const NOTICE: Record<string, Mark> = {
  draft: { tone: 'idle', hollow: true },
  review: { tone: 'warn', hollow: true },
  issued: { tone: 'bad', hollow: true },
  received: { tone: 'warn' },
  objected: { tone: 'accent', hollow: true },
  rectifying: { tone: 'warn' },
  submitted: { tone: 'accent', hollow: true },
  returned: { tone: 'bad' },
  verifying: { tone: 'accent' },
  passed: { tone: 'ok', hollow: true },
  failed: { tone: 'bad' },
  briefed: { tone: 'ok' },
  upreported: { tone: 'ok' },
  closed: { tone: 'ok' },
};

export function noticeMark(state: string): Mark {
  return NOTICE[state] ?? { tone: 'idle' };
}

export const STEPS = ['issue', 'sign', 'rectify', 'report', 'verify', 'brief', 'upreport', 'archive'] as const;
export type Step = (typeof STEPS)[number];

const AT: Record<string, Step> = {
  draft: 'issue',
  review: 'issue',
  issued: 'sign',
  reassigned: 'sign',
  objected: 'sign',
  received: 'rectify',
  rectifying: 'report',
  returned: 'report',
  failed: 'rectify',
  submitted: 'verify',
  verifying: 'verify',
  passed: 'brief',
  briefed: 'upreport',
  upreported: 'archive',
};

/** Index of the step that is now being worked on; STEPS.length when all are done. */
export function stepOf(state: string): number {
  const step = AT[state];
  return step ? STEPS.indexOf(step) : STEPS.length;
}

type DeliveryState = Schemas['delivery']['state'];

const DELIVERY: Record<DeliveryState, Mark> = {
  queued: { tone: 'idle', hollow: true },
  leased: { tone: 'idle' },
  sent: { tone: 'accent', hollow: true },
  delivered: { tone: 'accent' },
  read: { tone: 'ok', hollow: true },
  acked: { tone: 'ok' },
  retry: { tone: 'warn' },
  unknown: { tone: 'warn', hollow: true },
  failed_permanent: { tone: 'bad' },
  dead: { tone: 'bad' },
};

export function deliveryMark(state: DeliveryState): Mark {
  return DELIVERY[state];
}
