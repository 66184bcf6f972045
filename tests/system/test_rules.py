#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What a restart finds changed: the school's own policy and rules over the shipped ones, a second
service on the same folder; what is kept of backups; and a request that comes twice."""
import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import time
import traceback
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from platform_driver import BUILD, NAME, PORT, ROOT, Person, Platform, on_a_desk, until  # noqa: E402
from postgres_driver import with_stores  # noqa: E402
from tap import case, end  # noqa: E402
from test_line import PASSWORD, setup  # noqa: E402

POLICY = ROOT / "policy" / "school-2023-v1.json"


def fengsui(*words, store=None):
    more = ["--db", store] if store else []
    done = subprocess.run([BUILD / "fengsui", *words[:1], *more, *words[1:]], capture_output=True, text=True)
    return done.returncode, done.stdout, done.stderr


def finding(operator, unit, title):
    """Each on an asset of its own: the same place again would be the same finding."""
    asset = operator.post("/assets", {"name": title, "kind": "server", "owner_unit_id": unit, "importance": "core"})["id"]
    body = {"title": title, "kind": "service_fault", "grade": "high", "asset_id": asset, "unit_id": unit,
            "description": "首页无法访问", "advice": "恢复服务"}
    made = operator.post("/findings", body)["id"]
    operator.post(f"/findings/{made}/confirm", body)
    return made


def issued(cast, title):
    operator = cast["operator"]
    notice = operator.post("/notices", {"title": f"关于{title}的通报", "unit_id": cast.unit, "grade": "high",
                                        "finding_ids": [finding(operator, cast.unit, title)], "requirement": "限期恢复服务。"})["id"]
    operator.post(f"/notices/{notice}/review")
    cast["reviewer"].post(f"/notices/{notice}/issue", {"defer_reason": "中心仅两人，先发后补审"})
    operator = cast["operator"]

    def reached():
        """Its clock has begun: the first mail arrived, and moves it no more."""
        value = operator.get(f"/notices/{notice}")
        return value["due"]["start_ms"] < value["issued_at"] + 3600000 and value
    return until(reached)


def site_put(platform, path, text):
    file = platform.data / "site" / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    for at in (file.parent, file):
        shutil.chown(at, "fengsui", "fengsui")


def again(platform):
    platform.stop()
    platform.start()
    return Person().login("admin", PASSWORD)


def version_of(notice):
    return notice["due"]["policy_version"]


def kept_versions(platform, store):
    """The folder's own policy stands for the shipped one of the same name; records keep what they were judged by."""
    cast = setup(platform, "two")
    first = cast.admin.get("/policies")["items"]
    case("the shipped policy and calendars are kept at the first start",
         {v["subject"] for v in first} >= {"policy", "calendar-2026"} and all(v["in_force"] and v["edition"] == 1 for v in first), first)
    old = issued(cast, "选课系统中断")
    case("a deadline names policy and calendar by what they read",
         version_of(old) == "school-2023-v1@" + next(v["sm3"] for v in first if v["subject"] == "policy")[:8]
         and "@" in old["due"]["calendar_version"], old["due"])
    again(platform)
    case("a start with the same files keeps nothing new", len(cast["operator"].get("/policies")["items"]) == len(first))
    text = POLICY.read_text(encoding="utf-8").replace('"remediation.high", "value": "5 wd"', '"remediation.high", "value": "3 wd"')
    site_put(platform, "policy/school-2023-v1.json", text)
    admin = again(platform)
    versions = [v for v in admin.get("/policies")["items"] if v["subject"] == "policy"]
    case("an edited file under the same name is a version of its own",
         [v["edition"] for v in versions] == [2, 1] and [v["in_force"] for v in versions] == [True, False]
         and versions[0]["previous_id"] == versions[1]["id"], versions)
    case("whose whole text can be read", admin.get(f"/policies/{versions[0]['id']}")["text"] == text)
    same = cast["operator"].get(f"/notices/{old['id']}")
    case("an old notice keeps its version and its due date", same["due"] == old["due"] and same["due_at"] == old["due_at"], same["due"])
    new = issued(cast, "图书馆系统中断")
    case("a new one has the new", version_of(new) != version_of(old) and new["due_at"] < old["due_at"]
         and new["due"]["rule"] == "3 wd", new["due"])
    for notice in (old, new):
        code, out, err = fengsui("explain", "--data", platform.data, str(notice["number"]), store=store)
        case("explain names the version and its digest", code == 0 and version_of(notice) in out, out + err)
    code, out, err = fengsui("audit", "verify", *(["--db", store] if store else ["--data", platform.data]))
    case("the log verifies", code == 0, out + err)
    return old, new


