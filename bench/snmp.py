#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""SNMP polls of simulated switches with 52 ports, twelve columns each.

1. GETBULK/s and values/s of our poller, beside snmpbulkwalk (two at a time, a process a device)
   doing the same, and beside net-snmp's library asking for one column and keeping nothing.
2. 1,000 devices once in 5 s, of which 30 % are dead, then 2 s slow: how long after its due time a
   live device has been polled whole, 99th percentile in ms.
"""
import json
import os
import pathlib
import re
import socket
import subprocess
import sys
import tempfile
import time

import ground

BUILD = ground.HOUSE / "build"
PORT, DEVICES, LATE_DEVICES, SECONDS, LATE_SECONDS, EVERY_MS, RUNS = 11161, 200, 1000, 3, 30, 5000, 5
FIRST = f"127.20.0.1:{PORT}"
TARGET_MS = 1000
LIBRARY = "libnetsnmp, values not kept"
COLUMNS = [f"1.3.6.1.2.1.2.2.1.{n}" for n in (7, 8, 13, 14, 19, 20)] + \
          [f"1.3.6.1.2.1.31.1.1.1.{n}" for n in (6, 7, 10, 11, 15, 19)]


class Lab:
    def __init__(self, folder):
        subprocess.run([ground.HOUSE / "lab/snmp/campus.py", folder, "--access", "1"], check=True)
        script = folder / "bench.sim"
        script.write_text(f"add 127.20.0.1 {folder}/access-001.snmprec {LATE_DEVICES}\n")
        self.process = subprocess.Popen([BUILD / "lab/snmp/snmp-lab", "--port", str(PORT), "--control", folder / "control",
                                         script], stdout=subprocess.PIPE, text=True)
        if self.process.stdout.readline() != "ready\n":
            raise RuntimeError("snmp-lab did not start")
        self.control = socket.socket(socket.AF_UNIX)
        self.control.connect(str(folder / "control"))

    def say(self, line):
        self.control.sendall(line.encode() + b"\n")
        answer = self.control.recv(4096).decode()
        if not answer.startswith("ok"):
            raise RuntimeError(f"{line}: {answer}")
        return answer

    def asked(self):
        return int(re.search(r" asked (\d+)", self.say("stats")).group(1))

    def end(self):
        self.process.terminate()
        self.process.wait()


def ours(mode, devices, seconds, *more):
    text = subprocess.run([BUILD / "bench/bench-snmp-poll", mode, FIRST, str(devices), str(seconds), *map(str, more)],
                          capture_output=True, text=True, check=True).stdout
    return json.loads(text)


def library():
    text = subprocess.run([BUILD / "bench/bench-snmp-peer", FIRST, str(DEVICES), str(SECONDS), "52"], capture_output=True,
                          text=True, check=True).stdout
    return json.loads(text)


def walks(lab):
    """snmpbulkwalk over device after device, two processes at a time."""
    env = {**os.environ, "MIBS": ""}
    end, count, values, before, began = time.monotonic() + SECONDS, 0, 0, lab.asked(), time.monotonic()
    running = []
    while time.monotonic() < end or running:
        while len(running) < 2 and time.monotonic() < end:
            address = f"127.20.0.{1 + count % DEVICES}:{PORT}"
            words = [f"snmpbulkwalk -v2c -c public -Oqn -Cr52 {address} {column}" for column in COLUMNS]
            running.append(subprocess.Popen(["sh", "-c", "; ".join(words)], stdout=subprocess.PIPE, env=env))
            count += 1
        values += running[0].stdout.read().count(b"\n")
        running.pop(0).wait()
    took = time.monotonic() - began
    return {"requests_per_s": (lab.asked() - before) / took, "values_per_s": values / took}


def speed(lab):
    pairs = [(ours("walk", DEVICES, SECONDS), walks(lab), library()) for _ in range(RUNS)]
    mine = [p[0] for p in pairs]
    for key, metric, target in (("requests_per_s", "GETBULK answered a second", 25000), ("values_per_s", "values a second", 400000)):
        ground.pairs("snmp", metric, "higher", "1/s", [(p[0][key], p[1][key]) for p in pairs], "snmpbulkwalk", target=target)
    ground.pairs("snmp", "values a second", "higher", "1/s", [(p[0]["values_per_s"], p[2]["varbinds_per_s"]) for p in pairs], LIBRARY)
    ground.pairs("snmp", "values a second of its own CPU", "higher", "1/CPU-s",
                 [(p[0]["values_per_s"] / p[0]["cores"], p[2]["varbinds_per_s"] / p[2]["cores"]) for p in pairs], LIBRARY)
    print("\n           GETBULK/s   values/s    cores")
    for name, rows in (("ours", mine), ("walks", [p[1] for p in pairs])):
        for row in rows:
            print(f"{name:8} {row['requests_per_s']:11,.0f} {row['values_per_s']:11,.0f} {row.get('cores', 0):8.2f}")
    for row in (p[2] for p in pairs):
        print(f"{'library':8} {row['responses_per_s']:11,.0f} {row['varbinds_per_s']:11,.0f} {row['cores']:8.2f}")


def lateness(lab):
    figures = {}
    for fault, on, off in (("dead", "dead 1", "dead 0"), ("slow", "delay 2000", "delay 0")):
        for ten in range(0, LATE_DEVICES, 10):
            high, low = divmod(ten + 1, 256)
            lab.say(f"set 127.20.{high}.{low} {on} 3")
        figures[fault] = ours("late", LATE_DEVICES, LATE_SECONDS, EVERY_MS)
        for ten in range(0, LATE_DEVICES, 10):
            high, low = divmod(ten + 1, 256)
            lab.say(f"set 127.20.{high}.{low} {off} 3")
        ground.figure("snmp", f"lateness of live devices, 30 % {fault}, p99", "lower", [figures[fault]["late_p99_ms"]], TARGET_MS, "ms", 1)
    print("\n30 % are    p50 ms   p99 ms   max ms    cores   failed")
    for fault, row in figures.items():
        print(f"{fault:8} {row['late_p50_ms']:9.2f} {row['late_p99_ms']:8.2f} {row['late_max_ms']:8.2f} {row['cores']:8.3f} "
              f"{row['failed']:8}")


def main():
    ground.own_network()
    subprocess.run(["ninja", "-C", BUILD, "lab/snmp/snmp-lab", "bench/bench-snmp-poll", "bench/bench-snmp-peer"], check=True,
                   stdout=subprocess.DEVNULL)
    with tempfile.TemporaryDirectory() as name:
        lab = Lab(pathlib.Path(name))
        try:
            if "late" not in sys.argv:
                speed(lab)
            lateness(lab)
        finally:
            lab.end()


if __name__ == "__main__":
    main()
