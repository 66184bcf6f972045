#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""kill -9 of every role, and of the parent, at random moments while people work, then by SQL: nothing that
was acknowledged is missing, numbers have no gap, each timer took effect once, no mail is lost, and the
audit log verifies.

    test_kill.py [sqlite|postgresql] [KILLS] [SEED]

PostgreSQL's own backends are ended too, by pg_terminate_backend and by SIGKILL."""
import collections
import hashlib
import http.client
import json
import os
import pathlib
import random
import re
import signal
import sqlite3
import sys
import threading
import time
import traceback

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import test_line as line  # noqa: E402
from platform_driver import NAME, Platform, Refused, audit, on_a_desk, until  # noqa: E402
from postgres_driver import Postgres, programs  # noqa: E402
from tap import case, end, skip  # noqa: E402
from test_workers import message_ids  # noqa: E402
TARGETS = ["core", "core", "query", "web", "probe", "collect", "detect", "courier", "paper", "backup", "parent"]
BACKENDS = ["pg_terminate_backend", "SIGKILL of a backend"]
PAUSE_S = (0.05, 0.5)


class Embedded:
    def __init__(self, platform):
        self.path = f"{platform.data}/records.db"

    def rows(self, sql):
        connection = sqlite3.connect(f"file:{self.path}?mode=rw", uri=True, timeout=30, isolation_level=None)
        try:
            return [["" if v is None else str(v) for v in row] for row in connection.execute(sql)]
        finally:
            connection.close()


class Served:
    def __init__(self, server, uri):
        self.server = server
        self.database = uri.rsplit("/", 1)[1]

    def rows(self, sql, database=None):
        def ask():
            try:
                return [self.server.rows(database or self.database, sql)]
            except RuntimeError as problem:  # it recovers from a killed backend
                if any(w in str(problem) for w in ("recovery mode", "terminat", "accepting", "starting up", "closed the")):
                    return None
                raise
        return until(ask, 60)[0]

    def backend(self):
        """One of the platform's connections."""
        pids = self.rows("SELECT pid FROM pg_stat_activity WHERE application_name = 'fengsui'"
                         f" AND datname = '{self.database}' ORDER BY pid", "postgres")
        return int(random.choice(pids)[0]) if pids else None


class Ledger:
    """What the platform said it has done."""

    def __init__(self):
        self.lock = threading.Lock()
        self.acked = collections.defaultdict(list)
        self.again = collections.Counter()
        self.stop = threading.Event()

    def note(self, kind, *fact):
        with self.lock:
            self.acked[kind].append(fact)

    def sure(self, do):
        """Ask until it is done, as a browser with the same idempotency key would."""
        deadline = time.monotonic() + 120
        while True:
            try:
                return do()
            except Refused as refused:
                problem = refused
                if refused.status < 500 and refused.status != 429:
                    raise
                self.again[refused.status] += 1
            except (OSError, http.client.HTTPException, json.JSONDecodeError) as broken:
                problem = broken
                self.again[type(broken).__name__] += 1
            if time.monotonic() > deadline:
                raise TimeoutError(f"not done in time: {problem}")
            time.sleep(0.1)


class Client(threading.Thread):
    def __init__(self, ledger, person, number):
        super().__init__(daemon=True)
        self.ledger = ledger
        self.person = person
        self.number = number
        self.step = 0
        self.trouble = None

    def run(self):
        try:
            while not self.ledger.stop.is_set():
                self.step += 1
                self.once(f"{self.number}-{self.step}")
        except Exception as problem:
            self.trouble = "".join(traceback.format_exception(problem))[-900:]

    def do(self, person, method, path, body=None):
        key = {"Idempotency-Key": os.urandom(12).hex()}
        return self.ledger.sure(lambda: person.call(method, path, {} if body is None else body, headers=key))


class Registrar(Client):
    def once(self, name):
        operator = self.person
        made = self.do(operator, "POST", "/assets", {"name": f"资产 {name}", "kind": "server"})
        self.ledger.note("asset", made["id"], f"资产 {name}")
        for n in range(2):
            self.do(operator, "PATCH", f"/assets/{made['id']}", {"note": f"第 {n} 次"})
            self.ledger.note("patch", made["id"], f"第 {n} 次")


