// SPDX-License-Identifier: Apache-2.0
// A superior's paper on its way: secrecy first, words of a leader, who handles it, the superior's own form, the
// school's seal, an answer, a receipt; and a time shorter than the school's.
import { execFileSync } from 'node:child_process';
import { BASE, ROOT, scan, step } from './house.mjs';
import { call } from './school.mjs';
import { button, drafted, HOUR_MS, made } from './days_house.mjs';

const form = () => execFileSync('python3', ['-c', 'import sys; sys.path.insert(0, "tests/system"); import annex_forms; sys.stdout.buffer.write(annex_forms.word_form())'], { cwd: ROOT });
/* The act that is chosen, and the button that does it. */
async function does(page, act) {
  await page.locator('.card-accent button[type=submit]').first().waitFor();
  const pick = page.locator('.card-accent select').first();
  if (await pick.count()) {
    await pick.selectOption({ label: act });
  }
  return page.locator('.card-accent button[type=submit]', { hasText: act });
}

export async function registers(page) {
  await call(page, 'POST', '/superiors', { name: '示例省教育厅' });
  const dialog = page.getByRole('dialog');
  const open = async (secrecy) => {
    await page.goto(`${BASE}/incoming`);
    await page.getByRole('button', { name: '登记来文' }).first().click();
    if (await dialog.getByLabel('标题').count()) {
      throw new Error('the title is asked before secrecy');
    }
    await dialog.getByRole('radio', { name: secrecy }).click();
  };
  await step('of a secret paper number and place are kept, and nothing else can be', page, async () => {
    await open('机密');
    await dialog.getByText('不要填写标题、内容').waitFor();
    if (await dialog.getByLabel('标题').count()) {
      throw new Error('a secret paper is asked its title');
    }
    await dialog.getByLabel('存放处').fill('机要室 3 柜');
    await button(dialog, '保存').click();
    await page.waitForURL(/\/incoming\/\d+/);
    if (await page.locator('input[type=file]').count()) {
      throw new Error('a file is asked for');
    }
    await page.getByRole('button', { name: '存放归档' }).last().click();
    await page.getByText('已归档').first().waitFor();
  });
  await step('of an open one secrecy is asked before anything else, then the rest', page, async () => {
    await open('公开');
    await dialog.getByLabel('标题').fill('关于网站过期外链的通知');
    await dialog.getByLabel('来文单位').selectOption({ label: '示例省教育厅' });
    await dialog.getByLabel('办理时限').fill(new Date(Date.now() + 58 * HOUR_MS).toISOString().slice(0, 10));
    await button(dialog, '保存').click();
    await page.waitForURL(/\/incoming\/\d+/);
    made.paper = Number(/\d+$/.exec(page.url())[0]);
    await page.locator('input[type=file][accept*="pdf"]').setInputFiles({ ...await scan(page), name: '来文.pdf' });
    await page.getByText('来文扫描件').waitFor();
    await page.getByLabel('拟办意见').fill('拟请信息技术中心办理');
    await (await does(page, '拟办')).click();
    await page.getByLabel('批示人').waitFor();
  });
}

export async function instructs(page) {
  await step('the vice president writes his words himself', page, async () => {
    await page.goto(`${BASE}/incoming/${made.paper}`);
    const go = await does(page, '批示');
    await page.getByLabel('批示内容').fill('请信息技术中心抓紧办理。');
    await go.click();
    await page.getByText('请信息技术中心抓紧办理。').first().waitFor();
  });
}

export async function assigns(page) {
  await step('the office gives it to who handles it', page, async () => {
    await page.goto(`${BASE}/incoming/${made.paper}`);
    const go = await does(page, '交承办人');
    await page.getByLabel('承办人').last().selectOption({ label: '周敏 信息技术中心' });
    await go.click();
    await page.getByText('承办中').first().waitFor();
  });
}

