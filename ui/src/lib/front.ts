// SPDX-License-Identifier: Apache-2.0
// What the platform tells before anybody has logged in: whether its school is invented, and the
// certificate it shows. Asked once; where it cannot be had, nothing is claimed.
import { shallowRef } from 'vue';
import { api, ok } from '@/api/client';
import type { Front } from '@/api/schema';

export const front = shallowRef<Front | null>(null);
let asked = false;

export function askFront(): void {
  if (!asked) {
    asked = true;
    ok(api.GET('/api/v1/front')).then((told) => (front.value = told), () => (asked = false));
  }
}
