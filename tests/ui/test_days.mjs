#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Days of a small school, told by clicking and counted: its first day; twenty notices in a batch; a new officer on a
// phone; a superior's paper with little time; two people, a fault of their own and a line that is down; an officer who
// left.
//
// Of these days this is not walked, because the product has no such thing yet:
// - the first day: sheets of scanners, an outbound proxy and the addresses a firewall must let through, first codes for
//   many units at once;
// - Monday: what a weekend's duty wrote down, results of vulnerability scanners and their matching to assets, a
//   generated weekly report;
// - the officer: an alert on the phone with its acknowledgement, a promise of a time, the deputy taking over; messages
//   and log-in by an instant messenger, text messages, calls; a door for phones outside the campus; the self-check;
// - the paper: events and early warnings that spring from it, reports upward as a packet of proofs;
// - the leaver: an address an instant messenger refuses, a directory or a single sign-on that closed the account.
import { BASE, onTheDesk, PHONE, say, scan, startPlatform, step, sum, campus, until } from './house.mjs';

onTheDesk(import.meta.filename, 'days');
const { as } = await import('./day.mjs');
const { call } = await import('./school.mjs');
const { button, counted, drafted, finding, made, secret, turn, UNITS } = await import('./days_house.mjs');
const first = await import('./days_first.mjs');
const lecturer = await import('./days_officer.mjs');
const paper = await import('./days_paper.mjs');
const leaver = await import('./days_leaver.mjs');

async function batch(page) {
  await turn(page, 'operator');
  for (const [i, unit_id] of made.units.entries()) {
    await finding(page, `管理后台对校外开放 ${i + 1}`, unit_id);
  }
  const dialog = page.getByRole('dialog');
  await step('twenty findings are confirmed, drafted and sent up for review together', page, async () => {
    await page.goto(`${BASE}/findings`);
    await page.getByText(`管理后台对校外开放 ${UNITS}`, { exact: true }).waitFor();
    made.count = counted();
    for (const act of ['批量研判确认', '生成通报']) {
      await made.count.tap(button(page, '全选本页'));
      await made.count.tap(button(page, act));
      await made.count.tap(button(dialog, `确定办理 ${UNITS} 项`));
      await dialog.getByText(`已办理 ${UNITS} 项`).waitFor();
      if (act !== '生成通报') {
        await made.count.tap(button(dialog, '关闭').last());
      }
    }
    await made.count.tap(button(dialog, `批量提交审核（${UNITS}）`));
    await made.count.tap(button(dialog, `确定办理 ${UNITS} 项`));
    await dialog.getByText(`已办理 ${UNITS} 项`).waitFor();
  });
}

async function issues(page) {
  await step('the second person issues all of them', page, async () => {
    await page.goto(`${BASE}/notices?tab=review`);
    await made.count.tap(button(page, '全选本页'));
    await made.count.tap(button(page, '批量签发'));
    const dialog = page.getByRole('dialog');
    await dialog.getByText(/王倩/).first().waitFor();
    await made.count.tap(button(dialog, `确定办理 ${UNITS} 项`));
    await dialog.getByText(`已办理 ${UNITS} 项`).waitFor();
  });
  made.count.done('twenty notices from the findings to their numbers', 12, 180);
  const numbers = (await call(page, 'GET', '/notices?limit=100')).items.map((n) => n.number).sort();
  say(numbers.length === UNITS && numbers.every((n, i) => n.endsWith(String(i + 1).padStart(3, '0'))), 'each with a number of its own, none left out', numbers.join(' '));
}

