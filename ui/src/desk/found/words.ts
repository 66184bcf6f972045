// SPDX-License-Identifier: Apache-2.0
// Importing this brings the words of what was found on the network, which the desk's first load has not.
import '../maintenance/words';
import { addWords } from '@/i18n';
import { found } from '@/i18n/zh/found';

addWords(found);
