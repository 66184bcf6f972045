// SPDX-License-Identifier: Apache-2.0
import { alerts } from './alerts';
import { manage } from './manage';
import { nav } from './nav';
import { refusals } from './refusals';
import { results } from './results';
import { review } from './review';
import { rules } from './rules';
import { setup } from './setup';

export const zhDesk = { ...alerts, ...manage, ...nav, ...refusals, ...results, ...review, ...rules, ...setup };
