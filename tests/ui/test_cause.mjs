#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// One cause, one message: an operator names a parent, the parent goes, and only it is told; a window of
// maintenance keeps quiet what is planned.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { BASE, campus, onTheDesk, PHONE, startPlatform, step, sum, until } from './house.mjs';

onTheDesk(import.meta.filename, 'cause');
const { as } = await import('./day.mjs');
const { call, people } = await import('./school.mjs');
const LOOK = { width: 1440, height: 900 };
const button = (page, name) => page.getByRole('button', { name, exact: true });

async function shot(page, name) {
  if (process.env.FENGSUI_SHOTS) {
    mkdirSync(process.env.FENGSUI_SHOTS, { recursive: true });
    await page.waitForTimeout(600);
    await page.screenshot({ path: join(process.env.FENGSUI_SHOTS, `${name}.png`) });
  }
}
const checks = async (page) => Object.fromEntries((await call(page, 'GET', '/checks?limit=200')).items.map((c) => [c.name, c]));
const state = (page, name, wanted) => until(async () => (await checks(page))[name]?.state === wanted, `${name} is ${wanted}`);

async function parents(page) {
  await step('a parent is chosen in the form of a check', page, async () => {
    await call(page, 'POST', '/checks', { name: '核心交换机', kind: 'tcp', target: '10.20.11.10:80', interval_s: 1, retries: 1, severity: 'critical' });
    await page.goto(`${BASE}/checks`);
    await button(page, '新增检测').click();
    const box = page.getByRole('dialog');
    await box.getByLabel('目标', { exact: false }).fill('http://10.20.11.10/');
    await box.getByLabel('名称', { exact: false }).fill('教务网站');
    await box.getByLabel('间隔（秒）', { exact: false }).fill('1');
    await box.getByLabel('上级（依赖）', { exact: false }).selectOption({ label: '核心交换机' });
    await box.getByRole('button', { name: '移除 核心交换机' }).waitFor();
    await shot(page, 'check-form');
    await button(box, '保存').click();
    await state(page, '教务网站', 'up');
    await state(page, '核心交换机', 'up');
  });
}

async function outage(page) {
  await step('what fails behind it names it, and one message is sent', page, async () => {
    const before = (await call(page, 'GET', '/alerts?state=all&limit=200')).items.length;
    campus('stop', 'web');
    await state(page, '教务网站', 'unreachable');
    await page.goto(`${BASE}/checks?state=unreachable`);
    await page.getByText('（因 核心交换机）').first().waitFor();
    await shot(page, 'checks-unreachable');
    const alerts = (await call(page, 'GET', '/alerts?state=all&limit=200')).items;
    const fresh = alerts.slice(0, alerts.length - before);
    if (fresh.length !== 1 || fresh[0].title.args.name !== '核心交换机') {
      throw new Error(`alerts: ${JSON.stringify(fresh.map((a) => a.title))}`);
    }
    const incident = await call(page, 'GET', `/incidents/${fresh[0].incident_id}`);
    if (incident.affected_count !== 1 || incident.affected[0].check.name !== '教务网站') {
      throw new Error(`affected: ${JSON.stringify(incident.affected)}`);
    }
    await page.goto(`${BASE}/alerts/${fresh[0].id}`);
    await page.getByText('受影响 1 项').waitFor();
    await until(async () => (await call(page, 'GET', `/incidents/${fresh[0].incident_id}`)).timeline.some((x) => x.code === 'affected'), 'the entry in the timeline');
    await page.getByText('1 项因 核心交换机 不可达，未单独告警').waitFor();
    await shot(page, 'alert-affected');
  });
  await step('when it is back both are up again', page, async () => {
    campus('start', 'web');
    await state(page, '教务网站', 'up');
    await state(page, '核心交换机', 'up');
  });
}

