// SPDX-License-Identifier: Apache-2.0
import { afterEach, expect, it, vi } from 'vitest';
import { pdfOf } from '@/lib/pdf';
import { placeOf } from '@/app/across';

afterEach(() => vi.unstubAllGlobals());

it('makes one file of photographed pages whose table says where each object begins', async () => {
  const page = (text: string, width: number, height: number) => ({ jpeg: new Blob([text], { type: 'image/jpeg' }), width, height });
  const file = await pdfOf([page('first', 1200, 1600), page('second photo', 1600, 1200)]);
  const text = await file.text();
  expect(file.type).toBe('application/pdf');
  expect(text.startsWith('%PDF-1.4')).toBe(true);
  const table = Number(/startxref\n(\d+)/.exec(text)?.[1]);
  const at = [...text.slice(table).matchAll(/^(\d{10}) 00000 n/gm)].map((m) => Number(m[1]));
  expect(at).toHaveLength(8);
  at.forEach((octet, i) => expect(text.slice(octet).startsWith(`${i + 1} 0 obj`)).toBe(true));
  expect(text).toContain('/Count 2 /Kids [3 0 R 6 0 R]');
  expect([...text.matchAll(/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]/g)].map((m) => Number(m[1]) < Number(m[2]))).toEqual([true, false]);
  expect(text).toContain('/Length 12 >>\nstream\nsecond photo\nendstream');
});

it('takes who comes by the link of a message to the page made for the device in hand', () => {
  vi.stubGlobal('window', { innerWidth: 390 });
  expect(placeOf('officer', '/notices/12')).toBe('/m/n/12');
  expect(placeOf('officer', '/')).toBe('/m');
  expect(placeOf('unit_head', '/filings/3')).toBe('/filings/3');
  expect(placeOf('operator', '/notices/12')).toBe('/notices/12');
  vi.stubGlobal('window', { innerWidth: 1440 });
  expect(placeOf('officer', '/notices/12')).toBe('/notices/12');
  expect(placeOf('officer', '')).toBe('/todo');
});
