// SPDX-License-Identifier: Apache-2.0
// The same without the names of parameters, for what is said beside notices and findings.
import { addWords } from '@/i18n';
import { regulation } from '@/i18n/zh/regulation';

addWords(regulation);
