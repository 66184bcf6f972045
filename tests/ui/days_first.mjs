// SPDX-License-Identifier: Apache-2.0
// The first day of a centre of two: the wizard, the sheets the school has, first codes for those who answer for units.
import { execFileSync } from 'node:child_process';
import { BASE, step } from './house.mjs';
import { PORTAL, wizard } from './day.mjs';
import { call } from './school.mjs';
import { button, made, secret, UNIT_NAMES, UNITS } from './days_house.mjs';

/* Of the wizard's five posts two have somebody, and the vice president. */
const STAFF = [['周敏', 'zhou'], ['林涛', 'lin'], null, ['刘建国', 'liu'], null];
const ADDRESSES = [PORTAL, '10.20.12.10:22', '10.20.11.10', '10.20.25.25:25'];
/* As the office's computer writes it. */
const gbk = (lines) => execFileSync('python3', ['-c', 'import sys; sys.stdout.buffer.write(sys.stdin.buffer.read().decode().encode("gb18030"))'], { input: lines.join('\n') });
const OF_UNITS = ['2026 年校内单位一览表', '序号,单位名称,单位性质', ...UNIT_NAMES.map((name, i) => `${i + 1},${name},${i ? '教学单位' : '职能部门'}`)];
const OFFICERS = ['王倩', ...[...'赵钱孙李陈吴冯褚卫蒋沈韩杨朱秦尤许何吕'].map((family) => `${family}老师`)];
/* Name and phone in one cell, and one unit under a name of its own. */
const OF_PEOPLE = ['各单位网络安全员名单', '序号,部门,网络安全员,邮箱', ...UNIT_NAMES.map((unit, i) => (i ? `${i + 1},${unit},${OFFICERS[i]} 139000000${10 + i},u${i}@campus.test` : `1,${unit}（招生办）,${OFFICERS[0]} 13900000009,wang@campus.test`))];

export async function sets(page, platform) {
  await wizard(page, { backups: platform.backups, units: [['信息技术中心', true], ['学校办公室', false]], addresses: ADDRESSES, staff: STAFF, small: true });
  const units = (await call(page, 'GET', '/units?limit=50')).items;
  made.centre = units.find((u) => u.is_centre).id;
  made.office = units.find((u) => u.name === '学校办公室').id;
}

async function given(page, name, lines) {
  await button(page, '导入').first().click();
  await page.getByRole('dialog').locator('input[type=file]').setInputFiles({ name, mimeType: 'text/csv', buffer: gbk(lines) });
  await page.getByText('猜错的请改').waitFor();
  await button(page.getByRole('dialog'), '下一步').click();
}

export async function imports(page) {
  const box = page.getByRole('dialog');
  const units = async () => {
    await page.goto(`${BASE}/units`);
    await given(page, '单位一览表.csv', OF_UNITS);
    await box.getByText('单位名称都认得').waitFor();
    await button(box, '下一步').click();
    await button(box, `导入 ${UNITS} 行`).click();
    await box.getByText('已导入').first().waitFor();
    await button(box, '关闭').last().click();
    await page.getByRole('link', { name: '教务处' }).waitFor();
  };
  await step('the sheet of units is taken as the office has it', page, units);
  await step('an import is undone, and done again', page, async () => {
    await button(page, '导入').first().click();
    await page.getByText('以往的导入').click();
    await button(box, '撤销').first().click();
    await page.getByText(`将撤回 ${UNITS} 条`).waitFor();
    await button(page, '撤销本次导入').last().click();
    await page.getByText(`将撤回 ${UNITS} 条`).waitFor({ state: 'hidden' });
    await page.goto(`${BASE}/units`);
    await page.getByText('学校办公室').first().waitFor();
    if (await page.getByRole('link', { name: '教务处' }).count()) {
      throw new Error('it is still there');
    }
    await units();
  });
  await step('people come with phones in the same cell, a unit under another name is confirmed', page, async () => {
    await page.goto(`${BASE}/units?tab=people`);
    await given(page, '名单.csv', OF_PEOPLE);
    await box.getByLabel('“教务处（招生办）”是').waitFor();
    await button(box, '下一步').click();
    await button(box, `导入 ${UNITS} 行`).click();
    await box.getByText('已导入').first().waitFor();
    await button(box, '关闭').last().click();
    await page.getByText('13900000009').first().waitFor();
  });
}

/** Who may do what; the rest of it by the interface, as the administrator tells it. */
export async function grants(page) {
  const units = (await call(page, 'GET', '/units?limit=100')).items;
  made.units = UNIT_NAMES.map((name) => units.find((u) => u.name === name).id);
  const people = (await call(page, 'GET', '/people?limit=200')).items;
  const give = async (name, unit_id, ...roles) => {
    const { id } = people.find((p) => p.name === name);
    for (const role of roles) {
      await call(page, 'POST', `/people/${id}/grants`, { role, unit_id: ['officer', 'unit_head'].includes(role) ? unit_id : null });
    }
  };
  await give('周敏', made.centre, 'reviewer', 'officer');
  await give('林涛', made.centre, 'verifier', 'unit_head');
  for (const [i, unit_id] of made.units.entries()) {
    await give(OFFICERS[i], unit_id, 'officer');
  }
  const person = async (account, name, unit_id, role) => {
    secret[account] = (await call(page, 'POST', '/users', { account, name, unit_id, mail: `${account}@campus.test`, phone: '13900000008', roles: [{ role, unit_id: role === 'unit_head' ? unit_id : null }] })).secret;
  };
  await person('wen', '郑文', made.office, 'school_office');
  await person('du', '杜衡', made.units[0], 'unit_head');
}

/** A page to print for who answers for a unit: his account, and a code for the first time. */
export async function slip(page, name, key) {
  await page.goto(`${BASE}/units`);
  await page.getByRole('link', { name: '教务处' }).click();
  await page.locator('li', { hasText: name }).getByRole('button', { name: '开通单' }).click();
  await button(page.getByRole('dialog').last(), '生成').click();
  await page.getByText('一次性开通码').waitFor();
  made[key] = await page.locator('.slip-code').first().innerText();
  secret[made[key]] = await page.locator('.slip-code').nth(1).innerText();
}
