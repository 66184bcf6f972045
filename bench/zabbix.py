#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""How late live devices are polled when 30 % of 1,000 die: Zabbix 6.0's proxy of Debian 12, and ours at the same.

The proxy is unpacked, not installed, into a scratch folder and polls by itself out of a database made here:
twelve values a device once in 5 s, with 50 pollers and 10 for what cannot be reached; a time-out is 3 s, as
shipped.  A poll is due when the proxy's own timetable says so (the interface's number modulo the delay); a
tick is late by the time to the first value after it.  Ours polls the same devices whole, twelve columns of
52 ports (snmp.py).
"""
import json
import os
import pathlib
import re
import sqlite3
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import ground  # noqa: E402
import snmp  # noqa: E402

EVERY_S, STEADY_S, BEGIN_S = snmp.EVERY_MS // 1000, 60, 60
PACKAGES = ("zabbix-proxy-sqlite3", "libopenipmi0")
CONF = """ProxyMode=1
Server=127.0.0.1
Hostname=bench
ListenIP=127.0.0.1
ListenPort=10151
LogFile={at}/log
PidFile={at}/pid
SocketDir={at}
DBName={at}/db
AllowRoot=1
StartPollers=50
StartPollersUnreachable=10
StartPingers=0
StartDiscoverers=0
CacheSize=64M
HistoryCacheSize=64M
"""


def unpack(folder):
    for package in PACKAGES:
        subprocess.run(["apt-get", "download", "-qq", package], cwd=folder, check=True, stderr=subprocess.DEVNULL)
    for file in list(folder.glob("*.deb")):
        subprocess.run(["dpkg", "-x", file, folder], check=True)


def address(n):
    high, low = divmod(n + 1, 256)
    return f"127.20.{high}.{low}"


def dead(n):
    return n % 10 < 3


def database(folder, devices):
    schema = subprocess.run(["zcat", folder / "usr/share/zabbix-proxy-sqlite3/schema.sql.gz"], capture_output=True, text=True, check=True)
    db = sqlite3.connect(folder / "db")
    db.executescript(schema.stdout)
    for n in range(devices):
        db.execute("INSERT INTO hosts (hostid, host, name, status) VALUES (?, ?, ?, 0)", (1000 + n, f"d{n}", f"d{n}"))
        db.execute("INSERT INTO interface (interfaceid, hostid, main, type, useip, ip, port) VALUES (?, ?, 1, 2, 1, ?, ?)",
                   (1000 + n, 1000 + n, address(n), str(snmp.PORT)))
        db.execute("INSERT INTO interface_snmp (interfaceid, version, bulk, community) VALUES (?, 2, 1, 'public')", (1000 + n,))
        for i, column in enumerate(snmp.COLUMNS):
            item = (1000 + n) * 100 + i
            db.execute("INSERT INTO items (itemid, type, snmp_oid, hostid, name, key_, delay, value_type, interfaceid)"
                       " VALUES (?, 20, ?, ?, ?, ?, ?, 3, ?)", (item, f"{column}.1", 1000 + n, f"v{i}", f"v{i}", f"{EVERY_S}s", 1000 + n))
            db.execute("INSERT INTO item_rtdata (itemid) VALUES (?)", (item,))
    db.commit()
    db.close()


def late(folder, devices, begin, end):
    """Seconds each tick of a live device in [begin, end) waited for its first value."""
    db = sqlite3.connect(f"file:{folder / 'db'}?mode=ro", uri=True)
    waits = []
    for n in (n for n in range(devices) if not dead(n)):
        at = [c + ns / 1e9 for c, ns in db.execute(
            "SELECT clock, ns FROM proxy_history WHERE itemid = ? AND state = 0 ORDER BY clock, ns", ((1000 + n) * 100,))]
        tick = begin - begin % EVERY_S + EVERY_S + (1000 + n) % EVERY_S
        while tick < end - 2 * EVERY_S:
            waits.append(next((t for t in at if t >= tick), end) - tick)
            tick += EVERY_S
    return waits


def say(name, waits):
    print(f"{name:34} {1000 * ground.percentile(waits, 0.5):9.0f} {1000 * ground.percentile(waits, 0.99):9.0f} "
          f"{1000 * max(waits):9.0f}   {len(waits)} polls due")


def main():
    devices = int(sys.argv[1]) if len(sys.argv) > 1 else snmp.LATE_DEVICES
    with tempfile.TemporaryDirectory(prefix="fengsui-bench-") as name:
        folder = pathlib.Path(name)
        unpack(folder)
        ground.own_network()
        database(folder, devices)
        (folder / "conf").write_text(CONF.format(at=folder))
        lab = snmp.Lab(folder)
        proxy = subprocess.Popen([folder / "usr/sbin/zabbix_proxy", "-f", "-c", folder / "conf"], stdout=subprocess.DEVNULL,
                                 env={**os.environ, "LD_LIBRARY_PATH": str(folder / "usr/lib/x86_64-linux-gnu"), "MIBS": ""})
        try:
            time.sleep(BEGIN_S)
            began = time.time()
            for ten in range(0, devices, 10):
                lab.say(f"set {address(ten)} dead 1 3")
            time.sleep(2 * STEADY_S)
            died, steady = late(folder, devices, began, began + STEADY_S), late(folder, devices, began + STEADY_S, began + 2 * STEADY_S)
            well = late(folder, devices, began - BEGIN_S / 2, began)
            peer = re.search(r"\d+\.\d+\.\d+", subprocess.run([folder / "usr/sbin/zabbix_proxy", "-V"], capture_output=True, text=True, env={
                **os.environ, "LD_LIBRARY_PATH": str(folder / "usr/lib/x86_64-linux-gnu")}).stdout)[0]
        finally:
            proxy.terminate()
            proxy.wait()
            log = (folder / "log").read_text()[-600:] if (folder / "log").exists() else ""
        try:
            mine = snmp.ours("late", devices, snmp.LATE_SECONDS, snmp.EVERY_MS)
        finally:
            lab.end()
    if not died or not steady:
        sys.exit(f"the proxy polled nothing: {log}")
    print(json.dumps({"bench": "zabbix", "metric": "lateness of live devices, 30 % dead, p99", "better": "lower",
                      "ours": round(mine["late_p99_ms"], 2), "peer": round(1000 * ground.percentile(steady, 0.99)), "unit": "ms", "runs": 1,
                      "peer_name": f"zabbix proxy {peer}", "ratio": round(mine["late_p99_ms"] / (1000 * ground.percentile(steady, 0.99)), 6)}))
    print(f"\n{'':34} {'p50 ms':>9} {'p99 ms':>9} {'max ms':>9}")
    say("proxy, all alive", well)
    say("proxy, the minute they died", died)
    say("proxy, the minute after", steady)
    print(f"{'ours, 30 % dead':34} {mine['late_p50_ms']:9.2f} {mine['late_p99_ms']:9.2f} {mine['late_max_ms']:9.2f}")


if __name__ == "__main__":
    main()
