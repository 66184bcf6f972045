// SPDX-License-Identifier: Apache-2.0
// src/api/schema.d.ts from schema/api.toml (or from the OpenAPI file named by FENGSUI_OPENAPI).
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
const to = join(root, 'ui/src/api/schema.d.ts');
if (!existsSync(to) || readFileSync(to, 'utf8') !== text) {
  writeFileSync(to, text);
}
if (scratch) {
  rmSync(scratch, { recursive: true });
}
