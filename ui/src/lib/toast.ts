// SPDX-License-Identifier: Apache-2.0
import { reactive } from 'vue';
import { sentenceOf, traceOf } from '@/api/problem';

export interface Toast {
  id: number;
  kind: 'ok' | 'bad' | 'urgent';
  text: string;
  trace?: string;
  link?: { to: string; text: string };
  undo?: () => void;
}

const MOST = 4;
export const toasts = reactive<Toast[]>([]);
let next = 1;

export function dropToast(id: number): void {
  const at = toasts.findIndex((x) => x.id === id);
  if (at >= 0) {
    toasts.splice(at, 1);
  }
}

export function toast(text: string, more: Partial<Omit<Toast, 'id' | 'text'>> = {}): void {
  const id = next++;
  toasts.push({ id, kind: 'ok', text, ...more });
  if (toasts.length > MOST) {
    toasts.shift();
  }
  setTimeout(() => dropToast(id), more.kind === 'bad' ? 12_000 : 8_000);
}

export function toastProblem(error: unknown): void {
  toast(sentenceOf(error), { kind: 'bad', trace: traceOf(error) });
}