def restored(platform, old, new):
    folder = platform.folder / "kept"
    code, out, err = fengsui("backup", "--data", platform.data, folder)
    case("a backup takes the versions along", code == 0, out + err)
    code, out, err = fengsui("restore", "--data", platform.data, folder)
    case("nothing is restored into a folder that is served", code != 0 and "not empty" in err, (code, err))
    platform.stop()
    other = Platform(None, NAME)
    other.data.rmdir()
    try:
        code, out, err = fengsui("restore", "--data", other.data, folder)
        case("it is restored elsewhere", code == 0, out + err)
        other.start()  # without the school's own file: the shipped one is in force again
        Person().login("admin", PASSWORD)
        operator = Person().login("zhou", PASSWORD).act_as("operator")
        versions = [v for v in operator.get("/policies")["items"] if v["subject"] == "policy"]
        case("where the shipped text is a third version", [v["edition"] for v in versions] == [3, 2, 1]
             and versions[0]["sm3"] == versions[2]["sm3"], versions)
        for notice in (old, new):
            same = operator.get(f"/notices/{notice['id']}")
            case("and a notice is as it was", same["due"] == notice["due"], (same["due"], notice["due"]))
    finally:
        other.stop()
        other.remove()


def rules(store):
    platform = Platform(store, NAME)
    try:
        platform.start()
        old, new = kept_versions(platform, store)
        if not store:
            restored(platform, old, new)
    finally:
        platform.stop()
        platform.remove()


def one(store):
    """Two services on one data folder."""
    platform = Platform(store, NAME)
    try:
        platform.start()
        admin = Person().first_login("admin", platform.admin, PASSWORD)
        words = ["serve", "-c", platform.config, "--data", platform.data, "--listen", f"127.0.0.1:{PORT + 1}"]
        code, out, err = fengsui(*words)
        holder = int((platform.data / "lock").read_text())
        case("a second service on the folder is refused with 3", code == 3, (code, out, err))
        case("and says who serves it", f"process {holder}" in err and str(platform.data) in err, err)
        case("the first goes on, its command line, too", admin.get("/health")["store"] in ("sqlite", "postgresql")
             and fengsui("status", "--data", platform.data)[0] == 0)
        for words in (["reset-password", "admin"], ["init"]):
            code, out, err = fengsui("admin", *words, "--data", platform.data, *(["--db", store] if store else []))
            case(f"admin {words[0]} leaves a served folder alone", code == 3 and f"process {holder}" in err, (code, out, err))
        case("the password is what it was", Person().login("admin", PASSWORD) is not None)
        os.kill(holder, 9)
        platform.process.wait(timeout=30)
        platform.start()
        case("after the parent was killed it starts again at once", Person().login("admin", PASSWORD) is not None)
    finally:
        platform.stop()
        platform.remove()


def twice_of(person, path, body, key):
    """Status and value of a request that comes twice."""
    answers = []
    for _ in range(2):
        status, _, data = person.raw("POST", path, json.dumps(body), headers={"Idempotency-Key": key})
        answers.append((status, json.loads(data)))
    return answers


def twice(store):
    platform = Platform(store, NAME)
    try:
        platform.start()
        admin = Person().first_login("admin", platform.admin, PASSWORD)
        admin.post("/units", {"name": "信息技术中心", "kind": "centre", "is_centre": True})
        centre = admin.get("/units")["items"][0]["id"]
        key = uuid.uuid4().hex
        body = {"account": "zhou", "name": "周敏", "unit_id": centre, "mail": "zhou@campus.test", "roles": [{"role": "operator", "unit_id": None}]}
        first, second = twice_of(admin, "/users", body, key)
        user = first[1].get("id")
        case("an account is made once", first[0] == 200 and second[0] == 409 and second[1]["code"] == "idempotency.secret_once", (first, second))
        case("  and its password shown once", "secret" in first[1] and first[1]["secret"] not in json.dumps(second))
        case("  there is one", sum(u["account"] == "zhou" for u in admin.get("/users")["items"]) == 1)
        key = uuid.uuid4().hex
        first, second = twice_of(admin, f"/users/{user}/reset-password", {}, key)
        case("a password is reset once", first[0] == 200 and second[0] == 409 and second[1]["code"] == "idempotency.secret_once", (first, second))
        case("  the one that was shown is the one that counts",
             Person().first_login("zhou", first[1]["secret"], PASSWORD) is not None)
        key = uuid.uuid4().hex
        body = {"name": "屏幕", "scopes": ["health.get"], "password": PASSWORD}
        first, second = twice_of(admin, "/tokens", body, key)
        case("a token is made once", first[0] == 200 and second[0] == 409 and second[1]["code"] == "idempotency.secret_once", (first, second))
        case("  there is one", len(admin.get("/tokens")["items"]) == 1)
        status, _, data = admin.raw("POST", "/tokens", json.dumps({**body, "name": "另一个"}), headers={"Idempotency-Key": key})
        case("the key is no other request's", status == 409 and json.loads(data)["code"] == "idempotency.reused", data)
        unit = {"name": "教务处", "kind": "department"}
        first, second = twice_of(admin, "/units", unit, uuid.uuid4().hex)
        case("what holds no secret is answered as before", first == second and first[0] == 200, (first, second))
        held = platform.rows("SELECT count(*) FROM command_log WHERE length(answer) = 0")
        case("no secret is kept for a replay", held == [["3"]], held)
    finally:
        platform.stop()
        platform.remove()


