// SPDX-License-Identifier: Apache-2.0
import type { RouteRecordRaw } from 'vue-router';

const nothing = (): Promise<unknown> => import('@/app/Nothing.vue');

export const routes: RouteRecordRaw[] = [
  { path: '/login', name: 'login', component: () => import('@/app/Login.vue'), meta: { open: true, bare: true, title: 'login.title' } },
  { path: '/ack/:key', name: 'ack', component: () => import('@/app/AckPage.vue'), meta: { open: true, bare: true, title: 'ack.title' } },
  { path: '/password', name: 'first-password', component: () => import('@/app/FirstPassword.vue'), meta: { bare: true, title: 'password.title' } },
  { path: '/setup', name: 'setup', component: () => import('./setup/Setup.vue'), meta: { bare: true, title: 'setup.title', act: 'setup.finish' } },
  { path: '/', name: 'overview', component: () => import('./Overview.vue'), meta: { title: 'nav.overview', group: 'nav.g.work', act: 'overview.get' } },
  { path: '/todo', name: 'todo', component: () => import('./Todo.vue'), meta: { title: 'nav.todo', group: 'nav.g.work', act: 'todo.list' } },
  { path: '/lead', name: 'lead', component: () => import('./lead/Lead.vue'), meta: { title: 'nav.lead', group: 'nav.g.work', act: 'overview.get' } },
  { path: '/alerts/:id(\\d+)?', name: 'alerts', component: () => import('./alerts/Alerts.vue'), meta: { title: 'nav.alerts', group: 'nav.g.monitor', act: 'alerts.list' } },
  { path: '/rules', name: 'rules', component: () => import('./rules/Rules.vue'), meta: { title: 'nav.rules', group: 'nav.g.monitor', act: 'rules.list' } },
  { path: '/net', name: 'net', component: () => import('./net/Net.vue'), meta: { title: 'nav.net', group: 'nav.g.monitor', act: 'checks.list' } },
  { path: '/net/:id(\\d+)', name: 'device', component: () => import('./net/Device.vue'), meta: { title: 'nav.net', group: 'nav.g.monitor', act: 'checks.get' } },
  { path: '/topology/:id(\\d+)?', name: 'topology', component: () => import('./topology/Topology.vue'), meta: { title: 'nav.topology', group: 'nav.g.monitor', act: 'topology.get' } },
  { path: '/checks/:id(\\d+)?', name: 'checks', component: () => import('./checks/Checks.vue'), meta: { title: 'nav.checks', group: 'nav.g.monitor', act: 'checks.list' } },
  { path: '/maintenance/:id(\\d+)?', name: 'maintenance', component: () => import('./maintenance/Windows.vue'), meta: { title: 'nav.maintenance', group: 'nav.g.monitor', act: 'maintenance.list' } },
  { path: '/assets/:id(\\d+)?', name: 'assets', component: () => import('./assets/Assets.vue'), meta: { title: 'nav.assets', group: 'nav.g.monitor', act: 'assets.list' } },
  { path: '/found/:id(\\d+)?', name: 'found', component: () => import('./found/Found.vue'), meta: { title: 'kind.discovered', group: 'nav.g.monitor', act: 'discovered.list' } },
  { path: '/findings/:id(\\d+)?', name: 'findings', component: () => import('./findings/Findings.vue'), meta: { title: 'nav.findings', group: 'nav.g.notice', act: 'findings.list' } },
  { path: '/decisions', name: 'decisions', component: () => import('./decisions/Decisions.vue'), meta: { title: 'nav.decisions', group: 'nav.g.notice', act: 'decisions.list' } },
  { path: '/notices', name: 'notices', component: () => import('./notices/Notices.vue'), meta: { title: 'nav.notices', group: 'nav.g.notice', act: 'notices.list' } },
  { path: '/notices/new', name: 'notice-new', component: () => import('./notices/NoticeEdit.vue'), meta: { title: 'notice.new', group: 'nav.g.notice', act: 'notices.create' } },
  { path: '/notices/:id(\\d+)', name: 'notice', component: () => import('./notices/Notice.vue'), meta: { title: 'nav.notices', group: 'nav.g.notice', act: 'notices.get' } },
  { path: '/notices/:id(\\d+)/edit', name: 'notice-edit', component: () => import('./notices/NoticeEdit.vue'), meta: { title: 'notice.edit', group: 'nav.g.notice', act: 'notices.update' } },
  { path: '/units/:id(\\d+)?', name: 'units', component: () => import('./register/Units.vue'), meta: { title: 'nav.units', group: 'nav.g.manage', act: 'units.list' } },
  { path: '/deliveries', name: 'deliveries', component: () => import('./Deliveries.vue'), meta: { title: 'nav.deliveries', group: 'nav.g.manage', act: 'deliveries.list' } },
  { path: '/audit', name: 'audit', component: () => import('./Audit.vue'), meta: { title: 'nav.audit', group: 'nav.g.system', act: 'audit.state' } },
  { path: '/users', name: 'users', component: () => import('./users/Users.vue'), meta: { title: 'nav.users', group: 'nav.g.system', act: 'users.list' } },
  { path: '/settings', name: 'settings', component: () => import('./settings/Settings.vue'), meta: { title: 'nav.settings', group: 'nav.g.system', act: 'settings.list' } },
  { path: '/health', name: 'health', component: () => import('./settings/Health.vue'), meta: { title: 'nav.health', group: 'nav.g.system', act: 'health.get' } },
  { path: '/checkup', name: 'checkup', component: () => import('./settings/Checkup.vue'), meta: { title: 'nav.checkup', group: 'nav.g.system', act: 'checkup.get' } },
  { path: '/me', name: 'me', component: () => import('@/app/Me.vue'), meta: { title: 'nav.me', group: 'nav.g.work', act: 'session.get' } },
  { path: '/:rest(.*)*', name: 'nothing', component: nothing, meta: { title: 'nothing.title' } },
];
