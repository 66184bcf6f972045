#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// A school's first day in a real browser against the real platform: the first password, the wizard,
// five people, a service that falls, and the notice it becomes, from hand to hand to the archive.
// Campus, platform and browser are in network namespaces of their own.
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../..');
const BUILD = process.env.FENGSUI_BUILD ?? join(ROOT, 'build-test');
const SHOTS = process.env.FENGSUI_SHOTS ?? '';
const BASE = 'http://127.0.0.1:8640';
const PASSWORD = 'Kuangye-2026-dengta';
const NAME = process.argv[2] ?? `ui-${process.pid}`;
const PEOPLE = [['周敏', 'zhou'], ['林涛', 'lin'], ['何静', 'he'], ['刘建国', 'liu'], ['王倩', 'wang']];

function campus(word, ...more) {
  const done = spawnSync(join(ROOT, 'lab/campus'), [word, NAME, ...more], { encoding: 'utf8' });
  if (done.status !== 0) {
    throw new Error(`campus ${word}: ${done.stderr}`);
  }
  return done.stdout;
}

if (process.getuid() !== 0) {
  console.log('1..0 # skip: network namespaces need root');
  process.exit(77);
}
if (process.argv[2] === undefined) {
  campus('up');
  const done = spawnSync('nsenter', [`--net=/run/netns/fengsui-${NAME}-desk`, process.execPath, import.meta.filename, NAME], { stdio: 'inherit', env: { ...process.env, FENGSUI_URL: BASE } });
  campus('down');
  process.exit(done.status ?? 1);
}

const { browse, signIn } = await import('../../ui/tests-e2e/browser.mjs');
let count = 0;
let failed = 0;
let server;
let oneTime = '';
let log = '';
const folder = mkdtempSync(join(tmpdir(), 'fengsui-line-'));

function say(good, name, why = '') {
  count++;
  failed += good ? 0 : 1;
  console.log(`${good ? 'ok' : 'not ok'} ${count} - ${name}`);
  if (why) {
    console.log(String(why).replace(/^/gm, '# '));
  }
}

async function start() {
  const ids = ['-u', '-g'].map((f) => Number(spawnSync('id', [f, 'fengsui'], { encoding: 'utf8' }).stdout));
  const data = join(folder, 'data');
  const config = join(folder, 'fengsui.yaml');
  writeFileSync(config, 'sandbox: strict\n');
  mkdirSync(data, { mode: 0o750 });
  chmodSync(folder, 0o755);
  [folder, data, config].forEach((path) => chownSync(path, ...ids));
  server = spawn(join(BUILD, 'fengsui'), ['serve', '-c', config, '--data', data, '--listen', '127.0.0.1:8640'], { stdio: ['ignore', 'pipe', 'pipe'] });
  server.stderr.on('data', (chunk) => (log = (log + chunk).slice(-4000)));
  let told = '';
  await new Promise((done, broke) => {
    const late = setTimeout(() => broke(new Error(`the platform did not come up: ${log}`)), 40_000);
    server.on('exit', () => broke(new Error(`the platform ended: ${log}`)));
    server.stdout.on('data', (chunk) => {
      told += chunk;
      oneTime = /one-time password:\s*(\S+)/.exec(told)?.[1] ?? oneTime;
      if (told.includes('http://')) {
        clearTimeout(late);
        done();
      }
    });
  });
}

async function shot(page, name) {
  if (SHOTS) {
    mkdirSync(SHOTS, { recursive: true });
    await page.waitForTimeout(700);
    await page.screenshot({ path: join(SHOTS, `${name}.png`) });
  }
}

/** One step of the day; the ones after it still run, for they may tell more. */
async function step(name, page, act) {
  try {
    await act();
    say(true, name);
  } catch (error) {
    const text = await page.locator('body').innerText().catch(() => '');
    await shot(page, `failed-${count + 1}`);
    say(false, name, `${String(error.message).slice(0, 700)}\n${page.url()}\n${text.slice(0, 1500)}`);
  }
}

