// SPDX-License-Identifier: Apache-2.0
// Importing this brings the words of the rules' screen, which the desk's first load has not.
import { addWords } from '@/i18n';
import { metrics } from '@/i18n/zh/metrics';
import { rules } from '@/i18n/zh/rules';

addWords({ ...metrics, ...rules });
