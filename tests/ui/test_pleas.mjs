#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// A unit objects and asks for time on a phone, in two taps from the notice; the desk finds it on the list of what
// waits and decides; both write remarks. FENGSUI_SHOTS=FOLDER keeps pictures of the screens.
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { BASE, onTheDesk, PHONE, ROOT, say, startPlatform, step, sum } from './house.mjs';

onTheDesk(import.meta.filename, 'pleas');
const { as } = await import('./day.mjs');
const { call, people, records } = await import('./school.mjs');
const AXE = readFileSync(createRequire(join(ROOT, 'ui/package.json')).resolve('axe-core/axe.min.js'), 'utf8');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
const OUT = process.env.FENGSUI_SHOTS;
const button = (page, name) => page.getByRole('button', { name, exact: true });
if (OUT) {
  mkdirSync(OUT, { recursive: true });
}

/** axe finds nothing here, light and dark, and nothing is too wide; a picture of each, if asked for. */
async function look(page, name) {
  for (const theme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme: theme });
    await page.waitForTimeout(300);
    await page.evaluate(AXE);
    const found = await page.evaluate(async (rules) => (await window.axe.run({ runOnly: rules })).violations.map((v) => `${v.id}: ${v.nodes.slice(0, 3).map((n) => n.html.slice(0, 140)).join(' | ')}`), RULES);
    say(found.length === 0, `${name}: axe finds nothing, ${theme}`, found.join('\n'));
    if (OUT) {
      await page.screenshot({ path: join(OUT, `${name}-${theme}.png`), fullPage: true });
    }
  }
  await page.emulateMedia({ colorScheme: 'light' });
  const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  say(over <= 0, `${name}: nothing scrolls sideways`, `${over} px`);
}

async function raw(page) {
  const words = await page.evaluate(() => document.querySelector('main')?.textContent ?? '');
  const codes = words.match(/\b(?:did|plea|objection|extension|todo|problem|control)\.[a-z_.]+/g) ?? [];
  say(codes.length === 0, 'no code stands for a word', codes.join(' '));
}

async function objects(page, notice) {
  await page.goto(`${BASE}/m/n/${notice}`);
  await button(page, '立即签收').click();
  await page.waitForURL(/rectify/);
  await page.goto(`${BASE}/m/n/${notice}`);
  await step('object, in two taps from the notice', page, async () => {
    await page.getByRole('link', { name: '提出异议' }).click();
    await page.getByLabel('说明', { exact: false }).fill('该系统由信息技术中心运维，不由我单位管理。');
    await look(page, 'phone-object');
    await button(page, '提出异议').click();
    await page.getByText('非本单位资产').first().waitFor();
  });
  await look(page, 'phone-objected');
  await raw(page);
}

async function dismisses(page, notice) {
  await page.goto(`${BASE}/decisions`);
  await step('find the objection on the list and dismiss it', page, async () => {
    await page.getByText('该系统由信息技术中心运维').waitFor();
    await look(page, 'desk-decisions');
    await page.getByRole('link', { name: /关于教务管理系统/ }).click();
    await page.waitForURL(new RegExp(`/notices/${notice}`));
    await page.getByLabel('审批意见', { exact: false }).fill('台账登记责任单位为教务处，请按期整改。');
    await look(page, 'desk-objection');
    await button(page, '异议不成立').click();
    await page.getByText(/认定异议不成立/).waitFor();
  });
  await raw(page);
}

async function asksForTime(page, notice) {
  await page.goto(`${BASE}/m/n/${notice}`);
  await step('ask for time and write a remark on the phone', page, async () => {
    await page.getByRole('link', { name: '申请延期' }).click();
    const due = (await call(page, 'GET', `/notices/${notice}`)).due_at;
    await page.getByLabel('延至', { exact: false }).first().fill(new Date(due + 32 * 3600_000).toISOString().slice(0, 10));
    await page.getByLabel('理由', { exact: false }).fill('厂商补丁下周发布。');
    await page.getByLabel('临时管控措施', { exact: false }).fill('限制外网访问。');
    await button(page, '申请延期').click();
    await page.getByText('待审批').waitFor();
    await page.getByLabel('留言内容').fill('厂商周四到校。');
    await button(page, '发送').click();
    await page.getByText('厂商周四到校。').first().waitFor();
  });
  await look(page, 'phone-asked');
}

async function grants(page, notice) {
  await page.goto(`${BASE}/notices/${notice}`);
  await step('grant the time', page, async () => {
    await button(page, '批准').waitFor();
    await look(page, 'desk-extension');
    await button(page, '批准').click();
    await page.getByText(/批准延期/).first().waitFor();
  });
  await raw(page);
}

async function findings(page, finding) {
  await page.goto(`${BASE}/findings/${finding}`);
  await page.getByRole('heading', { name: '留言' }).waitFor();
  await look(page, 'desk-finding');
}

const platform = await startPlatform();
try {
  let secrets = {};
  let made = {};
  await as('admin', {}, async (page) => { secrets = await people(page); }, platform.oneTime);
  await as('zhou', {}, async (page) => { made = await records(page); }, secrets.zhou);
  await as('lin', {}, async (page) => { await call(page, 'POST', `/notices/${made.notice}/issue`, {}); }, secrets.lin);
  await as('wang', PHONE, (page) => objects(page, made.notice), secrets.wang);
  await as('zhou', {}, async (page) => { await dismisses(page, made.notice); await findings(page, made.finding); });
  await as('wang', PHONE, (page) => asksForTime(page, made.notice));
  await as('lin', { locale: 'en' }, async (page) => { await page.goto(`${BASE}/decisions`); await page.getByText('More time').first().waitFor(); await look(page, 'desk-decisions-en'); });
  await as('lin', {}, (page) => grants(page, made.notice));
} finally {
  await platform.stop();
}
sum();
