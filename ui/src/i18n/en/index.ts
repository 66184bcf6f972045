// SPDX-License-Identifier: Apache-2.0
// English, in three parts that are loaded side by side.
import type { Key } from '../zh';
import { first } from './first';
import { later } from './later';
import { office } from './office';

export const en: Record<Key, string> = { ...first, ...later, ...office };
