#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Papers from superiors, own days and the leading group in a real browser: secrecy comes first, a paper
// becomes a notice due for its superior, days are chosen with the keyboard, every deadline explains
// itself; axe finds nothing, light and dark.  FENGSUI_SHOTS=FOLDER keeps pictures.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { BASE, onTheDesk, PHONE, ROOT, say, scan, startPlatform, step, sum } from './house.mjs';

onTheDesk(import.meta.filename, 'office');
const { as } = await import('./day.mjs');
const { call, people } = await import('./school.mjs');
const AXE = readFileSync(createRequire(join(ROOT, 'ui/package.json')).resolve('axe-core/axe.min.js'), 'utf8');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice'];
const SHOTS = process.env.FENGSUI_SHOTS;
if (SHOTS) {
  mkdirSync(SHOTS, { recursive: true });
}

async function shot(page, name) {
  if (SHOTS) {
    await page.waitForTimeout(500);
    await page.screenshot({ path: join(SHOTS, `${name}.png`), fullPage: true });
  }
}

async function axe(page, name) {
  await page.evaluate(AXE);
  const found = await page.evaluate(async (rules) => (await window.axe.run({ runOnly: rules })).violations.map((v) => `${v.id}: ${v.nodes.slice(0, 3).map((n) => n.html.slice(0, 160)).join(' | ')}`), RULES);
  say(found.length === 0, `axe finds nothing: ${name}`, found.join('\n'));
}

/* Wider than its window a page hides something. */
async function fits(page, name) {
  const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  say(over <= 0, `${name} is no wider than its window`, String(over));
}

let paper = 0;
let notice = 0;

async function office(page) {
  await step('the office begins at 收文, where nothing is yet', page, async () => {
    await page.waitForURL(/\/incoming/);
    await page.getByText('还没有收文').waitFor();
  });
  await step('of a state secret the form has number and place alone', page, async () => {
    await page.getByRole('button', { name: '登记来文' }).first().click();
    const dialog = page.getByRole('dialog');
    if (await dialog.getByLabel('标题').count()) {
      throw new Error('the form is there before secrecy is known');
    }
    await dialog.getByRole('radio', { name: '机密' }).click();
    await dialog.getByText('不要填写标题、内容').waitFor();
    if (await dialog.getByLabel('标题').count()) {
      throw new Error('a state secret is asked its title');
    }
    await shot(page, 'secret-form');
    await dialog.getByLabel('存放处').fill('机要室 3 柜');
    await dialog.getByRole('button', { name: '保存' }).click();
    await page.waitForURL(/\/incoming\/\d+/);
    await page.getByRole('button', { name: '存放归档' }).last().click();
    await page.getByText('已归档').first().waitFor();
  });
  await step('an open paper is registered, with its authority', page, async () => {
    await page.goto(`${BASE}/incoming`);
    await page.getByRole('button', { name: '来文单位' }).click();
    await page.getByLabel('新增来文单位').fill('示例省教育厅');
    await page.getByRole('dialog').getByRole('button', { name: '添加' }).click();
    await page.getByRole('dialog').getByText('示例省教育厅').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: '登记来文' }).first().click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('radio', { name: '公开' }).click();
    await dialog.getByLabel('标题').fill('关于开展校园网站安全排查整改的通知');
    await dialog.getByLabel('来文单位').selectOption({ label: '示例省教育厅' });
    await dialog.getByLabel('来文文号').fill('示教信〔2026〕7号');
    const day = new Date(Date.now() + 3 * 86400000 + 8 * 3600000).toISOString().slice(0, 10);
    await dialog.getByLabel('办理时限').fill(day);
    await shot(page, 'paper-form');
    await dialog.getByRole('button', { name: '保存' }).click();
    await page.waitForURL(/\/incoming\/\d+/);
    paper = Number(new URL(page.url()).pathname.split('/')[2]);
  });
  await step('it is scanned, proposed, instructed and handed over', page, async () => {
    const file = await scan(page);
    await page.locator('input[type=file][accept*="pdf"]').setInputFiles({ ...file, name: '来文.pdf' });
    await page.getByText('来文扫描件').waitFor();
    await page.getByLabel('拟办意见').fill('拟请信息技术中心办理');
    await page.getByRole('button', { name: '拟办' }).last().click();
    await page.getByLabel('批示人').waitFor();
    await page.getByLabel('批示人').fill('刘建国');
    await page.getByLabel('批示内容').fill('请信息技术中心抓紧办理，按时反馈。');
    await page.locator('button[type=submit]', { hasText: '批示' }).click();
    await page.locator('b', { hasText: '刘建国' }).waitFor();
    await page.locator('.card-accent select').first().selectOption({ label: '交承办人' });
    await page.getByLabel('承办人').last().selectOption({ label: '周敏 信息技术中心' });
    await page.locator('button[type=submit]', { hasText: '交承办人' }).click();
    await page.getByText('承办中').first().waitFor();
  });
  await step('its sheet is there as PDF and Word since the leader has written', page, async () => {
    await page.getByRole('heading', { name: '收文处理单' }).waitFor();
    await page.getByRole('link', { name: 'PDF' }).first().waitFor();
    const at = await page.getByRole('link', { name: 'PDF' }).first().getAttribute('href');
    const media = await page.evaluate(async (href) => (await fetch(href)).headers.get('content-type'), at);
    if (!/^\/api\/v1\/incoming\/\d+\/papers\/\d+$/.test(at) || media !== 'application/pdf') {
      throw new Error(`${at} is ${media}`);
    }
  });
  await axe(page, 'a paper');
  await shot(page, 'paper');
  await page.goto(`${BASE}/incoming`);
  await page.getByText('示教信').or(page.getByText('关于开展校园网站')).first().waitFor();
  await axe(page, '收文');
  await shot(page, 'incoming');
}

