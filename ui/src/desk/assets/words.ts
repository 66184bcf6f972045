// SPDX-License-Identifier: Apache-2.0
// Importing this brings the words of what must be renewed, which the desk's first load has not.
import { addWords } from '@/i18n';
import { expiry } from '@/i18n/zh/expiry';

addWords(expiry);
