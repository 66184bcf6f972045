// SPDX-License-Identifier: Apache-2.0
// A campus of its own, the real platform on its desk and a browser beside it, for what is told by
// clicking. Campus, platform and browser are in network namespaces; nothing else is touched.
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

export const ROOT = resolve(import.meta.dirname, '../..');
const BUILD = process.env.FENGSUI_BUILD ?? join(ROOT, 'build-test');
export const BASE = 'http://127.0.0.1:8640';
export const PASSWORD = 'Kuangye-2026-dengta';
export const PHONE = { width: 390, height: 844 };
const INSIDE = 'FENGSUI_TEST_CAMPUS';
/* The machine may be busy with other tests: a step waits long for what is sure to come. */
export const PATIENT_MS = Number(process.env.FENGSUI_PATIENT_MS ?? 60_000);

const words = (word, name, ...more) => {
  const done = spawnSync(join(ROOT, 'lab/campus'), [word, name, ...more], { encoding: 'utf8' });
  if (done.status !== 0) {
    throw new Error(`campus ${word}: ${done.stderr}`);
  }
  return done.stdout;
};
export const campus = (word, ...more) => words(word, process.env[INSIDE], ...more);

/** Runs this file again on the desk of a new campus; returns only there. */
export function onTheDesk(file, prefix) {
  if (process.env[INSIDE]) {
    return;
  }
  if (process.getuid() !== 0) {
    console.log('1..0 # skip: network namespaces need root');
    process.exit(77);
  }
  const name = `${prefix}-${process.pid}`;
  words('up', name, 'bare');
  // A signal ends the child first, then the campus is taken down here.
  ['SIGINT', 'SIGTERM'].forEach((signal) => process.on(signal, () => undefined));
  const done = spawnSync(join(ROOT, 'lab/campus'), ['exec', name, 'desk', process.execPath, file, ...process.argv.slice(2)], { stdio: 'inherit', env: { ...process.env, [INSIDE]: name, FENGSUI_URL: BASE } });
  words('down', name);
  process.exit(done.status ?? 1);
}

const ids = () => ['-u', '-g'].map((f) => Number(spawnSync('id', [f, 'fengsui'], { encoding: 'utf8' }).stdout));

/** The platform with an empty store; `oneTime` is the first administrator's password, `more` more lines of configuration. */
export async function startPlatform(more = '') {
  const folder = mkdtempSync(join(tmpdir(), 'fengsui-ui-'));
  const own = ids();
  const data = join(folder, 'data');
  const backups = join(folder, 'elsewhere');
  const config = join(folder, 'fengsui.yaml');
  writeFileSync(config, `sandbox: strict\n${more}`);
  [data, backups].forEach((path) => mkdirSync(path, { mode: 0o750 }));
  chmodSync(folder, 0o755);
  [folder, data, backups, config].forEach((path) => chownSync(path, ...own));
  const it = { folder, data, backups, oneTime: '', log: '' };
  const server = spawn(join(BUILD, 'fengsui'), ['serve', '-c', config, '--data', data, '--listen', '127.0.0.1:8640'], { stdio: ['ignore', 'pipe', 'pipe'] });
  server.stderr.on('data', (chunk) => (it.log = (it.log + chunk).slice(-6000)));
  let told = '';
  await new Promise((done, broke) => {
    const late = setTimeout(() => broke(new Error(`the platform did not come up: ${it.log}`)), 90_000);
    server.on('exit', () => broke(new Error(`the platform ended: ${it.log}`)));
    server.stdout.on('data', (chunk) => {
      told += chunk;
      it.oneTime = /one-time password:\s*(\S+)/.exec(told)?.[1] ?? it.oneTime;
      if (told.includes('http://')) {
        clearTimeout(late);
        done();
      }
    });
  });
  it.stop = async () => {
    server.removeAllListeners('exit');
    if (server.exitCode === null) {
      const ended = new Promise((done) => server.once('exit', done));
      server.kill('SIGINT');
      await Promise.race([ended, new Promise((done) => setTimeout(done, 30_000))]);
    }
    rmSync(folder, { recursive: true, force: true });
  };
  return it;
}

export const mails = () => campus('mails').split('\n').filter(Boolean).map((line) => JSON.parse(line));

