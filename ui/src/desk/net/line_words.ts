// SPDX-License-Identifier: Apache-2.0
// Importing this brings the words of lines, which the desk's first load has not.
import { addWords } from '@/i18n';
import { lines } from '@/i18n/zh/lines';

addWords(lines);
