#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Somebody leaves and his personal data are erased by order: no file of the store holds them any
more, the audit log still verifies and says who erased, and a byte changed later is still named.  The same platform, once it runs, sees a second factor through (second_factor.py).
On PostgreSQL the files of the database, once its vacuum has passed; its write-ahead log is the server's."""
import pathlib
import subprocess
import sys
import traceback

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from platform_driver import BUILD, NAME, Person, Platform, on_a_desk, refusal, until  # noqa: E402
from postgres_driver import with_stores  # noqa: E402
import second_factor  # noqa: E402
from tap import case, end  # noqa: E402

PASSWORD = "Kuangye-2026-dengta"
PHONE, OLD_PHONE, MAIL = "13912345678", "13787654321", "qian.weiguo@campus.test"
ORDER = {"order": "校办〔2026〕7号", "reason": "本人离校申请", "password": PASSWORD}


class Files:
    """Where a platform's values could lie: its data folder, and its database on a server."""

    def __init__(self, platform, server):
        self.platform = platform
        self.folders = [platform.data]
        if server:
            oid = platform.rows("SELECT oid FROM pg_database WHERE datname = current_database()")[0][0]
            self.folders.append(server.data / "base" / oid)

    def holding(self, *words, settled=False):
        """Which files hold any of the words, however deep; settled: after the server's own vacuum."""
        if self.platform.store:
            for sql in (["VACUUM FULL"] if settled else []) + ["CHECKPOINT"]:
                self.platform.change(sql)
        found = []
        for folder in self.folders:
            for path in folder.rglob("*"):
                try:
                    if path.is_file() and any(w.encode() in path.read_bytes() for w in words):
                        found.append(str(path))
                except FileNotFoundError:  # a file the vacuum has just replaced
                    continue
        return found


def user(admin, account, name, role, **more):
    one_time = admin.post("/users", {"account": account, "name": name, "roles": [{"role": role}], **more})["secret"]
    return Person().first_login(account, one_time, PASSWORD)


def verified(auditor):
    """The answer of a verification asked for now."""
    before = (auditor.get("/audit/state")["last_check"] or {"at": 0})["at"]
    auditor.post("/audit/verify")
    return until(lambda: next((c for c in [auditor.get("/audit/state")["last_check"]] if c and c["at"] != before), None))


def worked(admin):
    """He came, changed his phone, mistyped his password, and somebody typed one for a name."""
    user(admin, "qian", "钱卫国", "operator", phone=OLD_PHONE, mail=MAIL)
    person = next(p for p in admin.get("/people?q=qian")["items"])
    admin.call("PATCH", f"/people/{person['id']}", {"phone": PHONE})
    for name in ("qian", "Kuangye-2026-typo"):
        case(f"a wrong sign-in is refused ({name})", refusal(Person().login, name, "wrong")[1] == "session.wrong")
    return person


def erased(files, admin, person):
    way = f"/people/{person['id']}/erase"
    case("who still has a role is not cleared", refusal(admin.post, way, ORDER)[1] == "person.has_roles")
    admin.call("DELETE", f"/people/{person['id']}/grants/{person['grants'][0]['id']}")
    case("nor who can still sign in", refusal(admin.post, way, ORDER)[1] == "person.has_account")
    admin.call("PATCH", f"/users/{person['account_id']}", {"disabled": True})
    case("nor by whoever does not know the password", refusal(admin.post, way, {**ORDER, "password": "x"})[1] == "password.wrong")
    case("until then the store holds what he said", files.holding(PHONE, OLD_PHONE, MAIL))
    admin.post(way, ORDER)
    # A page somebody still reads keeps the old log for a moment; each later commit tries again.
    where = None
    try:
        until(lambda: admin.post("/units", {"name": f"单位{admin.seq}", "kind": "department"})
              and not files.holding(PHONE, OLD_PHONE, MAIL, settled=True), 30, 0.5)
    except TimeoutError:
        where = files.holding(PHONE, OLD_PHONE, MAIL)
    case("afterwards no file of the platform holds phone or mail", where is None, where)
    row = admin.get(f"/people/{person['id']}")
    case("the name stays, and the row says that he was cleared", row["name"] == "钱卫国" and row["erased_at"] and not row["phone"] and not row["mail"], row)
    case("he can be given no role again", refusal(admin.post, f"/people/{person['id']}/grants", {"role": "operator"})[1] == "person.erased")


def holds(platform, files, auditor):
    order = next(e for e in auditor.get("/audit?act=personal.erase")["items"])
    case("the auditor reads on what ground", "校办〔2026〕7号" in order["reason"] and order["kind"] == "person", order)
    said = [p for e in auditor.get("/audit?act=person.update")["items"] for p in e["personal"]]
    case("and of each value by which entry it went", said and all(p["value"] is None and p["erased_by"] == order["seq"] for p in said), said)
    typed = [e for e in auditor.get("/audit?act=session.refused")["items"] if e["id"] is None]
    case("a name of no account is not kept", typed and [p["word"] for p in typed[0]["personal"]] == ["address"], typed)
    case("nor is it in any file", not files.holding("Kuangye-2026-typo"))
    check = verified(auditor)
    case("verified from the screen the log holds, and says how many were erased and by which entry",
         check["ok"] and check["erased"] >= 5 and check["erased_by"] == [order["seq"]] and check["entries"] >= order["seq"], check)
    done = subprocess.run([BUILD / "fengsui", "audit", "verify", *platform.where()], capture_output=True, text=True)
    case("the command line says the same", done.returncode == 0 and f"#{order['seq']}" in done.stdout and "已依法清除" in done.stdout, done.stdout + done.stderr)
    asked = auditor.get("/audit?act=audit.checked")["items"][0]
    case("asking and answer stand in the log", asked["reason"] == "ok" and auditor.get("/audit?act=audit.verify")["items"], asked)
    return order["seq"]


def spoiled(platform, seq):
    platform.stop()
    second_factor.at_the_machine(platform)
    platform.change(f"UPDATE audit_entry SET entry = replace(entry, '离校', '离开') WHERE seq = {seq}")
    platform.start()
    auditor = Person().login("zheng", PASSWORD)
    second_factor.afterwards(auditor, PASSWORD)
    check = verified(auditor)
    case("a byte changed later is named, in both languages",
         not check["ok"] and check["problems"] >= 1 and any(f["seq"] == seq and str(seq) in f["zh"] and str(seq) in f["en"] for f in check["found"]), check)
    before = auditor.get("/audit?act=audit.checked")["items"][0]
    case("and that it was found stands in the log", before["reason"] == "found", before)


def on_the_desk(stores):
    platform = Platform(stores.fresh(), NAME)
    try:
        platform.start()
        admin = Person().first_login("admin", platform.admin, PASSWORD)
        auditor = user(admin, "zheng", "郑审", "auditor")
        case("a log nobody has verified says so", auditor.get("/audit/state")["last_check"] is None)
        person = worked(admin)
        files = Files(platform, stores.server)
        erased(files, admin, person)
        seq = holds(platform, files, auditor)
        second_factor.walk(platform, admin, auditor, PASSWORD)
        spoiled(platform, seq)
    except Exception as problem:
        case("the order is carried out to its end", False, "".join(traceback.format_exception(problem))[-1500:].replace("\n", "\n# "))
        print("# " + platform.log_tail().replace("\n", "\n# "))
    finally:
        platform.stop()
        platform.remove()
    return end()


def main(postgresql=False):
    on_a_desk(with_stores(on_the_desk, postgresql))


if __name__ == "__main__":
    main()
