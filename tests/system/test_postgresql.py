#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""PostgreSQL as the record store: one that forgets is refused at the start, and one that goes away for a
while loses nothing, neither a signal nor a command asked again."""
import http.client
import os
import pathlib
import signal
import sys
import time
import traceback

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import test_line as line  # noqa: E402
from platform_driver import NAME, PORT, Platform, Refused, audit, campus, on_a_desk, until  # noqa: E402
from postgres_driver import Postgres, programs  # noqa: E402
from tap import case, end, skip  # noqa: E402
FORGETTING = ("fsync", "synchronous_commit", "full_page_writes")


def ended(uri, port=PORT):
    """What a platform on this database that does not come up ends with and says."""
    platform = Platform(uri, NAME)
    try:
        platform.start(port=port)
        platform.stop()
        return None, "it came up"
    except RuntimeError:
        code = platform.process.wait(timeout=30)
        platform.log.close()
        return code, platform.log_tail()
    finally:
        platform.remove()


def refused(server):
    for setting in FORGETTING:
        server.stop()
        server.start(**{setting: "off"})
        code, said = ended(server.database())
        case(f"with {setting} = off the platform ends and says why", code == 3 and f"{setting} = off" in said, (code, said[-600:]))
    server.stop()
    server.start()


def shared(server):
    uri = server.database()
    first = Platform(uri, NAME)
    try:
        first.start()
        code, said = ended(uri, PORT + 1)
        case("a second platform on one database ends and says why", code == 3 and "another platform" in said, (code, said[-600:]))
        case("the first goes on", all(r["state"] == "up" for r in first.roles().values()), first.roles())
        first.stop()
        first.start()
        case("after its end the database is free at once", bool(first.roles()))
        first.stop()
    finally:
        first.remove()


def asked(do):
    """Its answer, or what it is refused with."""
    try:
        return do(), 200
    except Refused as problem:
        return problem.problem, problem.status


def away(server):
    uri = server.database()
    platform = Platform(uri, NAME)
    try:
        platform.start()
        cast = line.setup(platform, "five")
        _, check = line.watch(cast, "medium")
        operator = cast["operator"]
        before = len(line.mails())
        core = platform.roles()["core"]["pid"]
        server.stop(signal.SIGQUIT)  # as if the machine had lost its power
        campus(NAME, "stop", "web")
        answer, status = asked(lambda: operator.post("/assets", {"name": "途中", "kind": "server"}))
        case("with the store away a command is refused, not lost in silence", status == 503, (status, answer))
        time.sleep(4)
        server.start()
        key = {"Idempotency-Key": os.urandom(12).hex()}

        def again():
            try:
                return operator.call("POST", "/assets", {"name": "之后", "kind": "server"}, headers=key)
            except (OSError, http.client.HTTPException):
                return None
        case("with the store back it is done", bool(until(again, 90)["id"]))
        found = until(lambda: [a for a in operator.get("/alerts?state=open")["items"] if a["check_id"] == check], 90)
        case("what was seen meanwhile became an alert", len(found) == 1, found)
        case("and a mail", bool(line.wait_mail("zhou@campus.test", "门户首页 中断", before, 90)))
        case("core lived through it", platform.roles()["core"]["pid"] == core, platform.log_tail())
        platform.stop()
        audit(platform)
    except Exception as problem:
        case("it runs to its end", False, "".join(traceback.format_exception(problem))[-1500:].replace("\n", "\n# "))
        print("# " + platform.log_tail().replace("\n", "\n# "))
        platform.stop()
    finally:
        platform.remove()


def on_the_desk():
    server = Postgres().start()
    try:
        refused(server)
        shared(server)
        away(server)
    finally:
        server.remove()
    return end()


if __name__ == "__main__":
    if programs() is None:
        skip("PostgreSQL is not installed")
    on_a_desk(on_the_desk)
