#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// The regulation by clicking: read, drafted, weighed, shown, adopted; whom a finding goes to; how it is
// put right, on the phone too; the same act done to many; filters kept, systems shut over a holiday. With FENGSUI_SHOTS a picture of each screen.
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { BASE, onTheDesk, PHONE, ROOT, say, startPlatform, step, sum } from './house.mjs';

onTheDesk(import.meta.filename, 'policy');
const { as } = await import('./day.mjs');
const { call, people, records } = await import('./school.mjs');
const AXE = readFileSync(createRequire(join(ROOT, 'ui/package.json')).resolve('axe-core/axe.min.js'), 'utf8');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
const SHOTS = process.env.FENGSUI_SHOTS;
const LOOKS = [{}, { theme: 'dark' }, { locale: 'en' }, { ...PHONE }];

async function go(page, path) {
  await page.goto(BASE + path);
  await page.locator('main').first().waitFor();
  await page.locator('.skeleton').first().waitFor({ state: 'hidden', timeout: 8000 }).catch(() => undefined);
  await page.waitForTimeout(250);
}
async function looked(page, paths, look, who) {
  const wrong = [];
  const name = `${look.theme ?? 'light'}-${look.locale ?? 'zh'}-${look.width ?? 1440}`;
  for (const path of paths) {
    await go(page, path);
    const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    wrong.push(...(over > 0 ? [`${path}: ${over} px too wide`] : []));
    const codes = await page.evaluate(() => [...document.querySelectorAll('main *')].filter((n) => !n.children.length && !n.closest('.mono')).map((n) => n.textContent ?? '').filter((x) => /^(reg|know|route|many|advice|param|owner|did|problem)\.[\w.]+$/.test(x.trim())));
    wrong.push(...codes.map((c) => `${path}: shows ${c}`));
    await page.evaluate(AXE);
    wrong.push(...(await page.evaluate(async (rules) => (await window.axe.run({ runOnly: rules })).violations.map((v) => `${v.id}: ${v.nodes.slice(0, 2).map((n) => n.html.slice(0, 120)).join(' | ')}`), RULES)).map((v) => `${path} ${v}`));
    if (SHOTS) {
      mkdirSync(SHOTS, { recursive: true });
      await page.screenshot({ path: join(SHOTS, `${who}${path.replace(/\W+/g, '-')}-${name}.png`) });
    }
  }
  say(wrong.length === 0, `${who}: ${paths.length} screens say words, fit and pass axe (${name})`, wrong.join('\n'));
}

let draft = '';
let made;

async function reading(page) {
  await step('the text stands article by article with its parameters', page, async () => {
    await go(page, '/policy');
    await page.getByRole('heading', { name: /第 15 条/ }).waitFor();
    await page.getByText('高危整改期限').first().waitFor();
    await page.getByRole('tab', { name: '上位规定' }).click();
    await page.getByText('两处都有规定的，从严执行').waitFor();
    await page.getByText('2 小时').first().waitFor();
  });
  await step('the routing trial says who gets what and why', page, async () => {
    await page.getByRole('tab', { name: '路由试算' }).click();
    await page.getByRole('searchbox').fill('10.20.31.10');
    await page.getByRole('button', { name: '试算' }).click();
    await page.getByText('地址一致：10.20.31.10').waitFor();
    await page.getByText('未登记运维单位，改由主管单位').first().waitFor();
  });
}

async function drafting(page) {
  await step('a revision is drafted over the text in force', page, async () => {
    await go(page, '/policy');
    await page.getByRole('button', { name: '起草修订' }).click();
    const box = page.getByRole('dialog');
    await box.getByLabel('修订说明').fill('缩短高危整改期限');
    await box.getByRole('button', { name: '起草修订' }).click();
    await page.waitForURL(/\/policy\/\d+/);
    draft = new URL(page.url()).pathname;
    await page.getByText('与现行版本相同').waitFor();
  });
  await step('a value that contradicts another is refused in words', page, async () => {
    await page.getByRole('tab', { name: '修改参数' }).click();
    await page.getByLabel('高危整改期限').fill('2 wd');
    await page.getByRole('button', { name: /保存/ }).click();
    await page.getByText('参数取值有误').first().waitFor();
  });
  await step('with the graver grade shortened too it is saved, and stands as a difference', page, async () => {
    await page.getByLabel('紧急整改期限').fill('2wd');
    await page.getByRole('button', { name: /保存/ }).click();
    await page.getByText('已保存').first().waitFor();
    await page.getByRole('tab', { name: /与现行版本的差异/ }).click();
    await page.getByText('5 个工作日').waitFor();
    await page.getByText('2 个工作日').first().waitFor();
  });
  await step('the preview says what of the open deadlines would move', page, async () => {
    await page.getByRole('tab', { name: '影响预览' }).click();
    await page.getByText(/1 项在办：0 项将逾期，1 项提前/).waitFor();
  });
  await step('the pasted text is split into its articles', page, async () => {
    await page.getByRole('tab', { name: '修改正文' }).click();
    await page.getByRole('button', { name: '粘贴全文' }).click();
    const box = page.getByRole('dialog');
    await box.locator('textarea').fill('第一条 为了试验，写下此条。\n第二章 其他\n第十九条 适时修订。\n第二十条 由领导小组解释。');
    await box.getByText('识别出 3 条').waitFor();
    await box.getByRole('button', { name: '填入各条' }).click();
    await page.getByRole('button', { name: '保存', exact: true }).click();
    await page.getByText('已保存').first().waitFor();
    await page.getByRole('tab', { name: /与现行版本的差异/ }).click();
    await page.locator('ins', { hasText: '为了试验，写下此条。' }).waitFor();
    await page.locator('del', { hasText: '5 个工作日' }).waitFor();
  });
  await step('it is shown to the units', page, async () => {
    await page.getByRole('button', { name: '公开征求意见' }).click();
    await page.locator('.page-head').getByText('征求意见', { exact: true }).waitFor();
  });
}