class Clerk(Client):
    def once(self, name):
        self.do(self.person, "PUT", "/settings/school", {"value": {"name": "湖北示例职业学院", "short": f"{self.step}",
                                                                 "number_prefix": "网安通报"}})
        self.ledger.note("setting", self.step)
        time.sleep(0.05)


class Desk(Client):
    """From a finding to a notice the unit has signed and answers with a file."""

    def __init__(self, ledger, cast, number):
        super().__init__(ledger, None, number)
        self.operator, self.reviewer, self.officer = cast["operator"], cast["reviewer"], cast["officer"]
        self.unit = cast.unit

    def once(self, name):
        # A document is made for every notice, and all are waited for: a fast disk must not make hundreds of them.
        self.ledger.stop.wait(0.5)
        of = {"title": f"弱口令 {name}", "kind": "weak_password", "grade": "medium", "unit_id": self.unit}
        finding = self.do(self.operator, "POST", "/findings", {**of, "description": "存在弱口令"})["id"]
        self.ledger.note("finding", finding, f"弱口令 {name}")
        self.do(self.operator, "POST", f"/findings/{finding}/confirm", of)
        notice = self.do(self.operator, "POST", "/notices", {
            "title": f"关于弱口令的通报 {name}", "unit_id": self.unit, "grade": "medium", "finding_ids": [finding],
            "requirement": "限期整改。"})["id"]
        self.ledger.note("notice", notice, f"关于弱口令的通报 {name}")
        self.do(self.operator, "POST", f"/notices/{notice}/review")
        self.do(self.reviewer, "POST", f"/notices/{notice}/issue")
        self.ledger.note("issued", notice)
        if self.step % 2 == 0:
            return  # left for the reminders
        self.do(self.officer, "POST", f"/notices/{notice}/sign")
        self.do(self.officer, "POST", f"/notices/{notice}/plan",
                {"responsible": "王倩", "plan": "修改", "planned_at": int(time.time() * 1000) + 3600000})
        self.ledger.note("signed", notice)
        content = line.PDF + f"% {name}\n".encode()
        self.ledger.sure(lambda: self.upload(notice, content))
        self.ledger.note("attachment", notice, hashlib.new("sm3", content).hexdigest())

    def upload(self, notice, content):
        status, _, data = self.officer.raw("POST", f"/notices/{notice}/attachments?name=report.pdf", content,
                                           media="application/octet-stream")
        if status != 200:
            raise Refused(status, data[:200])


class Reminders(threading.Thread):
    """Time goes by: every notice nobody signed for is due for its next reminder."""

    def __init__(self, ledger, store):
        super().__init__(daemon=True)
        self.ledger = ledger
        self.store = store

    def run(self):
        while not self.ledger.stop.wait(0.4):
            now = int(time.time() * 1000)
            try:
                self.store.rows(f"UPDATE timer SET fire_at_ms = {now}, due_at_ms = {now} WHERE kind = 'notice.sign_due'"
                                f" AND fired_at_ms IS NULL AND cancelled_at_ms IS NULL AND due_at_ms > {now + 60000}")
            except (sqlite3.OperationalError, RuntimeError, TimeoutError):
                continue  # the store is busy being killed


