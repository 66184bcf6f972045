#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// An event: filed on a phone in a few taps, graded on the desk by what is answered, told upward with another's word,
// reported on from the phone, contained and ended; each screen light and dark, on a phone and in English.
// FENGSUI_SHOTS=FOLDER keeps pictures of the screens.
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { BASE, onTheDesk, PHONE, ROOT, say, startPlatform, step, sum } from './house.mjs';

onTheDesk(import.meta.filename, 'event');
const { as } = await import('./day.mjs');
const { call, people, records } = await import('./school.mjs');
const AXE = readFileSync(createRequire(join(ROOT, 'ui/package.json')).resolve('axe-core/axe.min.js'), 'utf8');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
const OUT = process.env.FENGSUI_SHOTS;
const TAPS_MOST = 12;
const button = (page, name) => page.getByRole('button', { name, exact: true });
let event = 0;
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
  const words = await page.evaluate(() => document.querySelector('main')?.textContent ?? '');
  const codes = words.match(/\b(?:did|event|events|event_name|todo|problem|due)\.[a-z_.]+/g) ?? [];
  say(codes.length === 0, `${name}: no code stands for a word`, codes.join(' '));
}

async function files(page) {
  let taps = 0;
  const tap = async (what) => { taps++; await what.click(); };
  await page.goto(`${BASE}/m`);
  await step('file an event on the phone', page, async () => {
    await tap(page.getByRole('link', { name: /隐患或事件/ }));
    await tap(page.getByText('安全事件', { exact: true }));
    await look(page, 'phone-file');
    await tap(page.getByLabel('发生了什么', { exact: false }));
    await page.getByLabel('发生了什么', { exact: false }).fill('教务管理系统首页被篡改');
    taps++; // the platform's own list: one press opens it, one chooses
    await tap(page.getByLabel('在哪个系统或位置', { exact: false }));
    await page.getByLabel('在哪个系统或位置', { exact: false }).selectOption({ label: '教务管理系统' });
    await tap(button(page, '上报'));
    await page.getByText(/已受理，编号 事件 \d{4}-001/).waitFor();
  });
  say(taps <= TAPS_MOST, `${taps} taps from the first page to the number, at most ${TAPS_MOST}`);
  await look(page, 'phone-receipt');
  await page.getByRole('link', { name: '查看事件' }).click();
  await page.waitForURL(/\/m\/e\/\d+/);
  event = Number(page.url().split('/').pop());
  await page.getByText('其余待查').waitFor();
  await look(page, 'phone-event');
}

async function grades(page) {
  await page.goto(`${BASE}/events`);
  await page.getByText('教务管理系统首页被篡改').first().waitFor();
  await look(page, 'desk-events');
  await page.goto(`${BASE}/events/${event}`);
  await step('grade it by what is answered', page, async () => {
    await page.getByLabel('事件类别', { exact: false }).selectOption({ label: 'IDI 信息破坏事件' });
    await page.getByLabel('子类', { exact: true }).selectOption({ label: 'IAI 信息篡改' });
    await page.getByLabel('网页出现违法有害内容吗？').selectOption({ label: '首页' });
    await page.getByLabel('首页挂出多少分钟').fill('31');
    await page.locator('.event-proposal').getByText('较大（Ⅲ级）').waitFor();
    await look(page, 'desk-grade');
    await page.getByRole('radio', { name: '较大（Ⅲ级）' }).click();
    await page.getByLabel('理由', { exact: false }).first().fill('首页挂出违法内容超过三十分钟');
    await button(page, '研判定级').click();
    await page.getByText('属地省级网信部门').first().waitFor();
  });
  say((await call(page, 'GET', `/events/${event}`)).class_2023 === 'na.deface', 'the class of 2023 is the one the mapping proposes');
  await look(page, 'desk-event');
}

async function drafts(page) {
  await page.goto(`${BASE}/events/${event}`);
  await step('draft what goes up', page, async () => {
    await button(page, '拟稿').first().click();
    await page.getByLabel('上报内容', { exact: false }).fill('我校教务管理系统首页被篡改，已断网处置。');
    await button(page, '拟稿').first().click();
    await page.getByText(/拟稿 周敏/).first().waitFor();
    await page.getByRole('checkbox', { name: /保留现场/ }).click();
    await button(page, '开始处置').click();
    await page.getByText('处置中').first().waitFor();
  });
}

