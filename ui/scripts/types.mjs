// SPDX-License-Identifier: Apache-2.0
// src/api/schema.d.ts from schema/api.toml (or from the OpenAPI file named by FENGSUI_OPENAPI), and
// src/i18n/*/{sentences,results}.ts from schema/sentences.toml.
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
if (scratch) {
  rmSync(scratch, { recursive: true });
}
