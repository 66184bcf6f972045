# SPDX-License-Identifier: Apache-2.0
"""A second factor from its key to its reset, with Debian's oathtool as the phone; part of test_erase.py."""
import subprocess
import time

from platform_driver import BUILD, Person, refusal
from tap import case

STEP_S = 30
STALE_MS = 11 * 60 * 1000
OURS = "/session/second-factor"


class Phone:
    """An authenticator: each code it gives is of a later step than the one before."""

    def __init__(self, key):
        self.key, self.last = key, 0

    def of(self, step):
        done = subprocess.run(["oathtool", "--totp", "-b", self.key, f"--now=@{step * STEP_S}"], capture_output=True, text=True, check=True)
        return done.stdout.strip()

    def code(self):
        while time.time() % STEP_S > STEP_S - 3:  # a step that ends now would be none of those taken
            time.sleep(0.5)
        now = int(time.time()) // STEP_S
        while self.last > now:
            time.sleep(1)
            now = int(time.time()) // STEP_S
        self.last = max(self.last + 1, now - 1)
        return self.of(self.last)


def user(admin, account, name, role, password):
    one_time = admin.post("/users", {"account": account, "name": name, "mail": f"{account}@campus.test", "roles": [{"role": role}]})["secret"]
    return Person().first_login(account, one_time, password)


def listed(admin, account):
    return next(u for u in admin.get("/users")["items"] if u["account"] == account)


def enrolled(person, password):
    """Key, code, recovery codes: a phone and the codes."""
    case("a wrong password begins nothing", refusal(person.post, OURS, {"password": "x"})[1] == "password.wrong")
    key = person.post(OURS, {"password": password})["second_factor"]
    case("the key is shown once, as text, as a link and as a code to scan",
         len(key["secret"]) == 32 and key["uri"].startswith("otpauth://totp/") and f"secret={key['secret']}&" in key["uri"]
         and key["qr"].startswith("M0 0h7v1h-7z") and key["qr_side"] >= 21, key)
    phone = Phone(key["secret"])
    case("begun is not enrolled", not person.get(OURS)["on"])
    case("a code of another key turns nothing on", refusal(person.post, OURS + "/confirm", {"code": "000000"})[1] in ("second_factor.wrong", None))
    used = phone.code()
    codes = person.post(OURS + "/confirm", {"code": used})["second_factor"]["codes"]
    mine = person.get(OURS)
    case("a code of oathtool does; ten recovery codes are shown once", mine["on"] and mine["recovery_left"] == 10 and len(set(codes)) == 10, mine)
    case("the same code is refused a second time", refusal(person.post, OURS + "/code", {"code": used})[1] == "second_factor.again")
    return phone, codes


def asked_at_login(phone, codes, password):
    person = Person().login("sun", password)
    session = person.get("/session")
    case("a right password alone opens nothing but the question", session["second_pending"] == "code" and sorted(session["acts"]) == ["second_factor.code", "session.get", "session.logout"], session["acts"])
    case("every other door says so", refusal(person.get, "/users") == (403, "second_factor_needed") and refusal(person.post, "/people/1/grants", {})[1] == "second_factor_needed")
    case("a code that is none is not counted as one", refusal(person.post, OURS + "/code", {"code": "12ab"})[1] == "second_factor.form")
    person.post(OURS + "/code", {"code": codes[0].lower().replace("-", " ")})
    case("a recovery code opens it", person.get("/session")["second_pending"] is None and person.get(OURS)["recovery_left"] == 9)
    other = Person().login("sun", password)
    case("and no second time", refusal(other.post, OURS + "/code", {"code": codes[0]})[1] == "second_factor.wrong")
    other.post(OURS + "/code", {"code": phone.code()})
    case("nor does it stand in the way of the phone", other.get("/session")["second_pending"] is None)
    return person


def asked_before_acts(platform, person, codes):
    wish = {"name": "周末", "account": "zhoumo", "roles": []}
    person.get("/people/export")
    platform.change(f"UPDATE session SET second_at_ms = second_at_ms - {STALE_MS} WHERE second_at_ms IS NOT NULL")
    case("ten minutes later what is harmless is still done", person.get("/users")["items"])
    case("a dangerous act is not", refusal(person.post, "/users", wish) == (403, "second_factor_needed"))
    case("nor is a whole list given away", refusal(person.get, "/people/export") == (403, "second_factor_needed"))
    person.post(OURS + "/code", {"code": codes[1]})
    case("after a fresh code it is", person.post("/users", wish)["secret"])
    lines = person.get("/people/export").decode("utf-8-sig").splitlines()
    case("the list says who has one", "动态口令" in lines[0] and any("已启用" in row for row in lines) and any("未启用" in row for row in lines), lines[:3])


