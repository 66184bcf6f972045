// SPDX-License-Identifier: Apache-2.0
import { ref } from 'vue';

export type Theme = 'light' | 'dark';
const KEY = 'fengsui.theme';
const dark = window.matchMedia('(prefers-color-scheme: dark)');

function stored(): Theme | null {
  const value = localStorage.getItem(KEY);
  return value === 'light' || value === 'dark' ? value : null;
}

export const theme = ref<Theme>(stored() ?? (dark.matches ? 'dark' : 'light'));

function show(): void {
  document.documentElement.dataset.theme = theme.value;
}

export function startTheme(): void {
  show();
  dark.addEventListener('change', () => {
    if (stored() === null) {
      theme.value = dark.matches ? 'dark' : 'light';
      show();
    }
  });
}

export function flipTheme(): void {
  theme.value = theme.value === 'dark' ? 'light' : 'dark';
  localStorage.setItem(KEY, theme.value);
  show();
}