/* A line is down: whom to call stands in the alert, and the number the operator gave is kept there. */
async function lineDown(page) {
  const check = (await call(page, 'POST', '/checks', { name: '电信出口', kind: 'tcp', target: '10.20.12.10:22', interval_s: 1, retries: 0, severity: 'major' })).id;
  await call(page, 'POST', '/circuits', { name: '电信出口', operator: '中国电信', number: 'ZX-1', fault_phone: '10000', check_ids: [check], unit_id: made.centre });
  await until(async () => (await call(page, 'GET', `/checks/${check}`)).state === 'up', 'the line is up');
  campus('stop', 'ssh');
  const alert = await until(async () => (await call(page, 'GET', '/alerts?state=open&limit=200')).items.find((a) => a.check_id === check), 'the alert');
  await step('of a line that is down the alert says whom to call, and keeps the number of the report', page, async () => {
    await page.goto(`${BASE}/alerts/${alert.id}`);
    await page.getByRole('link', { name: /10000/ }).first().waitFor();
    await button(page, '登记报障单号').click();
    await page.getByLabel('运营商给出的单号').fill('20261129-07');
    await button(page, '保存').click();
    await page.getByText('20261129-07').first().waitFor();
  });
  campus('start', 'ssh');
}

/* What he finds when he comes back. */
async function monday(page) {
  await step('the first page says in a sentence what happened while he was away', page, async () => {
    await page.goto(`${BASE}/`);
    await page.getByText('自上次在线').waitFor();
    await page.locator('.away').getByText(/需你处理 \d+/).waitFor();
  });
}

async function ownFault(page) {
  /* What the centre puts right itself is proved by a check, whoever verifies it. */
  const check = (await call(page, 'GET', '/checks?limit=100')).items.find((c) => c.name === '本机内存');
  made.own = (await drafted(page, '中心堡垒机未升级', made.centre, { check_id: check.id })).notice;
  await step('alone at the centre the author issues a notice to it, with a reason', page, async () => {
    await page.goto(`${BASE}/notices/${made.own}`);
    await button(page, '切换为审核人').click();
    await page.getByLabel('先办后审理由').fill('主任出差，须当日下发处置');
    await button(page, '签发并下发').click();
    await page.locator('.notice-head').getByText(/网安通报/).first().waitFor();
    await turn(page, 'officer');
    await page.reload();
    await button(page, '立即签收').click();
    await page.getByLabel('措施与临时控制').fill('今晚升级');
    await button(page, '开始整改').click();
    await page.getByLabel('整改措施').fill('已升级到最新版本');
    await page.locator('input[type=file]').setInputFiles(await scan(page));
    await button(page, '提交整改报告').click();
    await page.locator('.notice-head').getByText('待复核').waitFor();
  });
}

async function reminds(page) {
  await step('all that nobody signed for are reminded of at once, with a text for the group', page, async () => {
    await page.goto(`${BASE}/notices`);
    await page.getByRole('button', { name: /催办全部逾期和未签收/ }).click();
    const dialog = page.getByRole('dialog');
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write'], { origin: BASE });
    await button(dialog, '复制群通知文字').click();
    const text = await page.evaluate(() => navigator.clipboard.readText());
    if (!text.includes('第1学院') || !text.includes('网安通报') || text.includes('管理后台')) {
      throw new Error(`the group would read: ${text}`);
    }
    await button(dialog, `确定办理 ${UNITS - 1} 项`).click();
    await dialog.getByText(`已办理 ${UNITS - 1} 项`).waitFor();
  });
}

async function verifies(page) {
  await step('the other of the two confirms what was issued, and verifies what the centre put right itself', page, async () => {
    await turn(page, 'director');
    await page.goto(`${BASE}/notices/${made.own}`);
    await button(page, '补审确认').click();
    await turn(page, 'verifier');
    await page.reload();
    await button(page, '开始复核').click();
    await page.locator('.probe-list .good').waitFor();
    for (const box of await page.getByRole('checkbox').all()) {
      await box.check();
    }
    await page.getByLabel('复核意见').fill('已核对版本，同意通过');
    await button(page, '复核通过').click();
    await page.locator('.notice-head').getByText('复核通过').waitFor();
  });
  await step('and looks at the unit\'s himself, where no check can', page, async () => {
    await page.goto(`${BASE}/notices/${made.notice}`);
    await button(page, '开始复核').click();
    await page.getByLabel('复核意见').waitFor();
    for (const box of await page.getByRole('checkbox').all()) {
      await box.check();
    }
    await page.getByRole('radio', { name: '人工复测' }).click();
    await page.getByLabel('复核意见').fill('校外已不能访问');
    await button(page, '复核通过').click();
    await page.locator('.notice-head').getByText('复核通过').waitFor();
  });
}