class Killer:
    def __init__(self, platform, store, admin, ledger, kills):
        self.platform = platform
        self.store = store
        self.admin = admin
        self.ledger = ledger
        self.kills = kills
        self.count = collections.Counter()

    def children(self):
        """Which roles live now, by number."""
        found = {}
        parent = str(self.platform.process.pid)
        for entry in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                stat = (entry / "stat").read_text()
                if stat.rpartition(")")[2].split()[1] == parent:
                    found[(entry / "cmdline").read_bytes().split(b"\0")[0].decode().removeprefix("fengsui-")] = int(entry.name)
            except (OSError, IndexError):
                continue
        return found

    def role(self, role):
        pid = until(lambda: self.children().get(role), 60, 0.02)
        os.kill(pid, signal.SIGKILL)

    def backup(self):
        """It lives for a moment only; one that was over before it was seen is asked for again."""
        for _ in range(20):
            self.ledger.sure(lambda: self.admin.post("/backups", {}))
            try:
                pid = until(lambda: self.children().get("backup"), 3, 0.005)
                os.kill(pid, signal.SIGKILL)
                self.ledger.note("backup")
                return
            except (TimeoutError, ProcessLookupError):
                continue
        raise TimeoutError("no backup was seen")

    def parent(self):
        old = self.children().values()
        self.platform.process.kill()
        self.platform.process.wait()
        until(lambda: not any(pathlib.Path(f"/proc/{pid}").exists() for pid in old), 60, 0.02)
        self.platform.start()

    def backend(self, how):
        pid = until(self.store.backend, 60)
        if how == BACKENDS[0]:
            self.store.rows(f"SELECT pg_terminate_backend({pid})")
        else:
            os.kill(pid, signal.SIGKILL)

    def run(self, rng):
        bag = []
        for _ in range(self.kills):
            time.sleep(rng.uniform(*PAUSE_S))
            if not bag:
                bag = TARGETS + (BACKENDS if isinstance(self.store, Served) else [])
                rng.shuffle(bag)
            target = bag.pop()
            if target == "parent":
                self.parent()
            elif target == "backup":
                self.backup()
            elif target in BACKENDS:
                self.backend(target)
            else:
                self.role(target)
            self.count[target] += 1


# ---- afterwards, by SQL

def check_acked(ledger, store, blobs):
    acked = ledger.acked
    for kind, table, column in (("asset", "asset", "name"), ("finding", "finding", "title"), ("notice", "notice", "title")):
        have = collections.Counter((int(i), t) for i, t in store.rows(f"SELECT id, {column} FROM {table}"))
        texts = collections.Counter(t for _, t in have)
        missing = [f for f in acked[kind] if have[f] != 1]
        twice = [t for _, t in acked[kind] if texts[t] != 1]
        case(f"every acknowledged {kind} is there, and once ({len(acked[kind])})", acked[kind] and not missing and not twice,
             (missing[:5], twice[:5]))
    notes = dict(store.rows("SELECT id, note FROM asset WHERE note IS NOT NULL"))
    last = {i: n for i, n in acked["patch"]}
    wrong = [i for i, n in last.items() if notes.get(str(i), "") < n]
    case(f"every acknowledged change of one ({len(acked['patch'])})", not wrong, wrong[:5])
    value = json.loads(store.rows("SELECT value FROM setting WHERE key = 'school'")[0][0])
    case(f"the last acknowledged setting, or a later one ({len(acked['setting'])})",
         int(value["short"]) >= max(n for n, in acked["setting"]), value)
    states = dict(store.rows("SELECT id, state FROM notice"))
    wrong = [(i, states.get(str(i))) for i, in acked["issued"] if states.get(str(i)) in (None, "draft", "reviewing")]
    wrong += [(i, states.get(str(i))) for i, in acked["signed"] if states.get(str(i)) != "rectifying"]
    case(f"every acknowledged issue ({len(acked['issued'])}) and signature ({len(acked['signed'])})", not wrong, wrong[:5])
    have = {(int(n), d) for n, d in blobs}
    wrong = [f for f in acked["attachment"] if f not in have]
    case(f"every acknowledged upload is named ({len(acked['attachment'])})", acked["attachment"] and not wrong, wrong[:5])


def check_numbers(store):
    numbers = sorted(int(re.search(r"(\d+)$", r[0])[1]) for r in store.rows("SELECT number FROM notice WHERE number IS NOT NULL"))
    counter = store.rows("SELECT value FROM counter WHERE series = 'notice'")
    case(f"notices are numbered without a gap ({len(numbers)})",
         numbers == list(range(1, len(numbers) + 1)) and int(counter[0][0]) == len(numbers), (numbers[-3:], counter))
    entries = store.rows("SELECT count(*), min(seq), max(seq) FROM audit_entry")[0]
    counter = store.rows("SELECT value FROM counter WHERE series = 'audit'")[0][0]
    case(f"so are the entries of the audit log ({counter})", entries == [counter, "1", counter], (entries, counter))


