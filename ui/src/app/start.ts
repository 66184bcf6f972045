// SPDX-License-Identifier: Apache-2.0
// What desk and phone share when they start: session, queries, the way back to the log-in page.
import { VueQueryPlugin } from '@tanstack/vue-query';
import { createApp, watchEffect, type Component } from 'vue';
import { createRouter, createWebHistory, type RouteRecordRaw, type Router } from 'vue-router';
import { whenSignedOut } from '@/api/client';
import { t, type Key } from '@/i18n';
import { followStream, queries } from '@/lib/queries';
import { homeOf, loadSession, session } from '@/lib/session';
import { page, titleOf, urgent } from '@/lib/title';

declare module 'vue-router' {
  interface RouteMeta {
    title?: Key;
    group?: Key;
    act?: string;
    open?: boolean;
    bare?: boolean;
  }
}

function guard(router: Router): void {
  let asked = false;
  router.beforeEach(async (to) => {
    if (!asked) {
      asked = true;
      await loadSession().catch(() => null);
    }
    const who = session.value;
    const held = who?.must_change_password || who?.second_pending;
    if (to.meta.open) {
      return to.name === 'login' && who && !held ? homeOf(who.role) : true;
    }
    if (!who) {
      return { name: 'login', query: { next: to.fullPath } };
    }
    if (held && to.name !== 'first-password') {
      return { name: 'first-password', query: { next: to.fullPath } };
    }
    if (to.path === '/' && homeOf(who.role) !== '/') {
      return homeOf(who.role);
    }
    // An unknown page and a forbidden one say the same.
    return to.meta.act && !who.acts.includes(to.meta.act) ? { name: 'nothing', params: { rest: to.path.split('/').slice(1) }, query: to.query, replace: true } : true;
  });
  router.afterEach((to) => {
    page.value = to.meta.title;
  });
  watchEffect(() => {
    document.title = titleOf(page.value && t(page.value), t('app.name'), urgent.value);
  });
}

export async function startApp(root: Component, routes: RouteRecordRaw[]): Promise<void> {
  const router = createRouter({ history: createWebHistory(), routes, scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 } });
  guard(router);
  whenSignedOut(() => {
    // Who was never signed in is sent where he goes by the guard, which knows the page he wants.
    if (!session.value) {
      return;
    }
    session.value = null;
    queries.clear();
    const at = router.currentRoute.value;
    if (!at.meta.open) {
      void router.replace({ name: 'login', query: { next: at.fullPath } });
    }
  });
  followStream();
  const app = createApp(root);
  app.use(router).use(VueQueryPlugin, { queryClient: queries });
  await router.isReady().catch(() => undefined);
  app.mount('#app');
}
