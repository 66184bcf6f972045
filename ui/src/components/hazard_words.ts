// SPDX-License-Identifier: Apache-2.0
// Importing this brings the words of what a unit reports, which no first load has.
import { addWords } from '@/i18n';
import { hazard } from '@/i18n/zh/hazard';

addWords(hazard);
