#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Every route of the OpenAPI document the server serves x every role x {own, other unit, absent, another kind, nested
foreign id}, against the table in matrix.toml, on the real platform; lists, searches, counts, exports, papers and the
stream of events included.  A route without a row there fails, as does a row without a route."""
import concurrent.futures
import json
import pathlib
import re
import sys
import time
import tomllib
import traceback

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import tap  # noqa: E402
from matrix_world import CENTRAL, OF_UNIT, PASSWORD, PDF, TOGETHER, Steady, World  # noqa: E402
from platform_driver import NAME, Platform, on_a_desk, until  # noqa: E402
from postgres_driver import with_stores  # noqa: E402

ROLES = CENTRAL + OF_UNIT + ["sysadmin"]
WALKERS = 3
STALE_S = 2.5
ABSENT = 8999999999
TABLE = tomllib.loads((pathlib.Path(__file__).parent / "matrix.toml").read_text())
BEGAN = time.monotonic()


def case(name, wrong=()):
    """One line; wrong says what was not as it should be."""
    tap.case(name, not wrong, "\n".join(str(line).replace("\n", " ")[:700] for line in list(wrong)[:12]))


def stage(text):
    print(f"# {time.monotonic() - BEGAN:.0f} s: {text}", flush=True)


def scope_of(act, role):
    """'all', 'own', 'self', or None when the right is not his."""
    for scope, words in TABLE["act"][act].items():
        for word in words.split():
            if role in TABLE["people"].get(word, word).split():
                return scope
    return None


class Ask:
    """One request of one role and what is expected of it."""

    def __init__(self, what, path, expect, body=None, version=True, unknown=False):
        self.what, self.path, self.expect, self.body = what, path, expect, body
        self.version = version  # sent with a version nobody has
        self.unknown = unknown  # its answer must look like that to an absent record


class Walk:
    """All requests of one role, one after the other."""

    def __init__(self, world, role, operations):
        self.world, self.role, self.operations = world, role, operations
        self.person = world.people[role]
        self.wrong = {}
        self.count = 0

    def fault(self, name, text):
        self.wrong.setdefault(name, []).append(f"{self.role}: {text}")

    # ---- filling in

    def id_of(self, which, kind):
        if which == "self":
            return self.world.persons[self.role]
        if which == "absent":
            return ABSENT
        ids = self.world.fixtures.get(f"{kind}.{self.role}") or self.world.fixtures[kind]
        return ids[which]

    def fill(self, value):
        text = json.dumps(value) if not isinstance(value, str) else value
        return re.sub(r'"?\{(own|other|absent|self)\.(\w+)\}"?', lambda m: str(self.id_of(m[1], m[2])), text)

    def path(self, operation, row, record=None, key=None, query=None, sub=None):
        path = operation["path"].replace("{id}", str(record)).replace("{key}", str(key)).replace("{kind}", str(key))
        path = path.replace("{sub}", str(sub or self.fill(row.get("sub", "0"))))
        words = query or row.get("query")
        return path + (f"?{self.fill(words)}" if words else "")

    # ---- what is asked

    def asks(self, operation, row, scope):
        reached = row.get("reached", [200])
        body = row.get("body")
        if "id" in row:
            yield from self.asks_by_id(operation, row, scope, reached)
        elif "key" in row:
            for i, key in enumerate(row["key"]):
                wanted = [reached[i]] if len(reached) == len(row["key"]) else reached
                yield Ask(f"key {key}", self.path(operation, row, key=key), wanted if scope else [403], body)
        else:
            for query in [None, *row.get("asks", [])]:
                yield Ask(f"?{query}", self.path(operation, row, query=query), reached if scope else [403], body)
        for nested in row.get("nested", []):
            wanted = [nested[scope]] if scope in nested else None if scope else [403]
            if wanted:
                record = self.fill(nested.get("id", row.get("id") and "{own.%s}" % row["id"] or ""))
                sub = self.fill(nested["sub"]) if "sub" in nested else None
                yield Ask(nested["what"], self.path(operation, row, record=record, sub=sub), wanted,
                          nested.get("body", body), nested.get("version", True))

    def asks_by_id(self, operation, row, scope, reached):
        kind, key, body = row["id"], row.get("key", [""])[0], row.get("body")
        own = reached if scope else [403]
        foreign = [403] if not scope else reached if scope == "all" else [404]
        none = [404] if scope else [403]
        cases = row.get("cases", ["own", "other"])
        other_kind = self.id_of("own", "unit" if kind != "unit" else "person")
        wanted = [("own", self.id_of("own", kind), own, False), ("other", self.id_of("other", kind), foreign, scope != "all")]
        wanted = [w for w in wanted if w[0] in cases]
        wanted += [("absent", ABSENT, none, True), ("another kind", other_kind, none, True)]
        if "unseen" in row:
            wanted.append(("unseen", self.id_of(row["unseen"], kind), foreign, scope != "all"))
        for what, record, expect, unknown in wanted:
            yield Ask(what, self.path(operation, row, record=record, key=key), expect, body, unknown=unknown)

    # ---- asking

    def send(self, operation, ask):
        headers, body, media = {}, None, "application/json"
        if operation["method"] != "GET":
            headers["If-Match"] = '"7999999"'
            body = json.dumps({}) if ask.body is None else self.fill(ask.body)
        if not ask.version:
            headers.pop("If-Match", None)
        if ask.body == "pdf":
            headers, body, media = {}, PDF, "application/octet-stream"
        self.count += 1
        answer, data = self.person.send(operation["method"], ask.path, body, headers, media)
        return answer, data

    def judge(self, name, ask, answer, data):
        problem = {}
        if "problem+json" in (answer.getheader("Content-Type") or ""):
            problem = json.loads(data)
        text = data.decode("utf-8", "replace") + str(answer.headers)
        if answer.status not in ask.expect:
            self.fault(name, f"{ask.what}: {answer.status} and not {ask.expect}: {ask.path} {text[:300]}")
        elif answer.status in (401, 403, 404, 409, 422) and not problem.get("code"):
            self.fault(name, f"{ask.what}: a refusal without a code: {text[:200]}")
        elif answer.status == 403 and problem["code"] != "denied.role":
            self.fault(name, f"{ask.what}: refused for another reason: {problem}")
        for word in TABLE["never"].get(self.role, []):
            if word in text:
                at = text.index(word)
                self.fault(name, f"{ask.what}: {ask.path} tells '{word}': …{text[max(0, at - 160):at + 40]}…")
        return {k: v for k, v in problem.items() if k != "trace"}

    def route(self, name):
        row, operation = TABLE["route"][name], self.operations[name]
        scope = "all" if row["act"] == "open" else scope_of(row["act"], self.role)
        unknown = []
        if row.get("check") == "stream":
            return
        for ask in self.asks(operation, row, scope):
            answer, data = self.send(operation, ask)
            problem = self.judge(name, ask, answer, data)
            if ask.unknown and answer.status in (403, 404):
                unknown.append(problem)
            if answer.status == 200 and operation["method"] == "GET" and scope != "none":
                self.look(name, row, scope, ask, answer, data)
        if any(p != unknown[0] for p in unknown):
            self.fault(name, f"foreign and absent do not look alike: {unknown}")

    # ---- what the answer holds

    def look(self, name, row, scope, ask, answer, data):
        value = json.loads(data) if answer.getheader("Content-Type") == "application/json" else data
        if "list" in row:
            self.look_list(name, row, scope, ask, value)
        if "check" in row:
            getattr(self, "check_" + row["check"])(name, scope, ask, value)

    def look_list(self, name, row, scope, ask, value):
        ids = {item["id"] for item in value["items"]}
        kind = row["list"]
        mine = {self.id_of("own", kind)}
        others = {self.id_of("other", kind)} | ({self.id_of(row["unseen"], kind)} if "unseen" in row else set())
        plain = ask.what == "?None"
        if scope == "own" and ids & others:
            self.fault(name, f"{ask.path} has rows of others: {ids & others}")
        if plain and not (mine | (others if scope == "all" else set())) <= ids:
            self.fault(name, f"{ask.path} lacks {mine | others} in {ids}")
        if value.get("total") is not None and value["next_cursor"] is None and value["total"] != len(value["items"]):
            self.fault(name, f"{ask.path} counts {value['total']} and shows {len(value['items'])}")
        if scope == "own" and "limit=1" in ask.path and (value.get("total") or 0) > self.visible(row["list"]):
            self.fault(name, f"{ask.path} counts {value['total']}")

    def visible(self, kind):
        listing = {"unit": "/units", "person": "/people", "asset": "/assets", "check": "/checks", "finding": "/findings",
                   "notice": "/notices", "discovered": "/discovered", "filing": "/filings", "doubt": "/doubts",
                   "delegation": "/delegations", "event": "/events", "unit_note": "/unit-notes"}[kind]
        return len(self.person.get(listing + "?limit=200")["items"])

    def check_export(self, name, scope, ask, value):
        if not isinstance(value, bytes) or not all(word in value for word in (b"alpha7a", b"zeta7b")):
            self.fault(name, "the export does not hold what he may see")

    def check_session(self, name, scope, ask, value):
        if value["role"] != self.role or value["person"]["id"] != self.world.persons[self.role]:
            self.fault(name, f"he is told to be {value['role']}, {value['person']}")
        acts = {n for n, r in TABLE["route"].items() if r["act"] != "open" and scope_of(r["act"], self.role)}
        if set(value["acts"]) != acts:
            self.fault(name, f"acts offered and rights differ: {set(value['acts']) ^ acts}")

    def check_sessions(self, name, scope, ask, value):
        most = len(TOGETHER) if self.role in TOGETHER else 1
        if [s["current"] for s in value["items"]].count(True) != 1 or len(value["items"]) > most:
            self.fault(name, f"sessions of others: {value}")

    def check_tokens(self, name, scope, ask, value):
        if {t["id"] for t in value["items"]} != {self.id_of("own", "token")}:
            self.fault(name, f"tokens of others: {value}")

    def check_units(self, name, scope, ask, value):
        mine = next((u for u in value["items"] if u["id"] == self.id_of("own", "unit")), None)
        if scope == "own" and mine and mine["open_notices"] != 2:
            self.fault(name, f"it counts {mine['open_notices']} open notices; two are issued")

    def check_overview(self, name, scope, ask, value):
        unit = self.id_of("own", "unit")
        desk_counts = [value["incidents_open"], *value["alerts"].values()]
        if scope == "own":
            if value["notices_open"] != 2 or {u["unit"]["id"] for u in value["units"]} != {unit}:
                self.fault(name, f"counts of others: {value['notices_open']}, {value['units']}")
            if {s["asset"]["id"] for s in value["services"]} != {self.id_of("own", "asset")}:
                self.fault(name, f"services of others: {value['services']}")
            if any(desk_counts):
                self.fault(name, f"alerts and incidents are the desk's: {desk_counts}")
        elif self.role == "sysadmin":
            if any([*desk_counts, value["notices_open"], value["notices_overdue"], value["todo"], *value["units"]]):
                self.fault(name, f"business data for the administrator: {value}")
        elif value["notices_open"] != 4 or value["incidents_open"] < 1:
            self.fault(name, f"he may see all and is shown {value['notices_open']}, {value['incidents_open']}")

    def check_notice(self, name, scope, ask, value):
        steps = [t["code"] for t in value["timeline"]]
        if scope == "own" and (value["deliveries"] or "created" in steps or "issued" not in steps):
            self.fault(name, f"the unit is told of mails to others, or of its writing: {value['deliveries']}, {steps}")
        if scope == "all" and ask.what == "own" and not (value["brief"] and value["deliveries"] and "remarked" in steps):
            self.fault(name, f"he may see all and is shown {steps}")

    def check_event(self, name, scope, ask, value):
        steps = {t["code"] for t in value["timeline"]}
        inner = value["ups"] or value["deliveries"] or value["gradings"] or steps & {"event_up_needed", "event_up_drafted", "comment"}
        if scope == "own" and (inner or any(c["kind"] in ("up", "national", "grade") for c in value["clocks"])):
            self.fault(name, f"the unit is shown what goes up: {value}")
        if scope == "all" and ask.what == "own" and not (value["ups"] and value["deliveries"] and value["gradings"] and "comment" in steps):
            self.fault(name, f"he may see all and is shown {steps}")

    def check_todo(self, name, scope, ask, value):
        # Who claims devices for a unit is asked about its own; the head of a unit only reads.
        asked = {self.id_of("own", "discovered")} if self.role in ("officer", "specialist") else set()
        others = [t for t in value["items"] if (t["unit"] or {}).get("id") != self.id_of("own", "unit")
                  or not (t["kind"] in ("notice", "task", "guidance", "term_review", "filing", "doubt", "unit_note", "shutdown", "event", "selfcheck") or t["kind"] == "discovered" and t["id"] in asked)]
        if scope == "own" and (others or not asked <= {t["id"] for t in value["items"] if t["kind"] == "discovered"}):
            self.fault(name, f"work of others: {value}")
        if value["total"] != len(value["items"]):
            self.fault(name, f"counts {value['total']}")

    def check_search(self, name, scope, ask, value):
        found = {(h["kind"], h["id"]) for h in value["items"]}
        wanted = {("notice", self.id_of("other", "notice")), ("finding", self.id_of("other", "finding")),
                  ("asset", self.id_of("other", "asset"))}
        if ask.what == "?None" and (not wanted <= found if scope == "all" else found):
            self.fault(name, f"q=zeta7b finds {found}")
        if "alpha7a" in ask.path and ("notice", self.id_of("own", "notice")) not in found:
            self.fault(name, f"his own is not found: {found}")
        if scope == "own" and ("notice", self.id_of("draft", "notice")) in found:
            self.fault(name, "a draft is found")

    def run(self, names):
        for name in names:
            try:
                self.route(name)
            except Exception as problem:  # one route's trouble must not hide the others'
                self.fault(name, "".join(traceback.format_exception(problem))[-600:])
        return self


# ---- the whole

def operations_of(person):
    """{operationId: {method, path}} of what the server serves."""
    document = person.get("/openapi.json")
    found = {}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            found[operation["operationId"]] = {"method": method.upper(), "path": path.removeprefix("/api/v1"),
                                               "open": operation.get("security") == []}
    return found


def table_agrees(operations):
    rows = TABLE["route"]
    wrong = [f"no row for {n}" for n in operations.keys() - rows.keys()] + [f"no route {n}" for n in rows.keys() - operations.keys()]
    wrong += [f"{n}: no right {r['act']}" for n, r in rows.items() if r["act"] != "open" and r["act"] not in TABLE["act"]]
    wrong += [f"{n}: open in one and not in the other" for n, r in rows.items()
              if n in operations and (r["act"] == "open") != operations[n]["open"]]
    case(f"each of the {len(operations)} routes served has a row here, and each row a route", wrong)
    words = {w for a in TABLE["act"].values() for t in a.values() for g in t.split() for w in TABLE["people"].get(g, g).split()}
    case("the table knows the roles there are", [f"unknown or left out: {words ^ set(ROLES)}"] if words != set(ROLES) else ())


def tokens_make(world):
    """A token of its own for each who may have one; another's is the next one's."""
    holders = [r for r in ROLES if scope_of("own_tokens", r)]
    made = {}
    for role in holders:
        scopes = ["session.get"]
        made[role] = world.people[role].post("/tokens", {"name": role, "scopes": scopes, "password": PASSWORD})["id"]
    for i, role in enumerate(holders):
        world.keep(f"token.{role}", own=made[role], other=made[holders[i - 1]])
    world.keep("token", own=made[holders[0]], other=made[holders[1]])


def grants_find(world):
    grants = {}
    for role in [*ROLES, "stranger"]:
        session = world.people[role].get("/session")
        grants[role] = next(g["id"] for g in session["grants"] if g["role"] == session["role"])
    for role in ROLES:
        world.keep(f"grant.{role}", own=grants[role], other=grants["stranger"])
    world.keep("grant", own=grants["officer"], other=grants["stranger"])


def walk_all(world, operations):
    last = [n for n, r in TABLE["route"].items() if r.get("last")]
    names = [n for n in TABLE["route"] if n in operations and n not in last]
    walks = [Walk(world, role, operations) for role in ROLES]
    with concurrent.futures.ThreadPoolExecutor(WALKERS) as pool:
        list(pool.map(lambda w: w.run(names), walks))
    for name in names:
        case(f"{name} is as written for every role", [line for w in walks for line in w.wrong.get(name, [])])
    return walks


def ends(world, operations, walks):
    """What ends tokens and sessions, at the end."""
    wrong = []
    for walk in walks:
        walk.run(["tokens.revoke"])
        wrong += walk.wrong.get("tokens.revoke", [])
    case("tokens.revoke ends only one's own", wrong)
    for name, path in (("session.logout", "/session"), ("session.revoke_all", "/sessions")):
        wrong = []
        for role in ROLES:
            person = world.people[role]
            if path == "/sessions":
                person.login(world.account_of[role], PASSWORD).act_as(role)
            before = person.cookie
            status = person.raw("DELETE", path)[0]
            person.cookie = before
            after = person.raw("GET", "/session")[0]
            person.cookie = None
            if (status, after) != (200, 401):
                wrong.append(f"{role}: {status}, then {after}")
        case(f"{name} ends what it should, for every role", wrong)


def strangers(world, operations):
    """Nobody, somebody who must first choose a password, and a token that may do one thing."""
    nobody = Steady()
    made = world.admin.post("/users", {"account": "newcomer", "name": "新人", "mail": "n@campus.test",
                                       "roles": [{"role": "operator", "unit_id": None}, {"role": "director", "unit_id": None}]})
    newcomer = Steady().login("newcomer", made["secret"])
    token = Steady()
    token.token = world.people["operator"].post("/tokens", {"name": "one", "scopes": ["notices.list"], "password": PASSWORD})["secret"]
    walk = Walk(world, "operator", operations)
    allowed = {"newcomer": {"session.get", "session.logout", "session.password"}, "token": {"notices.list"}, "nobody": set()}
    wrong = {"nobody": [], "newcomer": [], "token": []}
    for name, operation in operations.items():
        row = TABLE["route"].get(name, {"act": "open"})
        if row["act"] == "open":
            continue
        plain = {k: v for k, v in row.items() if k not in ("unseen", "nested")}
        ask = next(walk.asks(operation, {**plain, "id": "notice"} if "{id}" in operation["path"] else plain, "all"))
        for who, person, status in (("nobody", nobody, 401), ("newcomer", newcomer, 403), ("token", token, 403)):
            if name in allowed[who]:
                continue
            walk.person = person
            answer, data = walk.send(operation, ask)
            if answer.status not in (status, 401 if name == "stream" else status) or b"geschaeft3d" in data:
                wrong[who].append(f"{name}: {answer.status} {data[:200]}")
    case("without a session nothing but the open routes answers", wrong["nobody"])
    case("before the first password is chosen nothing is read or done", wrong["newcomer"])
    case("a token does what its scopes name and no more", wrong["token"])


def hashed(world):
    """How often a password was checked or made."""
    return next(r for r in world.admin.get("/health")["roles"] if r["role"] == "core")["counters"]["passwords"]


def hashed_in_all(world):
    """As often as that once nothing more comes: what a role tells of itself is up to a second old."""
    seen, now = None, hashed(world)
    while seen != now:
        time.sleep(STALE_S)
        seen, now = now, hashed(world)
    return now


def spared(world):
    """Each hash takes a core a quarter of a second: whoever is refused anyway must not be able to ask for one."""
    before = hashed_in_all(world)
    victim = world.fixtures["victim"]["own"]
    asks = (("officer", "/users", {"account": "x"}, 403), ("operator", f"/users/{victim}/reset-password", {}, 403),
            ("operator", "/tokens", {}, 422), ("operator", "/session/password", {"old": "x", "new": "short"}, 422))
    got = [world.people[role].send("POST", path, json.dumps(body), {"If-Match": '"7999999"'})[0].status for role, path, body, _ in asks]
    Steady().send("POST", "/session", json.dumps({"account": "nobody-at-all", "password": "x"}))
    until(lambda: hashed(world) > before, 30)
    after = hashed_in_all(world)
    wrong = [] if got == [w for *_, w in asks] else [f"answers {got}"]
    case("what is refused whatever the password hashes none", wrong + ([] if after == before + 1 else [f"{after - before} and not 1"]))


def expected_events(world, role, units):
    """Of the fixtures: which (topic, id) this role must have heard of, and which it must not."""
    must, never = set(), set()
    kinds = {"asset": ("own", "other"), "check": ("own", "other"), "finding": ("own", "other"), "notice": ("own", "other", "draft"),
             "alert": ("own", "other"), "incident": ("own", "other"), "delivery": ("own",)}
    for topic, which in kinds.items():
        scope = scope_of(TABLE["topic"][topic]["act"], role)
        for n in which:
            hears = scope == "all" or (scope == "own" and n == "own")
            (must if hears else never).add((topic, world.fixtures[topic][n]))
    return must, never


def judge_stream(world):
    until(lambda: all(("notice", world.fixtures["notice"]["own"]) in {(t, i) for t, i, _ in world.listeners[r].events}
                      for r in ("operator", "officer")), 60)
    units = world.units_of()
    own = world.fixtures["unit"]["own"]
    for listener in world.listeners.values():
        listener.stop()
    for role in ROLES:
        heard = world.listeners[role].events
        must, never = expected_events(world, role, units)
        had = {(t, i) for t, i, _ in heard}
        wrong = [f"not told of {must - had}"] if must - had else []
        wrong += [f"told of {never & had}"] if never & had else []
        for topic, record, version in heard:
            scope = scope_of(TABLE["topic"][topic]["act"], role) if topic in TABLE["topic"] else None
            if scope is None or (scope == "own" and units.get(topic, {}).get(record) != own):
                wrong.append(f"told of {topic} {record}")
            early = 0 < version <= world.written  # version 0: something of the notice changed, not its row
            if topic == "notice" and scope == "own" and record == world.fixtures["notice"]["own"] and early:
                wrong.append(f"told of notice {record} at version {version}, while it was being written")
        case(f"the stream tells {role} what he may list and nothing else ({len(heard)} events)", sorted(set(wrong)))


def on_the_desk(stores):
    platform = Platform(stores.fresh(), NAME)
    try:
        platform.start()
        world = World(NAME, platform)
        world.settle()
        stage("everybody has logged in")
        operations = operations_of(world.admin)
        table_agrees(operations)
        world.listen()
        world.drive()
        stage("two units have been through the line")
        judge_stream(world)
        tokens_make(world)
        grants_find(world)
        walks = walk_all(world, operations)
        stage("every route is walked")
        strangers(world, operations)
        spared(world)
        ends(world, operations, walks)
        print(f"# {len(operations)} routes, {len(ROLES)} roles, {sum(w.count for w in walks)} requests", flush=True)
    except Exception as problem:
        case("the school is set up and walked to its end", "".join(traceback.format_exception(problem))[-1800:].splitlines())
        print("# " + platform.log_tail().replace("\n", "\n# "))
    finally:
        platform.stop()
        platform.remove()
    return tap.end()


def main(postgresql=False):
    on_a_desk(with_stores(on_the_desk, postgresql))


if __name__ == "__main__":
    main()
