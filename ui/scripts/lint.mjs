// SPDX-License-Identifier: Apache-2.0
// House rules of the interface that the compiler does not know.
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '..');
const MOST_LINES = 400;
const RULES = [
  [/\sstyle="/, 'static style attribute: blocked by the content security policy'],
  [/v-html/, 'v-html: text from outside is never markup'],
  [/innerHTML|outerHTML|insertAdjacentHTML|document\.write/, 'writes markup as a string'],
  [/class="\w"/, 'one-letter class: collides across components'],
  [/https?:\/\/(?!www\.w3\.org|127\.0\.0\.1|localhost|[\w.]+\.example)/, 'address outside the house'],
  [/\bas any\b|: any\b|@ts-ignore|@ts-expect-error/, 'a hole in the types'],
  [/#[0-9a-f]{6}\b/i, 'a colour outside tokens.css', /tokens\.css$|Brand\.vue$/],
];

function* files(dir) {
  for (const entry of readdirSync(dir, { withFileTypes: true })) {
    const path = join(dir, entry.name);
    if (entry.isDirectory()) {
      yield* files(path);
    } else if (/\.(vue|ts|css|html)$/.test(entry.name) && !['schema.d.ts', 'sentences.ts', 'results.ts'].includes(entry.name)) {
      yield path;
    }
  }
}

const found = [];
for (const path of files(join(ROOT, 'src'))) {
  const lines = readFileSync(path, 'utf8').split('\n');
  const name = relative(ROOT, path);
  if (!lines.slice(0, 2).some((l) => l.includes('SPDX-License-Identifier: Apache-2.0'))) {
    found.push(`${name}: no SPDX header`);
  }
  if (lines.length > MOST_LINES) {
    found.push(`${name}: ${lines.length} lines, at most ${MOST_LINES}`);
  }
  lines.forEach((line, i) => {
    for (const [rule, why, except] of RULES) {
      if (rule.test(line) && !except?.test(name) && !line.includes('<svg')) {
        found.push(`${name}:${i + 1}: ${why}`);
      }
    }
  });
}
/* A lazy screen brings only its own styles: a class worn by two components lives in src/styles. */
const vues = [...files(join(ROOT, 'src'))].filter((p) => p.endsWith('.vue')).map((p) => [relative(ROOT, p), ...readFileSync(p, 'utf8').split('<style')]);
const shared = [...files(join(ROOT, 'src/styles'))].map((p) => readFileSync(p, 'utf8')).join('\n');
const isShared = (name) => new RegExp(`\\.${name}(?![\\w-])`).test(shared);
for (const [owner, , style] of vues) {
  const own = new Set([...(style ?? '').matchAll(/^\.([a-z][\w-]*)/gm)].map((m) => m[1]));
  for (const [other, markup] of vues) {
    if (other !== owner) {
      const worn = [...markup.matchAll(/\bclass="([^"]*)"/g)].flatMap((m) => m[1].split(' '));
      worn.filter((c) => own.has(c) && !isShared(c)).forEach((c) => found.push(`${other}: wears .${c}, which only ${owner} brings`));
    }
  }
}
found.forEach((f) => console.error(f));
process.exit(found.length ? 1 : 0);
