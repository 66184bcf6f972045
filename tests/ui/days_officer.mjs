// SPDX-License-Identifier: Apache-2.0
// A lecturer who answers for a unit, on the phone: from the message to the signature, a vendor who helps, more time,
// photos of a sealed paper, or none where the school forbids them; and the same fault once more.
import { BASE, mailTo, scan, step } from './house.mjs';
import { call } from './school.mjs';
import { button, counted, drafted, HOUR_MS, made, photos, turn } from './days_house.mjs';

const DAY_MS = 24 * HOUR_MS;
const dayOf = (ms) => new Date(ms + 8 * HOUR_MS).toISOString().slice(0, 10);

export async function begins(page) {
  const link = new RegExp(`${BASE}/notices/\\d+`).exec(await mailTo('wang@campus.test', '网安通报'))[0];
  made.notice = Number(/\d+$/.exec(link)[0]);
  await step('from the message a new officer signs on the phone', page, async () => {
    const count = counted();
    count.taps++;
    await page.goto(link);
    await page.waitForURL(/\/m\/n\/\d+$/);
    await count.tap(button(page, '立即签收'));
    await page.waitForURL(/\/m\/n\/\d+\/rectify/);
    count.done('from the message to the signature', 2, 15);
  });
  await step('plans, and finds the vendor\'s link and how it is put right where the notice is read', page, async () => {
    await page.getByLabel('措施与临时控制').fill('请供应商关闭校外访问');
    await button(page, '开始整改').click();
    await page.getByLabel('整改措施').waitFor();
    await page.goto(`${BASE}/m/n/${made.notice}`);
    await page.getByLabel('经办人（单位和姓名）').fill('蓝天软件 张工');
    await button(page, '生成协助链接').click();
    made.helper = await page.locator('code').filter({ hasText: '/helper/' }).innerText();
    await page.getByText('怎么改').first().waitFor();
  });
  await step('asks for more time before it is due', page, async () => {
    const { due_at } = await call(page, 'GET', `/notices/${made.notice}`);
    await page.getByRole('link', { name: '申请延期' }).click();
    await page.getByLabel('延至', { exact: false }).first().fill(dayOf(due_at + DAY_MS));
    await page.getByLabel('理由', { exact: false }).fill('厂商补丁下周发布');
    await page.getByLabel('临时管控措施', { exact: false }).fill('已关闭校外访问');
    await button(page, '申请延期').click();
    await page.getByText('待审批').first().waitFor();
  });
}

/** Nobody has to forward pictures of the notice: the link shows the one fault, and takes what was done. */
export async function vendor(page) {
  await step('the vendor says what was done by his link, without an account', page, async () => {
    await page.goto(made.helper);
    await page.getByText('管理后台对校外开放').first().waitFor();
    if (await page.getByText('网安通报').count()) {
      throw new Error('the vendor sees more than the one fault');
    }
    await page.getByLabel('做了什么').fill('已限制为校内访问');
    await button(page, '提交处理情况').click();
    await page.getByText('已限制为校内访问').last().waitFor();
  });
}

export async function allows(page) {
  await turn(page, 'director');
  await step('the director finds it among what waits for him, and grants the time', page, async () => {
    await page.goto(`${BASE}/decisions`);
    await page.getByRole('link', { name: /管理后台对校外开放/ }).first().click();
    await page.waitForURL(new RegExp(`/notices/${made.notice}`));
    await button(page, '批准').click();
    await page.getByText(/批准延期/).first().waitFor();
  });
}

export async function ends(page) {
  await step('what is written without a network is kept, and two photos become one file', page, async () => {
    await page.goto(`${BASE}/m/n/${made.notice}`);
    await page.getByRole('link', { name: '去整改' }).click();
    await page.getByLabel('整改措施').waitFor();
    await page.context().setOffline(true);
    await page.getByLabel('整改措施').fill('已限制为校内访问');
    await page.locator('input[capture]').setInputFiles(await photos(page));
    await page.getByText('盖章整改报告（2 页）.pdf').waitFor();
    await page.getByText(/草稿已保存|已保存/).first().waitFor();
    await page.context().setOffline(false);
    await page.reload();
    await page.getByText('盖章整改报告（2 页）.pdf').waitFor();
    await button(page, '提交整改报告').click();
    await page.waitForURL(/\/m\/n\/\d+$/);
    await page.getByText('待复核').first().waitFor();
    const { attachments } = await call(page, 'GET', `/notices/${made.notice}`);
    if (attachments.length !== 1 || attachments[0].media !== 'application/pdf') {
      throw new Error(JSON.stringify(attachments));
    }
  });
}

/* The school forbids photos: no camera on the phone, none taken by the server. */
export async function noPhotos(page) {
  await call(page, 'POST', `/notices/${made.hurried}/sign`, {});
  await call(page, 'POST', `/notices/${made.hurried}/plan`, { responsible: '王倩', plan: '清除失效外链', planned_at: (await call(page, 'GET', `/notices/${made.hurried}`)).due_at - HOUR_MS });
  await step('where the school forbids photos of sealed papers there is no camera', page, async () => {
    await page.goto(`${BASE}/m/n/${made.hurried}/rectify`);
    await page.getByText('本校规定盖章件不得用手机拍摄', { exact: false }).waitFor();
    if (await page.locator('input[capture]').count()) {
      throw new Error('there is one');
    }
    const [photo] = await photos(page);
    const status = (file) => page.evaluate(async ([id, bytes]) => (await fetch(`/api/v1/notices/${id}/attachments?name=a.jpg`, { method: 'POST', headers: { 'Content-Type': 'application/octet-stream' }, body: Uint8Array.from(atob(bytes), (c) => c.charCodeAt(0)) })).status, [made.hurried, file.buffer.toString('base64')]);
    const [refused, taken] = [await status(photo), await status(await scan(page))];
    if (refused !== 422 || taken >= 300) {
      throw new Error(`a photo ${refused}, a scanner's file ${taken}`);
    }
  });
}

/** The same fault of the same unit: registered and issued again. */
export async function seenAgain(page) {
  await turn(page, 'operator');
  made.again = (await drafted(page, '管理后台对校外开放 1', made.units[0])).notice;
}

export async function again(page) {
  await step('what came back shows what was done last time, and asks why, fairly', page, async () => {
    await page.goto(`${BASE}/m/n/${made.again}`);
    await page.getByText('已限制为校内访问').first().waitFor();
    await button(page, '立即签收').click();
    await page.waitForURL(/rectify/);
    await page.getByLabel('措施与临时控制').fill('请供应商彻底关闭');
    await button(page, '开始整改').click();
    await page.getByText('主动说明不作为扣分依据').waitFor();
    await page.getByLabel('整改措施').fill('已由防火墙封闭');
    await page.locator('.phone-file input[accept*="pdf"]').setInputFiles(await scan(page));
    await page.getByText('整改报告.pdf').waitFor();
    if (await button(page, '提交整改报告').isEnabled()) {
      throw new Error('it may be handed in without a cause');
    }
    await page.getByLabel('这次为什么又出现？', { exact: false }).selectOption({ label: '供应商未修好' });
    await button(page, '提交整改报告').click();
    await page.waitForURL(/\/m\/n\/\d+$/);
    await page.getByText('待复核').first().waitFor();
  });
}
