#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// A picture of every screen, light and dark, at 1440 and 390, some in English, of a platform that was
// really driven: shots.mjs FOLDER. Says where a page is too wide or shows a code for words.
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { BASE, campus, mailTo, onTheDesk, PASSWORD, PHONE, say, scan, startPlatform, sum } from './house.mjs';

onTheDesk(import.meta.filename, 'shots');
const { as, auditorAccount, day, director, operator, wizard } = await import('./day.mjs');
const { simulated, watched } = await import('./network.mjs');
const { call } = await import('./school.mjs');
const { browse, signIn } = await import('../../ui/tests-e2e/browser.mjs');
const OUT = resolve(process.argv[2] ?? 'shots');
mkdirSync(OUT, { recursive: true });

const UNITS = [['信息技术中心', true], ['教务处', false], ['图书馆', false], ['学生工作处', false], ['机电工程系', false], ['计划财务处', false]];
const ADDRESSES = ['http://10.20.11.10/', '10.20.12.10:22', '10.20.13.10:443', '10.20.25.25:25'];

const FAULTS = [['教务处', '教务管理系统存在弱口令账号', 'weak_password', 'high'], ['图书馆', '图书馆网站中间件版本过低', 'vulnerability', 'medium'], ['机电工程系', '实验室服务器开放高危端口', 'exposure', 'medium'], ['教务处', '成绩查询页面泄露学号', 'info_leak', 'urgent'], ['计划财务处', '财务报销系统证书即将到期', 'other', 'low'], ['学生工作处', '迎新系统后台可从校外访问', 'exposure', 'high']];
const made = {};
const PORT_1 = encodeURIComponent('GigabitEthernet1/0/1');
let net = {};

async function officers(page) {
  const units = (await call(page, 'GET', '/units?limit=50')).items;
  for (const [i, [name, account, unit]] of [['赵明', 'zhao', '图书馆'], ['孙莉', 'sun', '学生工作处'], ['钱峰', 'qian', '机电工程系'], ['吴兰', 'wu', '计划财务处']].entries()) {
    const id = units.find((u) => u.name === unit).id;
    await call(page, 'POST', '/users', { account, name, unit_id: id, mail: `${account}@campus.test`, phone: `1390000000${i}`, roles: [{ role: 'officer', unit_id: id }] });
  }
}

async function register(page) {
  const units = Object.fromEntries((await call(page, 'GET', '/units?limit=50')).items.map((u) => [u.name, u.id]));
  for (const [name, kind, address, unit, importance] of [['教务管理系统', 'system', '10.20.31.10', '教务处', 'core'], ['图书馆网站', 'site', '10.20.32.10', '图书馆', 'important'], ['实验室服务器', 'server', '10.20.33.10', '机电工程系', 'normal'], ['财务报销系统', 'system', '10.20.34.10', '计划财务处', 'core'], ['迎新系统', 'system', '10.20.35.10', '学生工作处', 'important']]) {
    made[name] = (await call(page, 'POST', '/assets', { name, kind, address, owner_unit_id: units[unit], importance, exposure: 'campus', mlps_level: importance === 'core' ? 3 : 2 })).id;
  }
  await call(page, 'POST', '/checks', { asset_id: made['图书馆网站'], name: '图书馆网站', kind: 'tcp', target: '10.20.32.10:443', interval_s: 5, retries: 0, severity: 'major' });
  for (const [unit, title, kind, grade] of FAULTS) {
    const asset = Object.keys(made).find((n) => title.startsWith(n.slice(0, 4))) ?? (unit === '教务处' ? '教务管理系统' : '实验室服务器');
    const body = { title, kind, grade, unit_id: units[unit], asset_id: made[asset], description: '例行检查发现，已核实。', advice: '限期整改，并排查同类问题。' };
    const id = await call(page, 'POST', '/findings', body).then((x) => x.id, () => call(page, 'POST', '/findings', { ...body, kind: 'other' }).then((x) => x.id));
    await call(page, 'POST', `/findings/${id}/confirm`, { title, kind: (await call(page, 'GET', `/findings/${id}`)).kind, grade, asset_id: body.asset_id, unit_id: body.unit_id });
    if (grade !== 'low') {
      const notice = (await call(page, 'POST', '/notices', { title: `关于${title}的通报`, unit_id: units[unit], grade, finding_ids: [id], requirement: '请立即处置并在期限内提交盖章的整改报告。' })).id;
      made[title] = notice;
      if (unit !== '机电工程系') {
        await call(page, 'POST', `/notices/${notice}/review`, {});
      }
    }
  }
}

