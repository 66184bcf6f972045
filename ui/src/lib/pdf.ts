// SPDX-License-Identifier: Apache-2.0
// Photographed pages as one PDF (ISO 32000-1, 7.5 file structure, 8.9.5 image XObjects of DCTDecode):
// each on an A4 page of its own, upright or across as the photo is, as large as it fits.

export interface Page {
  jpeg: Blob;
  width: number;
  height: number;
}

const A4 = [595.28, 841.89] as const;
const MARGIN = 14;

/** Bytes of the file: a header, per page the page, what is drawn and the photo, then the table of where each begins. */
export async function pdfOf(pages: Page[]): Promise<Blob> {
  const parts: BlobPart[] = [];
  const at: number[] = [];
  const text = new TextEncoder();
  let octets = 0;
  const put = (part: string | Blob): void => {
    const bytes = typeof part === 'string' ? text.encode(part) : part;
    parts.push(bytes as BlobPart);
    octets += bytes instanceof Blob ? bytes.size : bytes.byteLength;
  };
  const object = (body: string, stream?: string | Blob): void => {
    at.push(octets);
    put(`${at.length} 0 obj\n${body}`);
    if (stream !== undefined) {
      put('\nstream\n');
      put(stream);
      put('\nendstream');
    }
    put('\nendobj\n');
  };
  put('%PDF-1.4\n');
  object('<< /Type /Catalog /Pages 2 0 R >>');
  object(`<< /Type /Pages /Count ${pages.length} /Kids [${pages.map((_, i) => `${3 + 3 * i} 0 R`).join(' ')}] >>`);
  for (const [i, page] of pages.entries()) {
    const [w, h] = page.width > page.height ? [A4[1], A4[0]] : A4;
    const scale = Math.min((w - 2 * MARGIN) / page.width, (h - 2 * MARGIN) / page.height);
    const [pw, ph] = [page.width * scale, page.height * scale];
    const drawn = `q ${pw.toFixed(2)} 0 0 ${ph.toFixed(2)} ${((w - pw) / 2).toFixed(2)} ${((h - ph) / 2).toFixed(2)} cm /P Do Q`;
    const first = 3 + 3 * i;
    object(`<< /Type /Page /Parent 2 0 R /MediaBox [0 0 ${w} ${h}] /Resources << /XObject << /P ${first + 2} 0 R >> >> /Contents ${first + 1} 0 R >>`);
    object(`<< /Length ${drawn.length} >>`, drawn);
    object(`<< /Type /XObject /Subtype /Image /Width ${page.width} /Height ${page.height} /ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /DCTDecode /Length ${page.jpeg.size} >>`, page.jpeg);
  }
  const table = octets;
  put(`xref\n0 ${at.length + 1}\n0000000000 65535 f \n${at.map((o) => `${String(o).padStart(10, '0')} 00000 n \n`).join('')}`);
  put(`trailer\n<< /Size ${at.length + 1} /Root 1 0 R >>\nstartxref\n${table}\n%%EOF\n`);
  return new Blob(parts, { type: 'application/pdf' });
}
