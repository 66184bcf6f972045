#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Bad input on the real platform: each gets a clear problem, nothing is lost or leaked, and the platform stays healthy."""
import http.client
import json
import pathlib
import re
import resource
import socket
import struct
import subprocess
import sys
import threading
import time
import traceback

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from matrix_world import PASSWORD, PDF, Steady  # noqa: E402
from platform_driver import BUILD, NAME, PORT, Platform, Refused, on_a_desk, until  # noqa: E402
from postgres_driver import with_stores  # noqa: E402
from tap import case, end  # noqa: E402

STREAMS = 1000
WEB_RSS_MAX_KIB = 700 * 1024  # under the address sanitizer, which keeps what was freed for a while


def talk(octets, source="127.0.9.1", wait_s=20, half=False):
    """Everything the server says to these octets, until it closes or is silent."""
    with socket.create_connection(("127.0.0.1", PORT), timeout=wait_s, source_address=(source, 0)) as link:
        said = b""
        try:
            link.sendall(octets)
            if half:
                link.shutdown(socket.SHUT_WR)
            while True:
                part = link.recv(65536)
                if not part:
                    break
                said += part
                if finished(said):
                    break
        except (ConnectionError, TimeoutError):
            pass
    return said


def finished(said):
    head, _, body = said.partition(b"\r\n\r\n")
    found = re.search(rb"content-length: (\d+)", head, re.I)
    return bool(found) and len(body) >= int(found[1])


def status_of(said):
    return int(said[9:12]) if said.startswith(b"HTTP/1.") else 0


def problem_of(said):
    head, _, body = said.partition(b"\r\n\r\n")
    return json.loads(body) if b"application/problem+json" in head else {}


def request(method, path, body=b"", fields=()):
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", "Sec-Fetch-Site: same-origin", *fields]
    if body or method != "GET":
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def healthy():
    link = http.client.HTTPConnection("127.0.0.1", PORT, timeout=30)
    try:
        link.request("GET", "/healthz")
        return link.getresponse().status == 200
    except OSError:
        return False
    finally:
        link.close()


def rss_kib(pid):
    return int(re.search(r"VmRSS:\s+(\d+)", pathlib.Path(f"/proc/{pid}/status").read_text())[1])


class School:
    def __init__(self, platform):
        self.platform = platform
        self.admin = Steady().first_login("admin", platform.admin, PASSWORD)
        self.admin.put("/settings/school", {"value": {"name": "示例学院", "short": "示例", "number_prefix": "网安通报"}})
        self.unit = self.admin.post("/units", {"name": "信息技术中心", "kind": "centre", "is_centre": True})["id"]
        self.operator = self.person("operator", [{"role": "operator", "unit_id": None}])
        self.officer = self.person("officer", [{"role": "officer", "unit_id": self.unit}])
        self.director = self.person("director", [{"role": "director", "unit_id": None}])
        self.pids = {role: r["pid"] for role, r in platform.roles().items()}

    def person(self, account, roles):
        made = self.admin.post("/users", {"account": account, "name": account, "unit_id": self.unit, "roles": roles,
                                          "mail": f"{account}@campus.test"})
        return Steady().first_login(account, made["secret"], PASSWORD)

    def cookie(self, person=None):
        return f"Cookie: fengsui={(person or self.operator).cookie}"


# ---- HTTP, JSON, UTF-8

