// SPDX-License-Identifier: Apache-2.0
// Importing this brings the words of the leading group.
import '@/components/due_words';
import { addWords } from '@/i18n';
import { group } from '@/i18n/zh/group';
import { office_refusals } from '@/i18n/zh/office_refusals';

addWords({ ...group, ...office_refusals });
