// SPDX-License-Identifier: Apache-2.0
import type { Key } from '../zh';
import { alerts } from './alerts';
import { checkKinds } from './check_kinds';
import { found } from './found';
import { expiry } from './expiry';
import { lines } from './lines';
import { manage } from './manage';
import { metrics } from './metrics';
import { nav } from './nav';
import { network } from './network';
import { notices } from './notices';
import { phone } from './phone';
import { problems } from './problems';
import { refusals } from './refusals';
import { results } from './results';
import { register } from './register';
import { review } from './review';
import { rules } from './rules';
import { said } from './said';
import { sentences } from './sentences';
import { setup } from './setup';
import { shell } from './shell';
import { topology } from './topology';
import { windows } from './windows';
import { words } from './words';

export const en: Record<Key, string> = { ...shell, ...words, ...alerts, ...checkKinds, ...expiry, ...found, ...lines, ...metrics, ...notices, ...manage, ...nav, ...network, ...phone, ...problems, ...refusals, ...results, ...register, ...review, ...rules, ...said, ...sentences, ...setup, ...topology, ...windows };
