// SPDX-License-Identifier: Apache-2.0
// Importing this brings the words of papers from superiors.
import '@/components/due_words';
import { addWords } from '@/i18n';
import { office_refusals } from '@/i18n/zh/office_refusals';
import { papers } from '@/i18n/zh/papers';

addWords({ ...papers, ...office_refusals });
