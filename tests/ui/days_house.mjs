// SPDX-License-Identifier: Apache-2.0
// What the days of a small school share: who is there, and how a press is counted.
import { say } from './house.mjs';
import { call } from './school.mjs';

export const HOUR_MS = 3_600_000;
export const UNITS = 20;
export const UNIT_NAMES = Array.from({ length: UNITS }, (_, i) => (i ? `第${i}学院` : '教务处'));
export const button = (page, name) => page.getByRole('button', { name, exact: true });
/** Ids of what the days made, by name. */
export const made = {};
/** One-time passwords by account, for who has not been here yet. */
export const secret = {};

/** Counts what a person presses, and the seconds it takes. */
export function counted() {
  const it = { taps: 0, from: Date.now() };
  it.tap = async (what) => { it.taps++; await what.click(); };
  it.done = (what, most_taps, most_s) => {
    const s = (Date.now() - it.from) / 1000;
    say(it.taps <= most_taps && s <= most_s, `${what}: ${it.taps} presses (at most ${most_taps}) and ${s.toFixed(1)} s (at most ${most_s})`);
  };
  return it;
}

export const turn = async (page, role) => {
  const { grants } = await call(page, 'GET', '/session');
  await call(page, 'POST', '/session/role', { grant_id: grants.find((g) => g.role === role).id });
};
export const finding = (page, title, unit_id, more = {}) => call(page, 'POST', '/findings', { title, kind: 'exposure', grade: 'medium', unit_id, description: '例行检查发现。', ...more }).then((f) => f.id);
/** A finding of this kind confirmed, with a notice about it up for review; ids of both. */
export async function drafted(page, title, unit_id, more = {}) {
  const found = await finding(page, title, unit_id, more);
  await call(page, 'POST', `/findings/${found}/confirm`, {});
  const notice = (await call(page, 'POST', '/notices', { title: `关于${title}的通报`, finding_ids: [found], requirement: '请限期整改。' })).id;
  await call(page, 'POST', `/notices/${notice}/review`, {});
  return { found, notice };
}

/** Two pages as a camera takes them. */
export const photos = (page) => page.evaluate(() => Promise.all([[900, 1200], [1200, 900]].map(async ([width, height]) => {
  const canvas = Object.assign(document.createElement('canvas'), { width, height });
  const pen = canvas.getContext('2d');
  pen.fillStyle = '#fff';
  pen.fillRect(0, 0, width, height);
  pen.strokeRect(40, 40, width - 80, height - 80);
  return canvas.toDataURL('image/jpeg').split(',')[1];
}))).then((all) => all.map((text, i) => ({ name: `IMG_${i}.jpg`, mimeType: 'image/jpeg', buffer: Buffer.from(text, 'base64') })));
