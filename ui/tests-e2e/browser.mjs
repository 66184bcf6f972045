// SPDX-License-Identifier: Apache-2.0
// One way to start the browser for every picture and every test of tests/ui. It lies here, where its
// library is found.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const ARGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
export const URL_BASE = process.env.FENGSUI_URL ?? 'http://127.0.0.1:8640';

/** A fresh profile at a size and theme; close() removes it. */
export async function browse({ width = 1440, height = 900, theme = 'light', locale = 'zh-CN' } = {}) {
  const profile = mkdtempSync(join(tmpdir(), 'fengsui-ui-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: '/usr/bin/chromium', headless: true, args: ARGS, viewport: { width, height }, deviceScaleFactor: width < 600 ? 2 : 1,
    locale: 'zh-CN', timezoneId: 'Asia/Shanghai', colorScheme: theme, hasTouch: width < 600, isMobile: width < 600,
  });
  const page = context.pages()[0] ?? (await context.newPage());
  const faults = [];
  await page.addInitScript((l) => {
    localStorage.setItem('fengsui.locale', l);
    document.addEventListener('securitypolicyviolation', (e) => console.error(`CSP ${e.violatedDirective} ${e.blockedURI} ${e.sourceFile}:${e.lineNumber}`));
  }, locale);
  page.on('console', (m) => m.type() === 'error' && !/status of 40[134]/.test(m.text()) && faults.push(m.text()));
  page.on('pageerror', (e) => faults.push(String(e)));
  page.on('request', (r) => !r.url().startsWith(URL_BASE) && !/^(data|blob):/.test(r.url()) && faults.push(`foreign request ${r.url()}`));
  return { page, context, faults, close: async () => { await context.close(); rmSync(profile, { recursive: true, force: true }); } };
}

export async function signIn(page, account, password, next = '') {
  await page.goto(`${URL_BASE}/login${next ? `?next=${encodeURIComponent(next)}` : ''}`);
  await page.fill('input[name=username]', account);
  await page.fill('input[name=password]', password);
  await page.click('button[type=submit]');
  await page.waitForURL((u) => !u.pathname.startsWith('/login'));
}
