#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The whole platform with a cage, on the desk of a campus: it comes when the first check of kind plugin
is registered, its checks change state like any other, and it comes back when it is killed."""
import os
import pathlib
import signal
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import cage_ground  # noqa: E402
from platform_driver import NAME, Platform, campus, on_a_desk, until  # noqa: E402
from tap import case, end  # noqa: E402
from test_line import setup  # noqa: E402


def checks_of(operator, unit):
    asset = operator.post("/assets", {"name": "门户网站", "kind": "server", "address": "10.20.11.10",
                                      "owner_unit_id": unit, "importance": "core"})["id"]

    def add(name, target, plugin, args):
        body = {"asset_id": asset, "name": name, "kind": "plugin", "target": target, "interval_s": 1, "retries": 1,
                "severity": "major", "params": {"plugin": plugin, "timeout_ms": 4000, **({"args": args} if args else {})}}
        return operator.post("/checks", body)["id"]
    return [add("首页", "10.20.11.10:80", "check_http", "-I $ADDRESS$ -p $PORT$ -t $TIMEOUT$"),
            add("按域名", "www.campus.test:80", "check_http", "-H $NAME$ -I $ADDRESS$"),
            add("警告", "10.20.11.10", "check_dummy", "1 'so so'"),
            add("没有", "10.20.11.10", "check_nothing", "")]


def state(operator, check):
    return operator.get(f"/checks/{check}")["state"]


def run():
    platform = Platform(campus_name=NAME)
    with platform.config.open("a") as config:
        config.write("plugins: /usr/lib/nagios/plugins\n")
    platform.start()
    try:
        case("without such a check there is no cage", "cage" not in platform.roles(), platform.roles())
        cast = setup(platform, "two")
        operator = cast["operator"]
        page, named, warns, absent = checks_of(operator, cast.unit)
        case("a plugin's check comes up", until(lambda: state(operator, page) == "up", 60))
        case("and so does one whose target is a name", until(lambda: state(operator, named) == "up", 60))
        case("a warning is degraded", until(lambda: state(operator, warns) == "degraded", 60))
        case("one that is absent stays unknown", state(operator, absent) == "unknown")
        counters = platform.roles()["cage"]["counters"]
        case("the cage knows what is registered", counters["available"] and counters["registered"] >= 1 and
             counters["rules_failed"] == 0, counters)
        campus(NAME, "stop", "web")
        case("a service that stops is down", until(lambda: state(operator, page) == "down", 60))
        campus(NAME, "start", "web")
        case("and up when it is back", until(lambda: state(operator, page) == "up", 60))
        old = platform.roles()["cage"]["pid"]
        os.kill(old, signal.SIGKILL)
        back = until(lambda: (found := platform.roles().get("cage")) and found["state"] == "up" and found["pid"] != old and
                     found["counters"].get("started", 0) > 0 and found, 60)
        case("a killed cage comes back and goes on", back["counters"]["available"], back)
        case("its checks did not become alerts by that", state(operator, page) in ("up", "unknown"), state(operator, page))
        case("no role has restarted", all(r["restarts"] == 0 for r in platform.roles().values()), platform.roles())
    finally:
        platform.stop()
        platform.remove()
    return end()


if __name__ == "__main__":
    cage_ground.want()
    on_a_desk(run)
