// SPDX-License-Identifier: Apache-2.0
// Importing this brings the words of superiors' forms.
import { addWords } from '@/i18n';
import { annexes } from '@/i18n/zh/annexes';

addWords(annexes);
