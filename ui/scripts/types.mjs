// SPDX-License-Identifier: Apache-2.0
// src/api/schema.d.ts from schema/api.toml (or from the OpenAPI file named by FENGSUI_OPENAPI), and
// src/i18n/*/{sentences,results}.ts from schema/sentences.toml, and the kinds of checks with their
// parameters from schema/check_kinds.toml; the words of these come with the form, which is loaded when it is needed.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import openapiTS, { astToString } from 'openapi-typescript';

const root = resolve(import.meta.dirname, '..', '..');
let from = process.env.FENGSUI_OPENAPI;
let scratch = null;
if (!from) {
  scratch = mkdtempSync(join(tmpdir(), 'fengsui-api-'));
  execFileSync('python3', [join(root, 'scripts/gen_api.py'), join(root, 'schema/api.toml'), join(root, 'schema/permissions.toml'), scratch, '0']);
  from = join(scratch, 'openapi.json');
}
const ast = await openapiTS(JSON.parse(readFileSync(from, 'utf8')), { rootTypes: true, rootTypesNoSchemaPrefix: true });
const text = '// SPDX-License-Identifier: Apache-2.0\n// Generated from schema/api.toml; do not edit.\n' + astToString(ast);

function put(path, content) {
  const to = join(root, path);
  if (!existsSync(to) || readFileSync(to, 'utf8') !== content) {
    writeFileSync(to, content);
  }
}
put('ui/src/api/schema.d.ts', text);

/* What the machine says, in both languages; the subjects of mails are not for the screen. */
const LINE = /^"([\w.]+)" = \["(.*)", "(.*)"\]$/;
const said = readFileSync(join(root, 'schema/sentences.toml'), 'utf8').split('\n').map((line) => LINE.exec(line)).filter((m) => m && !m[1].startsWith('mail.'));
const about = /^(check|login|alert|paper|chain)\./;
for (const [locale, at] of [['zh', 2], ['en', 3]]) {
  // What a check found is only read at the desk: the phone need not load it.
  for (const [name, rows] of [['sentences', said.filter((m) => about.test(m[1]))], ['results', said.filter((m) => !about.test(m[1]))]]) {
    const body = rows.map((m) => `  'say.${m[1]}': ${JSON.stringify(m[at])},\n`).join('');
    put(`ui/src/i18n/${locale}/${name}.ts`, `// SPDX-License-Identifier: Apache-2.0\n// Generated from schema/sentences.toml; do not edit.\nexport const ${name} = {\n${body}};\n`);
  }
}

const kinds = JSON.parse(execFileSync('python3', [join(root, 'scripts/gen_check_kinds.py'), join(root, 'schema/check_kinds.toml')], { encoding: 'utf8' }));
const forms = Object.fromEntries(Object.entries(kinds).map(([kind, k]) => [kind, {
  example: k.example,
  params: Object.entries(k.params).map(([name, p]) => ({ name, type: p.type, needed: p.needed ?? false, min: p.min ?? 0, max: p.max ?? 0, choices: p.choices ?? [], usual: p.default === undefined ? '' : String(p.default), zh: p.words[0], en: p.words[1] })),
}]));
put('ui/src/model/check_kinds.ts', `// SPDX-License-Identifier: Apache-2.0\n// Generated from schema/check_kinds.toml; do not edit.\nexport const CHECK_FORMS = {\n${Object.entries(forms).map(([kind, form]) => `  ${kind}: ${JSON.stringify(form)},\n`).join('')}} as const;\n`);
for (const [locale, at] of [['zh', 0], ['en', 1]]) {
  const body = Object.entries(kinds).map(([kind, k]) => `  'check.kind.${kind}': ${JSON.stringify(k.words[at])},\n`).join('');
  put(`ui/src/i18n/${locale}/check_kinds.ts`, `// SPDX-License-Identifier: Apache-2.0\n// Generated from schema/check_kinds.toml; do not edit.\nexport const checkKinds = {\n${body}};\n`);
}
if (scratch) {
  rmSync(scratch, { recursive: true });
}