def burst(count=30):
    """Somebody tries passwords on a host of the campus."""
    at = time.strftime("%b %e %H:%M:%S", time.gmtime(time.time() + 8 * 3600))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
        for n in range(count):
            out.sendto(f"<38>{at} bastion sshd[411]: Failed password for root from 10.20.99.9 port {40000 + n} ssh2".encode(), ("127.0.0.1", 5514))
            time.sleep(0.02)


def own_rule(platform):
    """A rule of the school's own, over the shipped ones; then it goes."""
    rule = json.loads((ROOT / "rules" / "burst-login.json").read_text(encoding="utf-8"))
    shipped = rule["id"]
    site_put(platform, "rules/own.json", json.dumps({**rule, "id": "own-burst", "quiet_s": 3600}))
    again(platform)
    until(lambda: burst() or len(platform.rows(f"SELECT id FROM alert WHERE state = 'firing' AND check_key IN ('own-burst', '{shipped}')")) == 2, 60, 1)
    case("a rule of the school's own works beside the shipped ones", True)
    (platform.data / "site" / "rules" / "own.json").unlink()
    again(platform)
    until(lambda: platform.rows("SELECT id FROM alert WHERE state = 'resolved' AND check_key = 'own-burst'"), 60, 1)
    case("what it said ends when it is removed", True)
    case("  and says why", platform.rows("SELECT count(*) FROM audit_entry WHERE entry LIKE '%alert.resolve%rule.gone%'"
                                         " OR entry LIKE '%rule.gone%alert.resolve%'") == [["1"]])
    case("  what the shipped one said goes on",
         platform.rows(f"SELECT state FROM alert WHERE check_key = '{shipped}' ORDER BY id DESC LIMIT 1") == [["firing"]])


def kept_backups(platform):
    folder = platform.data / "backup"
    for n in range(20):
        (folder / f"fengsui-20250101-0000{n:02d}").mkdir()
        (folder / f"fengsui-20250101-0000{n:02d}" / "records.db").write_text("old")
    (folder / "fengsui-20250102-000000.part").mkdir()
    (folder / "by-hand").mkdir()
    subprocess.run(["chown", "-R", "fengsui:fengsui", folder], check=True)
    admin = Person().login("admin", PASSWORD)
    before = {b["id"] for b in admin.get("/backups")["items"]}
    admin.post("/backups")

    def newest():
        # At some hours of the day it makes one by itself, too.
        names = sorted(p.name for p in folder.iterdir())
        ours = [n for n in names if n.startswith("fengsui-")]
        whole = {pathlib.Path(b["path"]).name for b in admin.get("/backups")["items"] if b["ok"] and b["id"] not in before}
        return ours[-1] in whole and (names, ours)
    names, ours = until(newest)
    case("fourteen backups are kept, the newest", len(ours) == 14 and "fengsui-20250101-000019" in ours
         and "fengsui-20250101-000005" not in ours, names)
    case("  what was cut off is gone, what is not ours stays", "by-hand" in names and not any(n.endswith(".part") for n in names), names)


def site(store):
    platform = Platform(store, NAME)
    try:
        platform.start()
        setup(platform, "two")
        kept_backups(platform)
        own_rule(platform)
    finally:
        platform.stop()
        platform.remove()


PARTS = {"rules": rules, "one": one, "twice": twice, "site": site}


def on_the_desk(stores):
    for part in (sys.argv[1:] or PARTS):
        try:
            PARTS[part](stores.fresh())
        except Exception:  # one part's trouble must not hide the others'
            case(f"{part} runs to its end", False, traceback.format_exc())
    return end()


def main(postgresql=False):
    on_a_desk(with_stores(on_the_desk, postgresql))


if __name__ == "__main__":
    main()
