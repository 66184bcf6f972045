// SPDX-License-Identifier: Apache-2.0
// The few browser names that modules touch when they load.
const store = new Map<string, string>();
Object.assign(globalThis, {
  localStorage: { getItem: (k: string) => store.get(k) ?? null, setItem: (k: string, v: string) => void store.set(k, v) },
  window: { matchMedia: () => ({ matches: false, addEventListener: () => undefined }), innerWidth: 1440, addEventListener: () => undefined },
});
