// SPDX-License-Identifier: Apache-2.0
// The typed source of every sentence on the screen. en/ has the same keys or does not compile.
// What only the desk says is a part of its own, so that a phone need not load it; what only some of
// its screens say comes with them.
import type { commonRefusals } from './common_refusals';
import type { zhDesk } from './desk';
import type { found } from './found';
import type { hazard } from './hazard';
import type { events } from './events';
import type { expiry } from './expiry';
import type { lines } from './lines';
import type { metrics } from './metrics';
import type { network } from './network';
import { notices } from './notices';
import type { params } from './params';
import type { prints } from './prints';
import { phone } from './phone';
import type { photo } from './photo';
import type { pleas } from './pleas';
import { problems } from './problems';
import type { register } from './register';
import type { regulation } from './regulation';
import type { review } from './review';
import type { rules } from './rules';
import type { said } from './said';
import type { selfcheck } from './selfcheck';
import type { sentences } from './sentences';
import type { since } from './since';
import type { setup } from './setup';
import type { sheets } from './sheets';
import { shell } from './shell';
import type { tenure } from './tenure';
import type { topology } from './topology';
import type { windows } from './windows';
import type { daily } from './daily';
import type { days } from './days';
import type { due } from './due';
import type { grades } from './grades';
import type { group } from './group';
import type { office_refusals } from './office_refusals';
import type { papers } from './papers';
import type { annexes } from './annexes';
import type { account } from './account';
import type { assets } from './assets';
import type { trail } from './trail';
import { words } from './words';

export const zh = { ...shell, ...words, ...notices, ...phone, ...problems };
type Office = typeof annexes & typeof account & typeof assets & typeof trail & typeof daily & typeof days & typeof due & typeof grades & typeof group & typeof office_refusals & typeof papers;
type Later = Office & typeof commonRefusals & typeof events & typeof expiry & typeof found & typeof hazard & typeof lines & typeof metrics & typeof network & typeof photo & typeof pleas & typeof prints & typeof register & typeof regulation & typeof params & typeof review & typeof rules & typeof said & typeof selfcheck & typeof sentences & typeof setup & typeof sheets & typeof since & typeof tenure & typeof topology & typeof windows;
export type Key = keyof typeof zh | keyof typeof zhDesk | keyof Later;
