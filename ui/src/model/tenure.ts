// SPDX-License-Identifier: Apache-2.0
import { tx } from '@/i18n';

export function filingState(state: string): string {
  return tx(`tenure.state.${state}`, state);
}

export function stateTone(state: string): 'plain' | 'warn' | 'ok' | 'accent' {
  return state === 'effective' || state === 'approved' ? 'ok' : state === 'returned' ? 'warn' : state === 'submitted' || state === 'verifying' ? 'accent' : 'plain';
}

export function signalName(signal: string): string {
  return tx(`doubt.signal.${signal}`, signal);
}
