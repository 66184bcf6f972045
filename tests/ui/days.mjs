#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Days of a small school, told by clicking and counted: a batch of twenty notices, a new officer on a phone from the
// message to the signature, a superior's paper with little time, two people and a fault of their own, an officer who left.
import { BASE, mailTo, onTheDesk, PHONE, say, scan, startPlatform, step, sum } from './house.mjs';

onTheDesk(import.meta.filename, 'days');
const { as } = await import('./day.mjs');
const { call } = await import('./school.mjs');
const button = (page, name) => page.getByRole('button', { name, exact: true });
const HOUR_MS = 3_600_000;
const UNITS = 20;
const made = {};
let secret = {};

/** Counts what a person presses, and the seconds it takes. */
function counted(page) {
  const it = { taps: 0, from: Date.now() };
  it.tap = async (what) => { it.taps++; await what.click(); };
  it.done = (most_taps, most_s) => {
    const s = (Date.now() - it.from) / 1000;
    say(it.taps <= most_taps && s <= most_s, `${it.taps} presses (at most ${most_taps}) and ${s.toFixed(1)} s (at most ${most_s})`);
  };
  return it;
}

/* A centre of two, an office, and twenty units with an officer each. */
async function school(page) {
  const post = (path, body) => call(page, 'POST', path, body);
  for (const [key, value] of [['school', { name: '湖北示例职业学院' }], ['mail', { host: '10.20.25.25', port: 25, tls: 'none', from: 'fengsui@campus.test' }], ['address', { base_url: BASE }], ['small_school', { on: true }]]) {
    await call(page, 'PUT', `/settings/${key}`, { value });
  }
  made.centre = (await post('/units', { name: '信息技术中心', kind: 'centre', is_centre: true })).id;
  made.office = (await post('/units', { name: '学校办公室', kind: 'department' })).id;
  made.units = [];
  for (let i = 0; i < UNITS; i++) {
    made.units.push((await post('/units', { name: i ? `第${i}学院` : '教务处', kind: i ? 'faculty' : 'department' })).id);
  }
  const person = async (account, name, unit_id, ...roles) => {
    secret[account] = (await post('/users', { account, name, unit_id, mail: `${account}@campus.test`, phone: '13900000009', roles: roles.map((role) => ({ role, unit_id: ['officer', 'unit_head'].includes(role) ? unit_id : null })) })).secret;
  };
  await person('zhou', '周敏', made.centre, 'operator', 'reviewer', 'officer');
  await person('lin', '林涛', made.centre, 'director', 'reviewer', 'verifier', 'unit_head');
  await person('wen', '郑文', made.office, 'school_office');
  await person('wang', '王倩', made.units[0], 'officer');
  await person('du', '杜衡', made.units[0], 'unit_head');
  for (const [i, unit_id] of made.units.slice(1).entries()) {
    const id = (await post('/people', { name: `联络员${i + 1}`, unit_id, mail: `u${i + 1}@campus.test`, phone: '13900000010' })).id;
    await post(`/people/${id}/grants`, { role: 'officer', unit_id });
  }
}

const turn = async (page, role) => {
  const { grants } = await call(page, 'GET', '/session');
  await call(page, 'POST', '/session/role', { grant_id: grants.find((g) => g.role === role).id });
};
const finding = (page, title, unit_id, more = {}) => call(page, 'POST', '/findings', { title, kind: 'exposure', grade: 'medium', unit_id, description: '例行检查发现。', ...more }).then((f) => f.id);

