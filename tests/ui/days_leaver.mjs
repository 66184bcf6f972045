// SPDX-License-Identifier: Apache-2.0
// An officer left and nobody filed it: nothing is shown to her from the hour on, her links are dead, her head stands in
// and files who comes; who comes has what was open.
import { BASE, mailTo, step, until } from './house.mjs';
import { call } from './school.mjs';
import { button, made } from './days_house.mjs';

export async function told(page) {
  await step('a colleague tells that the officer left', page, async () => {
    await page.goto(`${BASE}/units`);
    await page.getByRole('link', { name: '教务处' }).click();
    await page.locator('li', { hasText: '王倩' }).getByRole('button', { name: '登记通话' }).click();
    await page.getByLabel('从何得知').fill('同事来电');
    await button(page, '反映离岗').click();
    await page.goto(`${BASE}/units`);
    await page.getByText('杜衡 代管').first().waitFor();
    await page.goto(`${BASE}/units?tab=doubts`);
    await page.getByText('有人反映已离岗').first().waitFor();
  });
}

export async function withheld(page) {
  await step('who is doubted is told so and shown nothing', page, async () => {
    await page.goto(`${BASE}/m/n/${made.notice}`);
    await page.getByText('您的在岗情况待核实').waitFor();
    if (await page.getByText('管理后台').count()) {
      throw new Error('what was found is shown');
    }
  });
}

export async function deadLink(page) {
  await step('a link she gave to a vendor opens nothing any more', page, async () => {
    await page.goto(made.helper);
    await page.getByText('链接已失效').waitFor();
  });
}

export async function head(page) {
  await step('her head stands in on the phone, says that she left, files who comes and signs', page, async () => {
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
    made.filing = Number(/\d+$/.exec(page.url())[0]);
    // What the head hands in himself is signed with it.
    await page.getByText('联系方式核验中').waitFor();
  });
}

export async function confirms(page) {
  await step('who comes confirms the mailbox by its link', page, async () => {
    await page.goto(/http\S+\/contact\/\w+/.exec(await mailTo('fang@campus.test', '联系方式核验'))[0]);
    await button(page, '是我，确认').click();
    await page.getByText('已确认，谢谢。').waitFor();
  });
}

export async function files(page) {
  await step('the centre hears both numbers, is warned that nobody said she is in post, and files with a reason', page, async () => {
    await page.goto(`${BASE}/filings/${made.filing}`);
    await page.getByText('未注明为在编在岗人员。').waitFor();
    await button(page, '已打通，是本人').first().click();
    await button(page, '已打通，是本人').nth(1).waitFor({ state: 'hidden' });
    await button(page, '已打通，是本人').click();
    await page.getByLabel('仍予备案的理由').fill('人事处已核实在编');
    await button(page, '予以备案').last().click();
    await page.getByText(/网安备案 \d{4}-001/).first().waitFor();
    await until(async () => (await call(page, 'GET', `/filings/${made.filing}`)).state === 'effective', 'the filing takes effect');
  });
}

export async function succeeds(page) {
  await step('who came finds on the phone what was open', page, async () => {
    await page.goto(`${BASE}/m`);
    await page.getByText('关于教务网站存在过期外链的通报').first().click();
    await page.waitForURL(new RegExp(`/m/n/${made.hurried}`));
    await page.getByRole('link', { name: '去整改' }).waitFor();
  });
}
