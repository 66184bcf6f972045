// SPDX-License-Identifier: Apache-2.0
import { manage } from './manage';
import { setup } from './setup';

export const zhDesk = { ...manage, ...setup };
