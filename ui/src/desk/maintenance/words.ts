// SPDX-License-Identifier: Apache-2.0
// Importing this brings the words of maintenance windows, which the desk's first load has not.
import { addWords } from '@/i18n';
import { windows } from '@/i18n/zh/windows';

addWords(windows);
