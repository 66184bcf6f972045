// SPDX-License-Identifier: Apache-2.0
// A school's first day, told by clicking: each act is one person at one screen.
import { attend, BASE, campus, mails, mailTo, onTheDesk, PASSWORD, PATIENT_MS, PHONE, say, scan, step, until } from './house.mjs';
import { browse, signIn } from '../../ui/tests-e2e/browser.mjs';

export { onTheDesk };
export const PEOPLE = [['周敏', 'zhou'], ['林涛', 'lin'], ['何静', 'he'], ['刘建国', 'liu'], ['王倩', 'wang']];
export const PORTAL = 'http://10.20.11.10/';
const button = (page, name) => page.getByRole('button', { name, exact: true });
const secrets = {};
const known = new Set();
/** Where the day's notice is, and what it is called, once they are known. */
export const day = { notice: '', number: '', hazard: '' };
const taken = async () => undefined;

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

/** A browser of one person's own, signed in; at first the one-time password must be changed. */
export async function as(account, look, act, oneTime = secrets[account]) {
  const it = await browse(look);
  const { page } = it;
  page.setDefaultTimeout(PATIENT_MS);
  attend(page);
  page.on('response', async (r) => {
    if (r.url().includes('/api/') && r.status() >= 400 && r.status() !== 401) {
      console.log(`# ${account}: ${r.request().method()} ${r.url().slice(BASE.length)} ${(r.request().postData() ?? '').slice(0, 300)} -> ${r.status()} ${(await r.text().catch(() => '')).slice(0, 300)}`);
    }
  });
  try {
    if (account && !known.has(account)) {
      await step(`${account} must change the one-time password`, page, () => newPassword(page, account, oneTime));
      known.add(account);
    } else if (account) {
      await signIn(page, account, PASSWORD);
    }
    await act(page);
    const faults = it.faults.filter((f) => !/Failed to load resource/.test(f));
    say(faults.length === 0, `${account || 'a guest'}: no policy violation, page error or foreign request`, faults.join('\n'));
  } finally {
    await it.close();
  }
}

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

