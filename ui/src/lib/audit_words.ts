// SPDX-License-Identifier: Apache-2.0
// Importing this brings the words of the audit log, which the desk's first load has not.
import { addWords } from '@/i18n';
import { trail } from '@/i18n/zh/trail';

addWords(trail);
