// SPDX-License-Identifier: Apache-2.0
import { startApp } from '@/app/start';
import { addWords } from '@/i18n';
import { zhDesk } from '@/i18n/zh/desk';
import Root from './Root.vue';
import { routes } from './routes';

export async function start(): Promise<void> {
  addWords(zhDesk);
  await startApp(Root, routes);
}
