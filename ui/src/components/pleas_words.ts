// SPDX-License-Identifier: Apache-2.0
// Importing this brings the words of what is asked for and decided, which no first load has.
import { addWords } from '@/i18n';
import { pleas } from '@/i18n/zh/pleas';

addWords(pleas);
