#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Whom the interface reaches: the keyboard alone, a screen reader's rules (axe), a phone of 320 px, a
// wall of 3840; and what a stranger is told.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { BASE, onTheDesk, PASSWORD, ROOT, say, startPlatform, step, sum } from './house.mjs';

onTheDesk(import.meta.filename, 'reach');
const { as } = await import('./day.mjs');
const { simulated, watched } = await import('./network.mjs');
const { people, ranges, records } = await import('./school.mjs');
const { secondFactor } = await import('./second.mjs');
const AXE = readFileSync(createRequire(join(ROOT, 'ui/package.json')).resolve('axe-core/axe.min.js'), 'utf8');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
const SCREENS = {
  zhou: ['/', '/todo', '/alerts', '/net', '/net?tab=devices', '/net?tab=traffic', '/net?tab=services', '/topology', '/checks', '/maintenance', '/assets', '/found', '/found?part=subnets', '/found?part=freezes', '/findings', '/notices', '/decisions', '/notices/new', '/policy', '/policy?tab=params', '/policy?tab=routing', '/knowledge', '/units', '/units?tab=people', '/units?tab=filings', '/units?tab=doubts', '/units?tab=reviews', '/units?tab=notes', '/deliveries', '/me'],
  admin: ['/setup', '/setup?step=address', '/setup?step=accounts', '/users', '/settings', '/health', '/checkup'],
  zheng: ['/audit'],
  liu: ['/lead'],
  wang: ['/m', '/m/notices', '/m/hazard', '/m/unit', '/m/me'],
};
const PHONE = { width: 320, height: 640 };

async function go(page, path) {
  await page.goto(BASE + path);
  await page.locator('main').first().waitFor();
  await page.locator('.skeleton').first().waitFor({ state: 'hidden', timeout: 5000 }).catch(() => undefined);
  await page.waitForTimeout(250);
}

async function axe(page, account, theme) {
  const wrong = [];
  await page.emulateMedia({ colorScheme: theme });
  for (const path of SCREENS[account]) {
    await go(page, path);
    // A row half under the tab bar counts as too small a target: look at the page's end.
    await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
    await page.evaluate(AXE);
    const found = await page.evaluate(async (rules) => (await window.axe.run({ runOnly: rules })).violations.map((v) => `${v.id}: ${v.nodes.slice(0, 3).map((n) => n.html.slice(0, 140)).join(' | ')}`), RULES);
    wrong.push(...found.map((f) => `${path} ${theme}: ${f}`));
  }
  say(wrong.length === 0, `${account}: axe finds nothing on ${SCREENS[account].length} screens, ${theme}`, wrong.join('\n'));
}

/** The page as it stands, whatever is open on it. */
async function look(page, name) {
  await page.evaluate(AXE);
  const found = await page.evaluate(async (rules) => (await window.axe.run({ runOnly: rules })).violations.map((v) => `${v.id}: ${v.nodes.slice(0, 3).map((n) => n.html.slice(0, 140)).join(' | ')}`), RULES);
  say(found.length === 0, `axe finds nothing on ${name}`, found.join('\n'));
}

async function wide(page, account, width) {
  const wrong = [];
  for (const path of SCREENS[account]) {
    await go(page, path);
    const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    wrong.push(...(over > 0 ? [`${path}: ${over} px too wide`] : []));
  }
  say(wrong.length === 0, `${account}: nothing scrolls sideways at ${width} px`, wrong.join('\n'));
}

/** Presses Tab until this has the focus; says what it passed when it never does. */
async function tabTo(page, what, most = 60) {
  const passed = [];
  for (let i = 0; i < most; i++) {
    await page.keyboard.press('Tab');
    if (await what.evaluate((node) => node === document.activeElement).catch(() => false)) {
      const ring = await what.evaluate((node) => { const s = getComputedStyle(node); return s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2; });
      if (!ring) {
        throw new Error('the focus is not to be seen');
      }
      return;
    }
    passed.push(await page.evaluate(() => (document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent ?? '').trim().slice(0, 20)));
  }
  throw new Error(`Tab does not get there: ${passed.join(', ')}`);
}

