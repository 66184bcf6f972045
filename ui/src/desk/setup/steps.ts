// SPDX-License-Identifier: Apache-2.0
// Where the wizard is. The step lives in the page's address, which changes a moment after it is told
// to: whoever counts on from "here" in that moment counts from the wrong place.
import { computed } from 'vue';

export const STEPS = ['school', 'address', 'time', 'mail', 'backup', 'units', 'accounts', 'duty', 'addresses'] as const;
export type Step = (typeof STEPS)[number];

export function useSteps(url: { step: string }) {
  const at = computed(() => Math.max(0, STEPS.indexOf(url.step as Step)));
  const step = computed<Step>(() => STEPS[at.value] ?? 'school');
  const last = computed(() => at.value === STEPS.length - 1);

  function go(by: number): void {
    url.step = STEPS[Math.min(Math.max(at.value + by, 0), STEPS.length - 1)] ?? 'school';
  }
  /** Behind the step that was saved, however often it says so; who has left it meanwhile stays where he is. */
  function saved(name: string): void {
    if (name === step.value) {
      url.step = STEPS[STEPS.indexOf(name) + 1] ?? 'school';
    }
  }
  return { at, step, last, go, saved };
}

/** The second press of a double click: on a slow machine it would meet the next step's button. */
export function pressedAgain(event: Pick<MouseEvent, 'detail' | 'target'>): boolean {
  return event.detail > 1 && (event.target as Element | null)?.closest('button') !== null;
}
