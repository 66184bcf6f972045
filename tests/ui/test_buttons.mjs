#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Every button is pressed once: on each desk screen of operator, director and system administrator each
// control that can be pressed is, and each does something without an error; each button of the
// check-up leads where the thing can be mended.
import { BASE, onTheDesk, say, startPlatform, sum } from './house.mjs';

onTheDesk(import.meta.filename, 'buttons');
const { as } = await import('./day.mjs');
const { simulated, watched } = await import('./network.mjs');
const { people, ranges, records } = await import('./school.mjs');

const SCREENS = {
  operator: ['/', '/todo', '/alerts', '/net', '/net?tab=devices', '/net?tab=services', '/topology', '/checks', '/maintenance', '/assets', '/found', '/found?part=freezes', '/findings', '/notices', '/notices/new', '/incoming', '/days', '/days?tab=days', '/group', '/policy', '/policy?tab=routing', '/knowledge', '/units', '/units?tab=people', '/units?tab=filings', '/units?tab=doubts', '/units?tab=reviews', '/units?tab=notes', '/deliveries', '/checkup', '/health', '/settings', '/me'],
  director: ['/', '/todo', '/alerts', '/net', '/topology', '/checks', '/maintenance', '/assets', '/findings', '/notices', '/incoming', '/group?tab=meetings', '/group?tab=guidance', '/policy', '/policy?tab=asks', '/units', '/audit', '/checkup', '/health', '/settings', '/me'],
  sysadmin: ['/', '/net?tab=traffic', '/checks', '/units', '/units?tab=people', '/checkup', '/users', '/health', '/settings', '/me', ...['school', 'address', 'time', 'mail', 'backup', 'units', 'accounts', 'duty', 'addresses'].map((s) => `/setup?step=${s}`)],
};
/* These end the session, or the setup, and are pressed elsewhere: test_line.mjs. */
const NOT_HERE = /退出|完成设置/;
const SETTLE_MS = 80;
/* What has not stirred by then does nothing, however busy the machine. */
const DEAD_MS = 3000;

/** Counts what a press may cause: requests, changes of the page, a print. */
async function watch(page) {
  await page.addInitScript(() => {
    window.seen = 0;
    const more = () => window.seen++;
    window.print = more;
    const ask = window.fetch;
    window.fetch = (...args) => { more(); return ask(...args); };
    document.addEventListener('DOMContentLoaded', () => new MutationObserver(more).observe(document, { subtree: true, childList: true, attributes: true, characterData: true }));
    // A choice of files is outside the page: that it was asked for is enough.
    HTMLInputElement.prototype.click = function click() { more(); return this.type === 'file' ? undefined : HTMLElement.prototype.click.call(this); };
  });
}

/* Marks what can be pressed; of the many rows of a list the last one's, which is nobody who is needed. */
const mark = (page, everywhere) => page.evaluate((around) => {
  const last = new Map();
  for (const b of document.querySelectorAll('button, [role=tab], summary')) {
    const name = (b.getAttribute('aria-label') ?? b.textContent ?? '').trim();
    if (b.checkVisibility?.() !== false && b.getBoundingClientRect().width > 0 && !b.disabled && !b.closest('[role=dialog]') && (around || !b.closest('.top-bar, .side-nav, .setup-steps'))) {
      last.set(`${b.closest('td, li, .card-head')?.className ?? ''} ${name}`, b);
    }
  }
  // What changes the list comes last: the rest is pressed while it stands.
  return [...last.values()].sort((a, b) => (a.getAttribute('role') === 'tab' ? 1 : 0) - (b.getAttribute('role') === 'tab' ? 1 : 0)).map((b, i) => { b.dataset.press = String(i); return i; }).length;
}, everywhere);

/* As it is when it is pressed: what was pressed before may have chosen it. */
const told = (it) => it.evaluate((b) => ({ name: (b.getAttribute('aria-label') ?? b.textContent ?? '').trim(), on: ['aria-selected', 'aria-pressed', 'aria-checked'].some((a) => b.getAttribute(a) === 'true') || b.getAttribute('aria-current') !== null }));

async function open(page, path) {
  await page.goto(BASE + path);
  await page.locator('main').first().waitFor();
  await page.locator('.skeleton').first().waitFor({ state: 'hidden', timeout: 5000 }).catch(() => undefined);
  await page.waitForTimeout(SETTLE_MS);
}

/** Back to the screen as it was, or opened anew where pressing led away. */
async function close(page, path) {
  for (let i = 0; i < 2 && await page.locator('[role=dialog], [role=menu]').count(); i++) {
    await page.keyboard.press('Escape');
    await page.waitForTimeout(40);
  }
  if (new URL(page.url()).pathname !== path.split('?')[0] || (await page.locator('[data-press]').count()) === 0) {
    await open(page, path);
    return true;
  }
  return false;
}

