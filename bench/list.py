#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The first and the next pages of the open notices by due date, 10,000 open of 100,000, asked by
20 clients without a pause while commands run: the 99th percentile of a page in ms."""
import os
import sqlite3
import subprocess
import threading

import ground

NOTICES, OPEN_EVERY, UNITS, CLIENTS, SECONDS, RUNS, PAGES = 100_000, 10, 50, 20, 5, 5, 20
PATH = "/api/v1/notices?open=1&order=due&limit=50"


def fill(platform, admin, author):
    """Rows as they are after years, without their history: only reading is measured."""
    units = [admin.post("/units", {"name": f"学院{n:02d}", "kind": "faculty"})["id"] for n in range(UNITS)]
    platform.stop()
    base = 1_767_200_000_000
    rows = []
    for n in range(NOTICES):
        state = ("issued", "received", "rectifying", "submitted")[n // OPEN_EVERY % 4] if n % OPEN_EVERY == 0 else "closed"
        due = base + n * 7919 % NOTICES * 60_000
        rows.append((10_000_000 + n, 1, state, f"网安通报 2020-{n:06d}", f"关于信息系统安全隐患的通报（{n}）", "medium", units[n % UNITS],
                     "monitor", "请按期整改", author, base, due, base, due, "school-2023"))
    db = sqlite3.connect(platform.data / "records.db")
    db.executemany("INSERT INTO notice (id, version, state, number, title, grade, unit_id, source, requirement, author_id,"
                   " created_at_ms, due_at_ms, issued_at_ms, step_due_at_ms, policy) VALUES (" + ",".join("?" * 15) + ")", rows)
    db.commit()
    db.execute("ANALYZE")
    db.commit()
    db.close()
    platform.start()
    ground.healthy()


def commands(person, stop, count):
    n = 0
    while not stop.is_set():
        person.post("/findings", {"title": f"演练隐患 {n}", "kind": "other", "grade": "low", "description": "压测期间的写入",
                                  "advice": "无", "unit_id": person.unit})
        n += 1
    count.append(n)


def pages(operator):
    """The first page and those behind it, as a reader goes on."""
    paths, path = [], PATH
    for _ in range(PAGES):
        paths.append(path)
        path = f"{PATH}&cursor={operator.get(path.removeprefix('/api/v1'))['next_cursor']}"
    return paths


def load(operator, paths):
    env = {**os.environ, "BENCH_PATHS": " ".join(paths), "BENCH_COOKIE": f"fengsui={operator.cookie}"}
    text = subprocess.run(["wrk", "-t1", f"-c{CLIENTS}", f"-d{SECONDS}s", "-s", ground.HOUSE / "bench" / "list.lua",
                           f"http://127.0.0.1:{ground.PORT}"], capture_output=True, text=True, env=env, check=True).stdout
    requests, p50, p99, slowest, errors = map(int, text.split("RESULT ")[1].split())
    if errors:
        raise RuntimeError(f"{errors} requests failed")
    return requests / SECONDS, p50 / 1000, p99 / 1000, slowest / 1000


def main():
    ground.own_network()
    platform = ground.Platform()
    try:
        platform.start()
        admin, operator = ground.set_up(platform)
        fill(platform, admin, operator.get("/session")["person"]["id"])
        operator.unit = admin.get("/units")["items"][0]["id"]
        paths = pages(operator)
        load(operator, paths)
        p99 = []
        for _ in range(RUNS):
            stop, count = threading.Event(), []
            busy = threading.Thread(target=commands, args=(operator, stop, count))
            busy.start()
            rate, middle, late, slowest = load(operator, paths)
            stop.set()
            busy.join()
            p99.append(late)
            print(f"# {rate:,.0f} pages/s, p50 {middle:.2f} p99 {late:.2f} max {slowest:.2f} ms, {count[0] / SECONDS:.0f} commands/s",
                  flush=True)
        ground.figure("list", "page of open notices by due date, p99", "lower", p99, 50.0, "ms", RUNS)
    finally:
        platform.stop()
        platform.remove()


if __name__ == "__main__":
    main()
