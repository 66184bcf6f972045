#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// A first day in a real browser against the real platform: five people, SQLite, by clicking only.
// A service falls, and the notice it becomes goes from hand to hand to the archive.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTheDesk, PHONE, say, startPlatform, sum } from './house.mjs';

onTheDesk(import.meta.filename, 'ui');
const { as, audit, auditorAccount, brief, close, day, director, leader, officer, operator, verifier, wizard } = await import('./day.mjs');

const platform = await startPlatform();
try {
  await as('admin', {}, async (page) => {
    await wizard(page, platform);
    await auditorAccount(page);
  }, platform.oneTime);
  await as('zhou', {}, operator);
  await as('lin', {}, director);
  await as('wang', PHONE, officer);
  await as('he', {}, verifier);
  await as('zhou', {}, brief);
  await as('liu', PHONE, leader);
  await as('lin', {}, close);
  await as('zheng', {}, audit);
  const file = join(platform.folder, 'notice.pdf');
  writeFileSync(file, day.pdf);
  const text = spawnSync('pdftotext', [file, '-'], { encoding: 'utf8' }).stdout ?? '';
  say(text.includes('教务处') && text.replace(/\s/g, '').includes(day.number.replace(/\s/g, '')), 'the PDF names the unit and the number', text.slice(0, 800));
} catch (error) {
  say(false, 'the day runs to its end', `${error.stack}\n${platform.log}`);
} finally {
  await platform.stop();
}
sum();
