// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { params as en } from '../src/i18n/en/params';
import { params as zh } from '../src/i18n/zh/params';

const school = JSON.parse(readFileSync(new URL('../../policy/school-2023-v1.json', import.meta.url), 'utf8')) as { parameters: { name: string }[] };

it.each([['zh', zh], ['en', en]] as const)('has a word for every parameter of the first edition (%s)', (_, words) => {
  expect(school.parameters.map((p) => `param.${p.name}`).filter((key) => !(key in words))).toEqual([]);
});
