// SPDX-License-Identifier: Apache-2.0
// Importing this brings the words of event grades and warning colours, which no first load has.
import { addWords } from '@/i18n';
import { grades } from '@/i18n/zh/grades';

addWords(grades);
