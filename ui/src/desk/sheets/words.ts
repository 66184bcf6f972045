// SPDX-License-Identifier: Apache-2.0
// Importing this brings the words of sheets people send in, which the desk's first load has not.
import '../register/words';
import { addWords } from '@/i18n';
import { sheets } from '@/i18n/zh/sheets';

addWords(sheets);
