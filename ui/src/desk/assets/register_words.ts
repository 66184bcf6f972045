// SPDX-License-Identifier: Apache-2.0
// Importing this brings the words of the register of assets, which the desk's first load has not.
import { addWords } from '@/i18n';
import { assets } from '@/i18n/zh/assets';

addWords(assets);
