// SPDX-License-Identifier: Apache-2.0
// The tab's title: the page, and before it how much that is urgent waits.
import { ref } from 'vue';
import type { Key } from '@/i18n';

export const page = ref<Key | undefined>(undefined);
export const urgent = ref(0);

export function titleOf(name: string | undefined, app: string, n: number): string {
  return `${n > 0 ? `(${n}) ` : ''}${name ? `${name} - ` : ''}${app}`;
}
