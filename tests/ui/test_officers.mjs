#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Who answers for a unit, told by clicking: an officer reports a change on the phone, her head signs, the new one
// confirms his mailbox, the centre files it; somebody may have left; a notice is passed on; a vendor helps; a unit ends.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { BASE, mailTo, onTheDesk, PHONE, ROOT, say, startPlatform, step, sum, until } from './house.mjs';

onTheDesk(import.meta.filename, 'officers');
const { as } = await import('./day.mjs');
const { call, people, records } = await import('./school.mjs');
const AXE = readFileSync(createRequire(join(ROOT, 'ui/package.json')).resolve('axe-core/axe.min.js'), 'utf8');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
const SHOTS = process.env.FENGSUI_SHOTS;
const button = (page, name) => page.getByRole('button', { name, exact: true });
const wrong = [];

/** Is this screen fit to be used, in light and dark, and does it fit its width? */
async function fit(page, name) {
  await page.locator('.skeleton').first().waitFor({ state: 'hidden', timeout: 5000 }).catch(() => undefined);
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme });
    await page.waitForTimeout(150);
    await page.evaluate(AXE);
    const found = await page.evaluate(async (rules) => (await window.axe.run({ runOnly: rules })).violations.map((v) => `${v.id}: ${v.nodes.slice(0, 2).map((n) => n.html.slice(0, 160)).join(' | ')}`), RULES);
    wrong.push(...found.map((f) => `${name} ${colorScheme}: ${f}`));
    if (SHOTS) {
      mkdirSync(SHOTS, { recursive: true });
      await page.screenshot({ path: join(SHOTS, `officers-${name}-${colorScheme}.png`), fullPage: true });
    }
  }
  const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  wrong.push(...(over > 0 ? [`${name}: ${over} px too wide`] : []));
  await page.emulateMedia({ colorScheme: 'light' });
}