async function suggesting(page) {
  await step('a unit reads what is asked about and suggests', page, async () => {
    await go(page, draft);
    await page.getByText('2 个工作日').first().waitFor();
    await go(page, '/policy?tab=asks');
    await page.getByRole('button', { name: '提意见' }).click();
    await page.getByRole('dialog').locator('textarea').fill('两个工作日太短');
    await page.getByRole('dialog').getByRole('button', { name: '保存' }).click();
    await page.getByText('两个工作日太短').waitFor();
  });
}

async function adopting(page) {
  await step('the director answers, and records the adoption with number and day', page, async () => {
    await go(page, '/policy?tab=asks');
    await page.getByRole('button', { name: '不采纳' }).click();
    await page.getByRole('dialog').locator('textarea').fill('已与各单位商定');
    await page.getByRole('dialog').getByRole('button', { name: '不采纳' }).click();
    await page.getByText('未采纳').waitFor();
    await go(page, draft);
    await page.getByRole('button', { name: '登记通过' }).click();
    const box = page.getByRole('dialog');
    await box.getByLabel('文号').fill('示例院〔2026〕8 号');
    await box.getByLabel('施行日期').fill('2026-01-01');
    await box.getByLabel('会议').fill('第 2 次会议');
    await box.getByRole('button', { name: '登记通过' }).click();
    await page.locator('.page-head').getByText('施行中').waitFor();
  });
  await step('open work goes over only when said so', page, async () => {
    await page.getByRole('button', { name: '在办事项转入新版本' }).click();
    await page.getByRole('dialog').locator('textarea').fill('领导小组决定在办事项一并适用');
    await page.getByRole('dialog').getByRole('button', { name: '在办事项转入新版本' }).click();
    await page.getByText('在办事项已转入').first().waitFor();
    await go(page, `/notices/${made.notice}`);
    await page.getByText(/将期限转入/).waitFor();
  });
}

async function knowing(page) {
  await step('a notice shows how it is put right', page, async () => {
    await go(page, `/notices/${made.notice}`);
    await page.locator('.advice').getByText('立即修改被点名的账号口令').waitFor();
  });
  await step('an entry is changed and keeps its editions', page, async () => {
    await go(page, '/knowledge');
    await page.getByRole('grid').getByText('弱口令').first().click();
    await page.locator('aside').getByRole('button', { name: '修改' }).click();
    await page.getByRole('dialog').getByRole('textbox', { name: '怎么改' }).first().fill('先停用账号，再改口令。');
    await page.getByRole('dialog').getByRole('button', { name: '保存' }).click();
    await page.locator('aside').getByText('第 2 版').first().waitFor();
  });
  await step('a template fills its places from what is chosen', page, async () => {
    await go(page, `/notices/new?finding=${made.more}`);
    await page.getByRole('combobox', { name: '选用模板' }).selectOption({ label: '暴露面 对外服务收敛' });
    const text = await page.getByLabel('整改要求').inputValue();
    if (!text.startsWith('教务处：\n教务管理系统存在远程桌面对外开放')) {
      throw new Error(text);
    }
  });
}

