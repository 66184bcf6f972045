// SPDX-License-Identifier: Apache-2.0
// English, in two parts that are loaded side by side.
import type { Key } from '../zh';
import { first } from './first';
import { later } from './later';

export const en: Record<Key, string> = { ...first, ...later };
