// SPDX-License-Identifier: Apache-2.0
// First load and lazy routes against their budgets, from the manifest and the .gz files of dist/.
import { readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';

const DIST = resolve(import.meta.dirname, '../dist');
const manifest = JSON.parse(readFileSync(join(DIST, '.vite/manifest.json'), 'utf8'));
const KIB = 1024;
const FIRST = [
  ['desk, overview', ['index.html', 'src/desk/app.ts', 'src/desk/Overview.vue'], 150, 15],
  ['phone', ['index.html', 'src/phone/app.ts', 'src/phone/Home.vue'], 90, 15],
];
const LAZY_MOST = 40;

function reach(names) {
  const seen = new Set();
  const walk = (name) => {
    const chunk = manifest[name];
    if (chunk && !seen.has(name)) {
      seen.add(name);
      (chunk.imports ?? []).forEach(walk);
    }
  };
  names.forEach(walk);
  return [...seen].map((n) => manifest[n]);
}
const gz = (file) => statSync(join(DIST, `${file}.gz`)).size / KIB;
const sum = (files) => [...new Set(files)].reduce((all, f) => all + gz(f), 0);

let over = false;
const tell = (name, js, most, kind) => {
  over ||= js > most;
  console.log(`${js > most ? 'OVER ' : 'ok   '} ${name}: ${js.toFixed(1)} KiB gz ${kind} (at most ${most})`);
};
for (const [name, entries, js, css] of FIRST) {
  if (!entries.every((e) => manifest[e])) {
    continue;
  }
  const chunks = reach(entries);
  tell(name, sum(chunks.map((c) => c.file)), js, 'JS');
  tell(name, sum(chunks.flatMap((c) => c.css ?? [])), css, 'CSS');
}
const base = new Set(FIRST.flatMap(([, entries]) => reach(entries).map((c) => c.file)));
for (const [name, chunk] of Object.entries(manifest)) {
  if (chunk.isDynamicEntry && !base.has(chunk.file)) {
    const own = sum(reach([name]).map((c) => c.file).filter((f) => !base.has(f)));
    if (own > LAZY_MOST) {
      tell(name, own, LAZY_MOST, 'lazy JS');
    }
  }
}
process.exit(over ? 1 : 0);