export async function wizard(page, { backups, shot = taken, units = [['信息技术中心', true], ['教务处', false]], addresses = [PORTAL, '10.20.12.10:22'], staff = PEOPLE, small = false }) {
  const next = (path) => page.waitForURL((u) => u.search.includes(path));
  await step('the wizard opens and three heartbeats are alive before anything is set', page, async () => {
    await page.waitForURL(/\/setup/);
    await page.locator('.first-beat').nth(2).waitFor();
    // Degraded is alive as well: the machine under test may be busy.
    for (const i of [0, 1, 2]) {
      await page.locator('.first-beat').nth(i).locator('.beat:not(.beat-none)').first().waitFor();
    }
    await shot('setup-school');
  });
  await step('the school is named', page, async () => {
    await page.getByLabel('校名').fill('湖北示例职业学院');
    await page.getByLabel('简称').fill('示例学院');
    if (small) {
      await page.getByRole('checkbox', { name: /小单位模式/ }).check();
    }
    await button(page, '保存并继续').click();
    await next('step=address');
  });
  await step('the address is saved and the clock looked at', page, async () => {
    await page.getByLabel('平台网址').fill(BASE);
    await shot('setup-address');
    await button(page, '保存并继续').click();
    await next('step=time');
    await page.getByText('服务器时间', { exact: true }).waitFor();
    await shot('setup-time');
    await button(page, '下一步').click();
    await next('step=mail');
  });
  await step('mail is set and the test mail arrives', page, async () => {
    await page.getByLabel('邮件服务器').fill('10.20.25.25');
    await page.getByLabel('端口').fill('25');
    await page.getByLabel('加密').selectOption({ label: '不加密（仅限本机）' });
    await page.getByLabel('发件人地址').fill('fengsui@campus.test');
    await button(page, '保存并继续').click();
    await next('step=backup');
    await button(page, '返回').click();
    await page.getByPlaceholder('收件地址').fill('admin@campus.test');
    await button(page, '发送测试邮件').click();
    await page.getByText('测试邮件已发往').waitFor();
    await shot('setup-mail');
    await mailTo('admin@campus.test', '');
    await button(page, '下一步').click();
  });
  await step('the backup target is saved', page, async () => {
    await page.getByLabel('备份目录').fill(backups);
    await shot('setup-backup');
    await button(page, '保存并继续').click();
    await next('step=units');
  });
  await step('two units are registered', page, async () => {
    for (const [name, centre] of units) {
      await addUnit(page, name, centre);
    }
    await page.getByText(units[1][0], { exact: true }).first().waitFor();
    await shot('setup-units');
    await button(page, '下一步').click();
    await next('step=accounts');
  });
  await step('the people of the line get accounts', page, async () => {
    for (const [i, [name, account]] of [...staff.entries()].filter(([, person]) => person)) {
      const row = page.locator('form.account-row').nth(i);
      await row.getByLabel('姓名').fill(name);
      await row.getByLabel('账号').fill(account);
      await row.getByLabel('邮箱').fill(`${account}@campus.test`);
      await row.getByLabel('单位').selectOption({ label: account === 'wang' ? '教务处' : '信息技术中心' });
      await row.getByRole('button').click();
      secrets[account] = (await row.locator('.account-done b').innerText()).trim();
    }
    await shot('setup-accounts');
    await button(page, '下一步').click();
    await next('step=duty');
  });
  await step('the person on duty is named', page, async () => {
    await page.getByLabel('当前值班员').selectOption({ label: '周敏 信息技术中心' });
    await shot('setup-duty');
    await button(page, '保存并继续').click();
    await next('step=addresses');
  });
  await step('pasted addresses turn green or red, a line that is none says so', page, async () => {
    await page.locator('textarea').fill([...addresses, '不是地址'].join('\n'));
    await button(page, '开始检测').click();
    await page.locator('.paste-up').nth(addresses.length - 1).waitFor();
    await page.locator('.paste-refused').first().waitFor();
    await shot('setup-addresses');
  });
  await step('the setup ends at the check-up, which names what is left', page, async () => {
    await button(page, '完成设置').click();
    await page.waitForURL(/\/checkup/);
    await page.getByText('值班员：周敏。').waitFor();
    await page.getByText('邮件服务器已设置。').waitFor();
  });
}

/** Asked each second instead of each minute, so that nobody waits for this test. */
export async function hurry(page, target = PORTAL) {
  await page.goto(`${BASE}/checks`);
  await page.getByRole('row').filter({ hasText: target }).first().click();
  await button(page, '修改').click();
  const box = page.getByRole('dialog').last();
  await box.getByLabel('名称').fill('门户网站');
  await box.getByLabel('告警级别', { exact: true }).selectOption({ label: '紧急' });
  await box.getByLabel('间隔').fill('1');
  await box.getByLabel('重试').fill('1');
  await button(box, '保存').click();
  await box.waitFor({ state: 'hidden' });
}