async function maintenance(page) {
  await step('a window is made in its form and covers what hangs on its check', page, async () => {
    await page.goto(`${BASE}/maintenance`);
    await button(page, '新增维护窗口').first().click();
    const box = page.getByRole('dialog');
    await box.getByLabel('事由', { exact: false }).fill('核心交换机升级');
    await box.getByRole('radio', { name: '每周' }).click();
    await shot(page, 'window-form-weekly');
    await box.getByRole('radio', { name: '一次' }).click();
    await box.getByLabel('对象', { exact: false }).selectOption({ label: '核心交换机' });
    await shot(page, 'window-form');
    await button(box, '保存').click();
    await page.getByRole('grid').getByText('核心交换机升级').waitFor();
    await state(page, '教务网站', 'maintenance');
    await page.getByRole('grid').getByText('核心交换机升级').click();
    await page.locator('aside').getByText('进行中').waitFor();
    await shot(page, 'window');
    await page.goto(`${BASE}/checks?state=maintenance`);
    await page.getByText('维护中').first().waitFor();
    await shot(page, 'checks-maintenance');
  });
  await step('nobody is told while it is open, and what still fails is told at its end', page, async () => {
    const mails = async () => (await call(page, 'GET', '/deliveries?limit=200')).items.length;
    const before = await mails();
    campus('stop', 'web');
    await until(async () => (await call(page, 'GET', '/alerts?state=open&limit=200')).items.some((a) => a.title.args.name === '核心交换机'), 'the alert is kept');
    if (await mails() !== before) {
      throw new Error('somebody was told');
    }
    const window = (await call(page, 'GET', '/maintenance')).items[0];
    await page.goto(`${BASE}/maintenance/${window.id}`);
    await page.getByText('告警已记录，未通知：核心交换机').waitFor();
    await shot(page, 'window-muted');
    await button(page, '提前结束').click();
    await until(async () => await mails() > before, 'the mail at its end');
    campus('start', 'web');
  });
}

async function tagged(page) {
  await step('a window holds for what bears a tag, and not by terms nobody told', page, async () => {
    const unit = (await call(page, 'GET', '/units?limit=50')).items[0].id;
    await call(page, 'POST', '/assets', { name: '机房交换机', kind: 'device', owner_unit_id: unit, tags: '核心机房、双路供电' });
    await page.goto(`${BASE}/assets`);
    await page.getByRole('grid').getByText('机房交换机').click();
    await page.locator('aside').getByText('双路供电').waitFor();
    await button(page, '修改').click();
    await shot(page, 'asset-form');
    await page.keyboard.press('Escape');
    await shot(page, 'asset-tags');
    await page.goto(`${BASE}/maintenance`);
    await button(page, '新增维护窗口').first().click();
    const box = page.getByRole('dialog');
    await box.getByLabel('事由', { exact: false }).fill('机房例行断电');
    await box.getByRole('radio', { name: '每周' }).click();
    await box.getByRole('checkbox', { name: '周三' }).click();
    await box.getByLabel('学期', { exact: false }).selectOption({ label: '仅寒暑假' });
    await box.getByLabel('范围', { exact: false }).selectOption({ label: '标签' });
    await box.getByLabel('标签', { exact: false }).last().fill('双路供电');
    await shot(page, 'window-form-tag');
    await button(box, '保存').click();
    await page.getByText('尚未登记寒暑假').first().waitFor();
    await box.getByLabel('学期', { exact: false }).selectOption({ label: '全年' });
    await button(box, '保存').click();
    await page.getByRole('grid').getByText('标签 双路供电').waitFor();
    await page.getByRole('grid').getByText('机房例行断电').click();
    await page.locator('aside').getByText('双路供电').waitFor();
    await shot(page, 'window-tag');
  });
}

const platform = await startPlatform();
try {
  let secrets = {};
  await as('admin', LOOK, async (page) => {
    secrets = await people(page);
  }, platform.oneTime);
  await as('zhou', LOOK, async (page) => {
    await parents(page);
    await outage(page);
    await maintenance(page);
    await tagged(page);
  }, secrets.zhou);
  await as('zhou', PHONE, async (page) => {
    await step('on a phone', page, async () => {
      await page.goto(`${BASE}/maintenance`);
      await page.getByText('核心交换机升级').first().waitFor();
      await shot(page, 'windows-phone');
      await page.getByText('机房例行断电').first().click();
      await button(page, '修改').click();
      await page.getByRole('dialog').getByText('仅工作日').first().waitFor({ state: 'attached' });
      await shot(page, 'window-form-phone');
    });
  });
  await as('zhou', { ...LOOK, locale: 'en', theme: 'dark' }, async (page) => {
    await step('in English', page, async () => {
      await page.goto(`${BASE}/maintenance`);
      await page.getByRole('heading', { name: 'Maintenance' }).waitFor();
      await shot(page, 'windows-en');
      await page.getByText('机房例行断电').first().click();
      await button(page, 'Edit').click();
      await page.getByRole('dialog').getByText('Working days').first().waitFor({ state: 'attached' });
      await shot(page, 'window-form-en');
    });
  });
} finally {
  await platform.stop();
}
sum();
