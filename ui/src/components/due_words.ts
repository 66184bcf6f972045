// SPDX-License-Identifier: Apache-2.0
// Importing this brings the words of a deadline's derivation.
import { addWords } from '@/i18n';
import { due } from '@/i18n/zh/due';

addWords(due);