/* The form a superior sends, as the system test makes it. */
const form = () => execFileSync('python3', ['-c', 'import sys; sys.path.insert(0, "tests/system"); import annex_forms; sys.stdout.buffer.write(annex_forms.word_form())'], { cwd: ROOT });

async function annex(page) {
  await step('the superior\u2019s form is put in, checked and filled in', page, async () => {
    await page.goto(`${BASE}/incoming/${paper}`);
    await page.locator('input[accept=".docx,.xlsx"]').setInputFiles({ name: '附件：整改情况反馈表.docx', mimeType: 'application/octet-stream', buffer: form() });
    const dialog = page.getByRole('dialog');
    await dialog.locator('.annex-chip', { hasText: '整改措施' }).waitFor();
    await dialog.getByRole('button', { name: /第 4 行第 4 格/ }).click();
    await dialog.getByLabel('第 4 行第 4 格').first().waitFor();
    await dialog.locator('select').selectOption({ label: '问题描述 — 每条问题' });
    await dialog.locator('.annex-chip', { hasText: '问题描述 ↓' }).waitFor();
    await dialog.getByRole('button', { name: '看填好的样子' }).click();
    await dialog.locator('.annex-value', { hasText: '教务网站存在过期外链' }).waitFor();
    await axe(page, 'what goes where');
    await shot(page, 'annex-map');
    await dialog.getByRole('button', { name: '保存安排' }).click();
    await dialog.waitFor({ state: 'hidden' });
    await page.getByRole('button', { name: '填写', exact: true }).click();
    await page.getByText('已填好，1 条问题').waitFor();
    await page.getByText('填好的附件表').waitFor();
  });
  await axe(page, 'a paper with its form');
  await shot(page, 'annex');
}

