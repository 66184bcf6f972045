// SPDX-License-Identifier: Apache-2.0
// English for the regulation and what is done by it.
import { annexes } from './annexes';
import { group } from './group';
import { office_refusals } from './office_refusals';
import { papers } from './papers';
import { params } from './params';
import { pleas } from './pleas';
import { regulation } from './regulation';
import { selfcheck } from './selfcheck';
import { tenure } from './tenure';

export const office = { ...annexes, ...group, ...office_refusals, ...papers, ...params, ...pleas, ...regulation, ...selfcheck, ...tenure };
