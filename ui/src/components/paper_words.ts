// SPDX-License-Identifier: Apache-2.0
// Importing this brings the words of papers, which no first load has.
import { addWords } from '@/i18n';
import { prints } from '@/i18n/zh/prints';

addWords(prints);
