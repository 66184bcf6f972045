#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Lists as people read them, 10,000 open of 100,000 notices and as many findings, 20 clients without a pause
while commands run: every filter and order of the screens and what the overview counts, by the operator and by
a unit's officer.  The 99th percentile of each in ms, its largest page in octets, and the worst of all.
bench/run list [sqlite|postgresql] [RECORDS [SECONDS [RUNS]]]"""
import os
import sqlite3
import subprocess
import sys
import threading

import ground

RECORDS, SECONDS, RUNS = 100_000, 4, 5
OPEN_EVERY, UNITS, CLIENTS, PAGES, TARGET_MS, TARGET_OCTETS = 10, 50, 20, 5, 50.0, 60_000
ROWS_A_STATEMENT = 100  # an argument of psql: at most 128 KiB
OPEN = ("issued", "received", "rectifying", "submitted")
SOURCES = ("monitor", "superior", "unit", "public")
# What the screens ask for: lists of the desk, 100 rows a page, those of a unit and the tiles above them.
LISTS = {
    "open by due": "/notices?open=1&order=due&limit=100", "overdue": "/notices?overdue=1&order=due&limit=100",
    "closed": "/notices?state=closed&limit=100", "rectifying": "/notices?state=rectifying&limit=100",
    "in review": "/notices?state=review&limit=100", "all notices": "/notices?limit=100",
    "all findings": "/findings?limit=50", "noticed findings": "/findings?state=noticed&limit=50",
    "new findings": "/findings?state=new&limit=50", "counts": "/overview",
}
NOTICE = ("id", "version", "state", "number", "title", "grade", "unit_id", "source", "requirement", "author_id", "created_at_ms", "due_at_ms",
          "issued_at_ms", "step_due_at_ms", "policy", "signed_at_ms")
FINDING = ("id", "version", "state", "grade", "kind", "title", "description", "advice", "unit_id", "source", "dedup_key", "found_at_ms",
           "notice_id", "policy")
TEXT = "管理后台使用默认口令，可被远程登录并取得全部数据。" * 2


def notice(n, units, author, base):
    state = OPEN[n // OPEN_EVERY % 4] if n % OPEN_EVERY == 0 else "closed"
    due = base + n * 7919 % RECORDS * 60_000
    issued = base - (n % 1000) * 86_400_000  # of the last three years
    return (10_000_000 + n, 1, state, f"网安通报 2020-{n:06d}", f"关于信息系统安全隐患的通报（{n}）", "medium", units[n // OPEN_EVERY % UNITS],
            SOURCES[n % 4], "请按期整改", author, issued, due, issued, due, "school-2023", issued + 3_600_000 if n % 7 else None)


def finding(n, units, base):
    state = ("noticed" if n % OPEN_EVERY == 0 else "closed") if n % 500 != 1 else "new"
    return (20_000_000 + n, 1, state, "medium", "weak_password", f"信息系统弱口令（{n}）", TEXT, TEXT, units[n // OPEN_EVERY % UNITS], SOURCES[n % 4],
            f"bench-{n}", base + n, None if state == "new" else 10_000_000 + n, "school-2023")


def said(value):
    return "NULL" if value is None else str(value) if isinstance(value, int) else "'" + value.replace("'", "''") + "'"


def insert(platform, table, columns, rows):
    if not platform.store:
        with sqlite3.connect(platform.data / "records.db") as db:
            db.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({','.join('?' * len(columns))})", rows)
        return
    rows = list(rows)
    for at in range(0, len(rows), ROWS_A_STATEMENT):
        values = ",".join("(" + ",".join(map(said, row)) + ")" for row in rows[at:at + ROWS_A_STATEMENT])
        platform.change(f"INSERT INTO {table} ({', '.join(columns)}) VALUES {values}")


def fill(platform, units, author, count):
    """Rows as they are after years, without their history: only reading is measured."""
    platform.stop()
    base = int(ground.time.time() * 1000) - RECORDS // 2 * 60_000
    insert(platform, "notice", NOTICE, (notice(n, units, author, base) for n in range(count)))
    insert(platform, "finding", FINDING, (finding(n, units, base) for n in range(count)))
    if platform.store:
        platform.change("ANALYZE")  # as its autovacuum does by itself
    platform.start()
    ground.healthy()


def commands(person, stop, count):
    n = 0
    while not stop.is_set():
        person.post("/findings", {"title": f"演练隐患 {n}", "kind": "other", "grade": "low", "description": "压测期间的写入",
                                  "advice": "无", "unit_id": person.unit})
        n += 1
    count.append(n)


def pages(person, path):
    """(addresses, octets of the largest): the first page and those behind it, as a reader goes on."""
    paths, at, largest = [], path, 0
    for _ in range(PAGES):
        status, _, octets = person.raw("GET", at)
        if status != 200:
            raise RuntimeError(f"{at}: {status} {octets[:300]}")
        paths.append("/api/v1" + at)
        largest = max(largest, len(octets))
        cursor = ground.json.loads(octets).get("next_cursor")
        if not cursor:
            break
        at = f"{path}&cursor={cursor}"
    return paths, largest


def load(person, paths, seconds):
    env = {**os.environ, "BENCH_PATHS": " ".join(paths), "BENCH_COOKIE": f"fengsui={person.cookie}"}
    text = subprocess.run(["wrk", "-t1", f"-c{CLIENTS}", f"-d{seconds}s", "-s", ground.HOUSE / "bench" / "list.lua",
                           f"http://127.0.0.1:{ground.PORT}"], capture_output=True, text=True, env=env, check=True).stdout
    requests, p50, p99, slowest, errors = map(int, text.split("RESULT ")[1].split())
    if errors:
        raise RuntimeError(f"{errors} requests failed: {paths[0]}")
    return requests / seconds, p50 / 1000, p99 / 1000, slowest / 1000


def measured(who, person, operator, seconds):
    """Worst p99 in ms of a round of all lists, and the largest page."""
    worst, largest = 0, 0
    for name, path in LISTS.items():
        paths, octets = pages(person, path)
        stop, count = threading.Event(), []
        busy = threading.Thread(target=commands, args=(operator, stop, count))
        busy.start()
        rate, middle, late, slowest = load(person, paths, seconds)
        stop.set()
        busy.join()
        print(f"# {who:8} {name:16} {rate:7,.0f}/s p50 {middle:7.2f} p99 {late:7.2f} max {slowest:7.2f} ms {octets:7,} octets,"
              f" {count[0] / seconds:.0f} commands/s", flush=True)
        worst, largest = max(worst, late), max(largest, octets)
    return worst, largest


def school(platform):
    admin, operator = ground.set_up(platform)
    units = [admin.post("/units", {"name": f"学院{n:02d}", "kind": "faculty"})["id"] for n in range(UNITS)]
    made = admin.post("/users", {"account": "officer", "name": "信息员", "unit_id": units[7], "mail": "officer@campus.test",
                                 "roles": [{"role": "officer", "unit_id": units[7]}]})
    operator.unit = units[0]
    officer = ground.Person().first_login("officer", made["secret"], ground.PASSWORD)
    return units, operator, officer


def run(store, count, seconds, runs):
    platform = ground.Platform(store)
    kind = "PostgreSQL" if store else "SQLite"
    try:
        platform.start()
        units, operator, officer = school(platform)
        fill(platform, units, operator.get("/session")["person"]["id"], count)
        for who, person in (("operator", operator), ("officer", officer)):
            rounds = [measured(who, person, operator, seconds) for _ in range(runs)]
            ground.figure("list", f"{kind}, {who}: worst p99 of a list", "lower", [late for late, _ in rounds], TARGET_MS, "ms", runs)
            ground.figure("list", f"{kind}, {who}: largest page", "lower", [octets for _, octets in rounds], TARGET_OCTETS, "octets", runs)
    finally:
        platform.stop()
        platform.remove()


def main():
    ground.own_network()
    kind, numbers = ground.words(sys.argv[1:], [RECORDS, SECONDS, RUNS])
    ground.on_stores(kind, lambda store: run(store, *numbers))


if __name__ == "__main__":
    main()
