#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""From a device's death to the mail server's 250: 10,000 devices with a ping each second, by the
defaults, over lines that lose one request in a hundred; 200 of them stop answering at random moments
over 100 s, and nothing may be said of the others.  Then, in the same world, from a
linkDown trap to its alert in the store, of switches asked about their ports once a minute.

use: latency.py [DEVICES DEATHS SECONDS]
"""
import concurrent.futures
import email
import email.policy
import json
import os
import pathlib
import random
import re
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import ground  # noqa: E402

sys.path.insert(0, str(ground.HOUSE / "tests" / "system"))
from test_snmp import Lab  # noqa: E402

DEVICES, DEATHS, SECONDS = (int(v) for v in (sys.argv[1:] + ["10000", "200", "100"][len(sys.argv) - 1:]))
SHEET_ROWS, ASKERS, SWITCHES, TRAPS, PATIENCE_S = 10000, 8, 10, 4, 30
# Nothing comes back from these, and nothing says why: what a pulled cable looks like.  Of all others'
# requests one in a hundred is lost.
DEAD = """table inet dead {
  set gone { type ipv4_addr; }
  chain in {
    type filter hook input priority 0
    ip daddr @gone icmp type echo-request drop
    ip daddr 127.40.0.0/16 icmp type echo-request numgen random mod 100 == 0 drop
  }
}"""


def name_of(n):
    return f"设备{n:05d}"


def address(n):
    return f"127.40.{n // 250}.{1 + n % 250}"


def watch(operator, platform):
    """Devices by sheets, then a check of each."""
    for begin in range(0, DEVICES, SHEET_ROWS):
        rows = range(begin, min(begin + SHEET_ROWS, DEVICES))
        text = "名称,类型,IP,重要性\n" + "".join(f"{name_of(n)},设备,{address(n)},核心\n" for n in rows)
        operator.post("/assets/import", {"text": text, "format": "csv", "dry_run": False})
    ids = dict(platform.rows("SELECT name, id FROM asset"))

    def add(n):
        operator.post("/checks", {"asset_id": int(ids[name_of(n)]), "name": f"通断{n:05d}", "kind": "icmp", "target": address(n),
                                  "interval_s": 1, "severity": "critical"})
    with concurrent.futures.ThreadPoolExecutor(ASKERS) as pool:
        list(pool.map(add, range(DEVICES)))


def count(platform, sql):
    return int(platform.rows(sql)[0][0])


def settled(platform):
    deadline = time.monotonic() + 60
    while count(platform, "SELECT count(*) FROM watch WHERE kind = 'icmp' AND live_state = 'up'") < DEVICES:
        if time.monotonic() > deadline:
            sys.exit("latency: not every device is up at the beginning")
        time.sleep(0.5)


def deaths():
    """Each at its moment; returns when each was, unix ms."""
    draw = random.Random(11)
    subprocess.run(["nft", "-f", "-"], input=DEAD, text=True, check=True)
    moments = sorted(draw.uniform(0, SECONDS) for _ in range(DEATHS))
    died, begin = {}, time.monotonic()
    for moment, n in zip(moments, draw.sample(range(DEVICES), DEATHS)):
        time.sleep(max(0, begin + moment - time.monotonic()))
        died[name_of(n)] = time.time_ns() // 1_000_000
        subprocess.run(["nft", "add", "element", "inet", "dead", "gone", f"{{ {address(n)} }}"], check=True)
    return died


def accepted(folder):
    """When the server took the first mail that names a device, by the device."""
    first = {}
    for path in sorted(pathlib.Path(folder).glob("[0-9]*.json")):
        message = email.message_from_bytes(path.with_suffix(".eml").read_bytes(), policy=email.policy.default)
        for name in re.findall(r"设备\d{5}", message["Subject"] + message.get_content()):
            first.setdefault(name, json.loads(path.read_text())["at_unix_ms"])
    return first


def cpu_s(roles):
    total = {}
    for name, role in roles.items():
        if role.get("pid"):
            fields = pathlib.Path(f"/proc/{role['pid']}/stat").read_text().rsplit(")", 1)[1].split()
            total[name] = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return total


def die(platform, folder):
    before, began = cpu_s(platform.roles()), time.monotonic()
    died = deaths()
    took = time.monotonic() - began
    roles = platform.roles()
    spent = cpu_s(roles)
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline and not set(died) <= set(accepted(folder)):
        time.sleep(0.5)
    time.sleep(3)
    mails = accepted(folder)
    ms = [mails[name] - at for name, at in died.items() if name in mails]
    alerted = {row[0] for row in platform.rows("SELECT DISTINCT a.name FROM alert JOIN asset a ON a.id = alert.asset_id WHERE a.name LIKE '设备%'")}
    false = sorted((alerted | set(mails)) - set(died))
    probe = roles["probe"]["counters"]
    print("# cores: " + ", ".join(f"{name} {(spent[name] - before.get(name, 0)) / took:.2f}" for name in sorted(spent)))
    print(f"# probe: {probe.get('results')} results, {probe.get('late')} late, worst {probe.get('worst_late_ms')} ms, {probe.get('busy')} put off")
    print(f"# {len(ms)} of {len(died)} deaths mailed, {len(false)} false alarms: {false[:5]}", flush=True)
    if not ms:
        sys.exit("latency: no death was mailed")
    print(f"# p50 {ground.percentile(ms, 0.5)} p90 {ground.percentile(ms, 0.9)} p99 {ground.percentile(ms, 0.99)} max {max(ms)} ms")
    ground.figure("latency", "death to 250, p50", "lower", [ground.percentile(ms, 0.5)], 3000, "ms", len(ms))
    ground.figure("latency", "death to 250, p99", "lower", [ground.percentile(ms, 0.99)], 5000, "ms", len(ms))
    ground.figure("latency", "deaths told and no other", "higher", [len(ms) - len(false)], len(died), "devices", 1)
    return len(ms) == len(died) and not false


def traps(operator, platform, lab):
    """Few of each switch: a device is looked at no more often for all it says."""
    checks = {f"127.10.0.{3 + n}": None for n in range(SWITCHES)}
    for address in checks:
        checks[address] = operator.post("/checks", {"name": f"交换机{address}", "kind": "snmp", "target": f"{address}:{lab.port}",
                                                    "interval_s": 60})["id"]
    deadline = time.monotonic() + 60
    while not all(operator.get(f"/checks/{check}/device")["at"] for check in checks.values()) and time.monotonic() < deadline:
        time.sleep(0.5)
    lab.say("sink 127.0.0.1:5162 v2c")
    store = sqlite3.connect(f"file:{platform.data}/records.db?mode=ro", uri=True, timeout=20)
    ms = []
    for port in range(1, TRAPS + 1):
        for address, check in checks.items():
            key = (f"port:{check}:GigabitEthernet1/0/{port}",)
            began = time.monotonic()
            lab.say(f"port {address} {port} down")
            while not store.execute("SELECT 1 FROM alert WHERE dedup_key = ?", key).fetchone():
                if time.monotonic() > began + 20:
                    sys.exit("latency: a trap raised no alert")
                time.sleep(0.002)
            ms.append((time.monotonic() - began) * 1000)
            time.sleep(0.2)
    print(f"# by trap: {' '.join(f'{v:.0f}' for v in ms)} ms")
    ground.figure("latency", "linkDown trap to alert, median", "lower", [statistics.median(ms)], 200, "ms", len(ms))
    ground.figure("latency", "linkDown trap to alert, worst", "lower", [max(ms)], 200, "ms", len(ms))


def main():
    ground.own_network()
    subprocess.run(["ninja", "-C", ground.HOUSE / "build", "lab/snmp/snmp-lab"], check=True, stdout=subprocess.DEVNULL)
    folder = tempfile.mkdtemp(prefix="fengsui-bench-latency-")
    campus = pathlib.Path(folder) / "campus"
    mails = pathlib.Path(folder) / "mails"
    sink = subprocess.Popen(["/usr/bin/python3", ground.HOUSE / "lab" / "smtp_sink.py", "--dir", mails, "--listen", "127.0.0.1:2525"],
                            stdout=subprocess.DEVNULL)
    subprocess.run([ground.HOUSE / "lab/snmp/campus.py", campus, "--access", str(SWITCHES)], check=True, stdout=subprocess.DEVNULL)
    lab = Lab(campus, (campus / "campus.sim").read_text().splitlines())
    platform = ground.Platform()
    try:
        platform.start()
        _, operator = ground.set_up(platform, mail_port=2525)
        began = time.monotonic()
        watch(operator, platform)
        settled(platform)
        print(f"# {DEVICES} devices watched and up after {time.monotonic() - began:.0f} s", flush=True)
        good = die(platform, mails)
        traps(operator, platform, lab)
    finally:
        platform.stop()
        platform.remove()
        lab.close()
        sink.terminate()
        sink.wait()
        subprocess.run(["rm", "-rf", folder], check=True)
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
