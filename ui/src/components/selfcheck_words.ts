// SPDX-License-Identifier: Apache-2.0
// Importing this brings the words of self-checks.
import './pleas_words';
import { addWords } from '@/i18n';
import { selfcheck } from '@/i18n/zh/selfcheck';

addWords(selfcheck);