def check_timers(store):
    fired = collections.Counter(r[0] for r in store.rows(
        "SELECT record_id FROM timer WHERE kind = 'notice.sign_due' AND fired_at_ms IS NOT NULL ORDER BY id"))
    told = collections.Counter(r[0] for r in store.rows(
        "SELECT record_id FROM timeline WHERE kind = 'notice' AND code = 'sign_overdue'"))
    entered = collections.Counter(str(json.loads(r[0])["id"]) for r in store.rows(
        "SELECT entry FROM audit_entry WHERE entry LIKE '%\"act\":\"notice.sign_due\"%'"))
    # The first rung tells the officer, the next ones others as well: nobody is told a rung twice.
    per_person = collections.Counter((r[0], r[1]) for r in store.rows(
        "SELECT o.record_id, d.person_id FROM outbox o JOIN delivery d ON d.id = o.id"
        " WHERE o.kind = 'mail' AND d.subject LIKE '%签收已超时%'"))
    mails = collections.Counter()
    for (record, _), count in per_person.items():
        mails[record] = max(mails[record], count)
    # One that had signed meanwhile is marked fired and told nothing.
    early = {r[0] for r in store.rows("SELECT id FROM notice WHERE state <> 'issued'")}
    same = all(told[n] == fired[n] == entered[n] == mails[n] for n in fired if n not in early)
    less = all(told[n] <= fired[n] and told[n] == entered[n] == mails[n] for n in fired)
    case(f"each timer took effect once ({sum(fired.values())})", fired and same and less,
         [(n, fired[n], told[n], entered[n], mails[n]) for n in fired if not fired[n] == told[n] == entered[n] == mails[n]][:5])
    seqs = collections.defaultdict(list)
    for record, seq in store.rows("SELECT record_id, seq FROM timer WHERE kind = 'notice.sign_due' ORDER BY record_id, seq"):
        seqs[record].append(int(seq))
    case("and set the next one once", all(s == list(range(1, len(s) + 1)) for s in seqs.values()))


def check_backups(ledger, store):
    """Their outcome is kept by core, which the parent may outlive and not the other way round."""
    rows = store.rows("SELECT ok, error FROM backup_run")
    killed = [e for ok, e in rows if ok == "0" and "signal 9" in e]
    case(f"a backup that was killed is told of ({len(killed)} of {len(ledger.acked['backup'])})",
         bool(killed) or not ledger.acked["backup"], rows[-5:])


def check_documents(store):
    states = collections.Counter(r[0] for r in store.rows("SELECT state FROM document"))
    case(f"every document is made ({states['ready']})", set(states) == {"ready"},
         (states, store.rows("SELECT id, state, attempts, why FROM outbox WHERE kind = 'render' AND state <> 'done'")))


HANDS = 8  # mails under way at once: SMTP_INFLIGHT_MAX


def check_mails(store, kills):
    wanted = {r[0] for r in store.rows("SELECT message_id FROM delivery")}
    unsent = store.rows("SELECT id, state, live_error FROM delivery WHERE state <> 'sent'")
    orphan = store.rows("SELECT id FROM outbox WHERE kind = 'mail' AND state <> 'done'")
    seen = message_ids()
    case(f"no mail is lost ({len(wanted)})", wanted and not unsent and not orphan and wanted == set(seen),
         (unsent[:5], orphan[:5], list(wanted ^ set(seen))[:5]))
    # Each try at one may have been accepted with its end coming before the answer; never more than that.
    tries = {r[0]: int(r[1]) for r in store.rows("SELECT d.message_id, o.attempts FROM delivery d JOIN outbox o ON o.id = d.id")}
    often = [(i, n, tries.get(i)) for i, n in seen.items() if n > tries.get(i, 0)]
    times = collections.Counter(seen.values())
    case(f"and none comes oftener than it was tried, under one Message-ID ({dict(sorted(times.items()))})", not often, often[:3])
    # Core and the database may die: courier tells the next core.  What dies with courier had at most its hands full.
    held = HANDS * (kills["courier"] + kills["parent"])
    case(f"nor oftener than courier died with it in its hands (at most {held})", sum(n - 1 for n in seen.values()) <= held,
         seen.most_common(3))


def at_rest(platform):
    """Courier has no mail in its hands, so that every lease left is held by the dead."""
    courier = platform.roles().get("courier", {}).get("counters") or {}
    return courier.get("inflight") == 0 and courier.get("queued") == 0


