// SPDX-License-Identifier: Apache-2.0
import { ref, shallowRef } from 'vue';
import { zh, type Key } from './zh';

export type { Key } from './zh';
export type Locale = 'zh-CN' | 'en';
export type Args = Record<string, string | number>;

// The desk's part is added before anything of the desk is drawn.
let source = zh as Record<Key, string>;
const words = shallowRef(source);
export const locale = ref<Locale>('zh-CN');

export function addWords(more: Partial<Record<Key, string>>): void {
  source = { ...source, ...more };
  if (locale.value === 'zh-CN') {
    words.value = source;
  }
}

/** A sentence of the catalogue with {name} filled in. */
export function t(key: Key, args?: Args): string {
  const text = words.value[key];
  return args ? fill(text, args) : text;
}

/** As t(), for keys built from what the server sent; `or` when the catalogue has no such key. */
export function tx(key: string, or: string, args?: Args): string {
  return key in words.value ? t(key as Key, args) : or;
}

export function fill(text: string, args: Args): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = args[name];
    return value === undefined ? whole : String(value);
  });
}

export async function setLocale(next: Locale): Promise<void> {
  if (next === 'en') {
    const [first, later, office] = await Promise.all([import('./en/first'), import('./en/later'), import('./en/office')]);
    words.value = { ...first.first, ...later.later, ...office.office };
  } else {
    words.value = source;
  }
  locale.value = next;
  document.documentElement.lang = next;
  localStorage.setItem('fengsui.locale', next);
}

export function storedLocale(): Locale {
  return localStorage.getItem('fengsui.locale') === 'en' ? 'en' : 'zh-CN';
}
