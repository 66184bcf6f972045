// SPDX-License-Identifier: Apache-2.0
// Importing this brings the words of the regulation's screens, which the desk's first load has not.
import { addWords } from '@/i18n';
import { params } from '@/i18n/zh/params';
import { regulation } from '@/i18n/zh/regulation';

addWords({ ...regulation, ...params });