async function issueMore(page) {
  // An urgent one is the director's to issue.
  const { grants } = await call(page, 'GET', '/session');
  await call(page, 'POST', '/session/role', { grant_id: grants.find((g) => g.role === 'director').id });
  for (const title of [FAULTS[0][1], FAULTS[1][1], FAULTS[3][1]]) {
    await call(page, 'POST', `/notices/${made[title]}/issue`, {});
  }
}

async function rectifyOne(page) {
  const id = made[FAULTS[0][1]];
  await call(page, 'POST', `/notices/${id}/sign`, {});
  await call(page, 'POST', `/notices/${id}/plan`, { responsible: '王倩', plan: '重置全部弱口令并启用双因素认证', planned_at: Date.now() + 86_400_000 });
  const first = day.notice.replace('/notices', '/notices');
  await call(page, 'POST', `${first}/sign`, {});
  await call(page, 'POST', `${first}/plan`, { responsible: '王倩', plan: '重启服务，增加守护', planned_at: Date.now() + 86_400_000 });
  campus('start', 'web');
  await page.goto(`${BASE}/m${day.notice.replace('/notices/', '/n/')}/rectify`);
  await page.getByLabel('整改措施').fill('已重启并配置守护进程');
  await page.setInputFiles('input[accept^="application/pdf"]', await scan(page));
  await page.getByText('整改报告.pdf').waitFor();
  await page.getByRole('button', { name: '提交整改报告', exact: true }).click();
  await page.waitForURL(/\/m\/n\/\d+$/);
}

async function screens() {
  const first = day.notice;
  const of = (i) => `/notices/${made[FAULTS[i][1]]}`;
  return {
    '': [['login', '/login'], ['ack', new URL(day.link).pathname]],
    admin: [...['school', 'address', 'time', 'mail', 'backup', 'units', 'accounts', 'duty', 'addresses'].map((s) => [`setup-${s}`, `/setup?step=${s}`]), ['checkup', '/checkup'], ['users', '/users'], ['settings', '/settings'], ['health', '/health']],
    zhou: [['overview', '/'], ['todo', '/todo'], ['alerts', '/alerts'], ['alert', `/alerts/${day.alert}`], ['net', '/net'], ['net-devices', '/net?tab=devices'], ['net-traffic', '/net?tab=traffic'], ['net-services', '/net?tab=services'], ['net-line', `/net?check=${net.line}`], ['device', `/net/${net.access}`], ['device-port', `/net/${net.access}?range=1h&port=${PORT_1}`], ['device-ups', `/net/${net.ups}`], ['topology', '/topology'], ['topology-device', `/topology/${net.dist}`], ['checks', '/checks'], ['check', day.check], ['maintenance', '/maintenance'], ['rules', '/rules'], ['assets', '/assets'], ['found', '/found'], ['found-subnets', '/found?part=subnets'], ['found-freezes', '/found?part=freezes'], ['asset', `/assets/${made['教务管理系统']}`], ['asset-import', '/assets?import=1'], ['findings', '/findings'], ['notices', '/notices'], ['notice', first], ['notice-draft', of(2)], ['notice-issued', of(1)], ['notice-new', '/notices/new'], ['units', '/units'], ['people', '/units?tab=people'], ['deliveries', '/deliveries'], ['incoming', '/incoming'], ['days', '/days'], ['days-holiday', '/days?tab=holiday'], ['group', '/group'], ['policy', '/policy'], ['policy-routing', '/policy?tab=routing'], ['knowledge', '/knowledge'], ['events', '/events'], ['event', `/events/${made.event}`], ['selfchecks', '/selfchecks'], ['selfcheck', `/selfchecks/${made.selfcheck}`], ['selfcheck-periods', '/selfchecks?tab=periods'], ['me', '/me'], ['nothing', '/no/such/page']],
    lin: [['notice-review', of(5)]],
    he: [['notice-submitted', first]],
    liu: [['lead', '/lead']],
    zheng: [['audit', '/audit']],
    wang: [['unit-todo', '/todo'], ['unit-notice', of(0)], ['m-home', '/m'], ['m-notices', '/m/notices'], ['m-sign', `/m${of(3).replace('/notices/', '/n/')}`], ['m-notice', `/m${first.replace('/notices/', '/n/')}`], ['m-report', `/m${of(0).replace('/notices/', '/n/')}/rectify`], ['m-hazard', '/m/hazard'], ['m-selfcheck', `/m/selfchecks/${made.selfcheck}`], ['m-me', '/m/me']],
  };
}