def settle(platform, store, kills):
    """What was under way ends; a mail whose lease is held by the dead is due again, as after its minute."""
    time.sleep(3)
    until(lambda: at_rest(platform), 60)
    now = int(time.time() * 1000)
    store.rows(f"UPDATE outbox SET lease_until_ms = {now} WHERE kind = 'mail' AND state = 'leased'")
    deadline = time.monotonic() + 150 + kills
    left = None
    while left != [] and time.monotonic() < deadline:
        # Nor are the pauses after a mail that could not be sent waited for.
        store.rows(f"UPDATE outbox SET due_at_ms = {now} WHERE kind = 'mail' AND state = 'waiting' AND due_at_ms > {now}")
        time.sleep(1)
        left = store.rows("SELECT kind, state, attempts, why FROM outbox WHERE state IN ('waiting', 'leased') ORDER BY id")
    case("what was under way has ended", left == [], (len(left), left[:5]))
    until(lambda: not store.rows("SELECT id FROM timer WHERE fired_at_ms IS NULL AND cancelled_at_ms IS NULL"
                                 f" AND due_at_ms <= {now}"), 60)


def blobs_of(platform, store):
    """Notice and digest of every attachment whose content is really there."""
    served = isinstance(store, Served)
    # Small files: one chunk each.
    rows = store.rows("SELECT a.about_id, encode(b.sm3, 'hex'), encode(c.octets, 'hex') FROM attachment a JOIN blob b"
                      " ON b.id = a.blob_id JOIN blob_chunk c ON c.sm3 = b.sm3" if served else
                      "SELECT a.about_id, lower(hex(b.sm3)), '' FROM attachment a JOIN blob b ON b.id = a.blob_id")
    for notice, sm3, content in rows:
        octets = bytes.fromhex(content) if served else (platform.data / "blobs" / sm3[:2] / sm3[2:]).read_bytes()
        if hashlib.new("sm3", octets).hexdigest() == sm3:
            yield notice, sm3


def life(platform, store, kills, seed):
    cast = line.setup(platform, "five")
    ledger = Ledger()
    rng = random.Random(seed)
    clients = [Registrar(ledger, cast["operator"], "r"), Clerk(ledger, cast.admin, "c"), Desk(ledger, cast, "d"),
               Desk(ledger, cast, "e")]
    workers = [*clients, Reminders(ledger, store)]
    for worker in workers:
        worker.start()
    killer = Killer(platform, store, cast.admin, ledger, kills)
    began = time.monotonic()
    try:
        killer.run(rng)
    finally:
        ledger.stop.set()
    for worker in workers:
        worker.join(150)
    took = time.monotonic() - began
    print(f"#! seed {seed}: {kills} kills in {took:.0f} s: {dict(killer.count)}")
    print(f"#! asked again: {dict(ledger.again)}")
    print(f"#! acknowledged: { {k: len(v) for k, v in ledger.acked.items()} }", flush=True)
    trouble = [c.trouble for c in clients if c.trouble] + [c.number for c in clients if c.is_alive()]
    case("everybody could go on working", not trouble, "\n# ".join(map(str, trouble)).replace("\n", "\n# "))
    settle(platform, store, kills)
    platform.stop()
    check_acked(ledger, store, list(blobs_of(platform, store)))
    check_numbers(store)
    check_timers(store)
    check_documents(store)
    check_backups(ledger, store)
    check_mails(store, killer.count)


def on_the_desk(kind, kills, seed):
    server = Postgres().start() if kind == "postgresql" else None
    uri = server.database() if server else None
    platform = Platform(uri, NAME)
    try:
        platform.start()
        life(platform, Served(server, uri) if server else Embedded(platform), kills, seed)
        audit(platform)
    except Exception as problem:
        case("it runs to its end", False, "".join(traceback.format_exception(problem))[-1500:].replace("\n", "\n# "))
        print("# " + platform.log_tail().replace("\n", "\n# "))
        platform.stop()
    finally:
        platform.remove()
        if server:
            server.remove()
    return end()


def main(kind, kills=25, seed=None):
    if kind == "postgresql" and programs() is None:
        skip("PostgreSQL is not installed")
    on_a_desk(lambda: on_the_desk(kind, int(kills), int(seed or time.time())))


if __name__ == "__main__":
    main(*(sys.argv[1:] or ["sqlite", 100]))
