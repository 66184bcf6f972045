// SPDX-License-Identifier: Apache-2.0
// Importing this brings the words about photographed papers, which no first load has.
import { addWords } from '@/i18n';
import { photo } from '@/i18n/zh/photo';

addWords(photo);