const PHONE = { width: 390, height: 844 };
async function as(account, look, act) {
  const browser = await browse(look);
  browser.page.setDefaultTimeout(12_000);
  browser.page.on('response', async (r) => {
    if (r.url().includes('/api/') && r.status() >= 400 && r.status() !== 401) {
      console.log(`# ${account}: ${r.request().method()} ${r.url().slice(BASE.length)} ${(r.request().postData() ?? '').slice(0, 300)} -> ${r.status()} ${(await r.text().catch(() => '')).slice(0, 300)}`);
    }
  });
  try {
    if (account !== 'admin') {
      await signIn(browser.page, account, PASSWORD);
    }
    await act(browser.page);
    const faults = browser.faults.filter((f) => !/Failed to load resource/.test(f));
    say(faults.length === 0, `${account}: no policy violation, page error or foreign request`, faults.join('\n'));
  } catch (error) {
    say(false, `${account} gets to the end`, error.message);
  } finally {
    await browser.close();
  }
}

async function newPassword(page, account, from) {
  await page.goto(`${BASE}/login`);
  await page.fill('input[name=username]', account);
  await page.fill('input[name=password]', from);
  await page.click('button[type=submit]');
  await page.locator('input[name=new-password]').waitFor();
  await page.fill('input[name=password]', from);
  await page.fill('input[name=new-password]', PASSWORD);
  await page.fill('input[name=new-password-again]', PASSWORD);
  await page.click('button[type=submit]');
  await page.waitForURL((u) => !/login|password/.test(u.pathname));
}

const button = (page, name) => page.getByRole('button', { name, exact: true });
const secrets = {};

async function addUnit(page, name, centre) {
  await button(page, '新增单位').click();
  const box = page.getByRole('dialog');
  await box.getByLabel('名称', { exact: false }).first().fill(name);
  if (centre) {
    await box.getByRole('checkbox').check();
  }
  await button(box, '保存').click();
  await box.waitFor({ state: 'hidden' });
}

async function wizard(page) {
  await step('the administrator must change the one-time password', page, () => newPassword(page, 'admin', oneTime));
  await step('the wizard opens and three heartbeats are alive before anything is set', page, async () => {
    await page.waitForURL(/\/setup/);
    await page.locator('.first-beat').nth(2).waitFor();
    await page.locator('.first-beat .mark-ok').first().waitFor();
    await shot(page, 'wizard-1');
  });
  await step('the school is named', page, async () => {
    await page.getByLabel('校名').fill('湖北示例职业学院');
    await page.getByLabel('简称').fill('示例学院');
    await button(page, '保存并继续').click();
    await page.waitForURL(/step=address/);
  });
  await step('the address is saved', page, async () => {
    await page.getByLabel('平台网址').fill(BASE);
    await button(page, '保存并继续').click();
    await page.waitForURL(/step=time/);
    await page.getByText('服务器时间', { exact: true }).waitFor();
    await button(page, '下一步').click();
  });
  await step('mail is set and a test mail is sent', page, async () => {
    await page.getByLabel('邮件服务器').fill('10.20.25.25');
    await page.getByLabel('端口').fill('25');
    await page.getByLabel('加密').selectOption({ label: '不加密（仅限本机）' });
    await page.getByLabel('发件人地址').fill('fengsui@campus.test');
    await button(page, '保存并继续').click();
    await page.waitForURL(/step=backup/);
    await button(page, '返回').click();
    await page.getByPlaceholder('收件地址').fill('admin@campus.test');
    await button(page, '发送测试邮件').click();
    await page.getByText('测试邮件已发往').waitFor();
    await shot(page, 'wizard-mail');
    await page.goto(`${BASE}/setup?step=accounts`);
  });
  await step('two units and five people are made', page, async () => {
    await addUnit(page, '信息技术中心', true);
    await addUnit(page, '教务处', false);
    for (const [i, [name, account]] of PEOPLE.entries()) {
      const row = page.locator('form.account-row').nth(i);
      await row.getByLabel('姓名').fill(name);
      await row.getByLabel('账号').fill(account);
      await row.getByLabel('邮箱').fill(`${account}@campus.test`);
      await row.getByLabel('单位').selectOption({ label: account === 'wang' ? '教务处' : '信息技术中心' });
      await row.getByRole('button').click();
      secrets[account] = (await row.locator('.account-done b').innerText()).trim();
    }
    await shot(page, 'wizard-accounts');
  });
  await step('pasted addresses turn green or red, a line that is none says so', page, async () => {
    await page.goto(`${BASE}/setup?step=addresses`);
    await page.locator('textarea').fill('http://10.20.11.10/\n10.20.12.10:22\nwhat is this');
    await button(page, '开始检测').click();
    await page.locator('.paste-up').nth(1).waitFor({ timeout: 20_000 });
    await page.locator('.paste-refused').first().waitFor();
    await shot(page, 'wizard-addresses');
  });
  await step('the setup is finished', page, async () => {
    await button(page, '完成设置').click();
    await page.waitForURL(/\/checkup/);
    await shot(page, 'checkup');
  });
  await step('the person on duty is named', page, async () => {
    await page.goto(`${BASE}/settings`);
    await page.getByLabel('当前值班员').selectOption({ label: '周敏 信息技术中心' });
    await page.locator('#duty').getByRole('button', { name: '保存' }).click();
    await page.getByText('已保存').first().waitFor();
    await shot(page, 'settings');
  });
}