const platform = await startPlatform();
let secret = {};
try {
  await as('admin', {}, async (page) => {
    secret = await people(page);
    const unit_id = (await call(page, 'GET', '/units?limit=50')).items.find((u) => u.name === '教务处').id;
    await call(page, 'POST', '/units', { name: '后勤处', kind: 'department' });
    secret.du = (await call(page, 'POST', '/users', { account: 'du', name: '杜衡', unit_id, mail: 'du@campus.test', phone: '13900000009', roles: [{ role: 'unit_head', unit_id }] })).secret;
    await call(page, 'PUT', '/settings/mail', { value: { host: '10.20.25.25', port: 25, tls: 'none', from: 'fengsui@campus.test' } });
    await call(page, 'PUT', '/settings/address', { value: { base_url: BASE } });
    await call(page, 'PUT', '/settings/school', { value: { name: '湖北示例职业学院', short: '示例学院' } });
  }, platform.oneTime);
  const made = {};
  await as('zhou', {}, async (page) => Object.assign(made, await records(page)), secret.zhou);
  await as('lin', {}, async (page) => call(page, 'POST', `/notices/${made.notice}/issue`, {}), secret.lin);

  await as('wang', PHONE, async (page) => {
    await step('the officer reports her successor on the phone', page, async () => {
      await page.goto(`${BASE}/m`);
      await page.getByText('我的单位').click();
      await page.getByText('王倩').first().waitFor();
      await fit(page, 'phone-unit');
      await button(page, '报送人员变动').click();
      await page.getByLabel('离任人').selectOption({ label: '王倩' });
      await page.getByLabel('姓名').fill('方圆');
      await page.getByLabel('电话', { exact: false }).first().fill('13900000011');
      await page.getByLabel('备用电话').fill('027-00000012');
      await page.getByLabel('邮箱').fill('fang@campus.test');
      await page.getByLabel('变更原因').fill('工作调整');
      await fit(page, 'phone-form');
      await button(page, '保存并提交').click();
      await page.waitForURL(/\/m\/unit\/\d+/);
      await page.getByText('待负责人签字').waitFor();
      made.filing = Number(/\d+$/.exec(page.url())[0]);
      await fit(page, 'phone-filing');
    });
  }, secret.wang);

  await as('du', PHONE, async (page) => {
    await step('her head signs, and nothing else is needed', page, async () => {
      await page.goto(`${BASE}/m/unit`);
      await page.getByText('方圆').click();
      await button(page, '签字同意').click();
      await page.getByText('联系方式核验中').waitFor();
    });
  }, secret.du);

  await as('', PHONE, async (page) => {
    await step('who comes confirms the mailbox by its link', page, async () => {
      const link = /http\S+\/contact\/\w+/.exec(await mailTo('fang@campus.test', '联系方式核验'))[0];
      await page.goto(link);
      await fit(page, 'contact');
      await button(page, '是我，确认').click();
      await page.getByText('已确认，谢谢。').waitFor();
    });
    await step('a dead link says so', page, async () => {
      await page.goto(`${BASE}/contact/AAAAAAAAAAAAAAAAAAAAAAAA`);
      await page.getByText('链接已失效').waitFor();
    });
  });

  await as('zhou', {}, async (page) => {
    await step('the operator hears both numbers and files the post under a number', page, async () => {
      await page.goto(BASE);
      await page.locator('li', { hasText: '方圆' }).getByText('备案', { exact: true }).first().waitFor();
      await page.goto(`${BASE}/units?tab=filings`);
      await page.getByText('方圆').waitFor();
      await fit(page, 'filings');
      await page.getByRole('link', { name: '教务处' }).click();
      await button(page, '已打通，是本人').first().click();
      await button(page, '已打通，是本人').nth(1).waitFor({ state: 'hidden' });
      await button(page, '已打通，是本人').click();
      await page.getByLabel('仍予备案的理由').fill('人事处已核实在编');
      await fit(page, 'filing');
      await button(page, '予以备案').last().click();
      await page.getByText(/网安备案 \d{4}-001/).first().waitFor();
      await until(async () => (await call(page, 'GET', `/filings/${made.filing}`)).state === 'effective', 'the filing takes effect');
    });
    await step('a slip with a first code is made for who comes', page, async () => {
      await page.goto(`${BASE}/units`);
      await page.getByRole('link', { name: '教务处' }).click();
      await page.getByText('方圆').first().waitFor();
      await fit(page, 'unit');
      await page.locator('li', { hasText: '方圆' }).getByRole('button', { name: '开通单' }).click();
      await button(page.getByRole('dialog').last(), '生成').click();
      await page.getByText('一次性开通码').waitFor();
      made.code = await page.locator('.slip-code').nth(1).innerText();
      made.account = await page.locator('.slip-code').first().innerText();
      await fit(page, 'slip');
    });
  });

  await as('wang', PHONE, async (page) => {
    await step('who has left her post sees that, and writes notes for who comes', page, async () => {
      await page.goto(`${BASE}/m`);
      await page.getByText('您的岗位已交接').waitFor();
      await fit(page, 'handing-over');
      await page.getByRole('link', { name: '填写交接说明' }).click();
      await page.getByLabel('交接说明').fill('日志在二层机柜。');
      await button(page, '确认移交').click();
      await page.getByText('移交人已确认').first().waitFor();
    });
  });

  await as(made.account, {}, async (page) => {
    await step('who came passes the notice on in the unit', page, async () => {
      await page.goto(`${BASE}/notices/${made.notice}`);
      await button(page, '转发本单位').click();
      await page.getByLabel('转发文字').fill('请检查各自的口令。');
      await button(page, '转发').click();
      made.pass = await page.locator('code').innerText();
      await fit(page, 'notice');
    });
    await step('and asks a vendor to help with the one finding', page, async () => {
      await page.goto(`${BASE}/findings/${made.finding}`);
      await page.getByLabel('经办人（单位和姓名）').fill('蓝天软件 张工');
      await button(page, '生成协助链接').click();
      made.helper = await page.locator('code').innerText();
    });
  }, made.code);

  await as('', PHONE, async (page) => {
    await step('a colleague reads what was passed on without a log-in', page, async () => {
      await page.goto(made.pass);
      await page.getByText('请检查各自的口令。').waitFor();
      await fit(page, 'pass');
    });
    await step('the vendor says what was done', page, async () => {
      await page.goto(made.helper);
      await page.getByLabel('做了什么').fill('已停用两个测试账号');
      await fit(page, 'helper');
      await button(page, '提交处理情况').click();
      await page.getByText('已停用两个测试账号').last().waitFor();
    });
  });

  await as('zhou', {}, async (page) => {
    await step('the operator begins a review of the term', page, async () => {
      await page.goto(`${BASE}/units?tab=reviews`);
      await page.getByLabel('名称').fill('2026 年秋季学期');
      await button(page, '开始核对').click();
      await page.getByText('未确认').first().waitFor();
      await fit(page, 'reviews');
    });
    await step('somebody says that the new officer has left', page, async () => {
      await page.goto(`${BASE}/units`);
      await page.getByRole('link', { name: '教务处' }).click();
      await page.getByText('方圆').first().waitFor();
      await page.locator('li', { hasText: '方圆' }).getByRole('button', { name: '登记通话' }).click();
      await page.getByLabel('从何得知').fill('同事来电');
      await button(page, '反映离岗').click();
      await page.goto(`${BASE}/units`);
      await page.getByText('杜衡 代管').first().waitFor();
      await fit(page, 'units');
      await page.goto(`${BASE}/units?tab=doubts`);
      await page.getByText('有人反映已离岗').first().waitFor();
      await fit(page, 'doubts');
    });
  });

  await as(made.account, PHONE, async (page) => {
    await step('who is doubted is told so and shown nothing', page, async () => {
      await page.goto(`${BASE}/m`);
      await page.getByText('您的在岗情况待核实').waitFor();
      await fit(page, 'withheld');
    });
  });

  await as('du', PHONE, async (page) => {
    await step('her head confirms the list and settles the doubt on the phone', page, async () => {
      await page.goto(`${BASE}/m/unit`);
      await fit(page, 'phone-head');
      await button(page, '名单无误，确认').click();
      await page.getByText('已确认').first().waitFor();
      await page.getByLabel('核实情况').fill('本人在岗');
      await button(page, '仍在岗').click();
      await button(page, '仍在岗').waitFor({ state: 'hidden' });
    });
  });

  await as('zhou', {}, async (page) => {
    await step('the unit goes up in another, what moves is seen before', page, async () => {
      await page.goto(`${BASE}/units`);
      await page.getByRole('link', { name: '教务处' }).click();
      await button(page, '撤并').click();
      await page.getByText('在办通报 1 件').waitFor();
      await page.getByLabel('并入单位').selectOption({ label: '后勤处' });
      await page.getByLabel('依据和原因').fill('校发〔2026〕1号');
      await fit(page, 'dissolve');
      await button(page, '确认撤并').click();
      await page.getByText('单位已撤并').waitFor();
      await page.goto(`${BASE}/units?q=${encodeURIComponent('教务处')}`);
      await page.getByRole('link', { name: '后勤处' }).waitFor();
    });
  });
  say(wrong.length === 0, 'axe finds nothing and nothing is too wide on these screens, light and dark', wrong.join('\n'));
} catch (error) {
  say(false, 'the posts change hands to the end', `${error.stack}\n${platform.log}`);
} finally {
  await platform.stop();
}
sum();