async function keyboard(page, notice) {
  await step('log in with the keyboard', page, async () => {
    await page.goto(`${BASE}/login?next=${encodeURIComponent(notice)}`);
    await tabTo(page, page.locator('input[name=username]'));
    await page.keyboard.type('lin');
    await tabTo(page, page.locator('input[name=password]'));
    await page.keyboard.type(PASSWORD);
    await page.keyboard.press('Enter');
    await page.waitForURL((u) => u.pathname === notice);
  });
  await step('issue the notice with the keyboard', page, async () => {
    const issue = page.getByRole('button', { name: '签发并下发', exact: true });
    await issue.waitFor();
    await tabTo(page, issue);
    await page.keyboard.press('Enter');
    await page.locator('.notice-head').getByText(/网安通报/).first().waitFor();
  });
  await step('open and close an alert with the keyboard', page, async () => {
    await go(page, '/alerts?tab=all');
    const rows = await page.getByRole('row').count();
    const grid = page.getByRole('grid');
    await tabTo(page, grid);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowUp');
    if (rows > 1) {
      await page.keyboard.press('Enter');
      await page.locator('aside').waitFor();
      await page.keyboard.press('Escape');
      await page.locator('aside').waitFor({ state: 'detached' });
    }
  });
  await step('the menu of the person opens and closes with the keyboard, on the alerts too', page, async () => {
    await tabTo(page, page.locator('button.person'));
    await page.keyboard.press('Enter');
    await page.getByRole('menu').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('menu').waitFor({ state: 'detached' });
  });
}

async function stranger(page) {
  await step('a wrong password is refused without saying which part was wrong', page, async () => {
    await page.goto(`${BASE}/login`);
    await page.getByText('严禁存储、处理、传输国家秘密').waitFor();
    await page.fill('input[name=username]', 'nobody');
    await page.fill('input[name=password]', 'wrong-password-1');
    await page.click('button[type=submit]');
    await page.getByRole('alert').getByText('账号或密码不正确').waitFor();
  });
  await step('a school that is none says so before the log-in; this one does not', page, async () => {
    await page.waitForTimeout(200);
    if (await page.getByText('演示').count()) {
      throw new Error('a real school is called a demo');
    }
    await page.route('**/api/v1/front', (r) => r.fulfill({ json: { demo: true, certificate: null } }));
    await page.goto(`${BASE}/login`);
    await page.getByText('演示', { exact: true }).waitFor();
  });
}

async function composition(page) {
  await step('Enter that ends a Chinese composition opens no hit', page, async () => {
    await go(page, '/');
    const before = page.url();
    await page.keyboard.press('Control+k');
    const cdp = await page.context().newCDPSession(page);
    await page.locator('.palette-input').focus();
    await cdp.send('Input.imeSetComposition', { text: '通报', selectionStart: 2, selectionEnd: 2 });
    await cdp.send('Input.dispatchKeyEvent', { type: 'rawKeyDown', windowsVirtualKeyCode: 229, key: 'Enter', code: 'Enter' });
    if (page.url() !== before) {
      throw new Error(page.url());
    }
  });
}

/** Where the monitoring hangs is said by clicking; whom each device is reached through follows. */
async function topology(page, net) {
  await step('the map shows the switches and asks where the monitoring hangs', page, async () => {
    await go(page, '/topology');
    await page.getByText('还不知道监测平台接在哪台设备上').waitFor();
    await page.locator(`.topo-node[data-node="${net.dist}"]`).waitFor();
  });
  await step('a link says what it rests on', page, async () => {
    await page.locator(`.topo-node[data-node="${net.core}"]`).click();
    await page.locator('aside').getByText('依据').first().click();
    await page.locator('aside').getByText(/LLDP：核心交换机/).first().waitFor();
  });
  await step('the monitoring point is set, with a reason', page, async () => {
    await page.getByRole('button', { name: '设为监测接入点' }).click();
    const box = page.getByRole('dialog');
    const save = box.getByRole('button', { name: '保存', exact: true });
    if (await save.isEnabled()) {
      throw new Error('it can be saved without a reason');
    }
    await box.getByLabel('原因说明', { exact: false }).fill('平台服务器接在核心交换机');
    await save.click();
    await box.waitFor({ state: 'detached' });
  });
  await step('then a device names whom it is reached through', page, async () => {
    await go(page, `/topology/${net.access}`);
    await page.locator('aside').getByRole('button', { name: '教学楼汇聚' }).first().waitFor();
    await page.locator('aside').getByText('由链路推算').waitFor();
    await go(page, `/net/${net.dist}`);
    await page.locator('.device-parents').getByText('核心交换机').waitFor();
    await page.getByRole('grid').getByRole('link', { name: '教学楼接入' }).waitFor();
  });
  await step('the map is walked with the keyboard', page, async () => {
    await go(page, '/topology');
    const box = page.locator('.topo-node[tabindex="0"]');
    await tabTo(page, box);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.locator('aside').waitFor();
    await page.keyboard.press('Escape');
  });
  await step('a link is drawn from a port found by typing to one that is written', page, async () => {
    await go(page, '/topology');
    await page.getByRole('button', { name: '添加链路' }).click();
    const box = page.getByRole('dialog');
    await box.getByLabel('设备').first().selectOption({ label: '教学楼接入' });
    await box.locator('datalist option[value="GigabitEthernet1/0/9"]').waitFor({ state: 'attached' });
    await box.getByLabel('端口').first().fill('GigabitEthernet1/0/9');
    await box.getByLabel('对端设备').selectOption({ label: '图书馆 UPS' });
    await box.getByLabel('对端端口').fill('网管口');
    await box.getByLabel('原因说明', { exact: false }).fill('网管卡不发 LLDP');
    await box.getByRole('button', { name: '保存', exact: true }).click();
    await box.waitFor({ state: 'detached' });
    await go(page, `/topology/${net.ups}`);
    await page.locator('aside').getByText('网管口').first().waitFor();
  });
}

