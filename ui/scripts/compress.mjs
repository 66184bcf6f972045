// SPDX-License-Identifier: Apache-2.0
// .br and .gz beside every text file of dist/, so that the server never compresses.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const DIST = resolve(import.meta.dirname, '../dist');
const TEXT = /\.(js|css|html|svg|json)$/;
for (const entry of readdirSync(DIST, { withFileTypes: true, recursive: true })) {
  if (entry.isFile() && TEXT.test(entry.name)) {
    const path = join(entry.parentPath, entry.name);
    const raw = readFileSync(path);
    writeFileSync(`${path}.gz`, gzipSync(raw, { level: 9 }));
    writeFileSync(`${path}.br`, brotliCompressSync(raw, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: raw.length } }));
  }
}
