// SPDX-License-Identifier: Apache-2.0
// A picture of every screen, light and dark, at 1440 and 390, into shots/ (ignored). Names may be
// given to take only those: node tests-e2e/shots.mjs overview alerts
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { browse, signIn, URL_BASE } from './browser.mjs';

const OUT = resolve(import.meta.dirname, '../../shots');
const want = process.argv.slice(2).filter((x) => !x.includes('='));
const only = Object.fromEntries(process.argv.slice(2).filter((x) => x.includes('=')).map((x) => x.split('=')));
const DESK = [
  ['login', null, '/login'], ['setup', 'admin', '/setup'], ['setup-units', 'admin', '/setup?step=units'], ['setup-addresses', 'admin', '/setup?step=addresses'],
  ['overview', 'zhou', '/'], ['todo', 'zhou', '/todo'], ['alerts', 'zhou', '/alerts'], ['alert', 'zhou', '/alerts/28416'], ['checks', 'zhou', '/checks'], ['check', 'zhou', '/checks/602'],
  ['assets', 'zhou', '/assets'], ['asset', 'zhou', '/assets/500'], ['asset-import', 'zhou', '/assets?import=1'], ['findings', 'zhou', '/findings'], ['notices', 'zhou', '/notices'], ['notice', 'zhou', '/notices/800'], ['notice-issue', 'chen', '/notices/803'], ['notice-sign', 'wang', '/notices/801'],
  ['notice-submitted', 'zhou', '/notices/802'], ['notice-verify', 'he', '/notices/808'], ['notice-new', 'zhou', '/notices/new'], ['units', 'zhou', '/units'], ['people', 'zhou', '/units?tab=people'], ['deliveries', 'zhou', '/deliveries'], ['audit', 'zheng', '/audit'], ['users', 'admin', '/users'],
  ['settings', 'admin', '/settings'], ['health', 'admin', '/health'], ['checkup', 'admin', '/checkup'], ['lead', 'liu', '/lead'], ['me', 'zhou', '/me'], ['nothing', 'zhou', '/no/such/page'], ['ack', null, '/ack/abc'],
];
const PHONE = [['m-login', null, '/m'], ['m-home', 'wang', '/m'], ['m-notices', 'wang', '/m/notices'], ['m-sign', 'wang', '/m/n/801'], ['m-rectify', 'wang', '/m/n/800'], ['m-report', 'wang', '/m/n/800/rectify'], ['m-me', 'wang', '/m/me']];

mkdirSync(OUT, { recursive: true });
const widths = only.width ? [Number(only.width)] : [1440, 390];
const themes = only.theme ? [only.theme] : ['light', 'dark'];
let bad = 0;
for (const width of widths) {
  for (const theme of themes) {
    const { page, context, faults, close } = await browse({ width, height: width === 390 ? 844 : 900, theme, locale: only.locale ?? 'zh-CN' });
    let as;
    for (const [name, account, path] of width === 390 ? [...DESK, ...PHONE] : DESK) {
      if (want.length && !want.includes(name)) {
        continue;
      }
      if (account !== as) {
        await context.clearCookies();
        if (account) {
          await signIn(page, account);
        }
        as = account;
      }
      await page.goto(URL_BASE + path);
      await page.waitForLoadState('load');
      await page.waitForTimeout(700);
      await page.screenshot({ path: join(OUT, `${name}-${width}-${theme}.png`) });
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      if (wide > 0) {
        faults.push(`${name}: ${wide} px too wide`);
      }
      faults.splice(0).forEach((f) => { bad++; console.log(`${name} ${width} ${theme}: ${f}`); });
    }
    await close();
  }
}
console.log(bad ? `${bad} faults` : 'no faults');
