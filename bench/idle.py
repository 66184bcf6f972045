#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The memory of all processes of the platform, each page shared out among its users (PSS), 60 s
after start, on SQLite, watching the machine it runs on."""
import pathlib
import sys
import time

import ground

RUNS = int(sys.argv[1]) if len(sys.argv) > 1 else 3


def pss_kib(pid):
    for line in pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1])
    return 0


def main():
    ground.own_network()
    mebibytes = []
    for _ in range(RUNS):
        platform = ground.Platform()
        try:
            platform.start()
            ground.set_up(platform)
            ground.healthy()
            time.sleep(60)
            each = {r["role"]: pss_kib(r["pid"]) for r in platform.roles().values() if r.get("pid")}
            each.setdefault("parent", pss_kib(platform.process.pid))
            mebibytes.append(sum(each.values()) / 1024)
            print("# " + " ".join(f"{role} {kib / 1024:.1f}" for role, kib in each.items()), flush=True)
        finally:
            platform.stop()
            platform.remove()
    ground.figure("idle", "PSS of all processes after 60 s", "lower", mebibytes, 150.0, "MiB", RUNS)


if __name__ == "__main__":
    main()