def malformed(school):
    cookie, kind = school.cookie(), "Content-Type: application/json"
    post = lambda body, *more: request("POST", "/api/v1/assets", body, (cookie, kind, *more))  # noqa: E731
    cases = [
        ("a line that is no request", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\r\n\r\n", (0, 400)),
        ("a header without its end", b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 40000 + b"\r\n\r\n", (0, 400, 413, 431)),
        ("a method nobody knows", request("BREW", "/api/v1/assets", b"", (cookie,)), (400, 405, 501)),
        ("a path out of the folder", request("GET", "/../../../etc/passwd"), (200, 400, 404)),
        ("the same path in disguise", request("GET", "/%2e%2e/%2e%2e/etc/passwd"), (200, 400, 404)),
        ("a slash in disguise", request("GET", "/api/v1/notices%2f1", b"", (cookie,)), (400, 404)),
        ("a NUL in the path", request("GET", "/api/v1/notices/1%00", b"", (cookie,)), (400, 404)),
        ("an id no number holds", request("GET", "/api/v1/notices/99999999999999999999", b"", (cookie,)), (404,)),
        ("a negative id", request("GET", "/api/v1/notices/-1", b"", (cookie,)), (404,)),
        ("a query that says nothing", request("GET", "/api/v1/assets?q=&&=&limit=x&cursor=", b"", (cookie,)), (200,)),
        ("a query of octets", b"GET /api/v1/assets?q=\xff\xfe HTTP/1.1\r\nHost: x\r\n" + cookie.encode() + b"\r\n\r\n", (400,)),
        ("a cursor of another make", request("GET", "/api/v1/assets?cursor=1;DROP", b"", (cookie,)), (400, 422)),
        ("JSON cut short", post(b'{"name":"x"'), (400,)),
        ("JSON with a word too many", post(b'{"name":"x"} true'), (400,)),
        ("JSON twice the same member", post(b'{"name":"a","name":"b"}'), (400, 422)),
        ("JSON of 20,000 brackets", post(b"[" * 20000), (400,)),
        ("JSON that is no UTF-8", post(b'{"name":"\xff\xfe"}'), (400,)),
        ("JSON with half a surrogate", post(b'{"name":"\\ud800"}'), (400,)),
        ("JSON with a NUL in a name", post(b'{"name":"a\\u0000b","kind":"server"}'), (400, 422)),
        ("a number too large", post(b'{"name":"x","kind":"server","owner_unit_id":1e999}'), (400, 422)),
        ("an array where an object belongs", post(b"[1,2]"), (400, 422)),
        ("a form instead of JSON", request("POST", "/api/v1/assets", b"name=x", (cookie, "Content-Type: application/x-www-form-urlencoded")), (415,)),
        ("two lengths", b"POST /api/v1/assets HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 40\r\n" + cookie.encode()
         + b"\r\nContent-Type: application/json\r\n\r\n{}", (0, 400, 403)),
        ("a length that is none", b"POST /api/v1/assets HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n", (0, 400)),
        ("If-Match of letters", post(b"{}", "If-Match: abc"), (400,)),
    ]
    for name, octets, wanted in cases:
        said = talk(octets, wait_s=8)
        # Where there is no such page the start page is given, never a file of the disk.
        good = status_of(said) in wanted and b"root:" not in said
        api = b"/api/v1" in octets.split(b"\r\n")[0] and status_of(said) >= 400 and b"\x00" not in octets
        good = good and (not api or "lengths" in name or "length" in name or "knows" in name or bool(problem_of(said).get("code")))
        case(f"malformed: {name}", good, said[:400])


def large(school):
    before = rss_kib(school.pids["web"])
    size = 100 * 1024 * 1024
    head = request("POST", "/api/v1/assets", b"", (school.cookie(), "Content-Type: application/json"))
    said = talk(head.replace(b"Content-Length: 0", b"Content-Length: %d" % size), wait_s=15)
    case("100 MB announced are refused before they come", status_of(said) == 413 and problem_of(said).get("code") == "body.too_large", said[:300])
    chunks = head.replace(b"Content-Length: 0", b"Transfer-Encoding: chunked")
    with socket.create_connection(("127.0.0.1", PORT), timeout=15, source_address=("127.0.9.2", 0)) as link:
        sent, said = 0, b""
        try:
            link.sendall(chunks)
            block = b"10000\r\n" + b" " * 65536 + b"\r\n"
            while sent < size:
                link.sendall(block)
                sent += 65536
            link.sendall(b"0\r\n\r\n")
            said = link.recv(4096)
        except OSError:
            pass
    case("100 MB unannounced are cut off", sent < size or status_of(said) == 413, (sent, said[:200]))
    said = talk(request("POST", "/api/v1/notices/1/attachments?name=a.pdf", b"", (school.cookie(school.officer), "Content-Type: application/octet-stream"))
                .replace(b"Content-Length: 0", b"Content-Length: %d" % size), wait_s=15)
    case("an upload of 100 MB is refused before it comes", status_of(said) == 413, said[:300])
    said = talk(request("POST", "/api/v1/notices/1/attachments?name=a.pdf", PDF, ("Content-Type: application/octet-stream",)), wait_s=15)
    case("a file of a stranger is not even taken", status_of(said) == 401, said[:300])
    grown = rss_kib(school.pids["web"]) - before
    case("web grew by little", grown < 128 * 1024, f"{grown} KiB")


def slow(school):
    """A hundred who drip their requests keep nobody else waiting."""
    links = []
    for i in range(100):
        link = socket.create_connection(("127.0.0.1", PORT), timeout=10, source_address=(f"127.0.10.{i % 50 + 1}", 0))
        link.sendall(b"POST /api/v1/session HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 900\r\nX-A: ")
        links.append(link)
    began = time.monotonic()
    for link in links:
        link.sendall(b"b")
    good = all(school.operator.raw("GET", "/units")[0] == 200 for _ in range(20))
    took = time.monotonic() - began
    case("a hundred slow clients keep nobody waiting", good and took < 20 and healthy(), f"{took:.1f} s")
    for link in links:
        link.close()


# ---- who calls

def forged(school):
    token = school.operator.post("/tokens", {"name": "t", "scopes": ["units.list"], "password": PASSWORD,
                                             "expires_at": int(time.time() * 1000) + 2500})["secret"]
    machine = Steady()
    machine.token = token
    case("a token works while it lasts", machine.raw("GET", "/units")[0] == 200)
    changed = token[:-1] + ("A" if token[-1] != "A" else "B")
    forgeries = {"an altered token": ("Authorization", f"Bearer {changed}"), "an empty token": ("Authorization", "Bearer "),
                 "a token of 10,000 letters": ("Authorization", "Bearer fst_" + "a" * 10000),
                 "a token with SQL": ("Authorization", "Bearer fst_' OR '1'='1"), "another scheme": ("Authorization", "Basic YWRtaW46YWRtaW4="),
                 "an altered cookie": ("Cookie", "fengsui=" + school.operator.cookie[:-1] + "."),
                 "a cookie of zeros": ("Cookie", "fengsui=" + "0" * len(school.operator.cookie)),
                 "an unsigned JWT": ("Authorization", "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZG1pbiJ9.")}
    wrong = []
    for name, (field, value) in forgeries.items():
        for method, path in (("GET", "/units"), ("POST", "/assets")):
            status, _, data = Steady().raw(method, path, None if method == "GET" else "{}", headers={field: value})
            if status != 401 or json.loads(data)["code"] != "session.none":
                wrong.append((name, method, status, data[:200]))
    case("forged tokens and cookies are nobody's", not wrong, wrong)
    until(lambda: machine.raw("GET", "/units")[0] == 401, 30)
    case("a token that has run out is nobody's", True)
    person = Steady().login("director", PASSWORD)
    old = person.cookie
    person.call("DELETE", "/session")
    person.cookie = old
    case("a cookie that was given back is nobody's", person.raw("GET", "/session")[0] == 401)


def foreign_sites(school):
    body = json.dumps({"name": "x"})
    cases = [({"Sec-Fetch-Site": "cross-site"}, 403), ({"Sec-Fetch-Site": "same-site"}, 403),
             ({"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}, 403), ({"Sec-Fetch-Site": "same-origin"}, 422)]
    wrong = []
    for fields, wanted in cases:
        status, _, data = school.operator.raw("POST", "/assets", body, headers=fields)
        if status != wanted or (wanted == 403 and json.loads(data)["code"] != "origin.foreign"):
            wrong.append((fields, status, data[:200]))
    bare = request("POST", "/api/v1/assets", body.encode(), (school.cookie(), "Content-Type: application/json"))
    for origin in (b"Origin: https://evil.example", b"Referer: https://evil.example/x", b"X-Nothing: 1"):
        said = talk(bare.replace(b"Sec-Fetch-Site: same-origin", origin))
        if status_of(said) != 403:
            wrong.append((origin, said[:200]))
    case("a command from another site's page is refused", not wrong, wrong)
    school.operator.link = None
    answer, _ = Steady().send("POST", "/session", json.dumps({"account": "operator", "password": PASSWORD}))
    cookie = answer.getheader("Set-Cookie") or ""
    case("the cookie is HttpOnly and SameSite=Strict", "HttpOnly" in cookie and "SameSite=Strict" in cookie, cookie)


def login_flood(school):
    """Forty at once from as many places: the lane refuses some, others read on meanwhile, and the account locks."""
    made = school.admin.post("/users", {"account": "target", "name": "靶", "mail": "t@campus.test", "roles": [{"role": "auditor", "unit_id": None}]})
    target = Steady().first_login("target", made["secret"], PASSWORD)
    answers, reads, stop = [], [], threading.Event()

    def guess(i):
        person = Steady()
        person.source = (f"127.0.11.{i + 1}", 0)
        answer, data = person.send("POST", "/session", json.dumps({"account": "target" if i < 20 else f"nobody{i}", "password": f"wrong-{i}"}))
        answers.append((answer.status, json.loads(data)["code"]))

    def read():
        while not stop.is_set():
            began = time.monotonic()
            good = school.operator.raw("GET", "/units")[0] == 200
            reads.append((good, time.monotonic() - began))
    guesses = [threading.Thread(target=guess, args=(i,)) for i in range(60)]
    reader = threading.Thread(target=read)
    reader.start()
    for thread in guesses:
        thread.start()
    for thread in guesses:
        thread.join(120)
    stop.set()
    reader.join(60)
    codes = {c for _, c in answers}
    # On a slow machine the last of the lane may outwait web's patience, which says so.
    kinds = {(401, "session.wrong"), (429, "login.busy"), (503, "server.slow")}
    case("guesses are refused alike, and no more wait than the lane holds", len(answers) == 60 and set(answers) <= kinds
         and "login.busy" in codes, (len(answers), sorted(set(answers))))
    case("others are answered while passwords are tried", len(reads) > 5 and all(g for g, _ in reads) and max(t for _, t in reads) < 15,
         (len(reads), max((t for _, t in reads), default=0)))
    try:
        Steady().login("target", PASSWORD)
        locked = False
    except Refused as refused:
        locked = refused.status in (401, 429)
    case("the account that was guessed at is locked, for the right password too", locked)
    case("who was logged in before is not thrown out", target.raw("GET", "/session")[0] == 200)
    waits = []

    def same_place():
        person = Steady()
        person.source = ("127.0.12.1", 0)
        answer, data = person.send("POST", "/session", json.dumps({"account": "x", "password": "x"}))
        waits.append((json.loads(data)["code"], answer.getheader("Retry-After")))
    crowd = [threading.Thread(target=same_place) for _ in range(50)]
    for thread in crowd:
        thread.start()
    for thread in crowd:
        thread.join(120)
    told = [w for code, w in waits if code == "login.flood"]
    case("one address that asks again and again is told how long to wait", bool(told) and all(told), waits)


# ---- commands

def versions_and_keys(school):
    operator = school.operator
    body = {"name": "=HYPERLINK(\"http://evil.example\",\"x\")", "kind": "server", "address": "10.20.77.1", "owner_unit_id": school.unit,
            "note": "+1+cmd|' /C calc'!A0", "vendor": "@SUM(1)", "host": "-2+3"}
    key = {"Idempotency-Key": "hostile-1"}
    first = operator.call("POST", "/assets", body, headers=key)
    again = operator.call("POST", "/assets", body, headers=key)
    assets = [a for a in operator.get("/assets?limit=200")["items"] if a["address"] == "10.20.77.1"]
    case("a key used twice gives the same answer and one effect", first["id"] == again["id"] and len(assets) == 1, (first, again))
    status, _, data = operator.raw("POST", "/assets", json.dumps({**body, "address": "10.20.77.2"}), headers=key)
    case("for another request the key is refused", status == 409 and json.loads(data)["code"] == "idempotency.reused", (status, data))
    many = [{"text": "name,kind\n" + f"s{n},server\n" * 8000, "format": "csv", "dry_run": True} for n in (1, 2)]
    statuses = [operator.raw("POST", "/assets/import", json.dumps(b), headers={"Idempotency-Key": "hostile-2"})[0] for b in many]
    case("also when the requests are long", statuses == [200, 409], statuses)
    results = []

    def race(i):
        person = Steady()
        person.cookie = operator.cookie
        status, _, data = person.raw("POST", "/assets", json.dumps({**body, "name": "race", "address": "10.20.77.3"}), headers={"Idempotency-Key": "hostile-3"})
        results.append((status, json.loads(data).get("id")))
    threads = [threading.Thread(target=race, args=(i,)) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    case("eight at once with one key make one", len(set(results)) == 1 and results[0][0] == 200, results)
    status, _, data = operator.raw("PATCH", f"/assets/{first['id']}", json.dumps({"name": "y"}), headers={"If-Match": '"v77"'})
    problem = json.loads(data)
    case("a version nobody has is 409 with the current one", status == 409 and problem["current"]["version"] == 1, problem)
    finding = operator.post("/findings", {"title": "t", "kind": "other", "grade": "low", "description": "d", "unit_id": school.unit})["id"]
    status, _, data = operator.raw("POST", f"/findings/{finding}/confirm", "{}", headers={"If-Match": '"v77"'})
    current = json.loads(data).get("current") or {}
    case("and with the state it is in", status == 409 and current.get("state") == "new" and current.get("version") == 1, data)
    status, _, data = operator.raw("GET", "/assets/export")
    cells = [c for line in data.decode("utf-8-sig").splitlines() for c in re.findall(r'"((?:[^"]|"")*)"', line)]
    bad = [c for c in cells if c[:1] in "=+-@\t\r" and c]
    case("no cell of the export is a formula", status == 200 and not bad and any("HYPERLINK" in c for c in cells), (bad, status))
    sheet = operator.post("/assets/import", {"text": data.decode("utf-8-sig"), "format": "csv", "dry_run": True})["report"]
    case("and the export imports again as it was", sheet["refused"] == 0 and sheet["added"] == 0 and sheet["changed"] == 0, sheet)


def foreign_ids(school):
    operator = school.operator
    cases = [("POST", "/notices", {"title": "t", "finding_ids": [1, 999999], "requirement": "r"}), ("POST", "/findings", {"title": "t", "kind": "other",
             "grade": "low", "description": "d", "unit_id": 1}), ("POST", "/checks", {"asset_id": 1, "name": "c", "kind": "icmp", "target": "127.0.0.1"}),
             ("POST", "/session/role", {"grant_id": 1}), ("POST", "/assets", {"name": "x", "kind": "server", "owner_unit_id": 1})]
    wrong = []
    for method, path, body in cases:
        status, _, data = operator.raw(method, path, json.dumps(body))
        if status != 422 or not json.loads(data).get("field"):
            wrong.append((path, status, data[:200]))
    case("an id of another kind inside a command is unknown", not wrong, wrong)


# ---- streams, log lines

def streams(school):
    """A thousand readers; the one too many is told so; an event reaches them."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(max(soft, 4096), hard), hard))
    before = rss_kib(school.pids["web"])
    ask = request("GET", "/api/v1/stream", b"", (school.cookie(),))
    links, opened = [], 0
    for i in range(STREAMS):
        link = socket.create_connection(("127.0.0.1", PORT), timeout=60, source_address=(f"127.0.{20 + i // 200}.{i % 200 + 1}", 0))
        link.sendall(ask)
        links.append(link)
    for link in links:
        said = b""
        while b"event: hello" not in said and (part := link.recv(4096)):
            said += part
        opened += b"event: hello" in said
    case(f"{STREAMS} streams are open", opened == STREAMS, opened)
    said = talk(ask, source="127.0.30.1")
    case("one more is told that it is one too many", status_of(said) == 503 and bool(problem_of(said).get("code")), said[:300])
    made = school.operator.post("/assets", {"name": "事件", "kind": "server", "address": "10.20.78.1", "owner_unit_id": school.unit})["id"]
    heard = 0
    for link in links:
        said, link_until = b"", time.monotonic() + 60
        while f'"id":{made},'.encode() not in said and time.monotonic() < link_until and (part := link.recv(4096)):
            said += part
        heard += f'"id":{made},'.encode() in said
    case("an event reaches every one of them", heard == STREAMS, heard)
    grown = rss_kib(school.pids["web"]) - before
    case("they cost web little", grown < 256 * 1024, f"{grown} KiB")
    case("and the platform serves meanwhile", healthy() and school.operator.raw("GET", "/units")[0] == 200)
    for link in links:
        link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        link.close()
    until(lambda: 'name="streams"} 0' in metrics(), 60)
    case("when they are gone their places are free", True)


def metrics():
    link = http.client.HTTPConnection("127.0.0.1", PORT, timeout=30)
    link.request("GET", "/metrics")
    text = link.getresponse().read().decode()
    link.close()
    return text


def log_lines(school):
    lines = [b"", b"\x00" * 300, b"\xff\xfe\xfd", b"<999>1 x", b"<34>1 - - - - - [", b"<34>1 2026-13-99T99:99:99Z h a p m [x y=\"]", b"<13>" + b"A" * 9000,
             b"<13>Nov 22 10:00:00 host sshd[1]: Failed password for root' OR 1=1 -- from 10.20.9.9 port 22\r\n\x1b[2J",
             b"<13>Nov 22 10:00:00 host app: <script>alert(1)</script> =cmd|' /C calc'!A0", "<13>Nov 22 10:00:00 主机 应用: 好 fertig7".encode()]
    target = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    for _ in range(20):
        for line in lines:
            target.sendto(line, ("127.0.0.1", 5514))
    try:
        with socket.create_connection(("127.0.0.1", 5514), timeout=10) as link:
            link.sendall(b"99999999999999999999 <13>x\n" + b"5 <13>" + b"\n\n\n" + b"-1 x" + b"\xff" * 70000)
    except OSError:
        pass  # it may well hang up on that
    target.sendto(lines[-1], ("127.0.0.1", 5514))
    found = until(lambda: school.operator.get("/logs?q=fertig7")["items"], 60)
    text = json.dumps(school.operator.get("/logs?limit=200"))
    case("hostile lines are kept as text, and the good ones after them are read", bool(found) and "\x00" not in text, found[:1])


def unfenced(pid):
    """Threads of a process that are not behind seccomp, may gain rights, or are root's."""
    wrong = []
    for status in pathlib.Path(f"/proc/{pid}/task").glob("*/status"):
        said = dict(line.split(":\t", 1) for line in status.read_text().splitlines() if ":\t" in line)
        uids = said["Uid"].split()
        if said["Seccomp"] != "2" or said["NoNewPrivs"] != "1" or "0" in uids or int(said["CapEff"], 16) != 0:
            wrong.append((status.parent.name, said["Name"], said["Seccomp"], said["NoNewPrivs"], uids, said["CapEff"]))
    return wrong


def in_the_end(school):
    roles = school.platform.roles()
    wrong = {name: unfenced(role["pid"]) for name, role in roles.items() if role["pid"] > 0}
    case(f"every thread of {len(wrong)} roles stands behind its fence", len(wrong) >= 8 and not any(wrong.values()), wrong)
    again = [r for r in roles if roles[r]["pid"] != school.pids.get(r) and r not in ("paper", "backup")]
    case("no role had to be started again", not again and all(r["restarts"] == 0 for n, r in roles.items() if n != "paper"), (again, roles))
    case("web stays small", rss_kib(school.pids["web"]) < WEB_RSS_MAX_KIB, rss_kib(school.pids["web"]))
    case("the platform is healthy", healthy())
    log = (school.platform.folder / "log").read_text(errors="replace")
    case("no password or token is in its log", not any(s and s in log for s in (PASSWORD, school.operator.cookie, school.platform.admin)))
    case("no sanitizer spoke", "Sanitizer" not in log and "runtime error" not in log, log[-800:])


def on_the_desk(stores):
    platform = Platform(stores.fresh(), NAME)
    try:
        platform.start()
        school = School(platform)
        for part in (malformed, large, slow, forged, foreign_sites, versions_and_keys, foreign_ids, log_lines, streams, login_flood):
            began = time.monotonic()
            try:
                part(school)
            except Exception as problem:
                case(f"{part.__name__} runs to its end", False, "".join(traceback.format_exception(problem))[-900:])
            case(f"after {part.__name__} the platform is healthy", healthy())
            print(f"# {part.__name__}: {time.monotonic() - began:.0f} s", flush=True)
        in_the_end(school)
        platform.stop()
        done = subprocess.run([BUILD / "fengsui", "audit", "verify", *platform.where()], capture_output=True, text=True)
        case("and audit verify finds nothing changed", done.returncode == 0, done.stdout + done.stderr)
    except Exception as problem:
        case("the platform comes up", False, "".join(traceback.format_exception(problem))[-900:] + platform.log_tail())
    finally:
        platform.stop()
        platform.remove()
    return end()


def main(postgresql=False):
    on_a_desk(with_stores(on_the_desk, postgresql))


if __name__ == "__main__":
    main()