async function batch(page) {
  await turn(page, 'operator');
  for (const [i, unit_id] of made.units.entries()) {
    await finding(page, `管理后台对校外开放 ${i + 1}`, unit_id);
  }
  const dialog = page.getByRole('dialog');
  await step('twenty findings are confirmed, drafted and sent up for review together', page, async () => {
    await page.goto(`${BASE}/findings`);
    await page.getByText(`管理后台对校外开放 ${UNITS}`, { exact: true }).waitFor();
    made.count = counted(page);
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
  made.count.done(12, 180);
  const numbers = (await call(page, 'GET', '/notices?limit=100')).items.map((n) => n.number).sort();
  say(numbers.length === UNITS && numbers.every((n, i) => n.endsWith(String(i + 1).padStart(3, '0'))), 'each with a number of its own, none left out', numbers.join(' '));
}

/** Two pages as a camera takes them. */
const photos = (page) => page.evaluate(() => Promise.all([[900, 1200], [1200, 900]].map(async ([width, height]) => {
  const canvas = Object.assign(document.createElement('canvas'), { width, height });
  const pen = canvas.getContext('2d');
  pen.fillStyle = '#fff';
  pen.fillRect(0, 0, width, height);
  pen.strokeRect(40, 40, width - 80, height - 80);
  return canvas.toDataURL('image/jpeg').split(',')[1];
}))).then((all) => all.map((text, i) => ({ name: `IMG_${i}.jpg`, mimeType: 'image/jpeg', buffer: Buffer.from(text, 'base64') })));

async function officer(page) {
  const link = new RegExp(`${BASE}/notices/\\d+`).exec(await mailTo('wang@campus.test', '网安通报'))[0];
  made.notice = Number(/\d+$/.exec(link)[0]);
  await step('from the message a new officer signs on the phone', page, async () => {
    const count = counted(page);
    count.taps++;
    await page.goto(link);
    await page.waitForURL(/\/m\/n\/\d+$/);
    await count.tap(button(page, '立即签收'));
    await page.waitForURL(/\/m\/n\/\d+\/rectify/);
    count.done(2, 15);
  });
  await step('plans, and finds the vendor\'s link where the notice is read', page, async () => {
    await page.getByLabel('措施与临时控制').fill('请供应商关闭校外访问');
    await button(page, '开始整改').click();
    await page.getByLabel('整改措施').waitFor();
    await page.goto(`${BASE}/m/n/${made.notice}`);
    await page.getByLabel('经办人（单位和姓名）').fill('蓝天软件 张工');
    await button(page, '生成协助链接').click();
    await page.locator('code').filter({ hasText: '/helper/' }).waitFor();
    await page.getByRole('link', { name: '申请延期' }).waitFor();
    await page.getByText('怎么改').first().waitFor();
  });
  await step('what is written without a network is kept, and two photos become one file', page, async () => {
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
async function noPhotos(page) {
  const other = (await call(page, 'GET', '/notices?limit=100')).items.find((n) => n.unit.name === '教务处' && n.id !== made.notice);
  await call(page, 'POST', `/notices/${other.id}/sign`, {});
  await call(page, 'POST', `/notices/${other.id}/plan`, { responsible: '王倩', plan: '清除失效外链', planned_at: other.due_at - HOUR_MS });
  await step('where the school forbids photos of sealed papers there is no camera', page, async () => {
    await page.goto(`${BASE}/m/n/${other.id}/rectify`);
    await page.getByText('本校规定盖章件不得用手机拍摄', { exact: false }).waitFor();
    if (await page.locator('input[capture]').count()) {
      throw new Error('there is one');
    }
    const [photo] = await photos(page);
    const status = (file) => page.evaluate(async ([id, bytes]) => (await fetch(`/api/v1/notices/${id}/attachments?name=a.jpg`, { method: 'POST', headers: { 'Content-Type': 'application/octet-stream' }, body: Uint8Array.from(atob(bytes), (c) => c.charCodeAt(0)) })).status, [other.id, file.buffer.toString('base64')]);
    const [refused, taken] = [await status(photo), await status(await scan(page))];
    if (refused !== 422 || taken >= 300) {
      throw new Error(`a photo ${refused}, a scanner's file ${taken}`);
    }
  });
}

/* Received on a Friday at 16:00, due on Sunday at 18:00: fifty hours. */
async function paper(page) {
  await call(page, 'POST', '/superiors', { name: '示例省教育厅' });
  const due = new Date(Date.now() + 50 * HOUR_MS);
  await step('the office is asked for secrecy before anything else, then for the rest', page, async () => {
    await page.goto(`${BASE}/incoming`);
    await page.getByRole('button', { name: '登记来文' }).first().click();
    const dialog = page.getByRole('dialog');
    if (await dialog.getByLabel('标题').count()) {
      throw new Error('the title is asked before');
    }
    await dialog.getByRole('radio', { name: '公开' }).click();
    await dialog.getByLabel('标题').fill('关于网站过期外链的通知');
    await dialog.getByLabel('来文单位').selectOption({ label: '示例省教育厅' });
    await dialog.getByLabel('办理时限').fill(new Date(due.getTime() + 8 * HOUR_MS).toISOString().slice(0, 10));
    await button(dialog, '保存').click();
    await page.waitForURL(/\/incoming\/\d+/);
    made.paper = Number(/\d+$/.exec(page.url())[0]);
  });
}

/* The same by the one who handles it: its notice must be due before, and not before it is issued. */
async function hurried(page) {
  made.limit = Date.now() + 50 * HOUR_MS;
  const short = (await call(page, 'POST', '/incoming', { secrecy: 'public', title: '关于周末核查的紧急通知', superior_id: (await call(page, 'GET', '/superiors')).items[0].id, received_at: Date.now(), due_at: made.limit })).id;
  const wrong = await finding(page, '教务网站存在过期外链', made.units[0], { incoming_id: short });
  await call(page, 'POST', `/findings/${wrong}/confirm`, {});
  made.hurried = (await call(page, 'POST', '/notices', { title: '关于过期外链的通报', finding_ids: [wrong], requirement: '请立即清除。' })).id;
  await call(page, 'POST', `/notices/${made.hurried}/review`, {});
}

async function ownFault(page) {
  /* What the centre puts right itself is proved by a check, whoever verifies it. */
  const check = (await call(page, 'GET', '/checks?limit=100')).items.find((c) => c.name === '本机内存');
  const own = await finding(page, '中心堡垒机未升级', made.centre, { check_id: check.id });
  await call(page, 'POST', `/findings/${own}/confirm`, {});
  made.own = (await call(page, 'POST', '/notices', { title: '关于中心堡垒机的通报', finding_ids: [own], requirement: '请升级。' })).id;
  await call(page, 'POST', `/notices/${made.own}/review`, {});
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

async function settles(page) {
  await call(page, 'POST', `/notices/${made.hurried}/issue`, {});
  await step('the short time of the superior is told, and explained', page, async () => {
    await page.goto(`${BASE}/notices/${made.hurried}`);
    await page.getByText('来文时限短于校内时限').first().waitFor();
    const it = await call(page, 'GET', `/notices/${made.hurried}`);
    if (it.due_at >= made.limit || it.due_at <= Date.now() + HOUR_MS) {
      throw new Error(`due ${new Date(it.due_at)}`);
    }
  });
  await step('the other of the two confirms what was issued, and verifies what the centre put right itself', page, async () => {
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
}

async function reminds(page) {
  await step('all that nobody signed for are reminded of at once, with a text for the group', page, async () => {
    await page.goto(`${BASE}/notices`);
    await page.getByRole('button', { name: /催办全部逾期和未签收/ }).click();
    const dialog = page.getByRole('dialog');
    await button(dialog, '复制群通知文字').waitFor();
    await button(dialog, `确定办理 ${UNITS - 1} 项`).click();
    await dialog.getByText(`已办理 ${UNITS - 1} 项`).waitFor();
  });
}

async function leaves(page) {
  await page.goto(`${BASE}/units`);
  await step('a colleague tells that the officer left', page, async () => {
    await page.getByRole('link', { name: '教务处' }).click();
    await page.locator('li', { hasText: '王倩' }).getByRole('button', { name: '登记通话' }).click();
    await page.getByLabel('从何得知').fill('同事来电');
    await button(page, '反映离岗').click();
    await page.getByText('有人反映已离岗').first().waitFor().catch(() => undefined);
  });
}

async function head(page) {
  await step('her head stands in on the phone, says that she left and files who comes', page, async () => {
    await page.goto(`${BASE}/m/unit`);
    await page.getByLabel('核实情况').fill('已调离');
    await button(page, '确已离岗').click();
    await button(page, '确已离岗').waitFor({ state: 'hidden' });
    await button(page, '报送人员变动').click();
    await page.getByLabel('姓名').fill('方圆');
    await page.getByLabel('电话', { exact: false }).first().fill('13900000011');
    await page.getByLabel('备用电话').fill('027-00000012');
    await page.getByLabel('邮箱').fill('fang@campus.test');
    await page.getByLabel('变更原因').fill('原任已调离');
    await button(page, '保存并提交').click();
    await page.waitForURL(/\/m\/unit\/\d+/);
    await page.getByText('方圆').first().waitFor();
  });
}

const platform = await startPlatform();
try {
  await as('admin', {}, school, platform.oneTime);
  await as('zhou', {}, batch, secret.zhou);
  await as('lin', {}, async (page) => { await turn(page, 'reviewer'); await issues(page); }, secret.lin);
  await as('wang', PHONE, officer, secret.wang);
  await as('wen', {}, paper, secret.wen);
  await as('zhou', {}, async (page) => { await turn(page, 'operator'); await hurried(page); await reminds(page); await ownFault(page); });
  await as('lin', {}, async (page) => { await turn(page, 'director'); await settles(page); });
  await as('admin', {}, (page) => call(page, 'PUT', '/settings/sealed', { value: { photos: false } }));
  await as('wang', PHONE, noPhotos);
  await as('zhou', {}, async (page) => { await turn(page, 'operator'); await leaves(page); });
  await as('wang', PHONE, (page) => step('who is doubted is told so and shown nothing', page, () => page.goto(`${BASE}/m/n/${made.notice}`).then(() => page.getByText('您的在岗情况待核实').waitFor())));
  await as('du', PHONE, head, secret.du);
} catch (error) {
  say(false, 'the days run to their end', `${error.stack}\n${platform.log}`);
} finally {
  await platform.stop();
}
sum();