def demanded(admin, auditor):
    """Of auditors, at log-in: who has none is led there, and another's role is not touched by it."""
    case("the setting takes only what there is", refusal(admin.put, "/settings/second_factor", {"value": {"auditor": "always"}})[1] == "input.invalid")
    admin.put("/settings/second_factor", {"value": {"auditor": "login", "sysadmin": "acts"}})
    session = auditor.get("/session")
    case("who must enrol may do that, and is not locked out", session["second_pending"] == "enrol" and "second_factor.begin" in session["acts"] and "audit.list" not in session["acts"], session)
    case("and is told so", refusal(auditor.get, "/audit") == (403, "second_factor_enrol"))
    wish = {"name": "无", "account": "wuren", "roles": []}
    case("where acts demand it, the act leads there too", refusal(admin.post, "/users", wish) == (403, "second_factor_enrol") and admin.get("/users")["items"])
    case("the check-up names who administers with a password alone", [i for i in admin.get("/checkup")["items"] if i["code"] == "second_factor"][0]["state"] == "todo")


def locked(person, password):
    """As often as a password may be wrong, and no oftener."""
    answers = [refusal(person.post, OURS + "/code", {"code": f"{n:06}"}) for n in range(6)]
    case("wrong codes lock, as wrong passwords do", answers[0][1] == "second_factor.wrong" and answers[-1] == (429, "second_factor.locked"), answers)
    case("the session and the password are not touched by it", person.get("/session")["account"] == "sun" and Person().login("sun", password).cookie)


def walk(platform, admin, auditor, password):
    """From nothing to a reset; the administrator of the test stays without one."""
    case("to begin with nothing is asked", admin.get("/session")["second_pending"] is None and not admin.get("/session")["second_guards"])
    sun = user(admin, "sun", "孙管", "sysadmin", password)
    phone, codes = enrolled(sun, password)
    case("the list of accounts says so", listed(admin, "sun")["second_factor"] and not listed(admin, "admin")["second_factor"])
    person = asked_at_login(phone, codes, password)
    asked_before_acts(platform, person, codes)
    sealed = platform.rows("SELECT count(*) FROM secret WHERE name LIKE 'totp.%'")
    case("the key lies among the secrets", sealed == [["1"]], sealed)
    case("nobody resets himself", refusal(person.post, f"/users/{listed(person, 'sun')['id']}/reset-second-factor")[1] == "user.self")
    locked(person, password)
    admin.post(f"/users/{listed(admin, 'sun')['id']}/reset-second-factor")
    told = platform.rows("SELECT address FROM delivery WHERE about = 'user'")
    case("another administrator does; he is told by mail", told == [["sun@campus.test"]], told)
    case("his sessions are over, and a password is enough", refusal(person.get, "/session")[0] == 401 and Person().login("sun", password).get("/session")["second_pending"] is None)
    case("nothing is left of it", platform.rows("SELECT count(*) FROM recovery_code") == [["0"]] and platform.rows("SELECT count(*) FROM secret WHERE name LIKE 'totp.%'") == [["0"]])
    seen = {e["act"] for e in auditor.get("/audit?limit=200")["items"]}
    case("the log tells all of it", {"second_factor.on", "second_factor.code", "second_factor.recovery", "second_factor.refused", "users.reset_second_factor"} <= seen, seen)
    demanded(admin, auditor)
    key = Person().login("sun", password)
    enrolled_again = key.post(OURS, {"password": password})["second_factor"]["secret"]
    key.post(OURS + "/confirm", {"code": Phone(enrolled_again).code()})
    key.put("/settings/second_factor", {"value": {}})
    case("with the demand gone the auditor goes on", auditor.get("/audit")["items"])


def at_the_machine(platform):
    """The platform stands still: the last way in."""
    done = subprocess.run([BUILD / "fengsui", "admin", "reset-second-factor", "sun", *platform.where()], capture_output=True, text=True)
    case("the command line resets it on the machine", done.returncode == 0, done.stdout + done.stderr)
    again = subprocess.run([BUILD / "fengsui", "admin", "reset-second-factor", "sun", *platform.where()], capture_output=True, text=True)
    case("and says when there is none", again.returncode == 1 and "no second factor" in again.stderr, again.stderr)


def afterwards(auditor, password):
    case("the log says who broke the glass", any("break-glass" in (e["reason"] or "") for e in auditor.get("/audit?act=users.reset_second_factor")["items"]))
    case("and the password is enough again", Person().login("sun", password).get("/session")["second_pending"] is None)
