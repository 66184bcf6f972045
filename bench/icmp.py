#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The echo engine beside fping over the same 10,000 targets at the other end of a cable (ground.Far),
five alternating pairs; then what fping cannot: 100,000 targets each second for a minute, as a share of
the core that asks and receives, all of the kernel's work there included."""
import json
import pathlib
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import ground  # noqa: E402

TARGETS, RUNS, ROUNDS = 10000, 5, 60
MANY, SECONDS = 100000, 60
# The far end's replies share one send buffer of 128 KiB until they are received (icmp_sk_init of Linux); its kernel
# throws away what is more and counts it: those are taken out, what else is lost is lost by the engine.
INFLIGHT, RATE, MANY_RATE = 150, 1000000, 110000
OURS = ground.HOUSE / "build" / "bench" / "bench-icmp"


def address(n):
    return f"10.{100 + (n >> 16)}.{n >> 8 & 255}.{n & 255}"


def core_busy_s():
    """The first core's time that was not idle; on a busy machine others' too."""
    fields = [int(v) for v in pathlib.Path("/proc/stat").read_text().splitlines()[1].split()[1:]]
    return (sum(fields[:7]) - fields[3] - fields[4]) / 100


def ours(targets, inflight, rounds, rate, period_ms):
    before = core_busy_s()
    done = subprocess.run(ground.near(OURS, address(0), *map(str, (targets, inflight, rounds, rate, period_ms))), capture_output=True,
                          text=True)
    if done.returncode not in (0, 1):
        sys.exit(done.stderr)
    return {**json.loads(done.stdout), "core_s": core_busy_s() - before}


def fping(names):
    """As fast as it goes: no pause between targets, no second try."""
    begin = time.monotonic()
    done = subprocess.run(ground.near("fping", "-q", "-i", "0.01", "-r", "0", "-t", "2000", "-f", names), capture_output=True, text=True)
    if done.returncode not in (0, 1):
        sys.exit(done.stderr)
    return TARGETS / (time.monotonic() - begin)


def main():
    ground.own_network()
    subprocess.run(["ninja", "-C", ground.HOUSE / "build", "bench/bench-icmp"], check=True, stdout=subprocess.DEVNULL)
    far = ground.Far("10.100.0.0/15")
    try:
        with tempfile.NamedTemporaryFile("w", suffix=".txt") as names:
            names.write("".join(address(n) + "\n" for n in range(TARGETS)))
            names.flush()
            pairs = [(ours(TARGETS, INFLIGHT, ROUNDS, RATE, 0), fping(names.name)) for _ in range(RUNS)]
        discarded = far.replies_discarded()
        many = ours(MANY, MANY, SECONDS, MANY_RATE, 1000)
        discarded_many = far.replies_discarded() - discarded
    finally:
        far.end()
    metric = "echo requests answered a second"
    ground.pairs("icmp", metric, "higher", "1/s", [(p[0]["per_s"], p[1]) for p in pairs], "fping", target=250000)
    for mine, peer in pairs:
        print(f"{metric:40} {mine['per_s']:12,.0f} 1/s        fping {peer:,.0f} 1/s")
    lost = sum(p[0]["lost"] for p in pairs) - discarded
    print(f"{'lost':40} {lost:12,} of {RUNS * ROUNDS * TARGETS:,}; thrown away by the far end {discarded:,}")
    ground.figure("icmp", "cores for 100,000 targets each second", "lower", [many["core_s"] / many["wall_s"]], 0.5, "cores", 1)
    print(f"{'of these the prober itself':40} {many['cpu_s'] / many['wall_s']:12.2f} cores")
    ground.figure("icmp", "octets a target", "lower", [many["octets_a_target"]], 200, "octets", 1)
    print(f"{'lost in that minute':40} {many['lost'] - discarded_many:12,} of {MANY * SECONDS:,}; thrown away by the far end "
          f"{discarded_many:,}; {many['wall_s']:.1f} s")
    if lost or many["lost"] != discarded_many:
        sys.exit("bench: replies were lost")


if __name__ == "__main__":
    main()
