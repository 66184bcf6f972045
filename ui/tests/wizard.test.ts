// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { ref } from 'vue';
import { pressedAgain, useSteps } from '../src/desk/setup/steps';

/* An address that changes when the router gets to it, as on a loaded machine. */
function lateUrl(step: string) {
  const here = ref(step);
  const waiting: string[] = [];
  return {
    url: { get step() { return here.value; }, set step(next: string) { waiting.push(next); } },
    arrive: () => waiting.splice(0).forEach((next) => (here.value = next)),
  };
}

describe('the wizard', () => {
  it('goes on one step when a save says twice that it is done, before or after the page has changed', () => {
    const { url, arrive } = lateUrl('school');
    const { step, saved } = useSteps(url);
    saved('school');
    saved('school');
    arrive();
    expect(step.value).toBe('address');
    saved('school');
    arrive();
    expect(step.value).toBe('address');
  });
  it('does not drag somebody back who went on while the answer was slow', () => {
    const { url, arrive } = lateUrl('school');
    const { step, go, saved } = useSteps(url);
    go(1);
    arrive();
    go(1);
    arrive();
    saved('school');
    arrive();
    expect(step.value).toBe('time');
  });
  it('stays within its nine steps', () => {
    const { url, arrive } = lateUrl('addresses');
    const { at, last, go } = useSteps(url);
    expect(last.value).toBe(true);
    go(1);
    arrive();
    expect(at.value).toBe(8);
  });
  it('takes a double click on a button for one press', () => {
    const button = { closest: (what: string) => (what === 'button' ? {} : null) } as unknown as Element;
    const field = { closest: () => null } as unknown as Element;
    expect([[1, button], [2, button], [2, field]].map(([detail, target]) => pressedAgain({ detail: detail as number, target: target as Element }))).toEqual([false, true, false]);
  });
});
