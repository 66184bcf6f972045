// SPDX-License-Identifier: Apache-2.0
import { readonly, ref } from 'vue';

let offset = 0;
const tick = ref(Date.now());

/** The server's idea of now, once a second. */
export const now = readonly(tick);

export function serverIs(ms: number): void {
  offset = ms - Date.now();
  tick.value = ms;
}

export function startClock(): void {
  setInterval(() => {
    tick.value = Date.now() + offset;
  }, 1000);
}