async function lineByHand(page) {
  await step('register a line, and call its operator from its own page', page, async () => {
    await go(page, '/net?line=new');
    const box = page.getByRole('dialog');
    await box.getByLabel('线路名称').fill('备用出口');
    await box.getByLabel('运营商').first().fill('中国联通');
    await box.getByLabel('专线号').fill('ZX-0716-0009');
    await box.getByLabel('报障电话').fill('10010');
    await box.getByLabel('下行合同带宽').fill('500');
    await box.getByRole('button', { name: '保存', exact: true }).click();
    await box.waitFor({ state: 'detached' });
    await page.getByRole('row', { name: /备用出口/ }).click();
    await page.locator('aside a[href="tel:10010"]').waitFor();
  });
}

async function claim(page) {
  await step('several devices are claimed at once, each for the unit of its range', page, async () => {
    await go(page, '/found');
    const boxes = page.getByRole('grid').getByRole('checkbox');
    await boxes.nth(0).check();
    await boxes.nth(1).check();
    await page.getByRole('button', { name: '认领', exact: true }).click();
    await page.getByRole('dialog').getByRole('button', { name: '认领', exact: true }).click();
    await page.getByText('已认领 2 台').waitFor();
    await page.goto(`${BASE}/found?state=claimed`);
    await page.getByText('教务处').nth(1).waitFor();
  });
}

const devices = await simulated();
const platform = await startPlatform();
let secret = {};
try {
  await as('admin', {}, async (page) => {
    secret = await people(page);
    await axe(page, 'admin', 'light');
    await axe(page, 'admin', 'dark');
  }, platform.oneTime);
  let notice = '';
  await as('zhou', {}, async (page) => {
    notice = `/notices/${(await records(page)).notice}`;
    const net = await watched(page);
    const found = await ranges(page);
    await topology(page, net);
    await lineByHand(page);
    SCREENS.zhou.push(`/net?line=${net.circuits[0]}`, '/net?line=new', `/topology/${net.dist}`, notice, `/found/${found.one}`, `/net?check=${net.line}`, `/net/${net.access}`, `/net/${net.access}?port=${encodeURIComponent('GigabitEthernet1/0/1')}`, `/net/${net.ups}`);
    await axe(page, 'zhou', 'light');
    await axe(page, 'zhou', 'dark');
    await composition(page);
    await claim(page);
    await page.setViewportSize({ width: 320, height: 800 });
    SCREENS.map = ['/topology', `/topology/${net.dist}`];
    await wide(page, 'map', 320);
    await page.setViewportSize({ width: 3840, height: 2160 });
    await wide(page, 'zhou', 3840);
  }, secret.zhou);
  for (const account of ['zheng', 'liu']) {
    await as(account, {}, (page) => axe(page, account, 'light'), secret[account]);
  }
  await as('lin', {}, async () => undefined, secret.lin);
  await as('', {}, (page) => keyboard(page, notice));
  await as('', {}, stranger);
  await as('wang', PHONE, async (page) => {
    SCREENS.wang.push(notice.replace('/notices/', '/m/n/'));
    await axe(page, 'wang', 'light');
    await wide(page, 'wang', PHONE.width);
  }, secret.wang);
  await secondFactor(as, platform, 'zhou', look);
} catch (error) {
  say(false, 'everybody is reached', `${error.stack}\n${platform.log}`);
} finally {
  await platform.stop();
  await devices.stop();
}
sum();
