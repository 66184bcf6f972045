// SPDX-License-Identifier: Apache-2.0
import type { RouteRecordRaw } from 'vue-router';

const nothing = (): Promise<unknown> => import('@/app/Nothing.vue');

export const routes: RouteRecordRaw[] = [
  { path: '/login', name: 'login', component: () => import('@/app/Login.vue'), meta: { open: true, bare: true, title: 'login.title' } },
  { path: '/ack/:key', name: 'ack', component: () => import('@/app/AckPage.vue'), meta: { open: true, bare: true, title: 'ack.title' } },
  { path: '/password', name: 'first-password', component: () => import('@/app/FirstPassword.vue'), meta: { bare: true, title: 'password.title' } },
  { path: '/', name: 'overview', component: () => import('./Overview.vue'), meta: { title: 'nav.overview', group: 'nav.g.work', act: 'overview.get' } },
  { path: '/todo', name: 'todo', component: () => import('./Todo.vue'), meta: { title: 'nav.todo', group: 'nav.g.work', act: 'todo.list' } },
  { path: '/me', name: 'me', component: () => import('@/app/Me.vue'), meta: { title: 'nav.me', group: 'nav.g.work', act: 'session.get' } },
  { path: '/:rest(.*)*', name: 'nothing', component: nothing, meta: { title: 'nothing.title' } },
];
