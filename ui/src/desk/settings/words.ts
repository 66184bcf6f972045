// SPDX-License-Identifier: Apache-2.0
// Importing this brings the words of the settings, of the first set-up and of the platform's own
// health, which the desk's first load has not.
import { addWords } from '@/i18n';
import { prints } from '@/i18n/zh/prints';
import { setup } from '@/i18n/zh/setup';

addWords({ ...prints, ...setup });
