#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// The manual's steps are read, role by role: what a step tells to press stands on the screen it names, by that name.
// manual_screens.mjs says which screens a heading is about, and which quoted words are no control.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { attend, BASE, onTheDesk, PATIENT_MS, ROOT, say, settled, startPlatform, sum } from './house.mjs';

onTheDesk(import.meta.filename, 'manual');
const { browse } = await import('../../ui/tests-e2e/browser.mjs');
const { simulated } = await import('./network.mjs');
const { told } = await import('./manual_school.mjs');
const { ELSEWHERE, SECTIONS, WORDS } = await import('./manual_screens.mjs');
const MANUAL = join(ROOT, 'docs/manual/zh');
const PHONE = { width: 390, height: 844 };
const DESK = { width: 1440, height: 900 };
const ONLY = process.argv[2];
const SHEET = ['信息资产台账', '系统名称,责任部门,服务器IP', '教务系统,教务处（招生办）,10.20.31.11', ',教务处,10.20.31.12'].join('\n');

/** Headings of a page of the manual, with what each quotes: `press` where the text says to press it. */
function headings(name) {
  const text = readFileSync(join(MANUAL, `${name}.md`), 'utf8').replace(/```[\s\S]*?```/g, '').replace(/\n(?!\n|[|#\d-])/g, '');
  const all = new Map();
  let at = '';
  for (const line of text.split('\n')) {
    at = /^#+ (.*)/.exec(line)?.[1] ?? at;
    for (const m of line.matchAll(/“([^”]+)”/g)) {
      const before = line.slice(0, m.index).replace(/(“[^”]+”(（[^）]*）)?[、或和/]?)+$/, '');
      all.set(at, [...(all.get(at) ?? []), { word: m[1], press: /(点|勾选|勾|按)$/.test(before) }]);
    }
  }
  return all;
}

/* Every name a control on this page has, and every word that can be read. */
const read = (page) => page.evaluate(() => {
  const shown = (n) => n.checkVisibility?.() !== false && n.getBoundingClientRect().width > 0;
  const controls = [...document.querySelectorAll('button, a, summary, label, option, input, textarea, [role=tab], [role=radio], [role=menuitem], [role=checkbox]')].filter((n) => n.tagName === 'OPTION' || shown(n) || shown(n.parentElement));
  const names = controls.flatMap((n) => [n.getAttribute('aria-label'), n.getAttribute('title'), n.getAttribute('placeholder'), n.tagName === 'INPUT' ? '' : n.innerText ?? n.textContent, n.tagName === 'OPTION' ? n.textContent : '']);
  return { names: names.filter(Boolean).flatMap((t) => [t, ...t.split('\n')]).map((t) => t.trim()), text: [document.body.innerText, ...names, ...[...document.querySelectorAll('[title]')].map((n) => n.title)].join('\n') };
});

/* A machine that is busy with other tests draws late, and papers are made one after another. */
async function drawn(page) {
  const end = Date.now() + PATIENT_MS;
  do {
    await settled(page, PATIENT_MS);
  } while (Date.now() < end && await page.locator('.paper-row', { hasText: '生成中' }).count());
}

/* 导入 N 行, 切换为××, 确定办理: what varies, and a number behind. */
const escaped = (word) => word.split(' → ').at(-1).replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/ N /g, ' \\d+ ').replace(/××|某某/g, '.+');
const called = (word) => new RegExp(`^${escaped(word)}([\\s（(…：:·*].*|\\d+.*)?$`, 's');

const devices = await simulated();
const platform = await startPlatform();
const it = await browse(DESK);
try {
  attend(it.page);
  it.page.setDefaultTimeout(PATIENT_MS);
  const { people, places } = await told(platform, it.page);
  const seen = new Map();
  /* Another page of the same person is reached without loading the interface anew. */
  let was = '';
  const reach = async (page, who, path) => {
    if (was === who && new URL(page.url()).pathname !== path.split('?')[0]) {
      await page.keyboard.press('Escape');
      await page.evaluate((to) => { history.pushState(history.state, '', to); dispatchEvent(new PopStateEvent('popstate', { state: null })); }, path);
    } else {
      await page.goto(BASE + path);
    }
    was = who;
    await page.locator('main').first().waitFor();
  };
  const look = async (screen) => {
    const key = JSON.stringify(screen);
    if (seen.has(key)) {
      return seen.get(key);
    }
    const [who, path, ...presses] = screen;
    const [account, role] = who.replace('@phone', '').split(':');
    const { page, context } = it;
    await page.setViewportSize(who.endsWith('@phone') ? PHONE : DESK);
    if (account && role) {
      await people[account].as(role);
    }
    await context.clearCookies();
    if (account) {
      const [name, value] = people[account].cookie.split('=');
      await context.addCookies([{ name, value, url: BASE }]);
    }
    await reach(page, who, path.replace(/\{(\w+)\}/g, (_, n) => places[n] ?? `{${n}}`));
    await drawn(page);
    const got = [await read(page)];
    for (const press of presses) {
      if (press.startsWith('sheet:')) {
        await page.getByRole('dialog').locator('input[type=file]').setInputFiles({ name: `${press.slice(6)}.csv`, mimeType: 'text/csv', buffer: Buffer.from(SHEET) });
        await drawn(page);
        got.push(await read(page));
        continue;
      }
      const what = press.startsWith('css:') ? page.locator(press.slice(4)).first() : ['button', 'tab', 'link', 'radio', 'menuitem'].map((r) => page.getByRole(r, { name: press, exact: true })).reduce((a, b) => a.or(b)).or(page.locator('summary', { hasText: press })).last();
      await what.click();
      await drawn(page);
      got.push(await read(page));
    }
    const all = { names: got.flatMap((g) => g.names), text: got.map((g) => g.text).join('\n') };
    seen.set(key, all);
    return all;
  };
  for (const [name, sections] of Object.entries(SECTIONS)) {
    const all = headings(name);
    const unknown = [...all.keys()].filter((h) => !(h in sections));
    say(unknown.length === 0, `${name}: every heading that quotes something has its screens`, unknown.join('\n'));
    for (const [heading, screens] of Object.entries(sections)) {
      if ((ONLY && !heading.includes(ONLY)) || !all.has(heading)) {
        say(!!ONLY || all.has(heading), `${name}: ${heading} is a heading`);
        continue;
      }
      const names = [];
      let text = '';
      const wrong = [];
      for (const screen of screens) {
        await look(screen).then((g) => { names.push(...g.names); text += g.text; }, (error) => wrong.push(`${screen.join(' > ')}: ${String(error.message).split('\n')[0].slice(0, 200)}`));
      }
      for (const { word, press } of all.get(heading)) {
        if (word in ELSEWHERE && readFileSync(join(import.meta.dirname, ELSEWHERE[word]), 'utf8').includes(word)) {
          continue;
        }
        if (!(WORDS[name]?.[heading] ?? []).includes(word) && !(press ? names.some((n) => called(word).test(n)) : names.some((n) => called(word).test(n)) || new RegExp(escaped(word)).test(text))) {
          wrong.push(`${press ? 'no control' : 'nowhere'}: ${word}`);
        }
      }
      say(wrong.length === 0, `${name}: ${heading}`, wrong.join('\n'));
    }
  }
} catch (error) {
  say(false, 'the manual is read to its end', `${error.stack}\n${platform.log}`);
} finally {
  await it.close();
  await platform.stop();
  await devices.stop();
}
sum();
