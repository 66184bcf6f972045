// SPDX-License-Identifier: Apache-2.0
// The typed source of every sentence on the screen. en/ has the same keys or does not compile.
// What only the desk says is a part of its own, so that a phone need not load it; what only some of
// its screens say comes with them.
import type { zhDesk } from './desk';
import { notices } from './notices';
import { phone } from './phone';
import { problems } from './problems';
import type { rules } from './rules';
import { said } from './said';
import { sentences } from './sentences';
import { shell } from './shell';
import type { topology } from './topology';
import { words } from './words';

export const zh = { ...shell, ...words, ...notices, ...phone, ...problems, ...said, ...sentences };
export type Key = keyof typeof zh | keyof typeof zhDesk | keyof typeof rules | keyof typeof topology;
