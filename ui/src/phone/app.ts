// SPDX-License-Identifier: Apache-2.0
import '@/styles/phone.css';
import { startApp } from '@/app/start';
import Root from './Root.vue';
import { routes } from './routes';

export async function start(): Promise<void> {
  await startApp(Root, routes);
}