async function operator(page) {
  await step('the operator finds it in his to-do and registers what it says', page, async () => {
    await page.goto(`${BASE}/todo`);
    await page.getByRole('link', { name: /办理反馈/ }).click();
    await page.waitForURL(/\/incoming\//);
    await page.getByRole('button', { name: '登记隐患' }).click();
    await page.getByRole('dialog').waitFor();
    await shot(page, 'paper-finding');
    await page.keyboard.press('Escape');
  });
  const unit = (await call(page, 'GET', '/units?limit=50')).items.find((u) => u.name === '教务处').id;
  const found = { title: '教务网站存在过期外链', kind: 'other', grade: 'low', unit_id: unit };
  const finding = (await call(page, 'POST', '/findings', { ...found, description: '来文附件所列', incoming_id: paper })).id;
  await call(page, 'POST', `/findings/${finding}/confirm`, found);
  notice = (await call(page, 'POST', '/notices', { title: '关于教务网站过期外链的通报', finding_ids: [finding], requirement: '请限期整改。' })).id;
  await call(page, 'POST', `/notices/${notice}/review`, {});
  await step('ledgers of all units are one file', page, async () => {
    await page.goto(`${BASE}/units`);
    const file = page.waitForEvent('download');
    await page.getByRole('button', { name: '打印安全台账' }).click();
    const name = (await file).suggestedFilename();
    if (!/单位安全台账 \d+份/.test(name)) {
      throw new Error(name);
    }
    await shot(page, 'units');
    await page.goto(`${BASE}/units/${unit}`);
    await page.getByRole('button', { name: '安全台账', exact: true }).waitFor();
    await shot(page, 'unit-drawer');
  });
  await annex(page);
  await step('days are chosen with the keyboard and their effect is shown', page, async () => {
    await page.goto(`${BASE}/days?tab=days`);
    const at = page.locator('.month-day[tabindex="0"]');
    await at.focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Shift+ArrowRight');
    await page.getByText(/\d{4}-\d\d-\d\d 至 \d{4}-\d\d-\d\d/).first().waitFor();
    await page.getByLabel('事由').fill('校庆');
    await page.getByRole('button', { name: '添加' }).click();
    await page.getByText('有未保存的改动').waitFor();
    await page.getByRole('button', { name: '查看影响' }).click();
    await page.getByText('没有通报的期限会变').waitFor();
    await page.getByRole('button', { name: '保存日历' }).click();
    await page.getByText('第 1 版').first().waitFor();
  });
  await axe(page, '工作日历');
  await shot(page, 'work-days');
}

async function director(page) {
  await call(page, 'POST', `/notices/${notice}/issue`, {});
  await step('the notice says that the superior is the shorter one, and why', page, async () => {
    await page.goto(`${BASE}/notices/${notice}`);
    await page.getByText('来文时限短于校内时限').first().waitFor();
    await page.getByRole('button', { name: '期限怎么算的' }).click();
    await page.getByText(/须在 \d{4}-\d\d-\d\d \d\d:\d\d 前办结/).waitFor();
    await shot(page, 'explained');
    await page.keyboard.press('Escape');
  });
  await step('it stands in the calendar of deadlines', page, async () => {
    await page.goto(`${BASE}/days`);
    await page.locator('.dues-count').first().waitFor();
    await page.getByRole('radio', { name: '按周' }).click();
  });
  await axe(page, '到期日历');
  await shot(page, 'dues');
  await step('a task of a meeting is made', page, async () => {
    await page.goto(`${BASE}/group?tab=meetings`);
    await page.getByRole('button', { name: '登记会议' }).first().click();
    await page.getByLabel('会议名称').fill('领导小组例会');
    await page.getByRole('dialog').getByRole('button', { name: '保存' }).click();
    await page.locator('.meeting-open').first().click();
    await page.getByRole('button', { name: '新增事项' }).first().click();
    await page.getByLabel('事项', { exact: true }).or(page.getByRole('dialog').getByLabel(/^事项/)).first().fill('完成弱口令清理');
    await page.getByRole('dialog').getByLabel('承办单位').selectOption({ label: '教务处' });
    await page.getByRole('dialog').getByRole('button', { name: '保存' }).click();
    await page.locator('.task-open').first().click();
    await page.getByText('还没有报告').waitFor();
  });
  await axe(page, '领导小组');
  await shot(page, 'group');
  await call(page, 'POST', '/guidance', { title: '关于假期值守的意见', text: '请各单位安排专人值守，保持电话畅通。' });
}

async function officer(page) {
  await step('the unit reads the guidance and reports', page, async () => {
    await page.goto(`${BASE}/group?tab=guidance`);
    await page.getByRole('button', { name: '已阅' }).click();
    await page.getByText('已阅').first().waitFor();
    await page.goto(`${BASE}/group`);
    await page.locator('.task-open').first().click();
    await page.getByRole('textbox', { name: /落实情况/ }).fill('已清理 31 个账号');
    await page.getByRole('button', { name: '报告落实情况' }).click();
    await page.locator('.drawer').getByText('已清理 31 个账号').first().waitFor();
  });
  for (const path of ['/group', '/days', '/days?tab=days']) {
    await page.goto(BASE + path);
    await page.locator('h1').first().waitFor();
    await page.waitForTimeout(600);
    await fits(page, path);
    await shot(page, `phone${path.replace(/\W/g, '-')}`);
  }
  await page.goto(`${BASE}/m/n/${notice}`);
  await page.getByRole('button', { name: '期限怎么算的' }).click();
  await page.getByText(/来文要求/).waitFor();
  say(true, 'the phone explains the deadline too');
  await shot(page, 'phone-explained');
}

async function dark(page) {
  for (const [name, path] of [['incoming', '/incoming'], ['paper', `/incoming/${paper}`], ['dues', '/days'], ['work-days', '/days?tab=days'], ['group', '/group'], ['guidance', '/group?tab=guidance']]) {
    await page.goto(BASE + path);
    await page.locator('h1').first().waitFor();
    await page.waitForTimeout(600);
    await axe(page, `${path}, dark, in English`);
    if (name === 'paper') {
      await page.getByRole('button', { name: 'Check what goes where' }).click();
      await page.getByRole('dialog').locator('.annex-chip').first().waitFor();
      await axe(page, 'what goes where, dark, in English');
      await shot(page, 'dark-annex-map');
      await page.keyboard.press('Escape');
    }
    await shot(page, `dark-${name}`);
  }
}

const platform = await startPlatform();
try {
  let secret = {};
  await as('admin', {}, async (page) => {
    secret = await people(page);
    const centre = (await call(page, 'GET', '/units?limit=50')).items.find((u) => u.name === '信息技术中心').id;
    secret.wen = (await call(page, 'POST', '/users', { account: 'wen', name: '郑文', unit_id: centre, mail: 'wen@campus.test', roles: [{ role: 'school_office', unit_id: null }] })).secret;
    await call(page, 'POST', '/setup/finish', {}).catch(() => undefined);
  }, platform.oneTime);
  await as('wen', {}, office, secret.wen);
  await as('zhou', {}, operator, secret.zhou);
  await as('lin', {}, director, secret.lin);
  await as('wang', PHONE, officer, secret.wang);
  await as('wen', { theme: 'dark', locale: 'en' }, dark);
  await as('wen', PHONE, async (page) => {
    for (const path of ['/incoming', `/incoming/${paper}`]) {
      await page.goto(BASE + path);
      await page.locator('h1').first().waitFor();
      await page.waitForTimeout(600);
      await fits(page, path);
      await shot(page, `phone${path.replace(/\W/g, '-')}`);
    }
  });
} catch (error) {
  say(false, 'the office works to its end', `${error.stack}\n${platform.log}`);
} finally {
  await platform.stop();
}
sum();
