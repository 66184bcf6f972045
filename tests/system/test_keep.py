#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What keeps the platform's things: backup while it works, restore elsewhere, and what an
operator asks on the command line about it."""
import ctypes
import json
import os
import pathlib
import re
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
import traceback

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import test_line  # noqa: E402
from platform_driver import BUILD, NAME, Person, Platform, Refused, campus, on_a_desk, until  # noqa: E402
from postgres_driver import Postgres, ask, with_stores  # noqa: E402
from tap import case, end  # noqa: E402
from test_line import PASSWORD, mails, setup, watch  # noqa: E402


def fengsui(*words):
    done = subprocess.run([BUILD / "fengsui", *words], capture_output=True, text=True)
    return done.returncode, done.stdout, done.stderr


def log_in_again(platform):
    return Person().login("admin", PASSWORD)


class Load:
    """Somebody who keeps writing."""

    def __init__(self, admin):
        self.admin = admin
        self.made = 0
        self.going = True
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        while self.going:
            self.admin.post("/units", {"name": f"单位{self.made}", "kind": "department"})
            self.made += 1

    def stop(self):
        self.going = False
        self.thread.join(timeout=60)


COUNTED = ("unit", "person", "account", "asset", "watch", "incident", "alert", "delivery", "outbox", "timer", "timeline", "search")


def counts(rows):
    return {table: int(rows(f"SELECT count(*) FROM {table}")[0][0]) for table in COUNTED}


def question(path, sql, *args):
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as db:
        return db.execute(sql, args).fetchall()


def daily(admin):
    """The hour is now, wherever the test falls."""
    now = time.gmtime(time.time() + 8 * 3600).tm_hour
    admin.put("/settings/backup", {"value": {"at_hour": now}})
    return next((b for b in admin.get("/backups")["items"] if b["path"].startswith("backup/")), None)


def backup_under_load(platform):
    """A platform whose mails wait and whose people write; the backup made of it."""
    cast = setup(platform, "two")
    _, check = watch(cast, "medium")
    case("a notice is issued with the first number", issued(cast, "之前") == 1)
    campus(NAME, "mail", "reject", "451")
    campus(NAME, "stop", "web")
    operator = cast["operator"]
    until(lambda: next((a for a in operator.get("/alerts?state=open")["items"] if a["check_id"] == check), None))
    until(lambda: cast.admin.get("/health")["outbox_waiting"] > 0)
    load = Load(cast.admin)
    until(lambda: load.made > 20)
    folder = platform.folder / "kept"
    before = load.made
    code, out, err = fengsui("backup", *platform.where(), "--json", folder)
    load.stop()
    case("a backup is made while people write", code == 0 and json.loads(out)["entries"] > 0, out + err)
    case("and they went on meanwhile", load.made > before, (before, load.made))
    last = until(lambda: cast.admin.get("/backups")["items"])[0]
    case("the running platform keeps it with its own", last["ok"] and last["path"] == str(folder), last)
    hour = until(lambda: daily(cast.admin), 60, 2)
    case("at its hour the platform makes one by itself", hour["ok"] and (platform.data / hour["path"] / "backup.json").exists(), hour)
    health = cast.admin.get("/health")
    case("and the health page says so", health["last_backup_ok"] and health["last_backup_at"] >= hour["at"], health)
    waiting = question(folder / "records.db", "SELECT count(*) FROM outbox WHERE kind = 'mail' AND state IN ('waiting', 'leased')")[0][0]
    case("mails were waiting in it", waiting > 0, waiting)
    case("no sealed secret is in it", question(folder / "records.db", "SELECT count(*) FROM secret") == [(0,)])
    code, out, err = fengsui("backup", *platform.where(), folder)
    case("a folder with something in it is no target", code == 1 and "is there already" in err, err)
    return folder


def cast_again(platform):
    """Who issues notices, on the restored platform."""
    operator = Person().login("zhou", PASSWORD)
    unit = next(u["id"] for u in operator.get("/units")["items"] if u["name"] == "教务处")
    return {"operator": operator, "unit": unit}


def issued(cast, when):
    """A notice from a finding to its issue; the running part of its number."""
    operator = cast["operator"].act_as("operator")
    unit = cast["unit"] if isinstance(cast, dict) else cast.unit
    finding = operator.post("/findings", {"title": f"{when}的隐患", "kind": "service_fault", "grade": "medium", "description": "首页无法访问",
                                          "advice": "恢复服务", "unit_id": unit})["id"]
    operator.post(f"/findings/{finding}/confirm", {"title": f"{when}的隐患", "kind": "service_fault", "grade": "medium", "unit_id": unit})
    notice = operator.post("/notices", {"title": f"关于{when}的隐患的通报", "unit_id": unit, "grade": "medium", "finding_ids": [finding],
                                        "requirement": "限期恢复服务。"})["id"]
    operator.post(f"/notices/{notice}/review")
    operator.act_as("reviewer").post(f"/notices/{notice}/issue", {"defer_reason": "中心仅两人，先发后补审"})
    number = operator.get(f"/notices/{notice}")["number"]
    operator.act_as("operator")
    return int(re.findall(r"[0-9]+", number)[-1])


def restore_elsewhere(stores, folder):
    other = Platform(stores.fresh(), NAME)
    other.data.rmdir()
    campus(NAME, "mail", "accept")
    campus(NAME, "start", "web")
    before = len(mails())
    try:
        code, out, err = fengsui("restore", *other.where(), folder)
        case("it is restored elsewhere", code == 0, out + err)
        have, had = counts(other.rows), counts(lambda sql: question(folder / "records.db", sql))
        case("with every row", have == had, (have, had))
        code, out, err = fengsui("audit", "verify", *other.where())
        case("whose log verifies, old signatures too", code == 0, out + err)
        other.start()
        admin = log_in_again(other)
        admin.post("/settings/mail/test", {"to": "zhou@campus.test"})
        until(lambda: len(mails()) > before)
        # Recovery of the web server is news, and told; what waited in the old outbox is not.
        time.sleep(3)
        subjects = [test_line.mail_text(m).splitlines()[0] for m in mails()[before:]]
        case("a new mail goes out from it", any("测试" in s for s in subjects), subjects)
        case("no old one does", not any("中断" in s and "已恢复" not in s for s in subjects), subjects)
        left = int(other.rows("SELECT count(*) FROM outbox WHERE state = 'restored'")[0][0])
        case("what waited is marked restored", left > 0, left)
        admin.post("/units", {"name": "恢复后新建", "kind": "department"})
        case("and the next notice has the next number", issued(cast_again(other), "之后") == 2)
        other.stop()
        code, out, err = fengsui("audit", "verify", *other.where())
        case("and after new work it still verifies", code == 0, out + err)
    finally:
        other.stop()
    return other


def refusals(platform, folder, stores):
    store = stores.fresh()
    where = ["--db", store] if store else []
    spot = platform.folder / "spot"
    copy = platform.folder / "damaged"

    def refused(name, words, spoil):
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(folder, copy)
        spoil()
        code, out, err = fengsui("restore", "--data", spot, *where, copy)
        case(name, code == 1 and all(w in err for w in words), f"{code} {out}{err}")
        case("  and nothing is left behind", not spot.exists() and not pathlib.Path(f"{spot}.restoring").exists()
             and not (store and ask(store, "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace")))

    def cut():
        with open(copy / "records.db", "r+b") as file:
            file.truncate(40000)

    def change(path):
        data = bytearray(path.read_bytes())
        data[len(data) // 2] ^= 1
        path.write_bytes(data)

    def row():
        """Consistent with the list, but not with the log."""
        with sqlite3.connect(copy / "records.db") as db:
            db.execute("UPDATE unit SET name = '改了' WHERE is_centre = 1")
        listed = json.loads((copy / "backup.json").read_text())
        data = (copy / "records.db").read_bytes()
        sm3 = subprocess.run(["openssl", "dgst", "-sm3", "-r", copy / "records.db"], capture_output=True, text=True).stdout.split()[0]
        listed["files"][0].update(octets=len(data), sm3=sm3)
        (copy / "backup.json").write_text(json.dumps(listed))

    def newer():
        listed = json.loads((copy / "backup.json").read_text())
        listed["schema"] += 1
        (copy / "backup.json").write_text(json.dumps(listed))

    refused("a backup that was cut off is refused by name", ("records.db", "cut off"), cut)
    refused("one that was changed is, too", ("records.db", "changed"), lambda: change(copy / "records.db"))
    refused("a changed row is named by the log", ("unit",), row)
    refused("a missing file is named", ("records.db", "missing"), lambda: (copy / "records.db").unlink())
    refused("a newer schema is refused", ("schema", "knows up to"), newer)
    code, _, err = fengsui("restore", "--data", platform.data, *where, folder)
    case("a data folder with something in it is no target", code == 1 and "not empty" in err, err)
    code, _, err = fengsui("restore", "--data", spot, *where, platform.folder / "nowhere")
    case("a folder without backup is told so", code == 3 and "no backup" in err, err)
    if platform.store:
        code, _, err = fengsui("restore", "--data", spot, "--db", platform.store, folder)
        case("nor is a database with records in it", code == 1 and "not empty" in err and not spot.exists(), err)


def kept(stores):
    platform = Platform(stores.fresh(), NAME)
    other = None
    try:
        platform.start()
        folder = backup_under_load(platform)
        platform.stop()
        other = restore_elsewhere(stores, folder)
        refusals(platform, folder, stores)
    except Exception as problem:
        case("backup and restore run to their end", False, "".join(traceback.format_exception(problem))[-1500:].replace("\n", "\n# "))
        print("# " + platform.log_tail().replace("\n", "\n# "))
    finally:
        platform.stop()
        platform.remove()
        if other is not None:
            other.remove()


def hops(*words):
    code, out, err = fengsui("trace", "--json", *words)
    return [json.loads(line) for line in out.splitlines()] if code == 0 else err


def traced(platform, cast, incident):
    alert = incident["alerts"][0]["id"] if "alerts" in incident else cast["operator"].get("/alerts?state=open")["items"][0]["id"]
    until(lambda: any(h["process"] == "courier" for h in hops(*platform.where(), str(alert))))
    found = hops(*platform.where(), str(alert))
    way = [(h["process"], h["what"]) for h in found]
    case("trace follows an alert from the probe to the mail server",
         all(step in way for step in (("probe", "observed"), ("core", "alert.open"), ("core", "mail.queued"), ("courier", "mail.accepted"))), way)
    case("with the time from hop to hop", [h["at_ms"] for h in found] == sorted(h["at_ms"] for h in found)
         and found[-1]["at_ms"] - found[0]["at_ms"] == sum(h["ms"] for h in found), found)
    trace = next(h["trace"] for h in found if h["what"] == "observed")
    case("one id went all the way", all(h["trace"] == trace for h in found if h["process"] in ("probe", "courier")), found)
    mail = next(h["id"] for h in found if h["process"] == "courier")
    case("asked by the id or by the mail it is the same journey",
         hops(*platform.where(), trace)[0] == found[0] and hops(*platform.where(), str(mail))[0] == found[0])
    status, answer, data = cast["operator"].raw("POST", "/findings", json.dumps({"title": ""}))
    refusal = json.loads(data)
    case("a refusal names its trace", status == 422 and len(refusal["trace"]) == 16, refusal)
    code, _, err = fengsui("trace", *platform.where(), "00000000000000ff")
    case("an unknown id is said to be unknown", code == 1 and "nothing is known" in err, err)


def explained(platform, cast, notice):
    number = cast["operator"].get(f"/notices/{notice}")["number"]
    code, out, err = fengsui("explain", *platform.where(), number)
    case("explain says in words why a notice is due when it is",
         code == 0 and "school-2023-v1" in out and "期限" in out and "经过" in out and "issued" in out, out + err)
    code, out, err = fengsui("explain", *platform.where(), "--json", str(notice))
    told = json.loads(out)
    case("by id and as JSON with the stored derivation", code == 0 and told["due"] and told["history"] and told["policy"], told)
    journey = hops(*platform.where(), number)
    acts = [h["what"] for h in journey]
    case("trace follows the notice through its acts and mails",
         all(any(a.startswith(w) for a in acts) for w in ("notice.create", "notice.issue", "mail.")), acts)
    asked = {h["trace"]: h["at_ms"] for h in journey if h["process"] == "web" and h["what"] == "asked"}
    done = [h for h in journey if h.get("entry") and h["what"] in ("notice.create", "notice.review", "notice.issue")]
    case("each act of a person begins at the browser's request, milliseconds before", journey[0]["process"] == "web"
         and len(done) == 3 and all(0 <= h["at_ms"] - asked[h["trace"]] < 20000 for h in done), journey)
    code, _, err = fengsui("explain", *platform.where(), "999999")
    case("what is not there is not explained", code == 1 and "no such record" in err, err)


def checked(platform):
    code, out, err = fengsui("check", "-c", platform.config, "--data", platform.data)
    case("check finds a working platform in order", code == 0 and "held by the running platform" in out and "wrong" not in out, out + err)
    bad = platform.folder / "bad.yaml"
    bad.write_text("listen: 10.20.1.10:80\nfoo: bar\nsandbox: sometimes\n")
    code, out, err = fengsui("check", "-c", bad, "--data", platform.data)
    case("and names every mistake of a file", code == 1 and "foo" in out and "line 2" in out and "line 3" in out, out + err)
    site = platform.data / "site" / "rules"
    site.mkdir()
    (site / "odd.json").write_text("{\"id\": 7")
    code, out, err = fengsui("check", "--data", platform.data)
    case("a broken rule of the site is named", code == 1 and "odd.json" in out, out + err)


def told(stores):
    platform = Platform(stores.fresh(), NAME)
    try:
        platform.start()
        cast = setup(platform, "two")
        _, check = watch(cast, "medium")
        incident = test_line.fail_and_ack(cast, check)
        traced(platform, cast, incident)
        explained(platform, cast, test_line.issue(cast, incident, "medium"))
        checked(platform)
    except Exception as problem:
        case("trace, explain and check run to their end", False, "".join(traceback.format_exception(problem))[-1500:].replace("\n", "\n# "))
        print("# " + platform.log_tail().replace("\n", "\n# "))
    finally:
        platform.stop()
        platform.remove()
        campus(NAME, "start", "web")


SMALL = 48 << 20  # octets of the small disk


def small_disk(platform):
    """The data folder on a file system of its own; the master key lies beside it, as always."""
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SMALL},mode=0750", "tmpfs", platform.data], check=True)
    shutil.chown(platform.data, "fengsui", "fengsui")


def disk_fill(platform, leave):
    """Take all but `leave` octets."""
    disk = os.statvfs(platform.data)
    octets = disk.f_bavail * disk.f_frsize - leave
    with open(platform.data / "ballast", "ab") as file:
        while octets > 0:
            try:
                octets -= file.write(bytes(min(octets, 1 << 16)))
                file.flush()
            except OSError:
                break


def counter(admin, role, name):
    return next(r for r in admin.get("/health")["roles"] if r["role"] == role)["counters"][name]


def reserve_first(platform, cast):
    rows = counter(cast.admin, "probe", "rows")
    disk_fill(platform, SMALL // 100 * 3)
    until(lambda: counter(cast.admin, "probe", "tail_reserve") > 0)
    case("below the reserve sensing keeps no more rows, and counts them", True)
    cast.admin.post("/units", {"name": "余量之内", "kind": "department"})
    case("records go on", any(u["name"] == "余量之内" for u in cast.admin.get("/units")["items"]))
    case("rows had been kept before", rows > 0, rows)


def until_full(platform, cast):
    """Write until the disk ends; what was answered with success is remembered."""
    made = []
    disk_fill(platform, 0)
    for n in range(5000):
        try:
            cast.admin.post("/units", {"name": f"满盘{n}", "kind": "department"})
            made.append(f"满盘{n}")
        except Refused as refused:
            return made, refused
        disk_fill(platform, 0)
    return made, None


def full(stores):
    """PostgreSQL's disk is another one, and another test's: full_server."""
    platform = Platform(os.environ.get("FENGSUI_STORE"), NAME)
    small_disk(platform)
    try:
        platform.start()
        cast = setup(platform, "two")
        _, check = watch(cast, "medium")
        reserve_first(platform, cast)
        made, refused = until_full(platform, cast)
        case("on a full disk a command is refused by its name", refused is not None and refused.status in (503, 507)
             and refused.problem["code"] in ("disk.full", "store"), refused)
        case("as problem 507 disk.full", refused is not None and refused.status == 507, refused)
        case("reads still work", len(cast.admin.get("/units")["items"]) >= 2 and cast["operator"].get("/alerts") is not None)
        campus(NAME, "stop", "web")
        time.sleep(4)
        case("every role still stands", all(r["state"] == "up" and r["restarts"] == 0 for r in platform.roles().values()
                                            if r["state"] != "absent"), platform.roles())
        (platform.data / "ballast").unlink()
        until(lambda: cast.admin.post("/units", {"name": f"有空间了{time.time()}", "kind": "department"}))
        case("with space again commands are taken", True)
        operator = cast["operator"]
        until(lambda: next((a for a in operator.get("/alerts?state=open")["items"] if a["check_id"] == check), None))
        case("and what was sensed meanwhile is not lost", True)
        platform.stop()
        names = {n for (n,) in platform.rows("SELECT name FROM unit")}
        case("nothing that was acknowledged is missing", set(made) <= names, sorted(set(made) - names))
        case("nothing that was refused is there", f"满盘{len(made)}" not in names)
        code, out, err = fengsui("audit", "verify", *platform.where())
        case("and the log verifies", code == 0, out + err)
    except Exception as problem:
        case("a full disk is lived through", False, "".join(traceback.format_exception(problem))[-1500:].replace("\n", "\n# "))
        print("# " + platform.log_tail().replace("\n", "\n# "))
    finally:
        platform.stop()
        subprocess.run(["umount", "-l", platform.data], check=False)
        platform.remove()
        campus(NAME, "start", "web")


# ---- the disk of the server that keeps the records

SERVER_DISK = 160 << 20


def server_disk(folder):
    """Small enough to be filled in a moment; a first segment of the log and the tables fit well."""
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SERVER_DISK},mode=0755", "tmpfs", folder], check=True)


def server_fill(server, leave):
    """Take all but `leave` octets."""
    with open(server.folder / "ballast", "ab", buffering=0) as file:
        for size in (1 << 20, 1 << 12):
            try:
                while True:
                    file.write(bytes(size))
            except OSError:
                continue
        file.truncate(file.tell() - leave)


def server_again(server):
    """Room was made; what PostgreSQL gave up on its keeper starts again."""
    (server.folder / "ballast").unlink()
    try:
        server.wait(10)
    except RuntimeError:
        server.stop()
        server.start()


def until_server_full(server, cast):
    """Write until it takes no more; what was answered with success is remembered."""
    made = []
    server_fill(server, 256 << 10)
    for n in range(3000):
        key = {"Idempotency-Key": os.urandom(12).hex()}
        name = f"满盘{n}" + "长" * 60
        try:
            cast.admin.call("POST", "/units", {"name": name, "kind": "department"}, headers=key)
            made.append(name)
        except Refused as refused:
            return made, refused, (key, name)
    return made, None, None


def full_server(stores):
    server = Postgres(server_disk)
    platform = None
    try:
        server.start(min_wal_size="32MB", max_wal_size="32MB", autovacuum="off")
        platform = Platform(server.database(), NAME)
        platform.start()
        cast = setup(platform, "two")
        _, check = watch(cast, "medium")
        pids = {role: r["pid"] for role, r in platform.roles().items()}
        made, refused, again = until_server_full(server, cast)
        said = (refused.status, refused.problem["code"]) if refused else None
        case("on the server's full disk a command is refused by its name", said in ((507, "disk.full"), (503, "store")), refused)
        print(f"# {len(made)} were taken before; then {said}", flush=True)
        campus(NAME, "stop", "web")
        time.sleep(4)
        roles = platform.roles()
        case("every role still stands", all(roles[r]["state"] == "up" and roles[r]["pid"] == pids[r] for r in pids
                                            if roles[r]["state"] != "absent"), roles)
        server_again(server)

        def taken():
            key, name = again
            return cast.admin.call("POST", "/units", {"name": name, "kind": "department"}, headers=key)["id"]
        case("with space again the one that was refused is taken, asked again", bool(until(taken, 60)))
        operator = cast["operator"]
        until(lambda: next((a for a in operator.get("/alerts?state=open")["items"] if a["check_id"] == check), None), 90)
        case("and what was sensed meanwhile is not lost", True)
        platform.stop()
        names = [n for (n,) in platform.rows("SELECT name FROM unit")]
        case("nothing that was acknowledged is missing", set(made) <= set(names), sorted(set(made) - set(names)))
        case("and what was asked again is there once", names.count(again[1]) == 1, names.count(again[1]))
        code, out, err = fengsui("audit", "verify", *platform.where())
        case("and the log verifies", code == 0, out + err)
    except Exception as problem:
        case("the server's full disk is lived through", False, "".join(traceback.format_exception(problem))[-1500:])
        if platform:
            print("# " + platform.log_tail().replace("\n", "\n# "))
        print("# " + (server.folder / "log").read_text()[-1500:].replace("\n", "\n# "))
    finally:
        if platform:
            platform.stop()
            platform.remove()
        server.stop()
        subprocess.run(["umount", "-l", server.folder], check=False)
        server.remove()
        campus(NAME, "start", "web")


# ---- a wrong clock

def clock_seen_move(platform, by_ms):
    """As if this store had seen another time before."""
    platform.change(f"UPDATE meta SET value = CAST(CAST(value AS BIGINT) + {by_ms} AS TEXT) WHERE key = 'clock_seen_ms'")


def clock_wrong(platform, cast, notice, days, name):
    platform.stop()
    clock_seen_move(platform, days * 86400000)
    platform.start()
    admin = log_in_again(platform)
    health = until(lambda: (lambda h: h["clock_state"] == "held" and h)(admin.get("/health")), 30)
    case(f"a clock {name} is held", health["clock_state"] == "held")
    told = {i["code"]: i for i in admin.get("/checkup")["items"]}
    case("  the checkup says so", told["time"]["state"] == "bad", told.get("time"))
    operator = Person().login("zhou", PASSWORD).act_as("reviewer")
    try:
        operator.post(f"/notices/{notice}/issue", {"defer_reason": "中心仅两人，先发后补审"})
        case("  what would be judged by it is refused", False)
    except Refused as refused:
        case("  what would be judged by it is refused", refused.status == 409 and refused.problem["code"] == "clock.held", refused)
    admin.post("/units", {"name": f"时钟{days}", "kind": "department"})
    case("  what is not goes on", any(u["name"] == f"时钟{days}" for u in admin.get("/units")["items"]))
    try:
        operator.post("/clock/confirm")
        case("  only the administrator confirms", False)
    except Refused as refused:
        case("  only the administrator confirms", refused.status == 403, refused)
    platform.stop()
    platform.start()
    admin = log_in_again(platform)
    until(lambda: admin.get("/health")["clock_state"] == "held", 30)
    case("  a restart does not forget it", True)
    admin.post("/clock/confirm")
    until(lambda: admin.get("/health")["clock_state"] != "held", 30)
    case("  confirmed, it is believed", True)
    return admin


def clock(stores):
    platform = Platform(stores.fresh(), NAME)
    try:
        platform.start()
        cast = setup(platform, "two")
        notice = draft(cast)
        until(lambda: platform.rows("SELECT value FROM meta WHERE key = 'clock_seen_ms'"))
        clock_wrong(platform, cast, notice, 2, "that went back two days")
        admin = clock_wrong(platform, cast, notice, -200, "that leapt over two hundred days")
        Person().login("zhou", PASSWORD).act_as("reviewer").post(f"/notices/{notice}/issue", {"defer_reason": "中心仅两人，先发后补审"})
        case("the notice is issued once the clock is believed", admin is not None)
        acts = [e["act"] for e in question_acts(platform)]
        case("holding and confirming stand in the log", "clock.held" in acts and "clock.confirm" in acts, acts)
    except Exception as problem:
        case("a wrong clock is lived through", False, "".join(traceback.format_exception(problem))[-1500:].replace("\n", "\n# "))
        print("# " + platform.log_tail().replace("\n", "\n# "))
    finally:
        platform.stop()
        platform.remove()


def question_acts(platform):
    return [json.loads(e) for (e,) in platform.rows("SELECT entry FROM audit_entry")]


def draft(cast):
    """A notice that waits to be issued."""
    operator = cast["operator"]
    asset = operator.post("/assets", {"name": "门户网站", "kind": "server", "address": "10.20.11.10",
                                      "owner_unit_id": cast.unit, "importance": "core"})["id"]
    finding = operator.post("/findings", {"title": "门户网站服务中断", "kind": "service_fault", "grade": "medium",
                                          "description": "首页无法访问", "advice": "恢复服务", "unit_id": cast.unit, "asset_id": asset})["id"]
    value = operator.get(f"/findings/{finding}")
    operator.post(f"/findings/{finding}/confirm", {"title": value["title"], "kind": value["kind"], "grade": "medium",
                                                   "asset_id": asset, "unit_id": cast.unit})
    notice = operator.post("/notices", {"title": "关于门户网站服务中断的通报", "unit_id": cast.unit, "grade": "medium",
                                        "finding_ids": [finding], "requirement": "限期恢复服务。"})["id"]
    operator.post(f"/notices/{notice}/review")
    return notice


PARTS = {"kept": kept, "told": told, "full": full, "clock": clock}


def mounts_apart():
    """What is mounted here ends with this process."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(0x00020000) != 0:  # CLONE_NEWNS
        raise OSError(ctypes.get_errno(), "unshare")
    subprocess.run(["mount", "--make-rprivate", "/"], check=True)


def on_the_desk(stores):
    mounts_apart()
    parts = {**PARTS, "full": full_server} if stores.server else PARTS
    for part in (sys.argv[1:] or parts):
        parts[part](stores)
    return end()


def main(postgresql=False):
    on_a_desk(with_stores(on_the_desk, postgresql))


if __name__ == "__main__":
    main()
