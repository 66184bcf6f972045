// SPDX-License-Identifier: Apache-2.0
// A network to look at: simulated switches and a UPS on the desk's own loopback, and lines to ping.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT, until } from './house.mjs';
import { call } from './school.mjs';

const BUILD = process.env.FENGSUI_BUILD ?? join(ROOT, 'build-test');
const PORT = 1161;
const UPS = '127.10.9.1';
const DEVICES = [['core', '核心交换机', '127.10.0.1'], ['dist', '教学楼汇聚', '127.10.0.2'], ['access', '教学楼接入', '127.10.0.3'], ['ups', '图书馆 UPS', UPS]];
const LINES = [['电信出口', '10.20.1.1'], ['南校区专线', '10.20.12.10'], ['教育网出口', '10.20.99.9']];

/** Starts the devices; stop() ends them. */
export async function simulated() {
  const folder = mkdtempSync(join(tmpdir(), 'fengsui-ui-snmp-'));
  const made = spawnSync(join(ROOT, 'lab/snmp/campus.py'), [folder, '--access', '2'], { encoding: 'utf8' });
  if (made.status !== 0) {
    throw new Error(made.stderr);
  }
  const script = join(folder, 'lab.sim');
  writeFileSync(script, `${readFileSync(join(folder, 'campus.sim'), 'utf8')}\nadd ${UPS} ${ROOT}/lab/snmp/recordings/ups.snmprec\nport 127.10.0.3 4 down\n`);
  const lab = spawn(join(BUILD, 'lab/snmp/snmp-lab'), ['--port', String(PORT), '--control', join(folder, 'lab.sock'), script], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(lab.stdout, 'data');
  const stop = async () => {
    const ended = once(lab, 'exit');
    lab.kill('SIGTERM');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  return { stop };
}

/** Watches them and the lines, as the operator at this page; checks by short name, once the first ports are known. */
export async function watched(page) {
  const unit = (await call(page, 'GET', '/units?limit=50')).items[0].id;
  const asset = (name, kind, address) => call(page, 'POST', '/assets', { name, kind, address, owner_unit_id: unit, importance: 'core', exposure: 'campus' }).then((a) => a.id);
  const check = (asset_id, name, kind, target, params = {}) => call(page, 'POST', '/checks', { asset_id, name, kind, target, interval_s: 2, retries: 0, severity: 'major', params }).then((c) => c.id);
  const made = {};
  for (const [key, name, address] of DEVICES) {
    made[key] = await check(await asset(name, 'device', address), name, 'snmp', `${address}:${PORT}`);
  }
  for (const [name, address] of LINES) {
    const id = await check(await asset(name, 'link', address), name, 'icmp', address, { count: 5 });
    made.line ??= id;
  }
  const measured = async (id) => (await call(page, 'GET', `/checks/${id}/series`)).items.some((s) => s.metric === 'in_bps' && s.value !== null);
  await until(async () => (await measured(made.access)) && (await measured(made.core)), 'figures of the ports');
  await until(async () => (await call(page, 'GET', '/topology')).links.length >= 2, 'links of the switches');
  return made;
}
