// SPDX-License-Identifier: Apache-2.0
// The typed source of every sentence on the screen. en/ has the same keys or does not compile.
import { alerts } from './alerts';
import { manage } from './manage';
import { notices } from './notices';
import { phone } from './phone';
import { problems } from './problems';
import { said } from './said';
import { setup } from './setup';
import { shell } from './shell';
import { words } from './words';

export const zh = { ...shell, ...words, ...alerts, ...notices, ...manage, ...phone, ...problems, ...said, ...setup };
export type Key = keyof typeof zh;
