// SPDX-License-Identifier: Apache-2.0
// English for what every page says.
import { alerts } from './alerts';
import { checkKinds } from './check_kinds';
import { commonRefusals } from './common_refusals';
import { events } from './events';
import { manage } from './manage';
import { nav } from './nav';
import { network } from './network';
import { notices } from './notices';
import { phone } from './phone';
import { problems } from './problems';
import { refusals } from './refusals';
import { results } from './results';
import { shell } from './shell';
import { words } from './words';

export const first = { ...shell, ...words, ...alerts, ...checkKinds, ...commonRefusals, ...events, ...notices, ...manage, ...nav, ...network, ...phone, ...problems, ...refusals, ...results };
