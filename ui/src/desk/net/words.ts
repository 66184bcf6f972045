// SPDX-License-Identifier: Apache-2.0
// Importing this brings the words of the network's screens, which the desk's first load has not.
import { addWords } from '@/i18n';
import { metrics } from '@/i18n/zh/metrics';
import { network } from '@/i18n/zh/network';

addWords({ ...metrics, ...network });
