// SPDX-License-Identifier: Apache-2.0
import { startApp } from '@/app/start';
import Root from '@/desk/Root.vue';
import { routes } from '@/desk/routes';

export async function start(): Promise<void> {
  await startApp(Root, routes);
}
