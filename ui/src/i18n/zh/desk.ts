// SPDX-License-Identifier: Apache-2.0
import { alerts } from './alerts';
import { checkKinds } from './check_kinds';
import { manage } from './manage';
import { nav } from './nav';
import { refusals } from './refusals';
import { results } from './results';
import { review } from './review';
import { rules } from './rules';
import { setup } from './setup';
import { topology } from './topology';
import { windows } from './windows';

export const zhDesk = { ...alerts, ...checkKinds, ...manage, ...nav, ...refusals, ...results, ...review, ...rules, ...setup, ...topology, ...windows };
