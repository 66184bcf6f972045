// SPDX-License-Identifier: Apache-2.0
// The line in a real browser. FENGSUI_URL names a running platform; without it the stand-in of dev/
// is started. FENGSUI_ACCOUNTS is JSON role → account, FENGSUI_PASSWORD the password they share.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { after, before, test } from 'node:test';

const own = !process.env.FENGSUI_URL;
const PORT = 8650;
if (own) {
  process.env.FENGSUI_URL = `http://127.0.0.1:${PORT}`;
}
const { browse, signIn, URL_BASE } = await import('./browser.mjs');
const WHO = JSON.parse(process.env.FENGSUI_ACCOUNTS ?? '{"operator":"zhou","director":"chen","verifier":"he","vice_president":"liu","officer":"wang","auditor":"zheng","sysadmin":"admin"}');
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
let server;

before(async () => {
  if (own) {
    server = spawn(process.execPath, [resolve(import.meta.dirname, '../dev/server.mjs')], { env: { ...process.env, PORT: String(PORT) }, stdio: ['ignore', 'pipe', 'inherit'] });
    await new Promise((done) => server.stdout.once('data', done));
  }
});
after(() => server?.kill());

async function as(role, act, look = {}) {
  const { page, faults, close, context } = await browse(look);
  try {
    await signIn(page, WHO[role]);
    await act(page, context);
    assert.deepEqual(faults, [], 'no policy violation, page error or foreign request');
  } finally {
    await close();
  }
}
const go = async (page, path) => {
  await page.goto(URL_BASE + path);
  await page.waitForLoadState('load');
  await page.locator('main, .page').first().waitFor();
  await page.waitForTimeout(500);
};

test('the log-in page says that the system is not classified', async () => {
  const { page, close } = await browse();
  await page.goto(`${URL_BASE}/login`);
  await page.getByText('严禁存储、处理、传输国家秘密').waitFor();
  await close();
});

test('a wrong password is refused without saying which part was wrong', async () => {
  const { page, close } = await browse();
  await page.goto(`${URL_BASE}/login`);
  await page.fill('input[name=username]', WHO.operator);
  await page.fill('input[name=password]', 'wrong-password');
  await page.click('button[type=submit]');
  await page.getByRole('alert').waitFor();
  assert.match(await page.getByRole('alert').innerText(), /账号或密码不正确/);
  await close();
});

test('a deep link survives the log-in', async () => {
  const { page, close } = await browse();
  await page.goto(`${URL_BASE}/notices?tab=all`);
  await page.waitForURL(/\/login\?next=/);
  await page.fill('input[name=username]', WHO.operator);
  await page.fill('input[name=password]', process.env.FENGSUI_PASSWORD ?? 'demo');
  await page.click('button[type=submit]');
  await page.waitForURL(/\/notices\?tab=all/);
  await close();
});

test('a page the role may not open says what an unknown page says', async () => {
  await as('officer', async (page) => {
    await go(page, '/users');
    const forbidden = await page.locator('main').innerText();
    await go(page, '/no/such/page');
    assert.equal(forbidden, await page.locator('main').innerText());
  });
});

test('an alert is acknowledged with one key', { skip: !own && 'needs the stand-in data' }, async () => {
  await as('operator', async (page) => {
    await go(page, '/alerts');
    await page.keyboard.press('j');
    await page.waitForURL(/\/alerts\/\d+/);
    await page.getByRole('button', { name: /确认/ }).waitFor();
    await page.keyboard.press('e');
    await page.locator('aside').getByText('处置中').first().waitFor();
  });
});

test('a notice goes from signing to archive through five pairs of hands', { skip: !own && 'needs the stand-in data' }, async () => {
  await as('officer', async (page) => {
    await go(page, '/m/n/801');
    await page.getByRole('button', { name: '立即签收' }).click();
    await page.waitForURL(/rectify/);
    await page.getByLabel('措施与临时控制').fill('升级组件，临时关闭上传');
    await page.getByRole('button', { name: '开始整改' }).click();
    await page.getByLabel('整改措施').fill('已升级到最新版本');
    await page.setInputFiles('input[accept^="application/pdf"]', { name: '整改报告.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.4\n%%EOF\n') });
    await page.getByRole('button', { name: '提交整改报告' }).click();
    await page.waitForURL(/\/m\/n\/801$/);
  }, { width: 390, height: 844 });
  await as('verifier', async (page) => {
    await go(page, '/notices/801');
    await page.getByRole('button', { name: '开始复核' }).click();
    await page.getByRole('checkbox').first().waitFor();
    for (const box of await page.getByRole('checkbox').all()) {
      await box.check();
    }
    await page.getByLabel('复核意见').fill('复测通过');
    await page.getByRole('button', { name: '复核通过' }).click();
    await page.getByText('报分管校领导').first().waitFor();
  });
  await as('operator', async (page) => {
    await go(page, '/notices/801');
    await page.getByRole('button', { name: '报送' }).click();
    await page.getByText('刘建国').first().waitFor();
  });
  await as('vice_president', async (page) => {
    await go(page, '/notices/801');
    await page.getByRole('button', { name: '已阅' }).click();
    await page.getByRole('status').filter({ hasText: '已阅' }).waitFor();
  });
});

test('Enter that ends a Chinese composition does not open a hit', async () => {
  await as('operator', async (page, context) => {
    await go(page, '/');
    const before = page.url();
    await page.keyboard.press('Control+k');
    const cdp = await context.newCDPSession(page);
    await page.locator('.palette-input').focus();
    await cdp.send('Input.imeSetComposition', { text: '通报', selectionStart: 2, selectionEnd: 2 });
    await cdp.send('Input.dispatchKeyEvent', { type: 'rawKeyDown', windowsVirtualKeyCode: 229, key: 'Enter', code: 'Enter' });
    assert.equal(page.url(), before);
  });
});

test('what happens in one browser shows in another within a second', { skip: !own && 'needs the stand-in data' }, async () => {
  await as('operator', async (page) => {
    await go(page, '/notices/800');
    await as('operator', async (other) => {
      await go(other, '/notices/800');
      await other.getByRole('button', { name: '催办' }).click();
    });
    await page.getByText('周敏 催办').waitFor({ timeout: 3000 });
  });
});

const SCREENS = {
  operator: ['/', '/todo', '/alerts', '/checks', '/assets', '/findings', '/notices', '/notices/new', '/units', '/units?tab=people', '/deliveries', '/me'],
  sysadmin: ['/setup', '/setup?step=accounts', '/users', '/settings', '/health', '/checkup'],
  auditor: ['/audit'],
  vice_president: ['/lead'],
  officer: ['/m', '/m/notices', '/m/me'],
};
for (const theme of ['light', 'dark']) {
  for (const [role, paths] of Object.entries(SCREENS)) {
    test(`axe finds nothing on the ${theme} screens of ${role}`, async () => {
      await as(role, async (page) => {
        for (const path of paths) {
          await go(page, path);
          // A row half under the tab bar counts as too small a target: look at the page's end.
          await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
          await page.evaluate(AXE);
          const found = await page.evaluate(async () => (await window.axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] })).violations.map((v) => `${v.id}: ${v.nodes.slice(0, 3).map((n) => n.html.slice(0, 140)).join(' | ')}`));
          assert.deepEqual(found, [], path);
        }
      }, { theme, ...(role === 'officer' ? { width: 390, height: 844 } : {}) });
    });
  }
}

test('nothing is wider than a 320 px phone', async () => {
  await as('officer', async (page) => {
    for (const path of SCREENS.officer) {
      await go(page, path);
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth), false, path);
    }
  }, { width: 320, height: 640 });
});