/** Asked each second instead of each half minute, so that nobody waits for this test. */
async function hurry(page) {
  await page.evaluate(async () => {
    const { items } = await (await fetch('/api/v1/checks')).json();
    const check = items.find((c) => c.target === 'http://10.20.11.10/');
    await fetch(`/api/v1/checks/${check.id}`, { method: 'PATCH', headers: { 'Content-Type': 'application/json', 'If-Match': `"${check.version}"` }, body: JSON.stringify({ interval_s: 1, retries: 1 }) });
  });
}

let noticePath = '';
async function operator(page) {
  await step('the overview shows the services and a live connection', page, async () => {
    await page.goto(`${BASE}/`);
    await page.locator('.live-live').waitFor();
    await page.locator('.service-list li').first().waitFor();
    await shot(page, 'overview-quiet');
  });
  await step('a service that stops becomes an alert without reloading the page', page, async () => {
    await page.goto(`${BASE}/alerts`);
    await page.locator('.live-live').waitFor();
    await hurry(page);
    campus('stop', 'web');
    await page.getByText(/10\.20\.11\.10/).first().waitFor({ timeout: 240_000 });
    await shot(page, 'alerts');
  });
  await step('one key opens it, one acknowledges', page, async () => {
    await page.keyboard.press('j');
    await page.waitForURL(/\/alerts\/\d+/);
    await button(page, /^确认/).first().waitFor().catch(() => undefined);
    await page.keyboard.press('e');
    await page.locator('aside').getByText('处置中').first().waitFor();
    await shot(page, 'alert');
  });
  await step('it becomes a finding and a notice under review', page, async () => {
    await page.getByRole('button', { name: /转隐患/ }).first().click();
    const box = page.getByRole('dialog').last();
    await box.getByLabel('责任单位').selectOption({ label: '教务处' });
    await box.locator('button[type=submit]').click();
    await page.waitForURL(/\/notices\/new/);
    await page.locator('.pick-row input:checked').waitFor();
    await shot(page, 'notice-new');
    await button(page, '提交审核').click();
    await page.waitForURL(/\/notices\/\d+$/);
    noticePath = new URL(page.url()).pathname;
    await shot(page, 'notice-review');
  });
}

async function director(page) {
  await step('the director issues it with a number and a due date', page, async () => {
    await page.goto(BASE + noticePath);
    await page.getByText('王倩').first().waitFor();
    await button(page, '签发并下发').click();
    await page.getByText(/网安通报〔\d{4}〕/).first().waitFor();
    await page.getByText('待签收').first().waitFor();
    await shot(page, 'notice-issued');
  });
}

