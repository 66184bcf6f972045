// SPDX-License-Identifier: Apache-2.0
// The menu of the acting role: what it may not open is not there.
import { Activity, Siren, BookOpen, Bug, CalendarClock, ClipboardCheck, ClipboardList, Gauge, HeartPulse, Inbox, LayoutDashboard, ListChecks, Mails, Lightbulb, Network, ScrollText, Search, Send, Server, Settings, ShieldAlert, SlidersHorizontal, UserCog, Users, Workflow } from '@lucide/vue';
import type { Component } from 'vue';
import type { Key } from '@/i18n';

export interface MenuItem {
  name: string;
  key: Key;
  icon: Component;
  act: string;
  to: string;
  not?: string[];
  only?: string[];
}

export interface MenuGroup {
  key: Key;
  items: MenuItem[];
}

const UNIT_SIDE = ['officer', 'specialist', 'unit_head'];
const LEADERS = ['vice_president', 'leading_group'];

export const MENU: MenuGroup[] = [
  {
    key: 'nav.g.work',
    items: [
      { name: 'lead', key: 'nav.lead', icon: Gauge, act: 'overview.get', to: '/lead', only: LEADERS },
      { name: 'overview', key: 'nav.overview', icon: LayoutDashboard, act: 'overview.get', to: '/', not: [...UNIT_SIDE, ...LEADERS, 'auditor'] },
      { name: 'todo', key: 'nav.todo', icon: Inbox, act: 'todo.list', to: '/todo' },
    ],
  },
  {
    key: 'nav.g.monitor',
    items: [
      { name: 'alerts', key: 'nav.alerts', icon: ShieldAlert, act: 'alerts.list', to: '/alerts' },
      { name: 'net', key: 'nav.net', icon: Network, act: 'checks.list', to: '/net' },
      { name: 'topology', key: 'nav.topology', icon: Workflow, act: 'topology.get', to: '/topology' },
      { name: 'checks', key: 'nav.checks', icon: Activity, act: 'checks.list', to: '/checks' },
      { name: 'maintenance', key: 'nav.maintenance', icon: CalendarClock, act: 'maintenance.list', to: '/maintenance' },
      { name: 'rules', key: 'nav.rules', icon: SlidersHorizontal, act: 'rules.list', to: '/rules' },
      { name: 'assets', key: 'nav.assets', icon: Server, act: 'assets.list', to: '/assets' },
      { name: 'found', key: 'kind.discovered', icon: Search, act: 'discovered.list', to: '/found' },
    ],
  },
  {
    key: 'nav.g.notice',
    items: [
      { name: 'incoming', key: 'nav.incoming', icon: Mails, act: 'incoming.list', to: '/incoming' },
      { name: 'events', key: 'nav.events', icon: Siren, act: 'events.list', to: '/events' },
      { name: 'findings', key: 'nav.findings', icon: Bug, act: 'findings.list', to: '/findings' },
      { name: 'notices', key: 'nav.notices', icon: ClipboardCheck, act: 'notices.list', to: '/notices' },
      { name: 'selfchecks', key: 'nav.selfchecks', icon: ListChecks, act: 'selfchecks.list', to: '/selfchecks' },
      { name: 'decisions', key: 'nav.decisions', icon: ClipboardList, act: 'decisions.list', to: '/decisions' },
      { name: 'knowledge', key: 'nav.knowledge', icon: Lightbulb, act: 'knowledge.list', to: '/knowledge' },
      { name: 'policy', key: 'nav.policy', icon: BookOpen, act: 'regulations.list', to: '/policy' },
      { name: 'group', key: 'nav.group', icon: ListChecks, act: 'tasks.list', to: '/group' },
      { name: 'days', key: 'nav.days', icon: CalendarClock, act: 'calendars.get', to: '/days' },
    ],
  },
  {
    key: 'nav.g.manage',
    items: [
      { name: 'units', key: 'nav.units', icon: Users, act: 'units.list', to: '/units' },
      { name: 'deliveries', key: 'nav.deliveries', icon: Send, act: 'deliveries.list', to: '/deliveries' },
    ],
  },
  {
    key: 'nav.g.system',
    items: [
      { name: 'checkup', key: 'nav.checkup', icon: ClipboardList, act: 'checkup.get', to: '/checkup' },
      { name: 'audit', key: 'nav.audit', icon: ScrollText, act: 'audit.state', to: '/audit' },
      { name: 'users', key: 'nav.users', icon: UserCog, act: 'users.list', to: '/users' },
      { name: 'health', key: 'nav.health', icon: HeartPulse, act: 'health.get', to: '/health' },
      { name: 'settings', key: 'nav.settings', icon: Settings, act: 'settings.list', to: '/settings' },
    ],
  },
];

export function menuFor(role: string, acts: string[]): MenuGroup[] {
  const open = (i: MenuItem): boolean => acts.includes(i.act) && !i.not?.includes(role) && (!i.only || i.only.includes(role));
  return MENU.map((g) => ({ key: g.key, items: g.items.filter(open) })).filter((g) => g.items.length > 0);
}
