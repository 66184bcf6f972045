// SPDX-License-Identifier: Apache-2.0
// Importing this brings the words of kept filters and of what is shut over a holiday.
import { addWords } from '@/i18n';
import { daily } from '@/i18n/zh/daily';

addWords(daily);