async function many(page) {
  await step('findings that are ticked become drafts, one a unit, with whom they reach', page, async () => {
    await go(page, '/findings?state=confirmed');
    await page.getByRole('button', { name: '全选本页' }).click();
    await page.getByRole('button', { name: '生成通报' }).click();
    const box = page.getByRole('dialog');
    await box.getByText('可办理 1 项，0 项不能办理').waitFor();
    await box.getByText(/将发给 王倩/).waitFor();
    await box.getByRole('combobox', { name: '选用模板' }).selectOption({ label: '对外服务收敛' });
    await box.getByText('查看发给该单位的文字').click();
    await box.locator('.many-text p', { hasText: '教务管理系统存在远程桌面对外开放' }).waitFor();
    await box.getByRole('button', { name: '确定办理 1 项' }).click();
    await box.getByText('已办理 1 项，0 项未办理').waitFor();
    await box.getByRole('button', { name: '关闭' }).first().click();
  });
  await step('all unsigned are reminded at once', page, async () => {
    await go(page, '/notices');
    await page.getByRole('button', { name: /催办全部逾期和未签收/ }).click();
    const box = page.getByRole('dialog');
    await box.getByText('可办理 1 项').waitFor();
    await box.getByRole('button', { name: '确定办理 1 项' }).click();
    await box.getByText('已办理 1 项').waitFor();
  });
}

async function keeping(page) {
  await step('a filter is kept under a name, opens the list, and goes', page, async () => {
    await go(page, '/findings?state=noticed');
    await page.getByRole('button', { name: '保存当前筛选' }).click();
    const box = page.getByRole('dialog');
    await box.getByLabel('名称').fill('在整改');
    await box.getByText('打开列表时默认使用').click();
    await box.getByRole('button', { name: '保存' }).click();
    const chip = page.getByRole('button', { name: '在整改', exact: true });
    await chip.waitFor();
    await go(page, '/notices');
    await go(page, '/findings');
    await page.waitForURL(/state=noticed/);
    await page.getByRole('button', { name: '删除筛选“在整改”' }).click();
    await chip.waitFor({ state: 'detached' });
  });
}

let holiday = 0;

async function asking(page) {
  await step('what is shut over a holiday is asked of the units', page, async () => {
    await go(page, '/days?tab=holiday');
    await page.getByRole('button', { name: '新建关停清单' }).first().click();
    const box = page.getByRole('dialog');
    await box.getByText('教务管理系统').waitFor();
    await box.getByRole('button', { name: '建立并通知' }).click();
    await page.waitForURL(/h=\d+/);
    holiday = Number(new URL(page.url()).searchParams.get('h'));
    await page.getByRole('row', { name: /教务管理系统/ }).getByText('待填写').waitFor();
    await page.getByRole('button', { name: '催未填写的单位' }).click();
    await page.getByText('已发送催办').first().waitFor();
  });
}

async function shutting(page) {
  await step('on the phone the unit says what is shut', page, async () => {
    await go(page, '/m');
    await page.locator(`a[href="/m/holiday/${holiday}"]`).click();
    await page.locator('.phone-card', { hasText: '教务管理系统' }).getByRole('button', { name: '已关停' }).click();
    await page.locator('.phone-card', { hasText: '教务管理系统' }).getByText('关停时间').waitFor();
  });
  await looked(page, [`/m/holiday/${holiday}`], PHONE, 'wang');
}

const platform = await startPlatform();
try {
  let secret = {};
  await as('admin', {}, async (page) => {
    secret = await people(page);
  }, platform.oneTime);
  await as('zhou', {}, async (page) => {
    made = await records(page);
  }, secret.zhou);
  await as('lin', {}, async (page) => {
    await call(page, 'POST', `/notices/${made.notice}/issue`, {});
  }, secret.lin);
  await as('zhou', {}, async (page) => {
    const body = { title: '远程桌面对外开放', kind: 'exposure', grade: 'medium', asset_id: made.asset, description: '3389 端口' };
    made.more = (await call(page, 'POST', '/findings', body)).id;
    await call(page, 'POST', `/findings/${made.more}/confirm`, body);
    await reading(page);
    await drafting(page);
  });
  await as('wang', {}, suggesting, secret.wang);
  await as('wang', PHONE, async (page) => {
    await step('on the phone the officer reads how to put it right', page, async () => {
      await go(page, `/m/n/${made.notice}`);
      await page.locator('.advice').getByText('立即修改被点名的账号口令').waitFor();
    });
    await looked(page, [`/m/n/${made.notice}`], PHONE, 'wang');
  });
  await as('lin', {}, adopting);
  await as('zhou', {}, async (page) => {
    await knowing(page);
    await many(page);
    await keeping(page);
    await asking(page);
  });
  await as('wang', PHONE, shutting);
  for (const look of LOOKS) {
    await as('zhou', look, (page) => looked(page, ['/policy', '/policy?tab=params', '/policy?tab=versions', '/policy?tab=above', '/policy?tab=routing&key=10.20.31.10', '/policy?tab=asks', draft, '/knowledge', '/findings', '/notices', `/days?tab=holiday&h=${holiday}`], look, 'zhou'));
  }
} finally {
  await platform.stop();
}
sum();
