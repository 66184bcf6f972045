#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What the demo's campus did in the fourteen days before it was started, for lab/past/past.c: the same
traffic that lab/snmp/living.py makes from then on, answers of its services, and a few nights on which
somebody tried passwords.  All of it is made up and belongs to the demo's invented school alone.

    before.py DATA PROGRAM writes the nights, before the first start."""
import os
import pathlib
import random
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "snmp"))
import living  # noqa: E402
import network  # noqa: E402

DAYS, STEP_S = 14, 300
DAY_MIN = 1440
ANSWERS_US = {"http": 42_000, "tcp": 2_400, "dns": 1_300, "icmp": 900, "snmp": 6_500}  # at the busiest hour
# days ago, hour and minute there, tries, from where, at whose door
NIGHTS = ((9, 2, 13, 38, "10.20.70.33", "ssh.campus.test"), (6, 3, 47, 21, "10.20.64.118", "mail.campus.test"),
          (4, 1, 20, 64, "10.20.41.9", "ssh.campus.test"), (1, 23, 5, 17, "10.20.65.77", "ns.campus.test"))


def answers(checks):
    """checks: (id, kind) of each; one whose figure is no time has no such past."""
    return [f"main\t{check}\t{ANSWERS_US[kind]}\t0.35" for check, kind in checks if kind in ANSWERS_US]


def traffic(check_at):
    """Ports that lead to another switch, and the way out; check_at: address → id of the check that asks it."""
    campus = living.Campus(random.Random(8640))
    lines = []
    for (name, port), ways in sorted(campus.flows(1).items()):
        s = campus.switches[name]
        out = s.make == "hillstone" and port == network.WAN_PORT
        if s.address in check_at and (port in s.links or out):
            lines += [f"part\t{check_at[s.address]}\t{8 * octets:.0f}\t0.95\t{metric}\t{s.port_name(port)}\tbit/s"
                      for metric, octets in zip(("in_bps", "out_bps"), ways)]
    return lines


def way_out():
    """(address, name) of the port that leads off the campus."""
    firewall = next(s for s in living.Campus(random.Random(0)).switches.values() if s.make == "hillstone")
    return firewall.address, firewall.port_name(network.WAN_PORT)


def shares(series):
    """Load of processors and the like, around what it is now; series: (check, metric, instance, unit, value)."""
    return [f"part\t{check}\t{1.4 * value:.2f}\t0.5\t{metric}\t{instance}\t{unit}"
            for check, metric, instance, unit, value in series if metric == "cpu" and value]


def nights(now_s):
    here = time.gmtime(now_s + living.CAMPUS_ZONE_S)
    today_min = here.tm_hour * 60 + here.tm_min
    return [f"burst\t{days * DAY_MIN + today_min - (hour * 60 + minute)}\t{count}\t{source}\t{host}"
            for days, hour, minute, count, source, host in NIGHTS]


def write(program, data, shard, lines):
    """Rows of a shard of their own, seen by the platform when it is whole."""
    tails, owner = data / "tail", data.stat()
    making = tails / f".{shard}"
    made = [] if tails.exists() else [tails]
    making.mkdir(mode=0o750, parents=True)
    subprocess.run([pathlib.Path(program).parent / "lab/past/past", making, str(int(time.time() * 1000)), str(DAYS), str(STEP_S)],
                   input="".join(line + "\n" for line in lines), text=True, check=True, stdout=subprocess.DEVNULL)
    for path in (*made, making, *making.iterdir()):
        os.chown(path, owner.st_uid, owner.st_gid)
    making.rename(tails / shard)


if __name__ == "__main__":
    # Before the platform's first start: time goes forward for whoever reads a log.
    write(sys.argv[2], pathlib.Path(sys.argv[1]), "demo-nights", nights(time.time()))
