// SPDX-License-Identifier: Apache-2.0
// Importing this brings the words of the notices' screens, which the desk's first load has not.
import { addWords } from '@/i18n';
import { regulation } from '@/i18n/zh/regulation';
import { prints } from '@/i18n/zh/prints';
import { review } from '@/i18n/zh/review';

addWords({ ...prints, ...review, ...regulation });