async function approves(page) {
  await page.goto(`${BASE}/events/${event}`);
  await step('a leader approves it', page, async () => {
    await button(page, '批准').first().click();
    await button(page, '批准').first().click();
    await page.getByText(/批准 刘建国/).first().waitFor();
  });
}

async function sends(page) {
  await page.goto(`${BASE}/events/${event}`);
  await step('record that it was told, and by whom it was taken', page, async () => {
    await button(page, '登记已报').click();
    await page.getByLabel('上报渠道', { exact: false }).fill('12387 电话');
    await page.getByLabel('对方接报人', { exact: false }).fill('值班员张工');
    await button(page, '登记已报').click();
    await button(page, '登记回执').waitFor();
  });
  await look(page, 'desk-sent');
}

async function reports(page) {
  await page.goto(`${BASE}/m/e/${event}`);
  await step('a follow-up report from the phone', page, async () => {
    await button(page, '写续报').click();
    await page.getByLabel('已采取的措施及效果', { exact: false }).fill('已断网，切换到静态维护页。');
    await look(page, 'phone-report');
    await button(page, '提交').click();
    await page.getByText('已断网，切换到静态维护页。').first().waitFor();
  });
  await look(page, 'phone-reported');
  const shown = await page.evaluate(() => document.body.textContent ?? '');
  say(!shown.includes('网信'), 'the unit is not shown what goes up');
}

async function readsOnTheDesk(page) {
  await page.goto(`${BASE}/events/${event}`);
  await page.getByText('续报').first().waitFor();
  const shown = await page.evaluate(() => document.body.textContent ?? '');
  say(!shown.includes('网信') && !shown.includes('上报对象') && !shown.includes('还没有通知'), 'nor on a computer');
}

async function contains(page) {
  await page.goto(`${BASE}/events/${event}`);
  await step('accept the report, contain, and ask for a milder grade', page, async () => {
    await button(page, '接收').first().click();
    await page.getByText('已接收').first().waitFor();
    await page.getByLabel('处置情况', { exact: false }).fill('已断网隔离，页面已恢复。');
    await button(page, '已控制').click();
    await page.getByText('已控制').first().waitFor();
    await button(page, '重新研判').click();
    await page.getByRole('radio', { name: '一般（Ⅳ级）' }).click();
    await page.getByLabel('理由', { exact: false }).first().fill('核实后影响范围较小');
    await button(page, '申请调低为').click();
    await page.getByText('待审批').first().waitFor();
  });
}

async function allows(page) {
  await page.goto(`${BASE}/events/${event}`);
  await step('another allows the milder grade', page, async () => {
    await button(page, '同意').click();
    await page.getByText('一般（Ⅳ级）').first().waitFor();
  });
}

const platform = await startPlatform();
try {
  let secrets = {};
  await as('admin', {}, async (page) => { secrets = await people(page); }, platform.oneTime);
  await as('zhou', {}, (page) => records(page), secrets.zhou);
  await as('wang', PHONE, files, secrets.wang);
  await as('zhou', {}, async (page) => { await grades(page); await drafts(page); });
  await as('liu', {}, approves, secrets.liu);
  await as('zhou', {}, sends);
  await as('wang', PHONE, reports);
  await as('wang', {}, readsOnTheDesk);
  await as('zhou', {}, contains);
  await as('lin', {}, allows, secrets.lin);
  await as('lin', { locale: 'en' }, async (page) => { await page.goto(`${BASE}/events/${event}`); await page.getByText('Limits').first().waitFor(); await look(page, 'desk-event-en'); });
  await as('lin', PHONE, async (page) => { await page.goto(`${BASE}/events/${event}`); await page.getByText('教务管理系统首页被篡改').first().waitFor(); await look(page, 'desk-event-narrow'); });
} finally {
  await platform.stop();
}
sum();
