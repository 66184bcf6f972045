// SPDX-License-Identifier: Apache-2.0
// English for what comes with a screen.
import { account } from './account';
import { assets } from './assets';
import { daily } from './daily';
import { days } from './days';
import { due } from './due';
import { expiry } from './expiry';
import { found } from './found';
import { grades } from './grades';
import { hazard } from './hazard';
import { lines } from './lines';
import { metrics } from './metrics';
import { photo } from './photo';
import { prints } from './prints';
import { register } from './register';
import { review } from './review';
import { rules } from './rules';
import { said } from './said';
import { sentences } from './sentences';
import { setup } from './setup';
import { sheets } from './sheets';
import { since } from './since';
import { topology } from './topology';
import { trail } from './trail';
import { windows } from './windows';

export const later = { ...account, ...assets, ...daily, ...days, ...due, ...expiry, ...found, ...grades, ...hazard, ...lines, ...metrics, ...photo, ...prints, ...register, ...review, ...rules, ...said, ...sentences, ...setup, ...sheets, ...since, ...topology, ...trail, ...windows };
