// SPDX-License-Identifier: Apache-2.0
// English for what comes with a screen.
import { annexes } from './annexes';
import { account } from './account';
import { assets } from './assets';
import { daily } from './daily';
import { days } from './days';
import { due } from './due';
import { expiry } from './expiry';
import { found } from './found';
import { grades } from './grades';
import { group } from './group';
import { hazard } from './hazard';
import { lines } from './lines';
import { metrics } from './metrics';
import { office_refusals } from './office_refusals';
import { papers } from './papers';
import { params } from './params';
import { photo } from './photo';
import { pleas } from './pleas';
import { prints } from './prints';
import { register } from './register';
import { regulation } from './regulation';
import { review } from './review';
import { rules } from './rules';
import { said } from './said';
import { selfcheck } from './selfcheck';
import { sentences } from './sentences';
import { setup } from './setup';
import { sheets } from './sheets';
import { since } from './since';
import { tenure } from './tenure';
import { topology } from './topology';
import { trail } from './trail';
import { windows } from './windows';

export const later = { ...expiry, ...found, ...hazard, ...lines, ...metrics, ...prints, ...pleas, ...register, ...regulation, ...params, ...photo, ...review, ...rules, ...said, ...selfcheck, ...sentences, ...setup, ...tenure, ...sheets, ...since, ...topology, ...windows, ...annexes, ...account, ...assets, ...trail, ...daily, ...days, ...due, ...grades, ...group, ...office_refusals, ...papers };
