// SPDX-License-Identifier: Apache-2.0
// A second factor at the screen: set up, asked at log-in and before a list is exported, in both themes
// and on a phone.  The phone that shows the codes is played by node's own HMAC.
import { spawnSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { join } from 'node:path';
import { BASE, PASSWORD, say, step } from './house.mjs';

const STEP_MS = 30_000;
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const STALE_MS = 11 * 60_000;

/** RFC 6238 of a key in base 32, a step so many away from now. */
export function codeOf(key, off) {
  const bits = [...key].map((c) => LETTERS.indexOf(c).toString(2).padStart(5, '0')).join('');
  const secret = Buffer.from(bits.match(/.{8}/g).map((b) => parseInt(b, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / STEP_MS) + off));
  const mac = createHmac('sha1', secret).update(counter).digest();
  return String((mac.readUInt32BE(mac.at(-1) & 15) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

/** As if the last code had been shown a while ago. */
function grownOld(platform) {
  const done = spawnSync('/usr/bin/python3', ['-c', `
import sqlite3, sys
with sqlite3.connect(sys.argv[1], timeout=20) as db:
    db.execute("UPDATE session SET second_at_ms = second_at_ms - ${STALE_MS} WHERE second_at_ms IS NOT NULL")`, join(platform.data, 'records.db')], { encoding: 'utf8' });
  say(done.status === 0, 'eleven minutes pass', done.stderr);
}

const press = (page, name) => page.getByRole('button', { name, exact: true }).click();
const shot = (page, name) => (process.env.FENGSUI_SHOTS ? page.screenshot({ path: join(process.env.FENGSUI_SHOTS, `second-${name}.png`) }) : undefined);

/** look(page, name): nothing axe has to say of the page as it is. */
export async function secondFactor(as, platform, account, look) {
  let key = '';
  let codes = [];
  await as(account, {}, async (page) => {
    await step('a second factor is set up on 个人设置', page, async () => {
      await page.goto(`${BASE}/me`);
      await press(page, '绑定动态口令');
      const box = page.getByRole('dialog');
      await box.locator('input[name=password]').fill(PASSWORD);
      await press(page, '下一步');
      key = (await box.locator('.second-key').innerText()).replaceAll(' ', '');
      await look(page, 'the QR code');
      await shot(page, 'qr');
      await box.locator('input[name=code]').fill(codeOf(key, -1));
      await press(page, '启用');
      await box.locator('.recovery-list li').nth(9).waitFor();
      codes = await box.locator('.recovery-list li').allInnerTexts();
      await look(page, 'the recovery codes');
      await shot(page, 'codes');
      await press(page, '我已保存');
      await box.waitFor({ state: 'hidden' });
      await page.getByText('10 个', { exact: true }).waitFor();
      await shot(page, 'card');
    });
    say(codes.length === 10 && key.length === 32, 'with a key and ten recovery codes', key.length === 32 ? '' : key);
  });
  await as(account, { width: 390, height: 844, theme: 'dark' }, async (page) => {
    await step('log-in asks for a code and says what was wrong with one', page, async () => {
      await page.getByRole('heading', { name: '请输入动态口令' }).waitFor();
      await page.locator('input[name=code]').fill('123');
      await press(page, '验证');
      await page.getByText('请输入 6 位数字').waitFor();
      await look(page, 'the code at log-in');
      await shot(page, 'login');
      await page.locator('input[name=code]').fill(codeOf(key, 0));
      await press(page, '验证');
      await page.waitForURL((u) => u.pathname !== '/password');
    });
    grownOld(platform);
    await step('an export waits for a code in a dialog, and a recovery code will do', page, async () => {
      await page.goto(`${BASE}/units?tab=people`);
      await page.getByRole('link', { name: 'CSV', exact: true }).click();
      const box = page.getByRole('dialog');
      await box.getByText('办理重要事项，请再验证一次').waitFor();
      await look(page, 'the dialog');
      await shot(page, 'dialog');
      await press(page, '手机不在身边，用恢复码');
      await box.locator('input[name=code]').fill(codes[3].toLowerCase());
      const taken = page.waitForEvent('download');
      await press(page, '验证');
      await (await taken).path();
      await box.waitFor({ state: 'hidden' });
    });
    grownOld(platform);
    await step('what was refused is done once a code was shown', page, async () => {
      await page.goto(`${BASE}/me`);
      await press(page, '解除绑定');
      await page.getByRole('dialog').locator('input[name=password]').fill(PASSWORD);
      await page.getByRole('dialog').getByRole('button', { name: '解除绑定', exact: true }).click();
      await page.getByText('办理重要事项，请再验证一次').waitFor();
      await page.locator('input[name=code]').fill(codeOf(key, 1));
      await press(page, '验证');
      await page.getByText('动态口令已解除').waitFor();
      await page.getByRole('button', { name: '绑定动态口令', exact: true }).waitFor();
    });
  });
}
