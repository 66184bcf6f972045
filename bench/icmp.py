#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The echo engine beside fping over the same 10,000 loopback targets, five alternating pairs; then
what fping cannot: 100,000 targets each second for a minute, as a share of a core."""
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from ground import HOUSE, figure, own_network  # noqa: E402

TARGETS, RUNS, ROUNDS = 10000, 5, 20
MANY, SECONDS = 100000, 60
OURS = HOUSE / "build" / "bench" / "bench-icmp"


def ours(targets, rounds, period_ms):
    done = subprocess.run([OURS, str(targets), str(rounds), "1000000", str(period_ms)], capture_output=True, text=True)
    if done.returncode not in (0, 1):
        sys.exit(done.stderr)
    return json.loads(done.stdout)


def fping(names):
    """As fast as it goes: no pause between targets, no second try."""
    begin = time.monotonic()
    done = subprocess.run(["fping", "-q", "-i", "0.01", "-r", "0", "-t", "2000", "-f", names], capture_output=True, text=True)
    if done.returncode not in (0, 1):
        sys.exit(done.stderr)
    return TARGETS / (time.monotonic() - begin)


def main():
    own_network()
    subprocess.run(["ninja", "-C", HOUSE / "build", "bench/bench-icmp"], check=True, stdout=subprocess.DEVNULL)
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as names:
        names.write("".join(f"127.1.{n >> 8}.{n & 255}\n" for n in range(TARGETS)))
        names.flush()
        pairs = [(ours(TARGETS, ROUNDS, 0), fping(names.name)) for _ in range(RUNS)]
    mine = statistics.median(p[0]["per_s"] for p in pairs)
    peer = statistics.median(p[1] for p in pairs)
    ratio = statistics.median(p[0]["per_s"] / p[1] for p in pairs)
    print(json.dumps({"bench": "icmp", "metric": "echo requests answered a second", "better": "higher", "ours": round(mine),
                      "peer": round(peer), "peer_name": "fping", "ratio": round(ratio, 2), "unit": "1/s", "runs": RUNS}))
    print(f"{'echo requests answered a second':40} {mine:12,.0f} 1/s        fping {peer:,.0f} 1/s")
    print(f"{'lost':40} {sum(p[0]['lost'] for p in pairs):12,} of {RUNS * ROUNDS * TARGETS:,}")
    many = ours(MANY, SECONDS, 1000)
    figure("icmp", "cores for 100,000 targets each second", "lower", [many["cpu_s"] / many["wall_s"]], 0.5, "cores", 1)
    figure("icmp", "octets a target", "lower", [many["octets_a_target"]], 200, "octets", 1)
    print(f"{'lost, and seconds for the minute':40} {many['lost']:12,} {many['wall_s']:.1f} s")


if __name__ == "__main__":
    main()