async function pressAll(page, path, everywhere) {
  await open(page, path);
  const dead = [];
  let pressed = 0;
  const all = await mark(page, everywhere);
  for (let i = 0; i < all; i++) {
    const it = page.locator(`[data-press="${i}"]`);
    // What an earlier press took away, or made impossible, is not there to be pressed.
    if (!(await it.count()) || !(await it.isVisible()) || !(await it.isEnabled())) {
      continue;
    }
    const { name, on } = await told(it);
    if (NOT_HERE.test(name)) {
      continue;
    }
    const before = await page.evaluate(() => window.seen);
    await it.click({ timeout: 4000 }).catch(() => dead.push(`${name} (cannot be reached)`));
    await page.waitForTimeout(SETTLE_MS);
    // One wish at a time: the next press waits until this one has its answer.
    await page.locator('[aria-busy=true]').first().waitFor({ state: 'hidden', timeout: 8000 }).catch(() => undefined);
    pressed++;
    const stirred = () => page.waitForFunction(([seen, at]) => window.seen !== seen || location.pathname + location.search !== at, [before, path], { timeout: DEAD_MS });
    if (!on && !(await stirred().then(() => true, () => false))) {
      dead.push(name);
    }
    if (await close(page, path)) {
      await mark(page, everywhere);
    }
  }
  return { pressed, dead };
}

async function role(page, name) {
  await watch(page);
  let presses = 0;
  const dead = [];
  for (const path of SCREENS[name]) {
    // What frames every screen is pressed on the first of each kind.
    const done = await pressAll(page, path, path === '/' || path === '/setup?step=school');
    presses += done.pressed;
    dead.push(...done.dead.map((d) => `${path}: ${d}`));
  }
  say(dead.length === 0 && presses > SCREENS[name].length, `${name}: ${presses} presses on ${SCREENS[name].length} screens, each did something`, dead.join('\n'));
}

/* Where a button of the check-up leads there must be something to mend it with. */
async function checkup(page, name) {
  await open(page, '/checkup');
  await page.locator('.checkup-row').first().waitFor();
  const rows = await page.locator('.checkup-row a.btn').evaluateAll((all) => all.map((a) => ({ to: a.getAttribute('href'), text: a.closest('li').textContent.trim() })));
  const wrong = [];
  for (const { to, text } of rows) {
    await open(page, '/checkup');
    await page.locator(`.checkup-row a.btn[href="${to}"]`).first().click();
    await page.waitForURL((u) => u.pathname !== '/checkup');
    const tool = to.startsWith('/settings#') ? page.locator(`${to.slice(9)} button[type=submit]:enabled`).first() : /paste=|import=/.test(to) ? page.getByRole('dialog') : to === '/health' ? page.getByText('时钟').first() : page.locator('.page-head button:enabled, .people-tools button:enabled').first();
    await tool.waitFor({ timeout: 8000 }).then(() => page.waitForTimeout(600)).then(() => tool.isVisible()).then(async (seen) => {
      const box = seen ? await tool.boundingBox() : null;
      if (!box || box.y < 0 || box.y > 900) {
        wrong.push(`${to} (${text}): what mends it is not in view`);
      }
    }, () => wrong.push(`${to} (${text}): nothing there to mend it with`));
  }
  say(wrong.length === 0, `${name}: each of ${rows.length} check-up buttons leads where it can be mended`, wrong.join('\n'));
  return rows.length;
}

const devices = await simulated();
const platform = await startPlatform();
let secret = {};
try {
  await as('admin', {}, async (page) => {
    secret = await people(page);
    say((await checkup(page, 'sysadmin')) > 3, 'a new platform has much to mend');
  }, platform.oneTime);
  await as('zhou', {}, async (page) => {
    const { asset, finding, notice } = await records(page);
    const net = await watched(page);
    const found = await ranges(page);
    SCREENS.operator.push(`/net/${net.access}`, `/net/${net.ups}?port=eth0`, '/net?tab=traffic', `/assets/${asset}`, `/findings/${finding}`, `/notices/${notice}`, `/found/${found.one}`, `/found/${found.two}`, '/found?part=subnets');
    SCREENS.director.push(`/notices/${notice}`, '/found?part=freezes');
    await checkup(page, 'operator');
    await role(page, 'operator');
  }, secret.zhou);
  await as('lin', {}, async (page) => {
    await checkup(page, 'director');
    await role(page, 'director');
  }, secret.lin);
  await as('admin', {}, (page) => role(page, 'sysadmin'));
} catch (error) {
  say(false, 'every button is pressed', `${error.stack}\n${platform.log}`);
} finally {
  await platform.stop();
  await devices.stop();
}
sum();
