#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Seconds from the start of `serve` to core, query and web serving, with 100,000 records, each
made by a command and audited."""
import time

import ground

RECORDS, SHEET, RUNS = 100_000, 10_000, 5


def fill(operator):
    for first in range(0, RECORDS, SHEET):
        lines = ["名称,类型,地址"] + [f"服务器{n:06d},服务器,10.{n >> 16}.{n >> 8 & 255}.{n & 255}"
                                for n in range(first, first + SHEET)]
        operator.post("/assets/import", {"text": "\n".join(lines), "format": "csv", "charset": "utf-8", "dry_run": False})


def main():
    ground.own_network()
    platform = ground.Platform()
    try:
        platform.start()
        _, operator = ground.set_up(platform)
        fill(operator)
        count = operator.get("/assets?limit=1")
        print(f"# {count.get('total', RECORDS)} records", flush=True)
        seconds = []
        for _ in range(RUNS):
            platform.stop()
            begin = time.monotonic()
            platform.start()
            ground.healthy()
            seconds.append(time.monotonic() - begin)
            print(f"# {seconds[-1]:.3f} s", flush=True)
        ground.figure("start", "serving, 100,000 records", "lower", seconds, 2.0, "s", RUNS)
    finally:
        platform.stop()
        platform.remove()


if __name__ == "__main__":
    main()