export async function operator(page) {
  await step('the overview shows heartbeats of real checks and a live connection', page, async () => {
    await page.goto(`${BASE}/`);
    await page.locator('.live-live').waitFor();
    await page.locator('.service-list .beat:not(.beat-none)').first().waitFor();
  });
  await step('the portal is watched closely', page, () => hurry(page));
  let link = '';
  await step('a web service that stops becomes an alert, live, in the queue', page, async () => {
    await page.goto(`${BASE}/alerts`);
    await page.locator('.live-live').waitFor();
    const before = mails().length;
    campus('stop', 'web');
    await page.locator('.queue-pill').click({ timeout: 3 * PATIENT_MS });
    await page.getByRole('row').filter({ hasText: '门户网站' }).first().click();
    await page.locator('aside').getByText('待确认').first().waitFor();
    const text = await mailTo('zhou@campus.test', '门户网站', before);
    link = new RegExp(`${BASE}/ack/[0-9A-Za-z]+`).exec(text)?.[0] ?? '';
    if (!link) {
      throw new Error(`no link in the mail:\n${text}`);
    }
  });
  await as('', PHONE, async (guest) => {
    await step('the link of the mail shows the alert and acknowledges nothing', guest, async () => {
      await guest.goto(link);
      await button(guest, '确认，由我处理').waitFor();
      await page.reload();
      await page.locator('aside').getByText('待确认').first().waitFor();
    });
    await step('a click acknowledges it, and the queue sees it live', guest, async () => {
      await button(guest, '确认，由我处理').click();
      await guest.getByRole('status').getByText('周敏').waitFor();
      await page.locator('aside').getByText('处置中').first().waitFor();
    });
  });
  await step('it becomes a finding and a notice under review', page, async () => {
    await page.getByRole('button', { name: /转隐患/ }).first().click();
    const box = page.getByRole('dialog').last();
    await box.getByLabel('责任单位').selectOption({ label: '教务处' });
    await box.locator('button[type=submit]').click();
    await page.waitForURL(/\/notices\/new/);
    await page.locator('.pick-row input:checked').waitFor();
    await button(page, '提交审核').click();
    await page.waitForURL(/\/notices\/\d+$/);
    day.notice = new URL(page.url()).pathname;
    await page.getByText('待审核').first().waitFor();
    if (await button(page, '签发并下发').isVisible()) {
      throw new Error('the author may issue');
    }
  });
}

export async function director(page) {
  await step('a second person issues it: number, due date, mail to the officer', page, async () => {
    const before = mails().length;
    await page.goto(BASE + day.notice);
    await button(page, '签发并下发').click();
    const head = page.locator('.notice-head');
    await head.getByText(/网安通报/).first().waitFor();
    await head.getByText('整改期限').waitFor();
    day.number = /网安通报\s?\S*\d{3}/.exec(await head.innerText())?.[0] ?? '';
    await mailTo('wang@campus.test', day.number, before);
  });
}

export async function officer(page) {
  await step('the officer finds it on the phone and signs', page, async () => {
    await page.goto(`${BASE}/m`);
    await page.locator('.phone-urgent').getByRole('link').click();
    await button(page, '立即签收').click();
    await page.waitForURL(/rectify/);
  });
  await step('the officer plans', page, async () => {
    await page.getByLabel('措施与临时控制').fill('重启服务，增加守护');
    await button(page, '开始整改').click();
    await page.getByLabel('整改措施').waitFor();
  });
  await step('the officer rectifies, uploads the scan and submits', page, async () => {
    campus('start', 'web');
    await page.getByLabel('整改措施').fill('已重启并配置守护进程');
    await page.setInputFiles('input[accept^="application/pdf"]', await scan(page));
    await page.getByText('整改报告.pdf').waitFor();
    await button(page, '提交整改报告').click();
    await page.waitForURL(/\/m\/n\/\d+$/);
    await page.getByText('待复核').first().waitFor();
  });
  await step('the officer reports what he has seen in three answers, and has a number at once', page, async () => {
    await page.goto(`${BASE}/m`);
    await page.getByRole('link', { name: '上报隐患或事件' }).click();
    await page.getByLabel('发现了什么').fill('自助机弹出陌生网页');
    await page.getByLabel('位置').fill('教学楼一楼');
    await button(page, '上报').click();
    day.hazard = /H-\d+/.exec(await page.getByRole('status').filter({ hasText: '已受理' }).innerText())[0];
    await page.locator('.phone-row').filter({ hasText: day.hazard }).getByText('待研判').waitFor();
  });
}

export async function verifier(page) {
  await step('the verifier asks for a fresh probe and passes', page, async () => {
    await page.goto(BASE + day.notice);
    await button(page, '开始复核').click();
    await page.locator('.probe-list .good').first().waitFor();
    for (const box of await page.getByRole('checkbox').all()) {
      await box.check();
    }
    await page.getByLabel('复核意见').fill('复测正常，同意通过');
    await button(page, '复核通过').click();
    await page.locator('.notice-head').getByText('复核通过').waitFor();
  });
}

