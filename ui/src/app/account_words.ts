// SPDX-License-Identifier: Apache-2.0
// Importing this brings the words of one's own account, which no first load has.
import { addWords } from '@/i18n';
import { account } from '@/i18n/zh/account';

addWords(account);
