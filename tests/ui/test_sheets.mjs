#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// The sheet a school has, from the file to the register and back, by clicking: columns corrected, a
// unit confirmed, faults taken away, imported, undone; in both languages, on the desk and at 390 px, by axe's rules.
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { BASE, onTheDesk, PHONE, ROOT, say, startPlatform, step, sum } from './house.mjs';

onTheDesk(import.meta.filename, 'sheets');
const { as } = await import('./day.mjs');
const { call, people, records } = await import('./school.mjs');
const AXE = readFileSync(createRequire(join(ROOT, 'ui/package.json')).resolve('axe-core/axe.min.js'), 'utf8');
const SHEET = ['2026 年信息资产台账', '序号,系统名称,责任部门,责任人,服务器IP,重要程度,楼宇', '1,教务系统,教务处（招生办）,张三 13800000001,10.20.31.11、10.20.31.12,核心,一号楼',
  '2,图书系统,图书馆,李四,10.20.31.16-19,一般,二号楼', '3,就业网,教务处,,10.20.31.999,一般,二号楼'].join('\n');
const button = (page, name) => page.getByRole('button', { name, exact: true });

async function look(page, name) {
  await page.evaluate(AXE);
  const found = await page.evaluate(async () => (await window.axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] })).violations.map((v) => `${v.id}: ${v.nodes.slice(0, 2).map((n) => n.html.slice(0, 160)).join(' | ')}`));
  say(found.length === 0, `axe finds nothing: ${name}`, found.join('\n'));
  if (process.env.FENGSUI_SHOTS) {
    mkdirSync(process.env.FENGSUI_SHOTS, { recursive: true });
    await page.screenshot({ path: join(process.env.FENGSUI_SHOTS, `sheets-${name}.png`) });
  }
}

const take = (box) => box.locator('input[type=file]').setInputFiles({ name: '台账.csv', mimeType: 'text/csv', buffer: Buffer.from(SHEET) });

async function imported(page) {
  const box = page.getByRole('dialog');
  await step('an operator gives the sheet he has', page, async () => {
    await page.goto(`${BASE}/assets`);
    await button(page, '导入').first().click();
    await look(page, 'take');
    await take(box);
    await box.getByText('猜错的请改').waitFor();
  });
  await step('columns are guessed below the title, and can be said otherwise', page, async () => {
    const name = box.getByLabel('“系统名称”对应');
    await name.waitFor();
    const said = await name.evaluate((select) => select.selectedOptions[0]?.text);
    if (said !== '名称') {
      throw new Error(said);
    }
    await look(page, 'columns');
    await box.getByLabel('“楼宇”对应').selectOption({ label: '备注' });
    await button(box, '下一步').click();
  });
  await step('a unit that is not quite known is confirmed', page, async () => {
    const which = box.getByLabel('“教务处（招生办）”是');
    await which.waitFor();
    await look(page, 'units');
    await box.getByLabel('“图书馆”是').selectOption({ label: '新建这个单位' });
    await button(box, '下一步').click();
  });
  await step('the dry run says which cell is wrong', page, async () => {
    await box.getByText('10.20.31.999').first().waitFor();
    await look(page, 'check');
    const [file] = await Promise.all([page.waitForEvent('download'), box.getByRole('link', { name: '下载错误表' }).click()]);
    if (!file.suggestedFilename().endsWith('.xlsx')) {
      throw new Error(file.suggestedFilename());
    }
  });
  await step('the rest is imported', page, async () => {
    await button(box, '导入 2 行').click();
    await box.getByText('已导入').first().waitFor();
    await look(page, 'done');
    await button(box, '关闭').last().click();
    await page.getByText('图书系统').first().waitFor();
  });
}

async function undone(page) {
  await step('and undone from the list of imports', page, async () => {
    await button(page, '导入').first().click();
    await page.getByText('以往的导入').click();
    await button(page.getByRole('dialog'), '撤销').click();
    await page.getByText('将撤回').waitFor();
    await look(page, 'undo');
    await button(page, '撤销本次导入').last().click();
    await page.getByText('将撤回').waitFor({ state: 'hidden' });
    await page.goto(`${BASE}/assets`);
    await page.getByText('教务管理系统').first().waitFor();
    if (await page.getByText('图书系统').count()) {
      throw new Error('it is still there');
    }
  });
}

async function found(page) {
  await step('two characters, an address and a number are found from anywhere', page, async () => {
    await page.goto(`${BASE}/`);
    for (const [words, hit] of [['教务', '教务管理系统'], ['20.31.10', '教务管理系统'], ['弱口令', '关于教务管理系统弱口令的通报']]) {
      await page.locator('.search-open').click();
      await page.locator('.palette-input').fill(words);
      await page.locator('.palette-hit', { hasText: hit }).first().waitFor();
      await page.keyboard.press('Escape');
      await page.locator('.palette-input').waitFor({ state: 'hidden' });
    }
  });
  await step('what is no sheet is refused in words', page, async () => {
    await page.goto(`${BASE}/units?tab=people`);
    await button(page, '导入').first().click();
    await page.getByRole('dialog').locator('input[type=file]').setInputFiles({ name: 'x.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.7\n') });
    await page.getByText('这不是表格').waitFor();
  });
}

async function english(page) {
  const box = page.getByRole('dialog');
  await step('in English on a phone, dark', page, async () => {
    await page.goto(`${BASE}/assets?import=1`);
    await box.getByText('Use the sheet you have').waitFor();
    await take(box);
    await box.getByText('Correct wrong guesses').waitFor();
    await look(page, 'columns-en-phone');
    await button(box, 'Next').click();
    await box.getByText('not quite those').waitFor();
    await look(page, 'units-en-phone');
    const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    if (over > 0) {
      throw new Error(`${over} px too wide`);
    }
  });
}

const platform = await startPlatform();
try {
  let secret = {};
  await as('admin', {}, async (page) => {
    secret = await people(page);
  }, platform.oneTime);
  await as('zhou', {}, async (page) => {
    await records(page);
    await call(page, 'GET', '/units');
    await imported(page);
    await undone(page);
    await found(page);
  }, secret.zhou);
  await as('zhou', { ...PHONE, locale: 'en', theme: 'dark' }, english);
} catch (error) {
  say(false, 'it runs to its end', error.message);
} finally {
  await platform.stop();
}
sum();
