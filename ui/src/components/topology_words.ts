// SPDX-License-Identifier: Apache-2.0
// Importing this brings the words of the network map, which the desk's first load has not.
import { addWords } from '@/i18n';
import { topology } from '@/i18n/zh/topology';

addWords(topology);
