// SPDX-License-Identifier: Apache-2.0
// Importing this brings the words of units, people and accounts, which the desk's first load has not.
import { addWords } from '@/i18n';
import { register } from '@/i18n/zh/register';

addWords(register);