/** A mail as text: its parts are base64 or quoted-printable, its subject an encoded word. */
function mailText(file) {
  const done = spawnSync('/usr/bin/python3', ['-c', `
import email, email.policy, sys
m = email.message_from_bytes(open(sys.argv[1], 'rb').read(), policy=email.policy.default)
print(m['Subject']); print(m.get_body(('plain',)).get_content())`, file], { encoding: 'utf8' });
  return done.stdout;
}

export async function until(what, name, timeout_ms = PATIENT_MS) {
  const end = Date.now() + timeout_ms;
  for (;;) {
    const value = await what();
    if (value) {
      return value;
    }
    if (Date.now() > end) {
      throw new Error(`waited in vain: ${name}`);
    }
    await new Promise((done) => setTimeout(done, 250));
  }
}

/** The text of the first mail to this address that holds these words. */
export const mailTo = (to, text, since = 0) => until(() => mails().slice(since).filter((m) => m.to.includes(to)).map((m) => mailText(m.file)).find((t) => t.includes(text)), `a mail to ${to} saying ${text}`);

const asked = new WeakMap();

/** Counts what this page has asked for and not yet got: see settled(). A stream never ends and does not count. */
export function attend(page) {
  const open = new Map();
  const state = { open, at: Date.now() };
  const ends = (r) => open.delete(r) && (state.at = Date.now());
  page.on('request', (r) => r.resourceType() !== 'eventsource' && open.set(r, Date.now()) && (state.at = Date.now()));
  page.on('requestfinished', ends);
  page.on('requestfailed', ends);
  asked.set(page, state);
}

/* What a page left behind asked for is never told to have ended. */
const LOST_MS = 2000;
const waits = (state) => [...state.open.values()].some((at) => Date.now() - at < LOST_MS);
const QUIET_MS = 60;
/** Until all that this page asked for has come and been drawn, no placeholder left; at most so long. */
export async function settled(page, most_ms = 5000) {
  const state = asked.get(page);
  const end = Date.now() + most_ms;
  for (;;) {
    while ((waits(state) || Date.now() - state.at < QUIET_MS) && Date.now() < end) {
      await new Promise((done) => setTimeout(done, 10));
    }
    // Two frames: what came is drawn in the first, and may ask again.
    const drawn = await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(!document.querySelector('.skeleton')))))).catch(() => false);
    if ((drawn && !waits(state)) || Date.now() >= end) {
      return;
    }
  }
}

let count = 0;
let failed = 0;
export const anyFailed = () => failed > 0;
export function say(good, name, why = '') {
  count++;
  failed += good ? 0 : 1;
  console.log(`${good ? 'ok' : 'not ok'} ${count} - ${name}`);
  if (why) {
    console.log(String(why).replace(/\x1b\[[0-9;]*m/g, '').replace(/^/gm, '# '));
  }
}
export function sum() {
  console.log(`1..${count}`);
  process.exit(failed ? 1 : 0);
}

/** One step of the day.  What follows stands on it, so a step that fails ends the day. */
export async function step(name, page, act) {
  try {
    await act();
  } catch (error) {
    const text = await page.locator('body').innerText().catch(() => '');
    if (process.env.FENGSUI_SHOTS) {
      mkdirSync(process.env.FENGSUI_SHOTS, { recursive: true });
      await page.screenshot({ path: join(process.env.FENGSUI_SHOTS, `failed-${count + 1}.png`) }).catch(() => undefined);
    }
    say(false, name, `${String(error.message).slice(0, 900)}\n${page.url()}\n${text.slice(0, 1500)}`);
    throw new Error(`stopped at: ${name}`);
  }
  say(true, name);
}

/** What a scanner makes of the sealed report: a page of its own, printed by the browser itself. */
export async function scan(page) {
  const sheet = await page.context().newPage();
  await sheet.setContent('<h1>整改报告</h1><p>门户网站服务已恢复，已配置守护进程。</p><p>（盖章）教务处</p>');
  const bytes = await sheet.pdf({ format: 'A4' });
  await sheet.close();
  return { name: '整改报告.pdf', mimeType: 'application/pdf', buffer: bytes };
}
