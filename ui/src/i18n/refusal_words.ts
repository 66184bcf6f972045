// SPDX-License-Identifier: Apache-2.0
import { addWords } from '.';
import { commonRefusals } from './zh/common_refusals';

addWords(commonRefusals);
