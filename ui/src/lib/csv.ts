// SPDX-License-Identifier: Apache-2.0

/** One cell: quoted where needed, and never a formula in the hands of a spreadsheet. */
export function cell(value: string | number | null | undefined): string {
  let text = value === null || value === undefined ? '' : String(value);
  if (/^[=+\-@\t\r]/.test(text) && typeof value !== 'number') {
    text = `'${text}`;
  }
  return /[",\n\r]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
}

/** With a byte order mark, or WPS and Excel show Chinese as noise. */
export function csvOf(rows: (string | number | null | undefined)[][]): Blob {
  return new Blob(['\ufeff', rows.map((r) => r.map(cell).join(',')).join('\r\n'), '\r\n'], { type: 'text/csv;charset=utf-8' });
}

export function saveAs(blob: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** Bytes as base64 in slices a stack can bear. */
export async function base64(blob: Blob): Promise<string> {
  const raw = new Uint8Array(await blob.arrayBuffer());
  let text = '';
  for (let i = 0; i < raw.length; i += 0x8000) {
    text += String.fromCharCode(...raw.subarray(i, i + 0x8000));
  }
  return btoa(text);
}
