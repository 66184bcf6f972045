#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// A unit's self-check, told by clicking: asked for, done on a phone with every question opened, its taps and seconds
// counted; what is wrong is reported by it; the centre looks at one, contradicts another; an important period.
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { BASE, onTheDesk, PHONE, ROOT, say, startPlatform, step, sum } from './house.mjs';

onTheDesk(import.meta.filename, 'selfcheck');
const { as } = await import('./day.mjs');
const { call, people, records } = await import('./school.mjs');
const AXE = readFileSync(createRequire(join(ROOT, 'ui/package.json')).resolve('axe-core/axe.min.js'), 'utf8');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
const SHOTS = process.env.FENGSUI_SHOTS;
const TAPS_MOST = 16;
const SECONDS_MOST = 60;
const button = (page, name) => page.getByRole('button', { name, exact: true });
const wrong = [];

/** Is this screen fit to be used, in light and dark, in both languages' first look, and does it fit its width? */
async function fit(page, name) {
  await page.locator('.skeleton').first().waitFor({ state: 'hidden', timeout: 5000 }).catch(() => undefined);
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme });
    await page.waitForTimeout(150);
    await page.evaluate(AXE);
    const found = await page.evaluate(async (rules) => (await window.axe.run({ runOnly: rules })).violations.map((v) => `${v.id}: ${v.nodes.slice(0, 2).map((n) => n.html.slice(0, 160)).join(' | ')}`), RULES);
    wrong.push(...found.map((f) => `${name} ${colorScheme}: ${f}`));
    if (SHOTS) {
      mkdirSync(SHOTS, { recursive: true });
      await page.screenshot({ path: join(SHOTS, `selfcheck-${name}-${colorScheme}.png`), fullPage: true });
    }
  }
  const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  wrong.push(...(over > 0 ? [`${name}: ${over} px too wide`] : []));
  await page.emulateMedia({ colorScheme: 'light' });
}

/** The questions of the check on the screen, opened and answered one after the other; how many taps that took. */
async function answerAll(page, special) {
  let taps = 0;
  const tap = async (it) => {
    await it.click();
    taps += 1;
  };
  const heads = page.locator('.sc-head');
  const count = await heads.count();
  for (let i = 0; i < count; i++) {
    await tap(heads.nth(i));
    const item = page.locator('.sc-item').nth(i);
    const answer = special?.[i] ?? '无';
    await tap(item.getByRole('radio', { name: answer, exact: true }));
    if (answer !== '无') {
      await item.locator('textarea').click();
      taps += 1;
      await page.keyboard.type(answer === '不适用' ? '本单位没有服务器' : '首页出现陌生链接');
    }
    const value = item.locator('.sc-body input.ctl');
    if (answer !== '不适用' && (await value.count()) > 0) {
      await tap(value);
      await page.keyboard.type('2026-11-20');
    }
  }
  return { taps, count };
}