/* Due in fifty hours, a weekend among them or not: the unit's notice must be due before, and not before it is issued. */
export async function hurried(page) {
  made.limit = Date.now() + 50 * HOUR_MS;
  made.short = (await call(page, 'POST', '/incoming', { secrecy: 'public', title: '关于周末核查的紧急通知', superior_id: (await call(page, 'GET', '/superiors')).items[0].id, received_at: Date.now(), due_at: made.limit })).id;
  made.hurried = (await drafted(page, '教务网站存在过期外链', made.units[0], { incoming_id: made.short })).notice;
}

export async function shortTime(page) {
  await call(page, 'POST', `/notices/${made.hurried}/issue`, {});
  await step('the short time of the superior is told, and explained', page, async () => {
    await page.goto(`${BASE}/notices/${made.hurried}`);
    await page.getByText('来文时限短于校内时限').first().waitFor();
    const it = await call(page, 'GET', `/notices/${made.hurried}`);
    if (it.due_at >= made.limit || it.due_at <= Date.now() + HOUR_MS) {
      throw new Error(`due ${new Date(it.due_at)}`);
    }
    await button(page, '期限怎么算的').first().click();
    await page.getByText(/须在 \d{4}-\d\d-\d\d \d\d:\d\d 前办结/).waitFor();
  });
}

export async function answers(page) {
  await step('the superior\'s form is gone through once, and filled in by itself', page, async () => {
    await page.goto(`${BASE}/incoming/${made.paper}`);
    await page.locator('input[accept=".docx,.xlsx"]').setInputFiles({ name: '附件：整改情况反馈表.docx', mimeType: 'application/octet-stream', buffer: form() });
    const dialog = page.getByRole('dialog');
    await dialog.locator('.annex-chip', { hasText: '整改措施' }).waitFor();
    await dialog.getByRole('button', { name: '看填好的样子' }).click();
    await dialog.locator('.annex-value', { hasText: '湖北示例职业学院' }).first().waitFor();
    await dialog.getByRole('button', { name: '保存安排' }).click();
    await dialog.waitFor({ state: 'hidden' });
    await button(page, '填写').click();
    await page.getByText(/已填好，\d+ 条问题/).waitFor();
  });
  await step('that the school is not concerned wants a sealed statement too', page, async () => {
    const go = await does(page, '登记反馈');
    await page.getByRole('radio', { name: '不涉及' }).click();
    await page.getByLabel('反馈内容').fill('经排查，我校不涉及。');
    await page.getByLabel('反馈渠道').fill('上级平台');
    const answer = page.waitForResponse((r) => r.url().endsWith('/answer'));
    await go.click();
    if ((await answer).ok()) {
      throw new Error('it is answered without a statement');
    }
    await page.locator('input[type=file][accept*="pdf"]').setInputFiles({ ...await scan(page), name: '情况说明.pdf' });
    await page.getByText('情况说明.pdf').first().waitFor();
    await page.getByRole('button', { name: '登记用印' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('radio', { name: '情况说明' }).click();
    await dialog.getByLabel('用印人').fill('郑文');
    await button(dialog, '保存').click();
    await dialog.waitFor({ state: 'hidden' });
  });
  await step('it is answered, and the receipt kept', page, async () => {
    let go = await does(page, '登记反馈');
    await page.getByRole('radio', { name: '不涉及' }).click();
    await page.getByLabel('反馈内容').fill('经排查，我校不涉及。');
    await page.getByLabel('反馈渠道').fill('上级平台');
    await go.click();
    // Shown among what the paper says: the next act is chosen from what may be done then.
    await page.locator('dd', { hasText: '我校不涉及' }).waitFor();
    go = await does(page, '登记回执');
    await page.getByLabel('回执').fill('平台回执 7 号');
    await go.click();
    await page.locator('dd', { hasText: '平台回执 7 号' }).waitFor();
  });
}

export async function putsAway(page) {
  await step('the school office puts the paper away', page, async () => {
    await page.goto(`${BASE}/incoming/${made.paper}`);
    const go = await does(page, '归档');
    await go.click();
    await page.getByText('已归档').first().waitFor();
  });
}
