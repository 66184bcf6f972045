#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A document no worker survives, and a file no worker survives: each is given up after three workers, with an
alarm; what waited behind it is done, and the platform stays as it was.

Nothing in the programs is made to fail for it: whoever begins on that one job is killed from outside."""
import os
import pathlib
import signal
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import test_line as line  # noqa: E402
from platform_driver import on_a_desk, until, with_platform  # noqa: E402
from postgres_driver import with_stores  # noqa: E402
from tap import case  # noqa: E402
from test_workers import School  # noqa: E402

TRIES = 3
FILE_OCTETS = 19 << 20


def workers(platform):
    """Those of paper that live, by number."""
    found = []
    for entry in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            if (entry / "cmdline").read_bytes().startswith(b"fengsui-paper\0") and str(platform.process.pid) == \
                    (entry / "stat").read_text().rpartition(")")[2].split()[1]:
                found.append(int(entry.name))
        except (OSError, IndexError):
            continue
    return found


class Killer(threading.Thread):
    """Kills the worker of paper whenever it has begun on the job."""

    def __init__(self, platform, begun):
        super().__init__(daemon=True)
        self.platform, self.begun = platform, begun
        self.killed = []
        self.over = False
        self.start()

    def run(self):
        while not self.over:
            for pid in workers(self.platform):
                # A worker at its start or at its end is looked at for a while; the next one is found after that.
                until_s = time.monotonic() + 0.5
                while time.monotonic() < until_s and not self.over:
                    if pid not in self.killed and self.begun(self.killed, pid):
                        self.kill(pid)
                        break

    def kill(self, pid):
        try:
            os.kill(pid, signal.SIGKILL)
            self.killed.append(pid)
        except ProcessLookupError:
            pass

    def stop(self):
        self.over = True
        self.join()
        return len(self.killed)


def alert_of(school, code):
    return next((a for a in school.cast["operator"].get("/alerts?state=open")["items"] if a["class"] == code), None)


def others(school):
    return {name: role["pid"] for name, role in school.platform.roles().items() if name not in ("paper", "backup")}


def document(school):
    rows = school.platform.rows
    school.issue()
    until(lambda: not rows("SELECT id FROM outbox WHERE kind = 'render' AND state IN ('waiting', 'leased')"))
    before, mails = others(school), len(line.mails())
    pid = school.stop_worker("paper")
    last = int(rows("SELECT max(id) FROM document")[0][0])
    for _ in range(3):
        school.issue()
    # Each paper twice, as a PDF and for Word; so many wait that not all are leased at once.
    ids = [int(r[0]) for r in rows(f"SELECT id FROM document WHERE id > {last} AND of_id IS NULL ORDER BY id")]
    until(lambda: rows(f"SELECT 1 FROM outbox WHERE id = {ids[0]} AND state = 'leased'"))
    poison = ids[0]
    # Leased anew: the lease of a worker just killed stands until the next one is there.
    killer = Killer(school.platform, lambda killed, _: rows(
        f"SELECT 1 FROM outbox WHERE id = {poison} AND state = 'leased' AND attempts = {len(killed) + 1}"))
    until(lambda: rows(f"SELECT 1 FROM document WHERE id = {poison} AND state = 'failed'"), 90)
    killed = killer.stop()
    case(f"a document is given up after {TRIES} workers", killed == TRIES and pid in killer.killed, (pid, killer.killed))
    until(lambda: len(rows(f"SELECT 1 FROM document WHERE id > {poison} AND of_id IS NULL AND state = 'ready'")) == 2, 60)
    attempts = [int(r[0]) for r in rows(f"SELECT attempts FROM outbox WHERE id IN ({ids[0]}, {ids[1]}, {ids[2]}) ORDER BY id")]
    case("those that waited behind it are made, and are no suspects", attempts == [TRIES, 1, 1], attempts)
    case("it is an alert", bool(until(lambda: alert_of(school, "paper.failed"))))
    case("whoever is on duty has a mail of it", bool(line.wait_mail("zhou@campus.test", "文书未能生成", mails)))
    case("no other role was touched", others(school) == before, (before, others(school)))


def upload(school):
    notice = school.issue()
    school.sign(notice)
    until(lambda: not school.platform.rows("SELECT id FROM outbox WHERE kind = 'render' AND state IN ('waiting', 'leased')"))
    before = others(school)

    def begun(_, pid):
        """It holds somebody's file: no face it cut for papers is as large."""
        try:
            return any("memfd:" in os.readlink(at) and os.stat(at).st_size >= FILE_OCTETS // 23 * 23
                       for at in (f"/proc/{pid}/fd/{n}" for n in os.listdir(f"/proc/{pid}/fd")))
        except OSError:
            return False
    content = line.PDF[:9] + b"9 0 obj<</A(b)>>endobj\n" * (FILE_OCTETS // 23) + line.PDF[9:]
    killer = Killer(school.platform, begun)
    status, _, data = school.cast["officer"].raw("POST", f"/notices/{notice}/attachments?name=gift.pdf", content,
                                                 media="application/octet-stream")
    killed = killer.stop()
    case(f"a file is refused after {TRIES} workers", killed == TRIES and status == 503 and b"upload.unavailable" in data,
         (killer.killed, status, data[:200]))
    alert = until(lambda: alert_of(school, "paper.upload"))
    case("it is an alert that names it", "gift.pdf" in str(alert), alert)
    case("another file is taken after it", until(lambda: school.upload(notice, "report")[0] == 200, 60))
    case("no other role was touched", others(school) == before, (before, others(school)))
    health = school.cast.admin.get("/health")
    case("and the platform is well", all(r["state"] in ("up", "absent", "starting") for r in health["roles"]), health["roles"])


def on_the_desk(platform):
    school = School(platform)
    document(school)
    upload(school)


if __name__ == "__main__":
    on_a_desk(with_stores(lambda stores: with_platform(on_the_desk, stores.fresh()), "postgresql" in sys.argv[1:]))