export async function brief(page) {
  await step('the operator reports it to the vice president', page, async () => {
    await page.goto(BASE + day.notice);
    await button(page, '报送').click();
    await page.locator('.notice-head').getByText('已汇报').waitFor();
  });
  await step('the operator was told of the reported hazard and judges it worse', page, async () => {
    const text = await mailTo('zhou@campus.test', day.hazard);
    if (text.includes('陌生网页')) {
      throw new Error(`the mail says what it is:\n${text}`);
    }
    await page.goto(`${BASE}/findings/${day.hazard.slice(2)}`);
    await button(page, '研判确认').click();
    const box = page.getByRole('dialog', { name: '研判并确认' });
    await box.getByRole('radio', { name: '高危' }).click();
    await button(box, '研判确认').click();
    await page.locator('aside').getByText('已确认').first().waitFor();
  });
}

export async function leader(page) {
  await step('the vice president reads it with one press', page, async () => {
    await page.goto(`${BASE}/lead`);
    await button(page, '已阅').first().click();
    await page.getByText('没有待阅批的汇报单').waitFor();
  });
}

export async function close(page) {
  await step('not reported upward, with a reason, and closed', page, async () => {
    await page.goto(BASE + day.notice);
    await button(page, '切换为信息技术中心主任').click();
    await page.getByLabel('理由').fill('一般性中断，未造成影响');
    await button(page, '记录').click();
    await button(page, '归档').last().click();
    await page.locator('.notice-head').getByText('已归档').waitFor();
  });
  await step('the notice opens as a PDF with its number and title', page, async () => {
    const row = page.locator('.paper-row').filter({ hasText: '限期整改通知书' }).first();
    const link = row.getByRole('link', { name: 'PDF' });
    await link.waitFor();
    const answer = await page.request.get(BASE + (await link.getAttribute('href')));
    const body = await answer.body();
    if (answer.status() !== 200 || !body.subarray(0, 5).equals(Buffer.from('%PDF-'))) {
      throw new Error(`${answer.status()} ${body.subarray(0, 40)}`);
    }
    day.pdf = body;
  });
}

export async function audit(page) {
  await step('the audit log tells the day of the notice', page, async () => {
    await page.goto(`${BASE}/audit?kind=notice`);
    const list = page.locator('.audit-list');
    for (const [who, did] of [['周敏', '提交审核'], ['林涛', '签发通报'], ['王倩', '签收通报'], ['王倩', '提交整改报告'], ['何静', '复核通过'], ['刘建国', '阅批'], ['林涛', '归档通报']]) {
      await list.locator('li').filter({ hasText: who }).filter({ hasText: did }).first().waitFor();
    }
  });
  await step('every act of the day is told in words', page, async () => {
    await page.goto(`${BASE}/audit`);
    await page.locator('.audit-list li').nth(20).waitFor();
    const codes = (await page.locator('.audit-list').innerText()).match(/\b[a-z_]+\.[a-z_]+\b/g) ?? [];
    const bare = [...new Set(codes)].filter((c) => !/fengsui|test|pdf/.test(c));
    if (bare.length) {
      throw new Error(`shown as codes: ${bare.join(' ')}`);
    }
  });
}

/** The administrator gives one more account, by the screen for it. */
export async function auditorAccount(page) {
  await step('the administrator makes the auditor an account', page, async () => {
    await page.goto(`${BASE}/users`);
    await button(page, '新建账号').first().click();
    const box = page.getByRole('dialog').last();
    await box.getByLabel('姓名').fill('郑伟');
    await box.getByLabel('账号').fill('zheng');
    await box.getByLabel('角色').selectOption({ label: '审计管理员' });
    await box.locator('button[type=submit]').click();
    secrets.zheng = (await page.locator('.secret-text').innerText()).trim();
  });
}