const CODE = /\b(?:[a-z]+\.[a-z_]{3,}|undefined|null|NaN|\[object)\b/g;
async function picture(page, name, look) {
  const file = `${name}-${look.width}-${look.theme}${look.locale === 'en' ? '-en' : ''}.png`;
  await page.waitForLoadState('load');
  await page.locator('.skeleton').first().waitFor({ state: 'hidden', timeout: 8000 }).catch(() => undefined);
  await page.waitForTimeout(450);
  await page.screenshot({ path: join(OUT, file), fullPage: false });
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  const text = await page.locator('body').innerText();
  const codes = [...new Set(text.match(CODE) ?? [])].filter((c) => !/fengsui|campus|\.test|pdf|\.school|site\./.test(c));
  say(wide <= 0 && codes.length === 0, file, [wide > 0 ? `${wide} px too wide` : '', codes.join(' ')].filter(Boolean).join(', '));
}

async function gallery(look) {
  for (const [account, list] of Object.entries(await screens())) {
    const { page, close } = await browse(look);
    page.setDefaultTimeout(20_000);
    if (account) {
      await signIn(page, account, PASSWORD);
    }
    for (const [name, path] of list) {
      if (name.startsWith('m-') && look.width > 600) {
        continue;
      }
      await page.goto(BASE + path);
      await picture(page, name, look);
    }
    await close();
  }
}

// HTTPS as well, so that the page on the certificate has one to show.
const devices = await simulated();
const platform = await startPlatform('tls_listen: 127.0.0.1:8643\n');
try {
  await as('admin', {}, async (page) => {
    await wizard(page, { backups: platform.backups, units: UNITS, addresses: ADDRESSES });
    await auditorAccount(page);
    await officers(page);
  }, platform.oneTime);
  await as('zhou', {}, async (page) => {
    await register(page);
    net = await watched(page);
    made.event = (await call(page, 'POST', '/events', { title: '教务管理系统首页被篡改', asset_id: made['教务管理系统'], known_at: Date.now() - 1_200_000, course: '教务处来电：首页出现陌生图片，已请其断网。', source: 'phone' })).id;
    await call(page, 'POST', '/selfchecks', {});
    made.selfcheck = (await call(page, 'GET', '/selfchecks?limit=50')).items.find((c) => c.unit.name === '教务处').id;
    await operator(page);
    day.check = `/checks/${(await call(page, 'GET', '/checks?limit=50')).items.find((c) => c.target === 'http://10.20.11.10/').id}`;
    day.alert = (await call(page, 'GET', '/alerts?state=all&limit=50')).items.find((a) => a.title.args.name === '门户网站').id;
    day.link = /http:\S+\/ack\/[0-9A-Za-z]+/.exec(await mailTo('zhou@campus.test', '图书馆网站'))[0];
  });
  await as('lin', {}, async (page) => {
    await director(page);
    await issueMore(page);
  });
  await as('wang', PHONE, rectifyOne);
  for (const account of ['he', 'liu', 'zheng']) {
    await as(account, {}, async () => undefined);
  }
  for (const width of [1440, 390]) {
    for (const theme of ['light', 'dark']) {
      await gallery({ width, height: width < 600 ? 844 : 900, theme });
    }
  }
  await gallery({ width: 1440, height: 900, theme: 'light', locale: 'en' });
} catch (error) {
  say(false, 'the pictures are taken', `${error.stack}\n${platform.log}`);
} finally {
  await platform.stop();
  await devices.stop();
}
sum();
