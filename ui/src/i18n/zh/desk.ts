// SPDX-License-Identifier: Apache-2.0
import { alerts } from './alerts';
import { checkKinds } from './check_kinds';
import { manage } from './manage';
import { nav } from './nav';
import { refusals } from './refusals';
import { results } from './results';

export const zhDesk = { ...alerts, ...checkKinds, ...manage, ...nav, ...refusals, ...results };
