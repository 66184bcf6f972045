// SPDX-License-Identifier: Apache-2.0
// Importing this brings the words of events, which no first load has.
import './due_words';
import './grade_words';
import { addWords } from '@/i18n';
import { events } from '@/i18n/zh/events';

addWords(events);
