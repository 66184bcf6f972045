// SPDX-License-Identifier: Apache-2.0
// Importing this brings the words about who answers for a unit, which no first load has.
import { addWords } from '@/i18n';
import { tenure } from '@/i18n/zh/tenure';

addWords(tenure);
