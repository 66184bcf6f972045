// SPDX-License-Identifier: Apache-2.0
// Drafts of forms in IndexedDB, so that a dead phone or a tunnel costs no typed word.

const STORE = 'drafts';

function open(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const ask = indexedDB.open('fengsui', 1);
    ask.onupgradeneeded = () => ask.result.createObjectStore(STORE);
    ask.onsuccess = () => resolve(ask.result);
    ask.onerror = () => reject(ask.error);
  });
}

async function work<T>(mode: IDBTransactionMode, act: (store: IDBObjectStore) => IDBRequest<T>): Promise<T | null> {
  try {
    const db = await open();
    return await new Promise<T>((resolve, reject) => {
      const ask = act(db.transaction(STORE, mode).objectStore(STORE));
      ask.onsuccess = () => resolve(ask.result);
      ask.onerror = () => reject(ask.error);
      ask.transaction?.addEventListener('complete', () => db.close());
    });
  } catch {
    // Private windows have no store: the form works on without a draft.
    return null;
  }
}

export async function draftGet<T>(name: string): Promise<T | null> {
  return ((await work('readonly', (s) => s.get(name))) as T | undefined) ?? null;
}

export async function draftPut(name: string, value: unknown): Promise<void> {
  await work('readwrite', (s) => s.put(value, name));
}

export async function draftDelete(name: string): Promise<void> {
  await work('readwrite', (s) => s.delete(name));
}
