#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Rules over figures from the form to the alert: tried, saved, firing, over a restart, changed, put
out of use, deleted; and a shipped one that the school puts its own in the place of."""
import json
import os
import pathlib
import subprocess
import sys
import time
import traceback
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from platform_driver import NAME, Person, Platform, Refused, on_a_desk, until  # noqa: E402
from postgres_driver import with_stores  # noqa: E402
from tap import case, end  # noqa: E402
from test_line import setup, watch  # noqa: E402

SLOW = {"metric": "latency", "kind": "threshold", "op": "above", "limit": 1, "duration_s": 2, "severity": "minor"}


def refused(what):
    try:
        what()
    except Refused as e:
        return e.status, e.problem.get("code"), e.problem.get("field")
    return None


def open_of(person, rule):
    return [a for a in person.get("/alerts?state=open&limit=200")["items"] if rule in json.dumps(a, ensure_ascii=False)]


def tried(operator, definition):
    return operator.get("/rules/test?rule=" + urllib.parse.quote(json.dumps({"id": "t", **definition})))


def told(operator, name):
    """The alert itself, with its sentence."""
    return until(lambda: next(iter(open_of(operator, name)), None), 60)


def own_rules(platform, cast, check):
    operator = cast["operator"]
    shipped = operator.get("/rules")["items"]
    case("the shipped rules are listed, at work",
         {"link-loss", "latency-unusual", "disk-full-soon"} <= {r["key"] for r in shipped} and
         all(r["shipped"] and r["enabled"] for r in shipped), [r["key"] for r in shipped])
    time.sleep(6)
    seen = tried(operator, SLOW)
    case("a trial says how often it would have fired", seen["count"] >= 1 and seen["hits"][0]["detail"]["code"] == "metric.above"
         and sum(seen["days"]) == seen["count"], seen)
    case("  and what that rests on", seen["coverage"]["complete"] and seen["coverage"]["judged"] > 0 and seen["series"] >= 1, seen)
    case("  and that there is nothing of a metric nobody measures", tried(operator, {**SLOW, "metric": "cpu"})["series"] == 0)
    case("  and refuses a rule that is none", refused(lambda: tried(operator, {**SLOW, "kind": "absence"})) ==
         (422, "rule.member", "limit"), refused(lambda: tried(operator, {**SLOW, "kind": "absence"})))
    case("a rule that is none is not kept", refused(lambda: operator.post(
        "/rules", {"name": "无", "definition": {**SLOW, "window_s": 60}}))[1:] == ("rule.member", "window_s"))
    case("nor one over a check that is not there", refused(lambda: operator.post(
        "/rules", {"name": "无", "definition": {**SLOW, "scope": {"kind": "check", "id": 999999}}}))[1:] == ("input.unknown", "scope"))
    made = operator.post("/rules", {"name": "门户响应", "definition": {**SLOW, "scope": {"kind": "check", "id": check}}})
    alert = told(operator, "门户响应")
    text = json.dumps(alert, ensure_ascii=False)
    case("it fires, naming figure, limit and since when",
         all(word in text for word in ("metric.above", "门户首页", "latency", " ms", "since")), alert)
    case("  once", len(open_of(operator, "门户响应")) == 1)
    return made["id"]


def version_of(operator, rule):
    return next(r for r in operator.get("/rules")["items"] if r.get("id") == rule)["version"]


def patch(operator, rule, body):
    return operator.call("PATCH", f"/rules/{rule}", body, headers={"If-Match": f'"{version_of(operator, rule)}"'})


def over_a_restart(platform, operator):
    platform.stop()
    platform.start()
    until(lambda: operator.get("/session"), 60)
    time.sleep(8)
    everything = [a for a in operator.get("/alerts?limit=200")["items"] if "门户响应" in json.dumps(a, ensure_ascii=False)]
    case("a restart neither ends it nor says it again", len(everything) == 1 and everything[0]["state"] == "firing", everything)


def changed(operator, rule, check):
    patch(operator, rule, {"definition": {**SLOW, "limit": 60000000, "scope": {"kind": "check", "id": check}}})
    case("with a limit it is far from, it ends", until(lambda: not open_of(operator, "门户响应"), 60))
    patch(operator, rule, {"definition": {**SLOW, "scope": {"kind": "check", "id": check}}})
    told(operator, "门户响应")
    patch(operator, rule, {"enabled": False})
    case("put out of use, it ends", until(lambda: not open_of(operator, "门户响应"), 60))
    patch(operator, rule, {"enabled": True})
    told(operator, "门户响应")
    operator.call("DELETE", f"/rules/{rule}")
    case("deleted, it ends", until(lambda: not open_of(operator, "门户响应"), 60))
    case("  and is not listed", rule not in [r.get("id") for r in operator.get("/rules")["items"]])


def in_place(operator):
    shipped = next(r for r in operator.get("/rules")["items"] if r["key"] == "latency-unusual")
    made = operator.post("/rules", {"name": "更慢", "definition": shipped["definition"], "replaces": "latency-unusual", "enabled": False})["id"]
    items = [r for r in operator.get("/rules")["items"] if r["key"] == "latency-unusual"]
    case("one of the school's stands for the shipped", len(items) == 1 and items[0]["id"] == made and items[0]["shipped"]
         and not items[0]["enabled"], items)
    case("  once", refused(lambda: operator.post("/rules", {"name": "又", "definition": shipped["definition"],
                                                            "replaces": "latency-unusual"}))[1] == "rule.replaced")
    operator.call("DELETE", f"/rules/{made}")
    items = [r for r in operator.get("/rules")["items"] if r["key"] == "latency-unusual"]
    case("  and goes, and the shipped one is back", len(items) == 1 and items[0]["id"] is None and items[0]["enabled"]
         if "id" in items[0] else len(items) == 1 and items[0]["enabled"], items)


def on_the_desk(stores):
    platform = Platform(stores.fresh(), NAME)
    try:
        platform.start()
        cast = setup(platform, "two")
        _, check = watch(cast, "high")
        rule = own_rules(platform, cast, check)
        if os.environ.get("RULES_SHOTS"):
            subprocess.run(["node", os.environ["RULES_SHOTS"]])
        operator = cast["operator"]
        over_a_restart(platform, operator)
        changed(operator, rule, check)
        in_place(operator)
        case("others of the unit side do not see them", refused(lambda: cast["officer"].get("/rules"))[0] == 403)
    except Exception:
        case("it runs to its end", False, traceback.format_exc())
    finally:
        platform.stop()
        platform.remove()
    return end()


def main(postgresql=False):
    on_a_desk(with_stores(on_the_desk, postgresql))


if __name__ == "__main__":
    main()