async function officer(page) {
  await step('the officer finds it on the phone and signs', page, async () => {
    await page.goto(`${BASE}/m`);
    await shot(page, 'phone-home');
    await page.goto(`${BASE}/m${noticePath.replace('/notices/', '/n/')}`);
    await button(page, '立即签收').click();
    await page.waitForURL(/rectify/);
  });
  await step('the officer plans and rectifies with a sealed report', page, async () => {
    await page.getByLabel('措施与临时控制').fill('重启服务，增加守护');
    await button(page, '开始整改').click();
    await page.getByLabel('整改措施').fill('已重启并配置守护进程');
    await shot(page, 'phone-report');
    campus('start', 'web');
    const pdf = '%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\nxref\n0 4\n0000000000 65535 f \n0000000009 00000 n \n0000000052 00000 n \n0000000101 00000 n \ntrailer<</Size 4/Root 1 0 R>>\nstartxref\n170\n%%EOF\n';
    await page.setInputFiles('input[accept^="application/pdf"]', { name: '整改报告.pdf', mimeType: 'application/pdf', buffer: Buffer.from(pdf) });
    await button(page, '提交整改报告').click();
    await page.waitForURL(/\/m\/n\/\d+$/);
    await page.getByText('待复核').first().waitFor();
    await shot(page, 'phone-notice');
  });
}

async function verifier(page) {
  await step('the verifier passes it after a fresh probe', page, async () => {
    await page.goto(BASE + noticePath);
    await button(page, '开始复核').click();
    await page.locator('.probe-list .good').first().waitFor({ timeout: 60_000 });
    for (const box of await page.getByRole('checkbox').all()) {
      await box.check();
    }
    await page.getByLabel('复核意见').fill('复测正常，同意通过');
    await shot(page, 'notice-verify');
    await button(page, '复核通过').click();
    await page.getByText('复核通过').first().waitFor();
  });
}

async function brief(page) {
  await step('it is reported to the vice president', page, async () => {
    await page.goto(BASE + noticePath);
    await button(page, '报送').click();
    await page.getByText('已汇报').first().waitFor();
    await shot(page, 'notice-briefed');
  });
}

async function leader(page) {
  await step('the vice president reads it with one press', page, async () => {
    await page.goto(`${BASE}/lead`);
    await shot(page, 'lead');
    await button(page, '已阅').first().click();
    await page.getByText('没有待阅批的汇报单').waitFor();
  });
}

async function close(page) {
  await step('not reported upward, with a reason, and closed', page, async () => {
    await page.goto(BASE + noticePath);
    await page.getByLabel('理由').fill('一般性中断，未造成影响');
    await button(page, '记录').click();
    await button(page, '归档').last().click();
    await page.getByText('已归档').first().waitFor();
    await shot(page, 'notice-closed');
  });
}

async function firstPasswords() {
  for (const [, account] of PEOPLE) {
    const { page, close: end } = await browse({});
    await step(`${account} changes the one-time password`, page, () => newPassword(page, account, secrets[account] ?? ''));
    await end();
  }
}

const LOOKS = [['light', 1440], ['dark', 1440], ['light', 390], ['dark', 390]];
async function pictures() {
  for (const [theme, width] of LOOKS) {
    await as('zhou', { theme, width, height: width < 600 ? 844 : 900 }, async (page) => {
      for (const [name, path] of [['overview', '/'], ['alerts', '/alerts'], ['notice', noticePath], ['notices', '/notices'], ['checks', '/checks'], ['todo', '/todo']]) {
        await page.goto(BASE + path);
        await page.waitForLoadState('load');
        await page.waitForTimeout(500);
        await shot(page, `${name}-${width}-${theme}`);
      }
    });
  }
}

try {
  await start();
  await as('admin', {}, wizard);
  await firstPasswords();
  await as('zhou', {}, operator);
  await as('lin', {}, director);
  await as('wang', PHONE, officer);
  await as('he', {}, verifier);
  await as('zhou', {}, brief);
  await as('liu', PHONE, leader);
  await as('lin', {}, close);
  if (SHOTS) {
    await pictures();
  }
} catch (error) {
  say(false, 'the day runs to its end', `${error.stack}\n${log}`);
} finally {
  server?.removeAllListeners('exit');
  if (server && server.exitCode === null) {
    const ended = new Promise((done) => server.once('exit', done));
    server.kill('SIGINT');
    await Promise.race([ended, new Promise((done) => setTimeout(done, 20_000))]);
  }
  rmSync(folder, { recursive: true, force: true });
}
if (failed) {
  console.log(log.slice(-3000).replace(/^/gm, '# '));
}
console.log(`1..${count}`);
process.exit(failed ? 1 : 0);
