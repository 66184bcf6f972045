// SPDX-License-Identifier: Apache-2.0
import type { RouteRecordRaw } from 'vue-router';

export const routes: RouteRecordRaw[] = [
  { path: '/login', name: 'login', component: () => import('@/app/Login.vue'), meta: { open: true, bare: true, title: 'login.title' } },
  { path: '/password', name: 'first-password', component: () => import('@/app/FirstPassword.vue'), meta: { bare: true, title: 'password.title' } },
  { path: '/m', name: 'home', component: () => import('./Home.vue'), meta: { title: 'phone.home', act: 'todo.list' } },
  { path: '/m/notices', name: 'm-notices', component: () => import('./Notices.vue'), meta: { title: 'word.notices', act: 'notices.list' } },
  { path: '/m/n/:id(\\d+)', name: 'm-notice', component: () => import('./Notice.vue'), meta: { title: 'word.notices', act: 'notices.get', bare: true } },
  { path: '/m/n/:id(\\d+)/rectify', name: 'm-rectify', component: () => import('./Rectify.vue'), meta: { title: 'phone.rectify', act: 'notices.submit', bare: true } },
  { path: '/m/n/:id(\\d+)/object', name: 'm-object', component: () => import('./Plea.vue'), meta: { title: 'phone.rectify', act: 'notices.object', bare: true } },
  { path: '/m/n/:id(\\d+)/extend', name: 'm-extend', component: () => import('./Plea.vue'), meta: { title: 'phone.rectify', act: 'notices.ask_extension', bare: true } },
  { path: '/m/hazard', name: 'm-hazard', component: () => import('./Hazard.vue'), meta: { title: 'phone.hazard', act: 'findings.report', bare: true } },
  { path: '/m/e/:id(\\d+)', component: () => import('./EventRoute.vue'), meta: { title: 'phone.hazard', act: 'events.get', bare: true } },
  { path: '/m/unit/:id?', name: 'm-unit', component: () => import('./Unit.vue'), meta: { title: 'word.unit', act: 'filings.get', bare: true } },
  { path: '/m/:what(holiday|selfchecks)/:id(\\d+)', name: 'm-asked', component: () => import('./Asked.vue'), meta: { title: 'phone.home', act: 'todo.list', bare: true } },
  { path: '/m/me', name: 'm-me', component: () => import('./Me.vue'), meta: { title: 'phone.me', act: 'session.get' } },
  { path: '/:rest(.*)*', name: 'nothing', component: () => import('@/app/Nothing.vue'), meta: { title: 'nothing.title' } },
];
