// SPDX-License-Identifier: Apache-2.0
// Importing this brings the words of deadlines and days.
import '@/components/due_words';
import { addWords } from '@/i18n';
import { days } from '@/i18n/zh/days';
import { office_refusals } from '@/i18n/zh/office_refusals';

addWords({ ...days, ...office_refusals });
