// SPDX-License-Identifier: Apache-2.0
// Importing this brings the words of the notices' screens, which the desk's first load has not.
import { addWords } from '@/i18n';
import { papers } from '@/i18n/zh/papers';
import { review } from '@/i18n/zh/review';

addWords({ ...papers, ...review });
