// SPDX-License-Identifier: Apache-2.0
import { onBeforeUnmount, onMounted } from 'vue';

export type Handler = (event: KeyboardEvent) => void;

/** Enter that ends a Chinese composition belongs to the input method, not to us. */
export function composing(event: { isComposing: boolean; keyCode: number }): boolean {
  return event.isComposing || event.keyCode === 229;
}

function typing(target: EventTarget | null): boolean {
  const node = target as HTMLElement | null;
  return !!node && (node.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(node.tagName));
}

export function keysOn(): boolean {
  return localStorage.getItem('fengsui.keys') !== 'off';
}

/** Single keys while nobody is typing and no menu is open, which has its own; each can be switched off (WCAG 2.1.4). */
export function useKeys(map: Record<string, Handler>): void {
  const press = (event: KeyboardEvent): void => {
    const handler = map[event.key];
    if (!handler || composing(event) || event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    if (typing(event.target) || !keysOn() || document.querySelector('[role=dialog][data-modal], [role=menu]')) {
      return;
    }
    event.preventDefault();
    handler(event);
  };
  onMounted(() => window.addEventListener('keydown', press));
  onBeforeUnmount(() => window.removeEventListener('keydown', press));
}
