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
const LINES = [['电信出口', '10.20.1.1', '中国电信'], ['南校区专线', '10.20.12.10', '中国移动'], ['教育网出口', '10.20.99.9', '教育网']];
const PORT_OF = (n) => `GigabitEthernet1/0/${n}`;

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
  made.circuits = [];
  for (const [i, [name, address, operator]] of LINES.entries()) {
    const id = await check(await asset(name, 'link', address), name, 'icmp', address, { count: 5 });
    made.line ??= id;
    made.circuits.push((await call(page, 'POST', '/circuits', { name, operator, number: `ZX-0716-000${i + 1}`, fault_phone: ['10000', '10086', '010-00000000'][i], down_bps: 1_000_000, up_bps: 500_000, egress: i !== 1, device_id: made.access, port: PORT_OF(i + 1), check_ids: [id], unit_id: unit })).id);
  }
  await check(await asset('北校区链路', 'link', '10.20.13.10'), '北校区链路', 'icmp', '10.20.13.10', { count: 5 });
  const measured = async (id) => (await call(page, 'GET', `/checks/${id}/series`)).items.some((s) => s.metric === 'in_bps' && s.value !== null);
  await until(async () => (await measured(made.access)) && (await measured(made.core)), 'figures of the ports');
  await until(async () => (await call(page, 'GET', '/topology')).links.length >= 2, 'links of the switches');
  return made;
}