async function briefs(page) {
  await step('both are reported to the vice president, and printed for his folder as one file', page, async () => {
    for (const id of [made.own, made.notice]) {
      await page.goto(`${BASE}/notices/${id}`);
      await button(page, '报送').click();
      await page.locator('.notice-head').getByText('已汇报').waitFor();
    }
    await page.goto(`${BASE}/notices?tab=all`);
    for (const id of [made.own, made.notice]) {
      const { number } = await call(page, 'GET', `/notices/${id}`);
      await page.getByRole('row').filter({ hasText: number }).getByRole('checkbox').check();
    }
    const file = page.waitForEvent('download');
    await button(page, '打印汇报单').click();
    if (!/\.pdf$/.test((await file).suggestedFilename())) {
      throw new Error((await file).suggestedFilename());
    }
  });
}

async function reads(page) {
  await step('he has read them, each with one press', page, async () => {
    await page.goto(`${BASE}/lead`);
    await button(page, '已阅').nth(1).waitFor();
    for (const left of [1, 0]) {
      await button(page, '已阅').first().click();
      await button(page, '已阅').nth(left).waitFor({ state: 'hidden' });
    }
    await page.getByText('没有待阅批的汇报单').waitFor();
  });
}

const platform = await startPlatform();
const operator = (act) => as('zhou', {}, async (page) => { await turn(page, 'operator'); await act(page); });
try {
  await as('admin', {}, (page) => first.sets(page, platform), platform.oneTime);
  await operator(first.imports);
  await as('admin', {}, first.grants);
  await operator(async (page) => {
    await step('a first code is made for who answers for a unit', page, () => first.slip(page, '王倩', 'wang'));
    await batch(page);
  });
  await as('lin', {}, async (page) => { await turn(page, 'reviewer'); await issues(page); });
  await as(made.wang, PHONE, lecturer.begins, secret[made.wang]);
  await as('', PHONE, lecturer.vendor);
  await as('lin', {}, lecturer.allows);
  await as(made.wang, PHONE, lecturer.ends);
  await as('wen', {}, paper.registers, secret.wen);
  await as('liu', PHONE, paper.instructs);
  await as('wen', {}, paper.assigns);
  await operator(async (page) => { await monday(page); await lineDown(page); await paper.hurried(page); await reminds(page); await ownFault(page); });
  await as('lin', {}, async (page) => { await turn(page, 'director'); await paper.shortTime(page); await verifies(page); });
  await operator(async (page) => { await paper.answers(page); await briefs(page); });
  await as('wen', {}, paper.putsAway);
  await as('liu', PHONE, reads);
  await operator(lecturer.seenAgain);
  await as('lin', {}, async (page) => { await turn(page, 'reviewer'); await call(page, 'POST', `/notices/${made.again}/issue`, {}); });
  await as(made.wang, PHONE, lecturer.again);
  await as('admin', {}, (page) => call(page, 'PUT', '/settings/sealed', { value: { photos: false } }));
  await as(made.wang, PHONE, lecturer.noPhotos);
  await operator(leaver.told);
  await as(made.wang, PHONE, leaver.withheld);
  await as('', PHONE, leaver.deadLink);
  await as('du', PHONE, leaver.head, secret.du);
  await as('', PHONE, leaver.confirms);
  await operator(async (page) => {
    await leaver.files(page);
    await step('and makes a first code for who comes', page, () => first.slip(page, '方圆', 'fang'));
  });
  await as(made.fang, PHONE, leaver.succeeds, secret[made.fang]);
} catch (error) {
  say(false, 'the days run to their end', `${error.stack}\n${platform.log}`);
} finally {
  await platform.stop();
}
sum();