const platform = await startPlatform();
let secret = {};
try {
  await as('admin', {}, async (page) => {
    secret = await people(page);
    const unit_id = (await call(page, 'GET', '/units?limit=50')).items.find((u) => u.name === '教务处').id;
    secret.du = (await call(page, 'POST', '/users', { account: 'du', name: '杜衡', unit_id, mail: 'du@campus.test', phone: '13900000009', roles: [{ role: 'unit_head', unit_id }] })).secret;
    await call(page, 'PUT', '/settings/address', { value: { base_url: BASE } });
    await call(page, 'PUT', '/settings/school', { value: { name: '湖北示例职业学院', short: '示例学院' } });
  }, platform.oneTime);
  const made = {};
  await as('zhou', {}, async (page) => {
    Object.assign(made, await records(page));
    await step('the desk asks for what is left of this week', page, async () => {
      await page.goto(`${BASE}/selfchecks`);
      await button(page, '现在下达本周自查').click();
      await fit(page, 'ask');
      await page.getByRole('dialog').getByRole('button', { name: '现在下达本周自查', exact: true }).click();
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      await page.getByRole('row', { name: /教务处/ }).waitFor();
      await fit(page, 'board-open');
    });
  }, secret.zhou);

  await as('wang', PHONE, async (page) => {
    await step('the officer opens and answers each question on the phone, within a minute', page, async () => {
      await page.goto(`${BASE}/m`);
      const began = Date.now();
      await page.getByText('每周自查').click();
      await page.locator('.sc-head').first().waitFor();
      say(await button(page, '提交自查').isDisabled(), 'nothing can be handed in before each question was opened');
      say((await page.getByText(/全部正常|一键/).count()) === 0, 'there is no button that answers all');
      const { taps, count } = await answerAll(page, { 0: '有（填报）' });
      await button(page, '提交自查').click();
      await page.getByText(/填报已受理，编号 H-\d+/).waitFor();
      const seconds = Math.round((Date.now() - began) / 1000);
      /* Besides: the card on the first page, and the button at the end. */
      console.log(`# ${count} questions: ${taps + 2} taps, ${seconds} s`);
      say(count === 6 && taps + 2 <= TAPS_MOST, `six questions with one report take at most ${TAPS_MOST} taps`, `${taps + 2}`);
      say(seconds <= SECONDS_MOST, `it takes at most ${SECONDS_MOST} s`, `${seconds} s`);
      await fit(page, 'phone-receipt');
      await page.locator('.sc-receipt').getByRole('button').click();
      await page.waitForURL(/\/m$/);
      await page.getByRole('heading', { name: /待签收/ }).waitFor();
      // The list it remembers is there first, and asked for anew.
      const gone = page.getByText('每周自查').first().waitFor({ state: 'hidden', timeout: 8000 });
      say(await gone.then(() => true, () => false), 'what is done is no to-do any more');
    });
    await step('what was handed in is there to be read, and its report in the list', page, async () => {
      const mine = (await call(page, 'GET', '/selfchecks?limit=5')).items[0];
      made.check = mine.id;
      await page.goto(`${BASE}/m/selfchecks/${mine.id}`);
      await page.getByText('首页出现陌生链接').first().waitFor();
      await fit(page, 'phone-read');
      await page.goto(`${BASE}/m/hazard`);
      await page.getByText('首页出现陌生链接').first().waitFor();
    });
  }, secret.wang);

  await as('du', PHONE, async (page) => {
    await step('the head sees the same, and cannot hand it in again', page, async () => {
      await page.goto(`${BASE}/selfchecks/${made.check}`);
      await page.waitForURL(/\/m\/selfchecks\/\d+$|\/selfchecks\/\d+$/);
      await page.getByText('首页出现陌生链接').first().waitFor();
      say((await button(page, '提交自查').count()) === 0, 'what was handed in is not handed in twice');
    });
  }, secret.du);

  await as('zhou', {}, async (page) => {
    await step('the board shows a fact beside what it is a share of', page, async () => {
      await page.goto(`${BASE}/selfchecks`);
      await page.getByRole('row', { name: /教务处/ }).getByText('有', { exact: true }).waitFor();
      await fit(page, 'board');
      await page.getByRole('row', { name: /教务处/ }).getByRole('link').first().click();
      await page.waitForURL(/\/selfchecks\/\d+$/);
    });
    await step('what the platform sees speaks against one answer, and a person decides', page, async () => {
      await page.getByRole('heading', { name: /教务处/ }).waitFor();
      await page.getByText('与“无”不一致').waitFor();
      await page.getByText('与监测结果不一致').waitFor();
      await fit(page, 'decide');
      say(await button(page, '不符').isDisabled() && await button(page, '属实').isVisible(), 'no contradiction without a reason');
      await page.getByLabel('理由').fill('教务管理系统仍有弱口令账号');
      await button(page, '不符').click();
      await page.getByText('抽查不符').first().waitFor();
      await fit(page, 'check');
    });
    await step('the list of those looked at', page, async () => {
      await page.goto(`${BASE}/selfchecks?tab=looked`);
      await page.getByText('与监测结果不一致').waitFor();
      await fit(page, 'looked');
    });
    await step('an important period is entered, and ended', page, async () => {
      await page.goto(`${BASE}/selfchecks?tab=periods`);
      await button(page, '新建重保时期').click();
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel('名称').fill('开学重保');
      await dialog.getByLabel('结束日期（含）').fill(new Date(Date.now() + 3 * 86_400_000).toISOString().slice(0, 10));
      await dialog.getByLabel('结束日期（含）').press('Tab');
      await fit(page, 'period-form');
      await dialog.getByRole('button', { name: '新建重保时期', exact: true }).click();
      await page.getByText('开学重保').waitFor();
      await fit(page, 'periods');
      await button(page, '提前结束').click();
      await page.getByText('已结束').first().waitFor();
    });
    await step('the school adds a question to a draft of its policy', page, async () => {
      const draft = await call(page, 'POST', '/regulations', { title: '自查项目修订' });
      await page.goto(`${BASE}/policy/${draft.id}?tab=selfcheck`);
      await button(page, '增加一问').click();
      await page.getByLabel('中文问法').fill('电子显示屏有无异常？');
      await fit(page, 'questions');
      await button(page, '保存').click();
      await page.getByRole('tab', { name: /与现行版本的差异/ }).click();
      await page.getByText('电子显示屏有无异常？').first().waitFor();
    });
  });

  await as('zhou', { locale: 'en' }, async (page) => {
    await step('the same board in English', page, async () => {
      await page.goto(`${BASE}/selfchecks`);
      await page.getByText('Ask for this week’s now').waitFor();
      await fit(page, 'board-en');
      await page.goto(`${BASE}/selfchecks/${made.check}`);
      await page.getByText('What the platform sees').first().waitFor();
      await fit(page, 'check-en');
    });
  });
  say(wrong.length === 0, 'every screen is fit to be used, in light and dark, at its width', [...new Set(wrong)].join('\n'));
} catch (error) {
  say(false, 'the self-check is told to the end', `${error.stack}\n${platform.log}`);
} finally {
  await platform.stop();
}
sum();
