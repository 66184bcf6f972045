#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""./run --demo as its visitor meets it: the accounts it prints log in, the school's story is there, it
says that it is a demo, it ends without a trace, and the second start finds everything again."""
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from platform_driver import BUILD, ROOT, Person, until  # noqa: E402
from tap import case, end, skip  # noqa: E402

STATES = {"closed", "rectifying", "issued", "submitted", "failed", "review"}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Demo:
    def __init__(self, folder):
        self.folder, self.port, self.text = folder, free_port(), ""
        # What the program leaks when it ends is other tests' matter (fontconfig keeps its tables).
        self.env = {**os.environ, "FENGSUI_PORT": str(self.port), "FENGSUI_DATA": str(folder / "var"),
                    "FENGSUI_LAB": str(folder / "lab"), "FENGSUI_BUILD": str(BUILD), "ASAN_OPTIONS": "detect_leaks=0",
                    "FENGSUI_DEMO_PACE": "10"}

    def start(self):
        self.text = ""
        self.process = subprocess.Popen([ROOT / "lab" / "demo"], env=self.env, stdout=subprocess.PIPE,
                                        stderr=subprocess.STDOUT, text=True, start_new_session=True)
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()
        until(lambda: "Ctrl-C" in self.text or self.process.poll() is not None, 200)
        if self.process.poll() is not None:
            raise RuntimeError(self.text[-3000:])
        return self

    def _read(self):
        for line in self.process.stdout:
            self.text += line

    def stop(self):
        """Ctrl-C, as a terminal sends it: to everybody in the foreground."""
        os.killpg(self.process.pid, signal.SIGINT)
        self.process.wait(timeout=60)
        self.reader.join(20)

    def accounts(self):
        return re.findall(r"^  ([a-z]+) +(\S+)  ", self.text, re.M)

    def password(self):
        return re.search(r"every account: (\S+)", self.text)[1]

    def person(self, account):
        return Person(("127.0.0.1", self.port)).login(account, self.password())


def traces(demo):
    """Namespaces and processes of this demo that are left."""
    name = f"demo-{demo.process.pid}"
    spaces = subprocess.run(["ip", "netns", "list"], capture_output=True, text=True).stdout
    left = [line for line in spaces.splitlines() if name in line]
    for path in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
        try:
            left += [str(path)] if bytes(demo.folder) in path.read_bytes() else []
        except OSError:
            pass  # it ended meanwhile
    return left + [str(p) for p in (demo.folder / "lab").glob("*")]


def story(demo):
    accounts = demo.accounts()
    case("accounts are printed for every part of the line", len(accounts) >= 12, demo.text)
    people = {account: demo.person(account) for account, _ in accounts}
    names = {a: p.get("/session")["person"]["name"] for a, p in people.items()}
    case("each logs in with the password printed, as the person printed",
         all(names[a] == n for a, n in accounts if a != "admin"), names)
    case("the console says it is a demo and the school is invented", "演示 DEMO" in demo.text and "虚构" in demo.text)
    case("the school's own name says so too, on every page and paper",
         "演示" in people["zhoumin"].get("/session")["school"])
    operator = people["zhoumin"]
    case("twenty assets are registered", len(operator.get("/assets?limit=100")["items"]) >= 20)
    notices = operator.get("/notices?limit=100")["items"]
    case("notices are in several states", STATES <= {n["state"] for n in notices}, notices)
    case("their numbers say demo", all(n["number"] is None or "演示" in n["number"] for n in notices), notices)
    findings = {f["state"] for f in operator.get("/findings?limit=100")["items"]}
    case("findings are in several states", {"new", "confirmed", "noticed", "closed", "false_positive"} <= findings, findings)
    closed = operator.get(f"/notices/{next(n['id'] for n in notices if n['state'] == 'closed')}")
    acts = [t["code"] for t in closed["timeline"]]
    case("the closed one was made by acts of several people", len({t["actor"] for t in closed["timeline"]}) >= 5, acts)
    return operator


DAY_MS = 86_400_000


def past(operator):
    """Two weeks from before it was started: by the hour of the day, by the day of the week, and what was told then."""
    now = int(time.time() * 1000)
    checks = {c["name"]: c["id"] for c in operator.get("/checks?limit=100")["items"]}
    days = [operator.get(f"/checks/{checks['核心交换机']}/samples?from={now - (n + 1) * DAY_MS}&to={now - n * DAY_MS}")["at"]
            for n in (1, 6, 12)]
    case("a service's answers reach two weeks back", all(len(at) > 250 for at in days), [len(at) for at in days])
    uplink = checks["宿舍区汇聚交换机 SNMP"]
    port = next(s for s in operator.get(f"/checks/{uplink}/series?from={now - 13 * DAY_MS}&to={now}")["items"]
                if s["metric"] == "in_bps" and s["instance"].endswith("/25"))
    got = operator.get(f"/checks/{uplink}/samples?series={port['series']}&from={now - 12 * DAY_MS}&to={now - DAY_MS}&buckets=264")
    hours = {at: (at // 3_600_000 + 8) % 24 for at in got["at"]}
    mean = {h: sum(v) / len(v) for h in (4, 21) for v in [[x for at, x in zip(got["at"], got["value"]) if hours[at] == h and x]]}
    case("its traffic follows the campus's day", mean[21] > 4 * mean[4] > 0, mean)
    old = [a for a in operator.get("/alerts?state=all&limit=100")["items"] if a["first_at"] < now - 18 * 3_600_000]
    case("what happened then was told then, and is over", len(old) >= 3 and all(a["state"] == "resolved" for a in old), old)
    states = [operator.get(f"/incidents/{a['incident_id']}")["state"] for a in old]
    case("and most of it is closed", states.count("closed") >= 3, states)
    lines = operator.get(f"/logs?from={now - 13 * DAY_MS}&to={now - DAY_MS // 2}&limit=50")["items"]
    case("lines of its log say they are of a demo", lines and all("演示数据" in line["msg"] for line in lines), lines[:2])


def broken(operator, text):
    """Some check of the campus is down, some are up, and an alert says so."""
    checks = until(lambda: (lambda all_: all_ if any(c["state"] == "down" for c in all_) else None)(
        operator.get("/checks?limit=100")["items"]), 60)
    case(f"{text}: services of the campus are seen up", sum(c["state"] == "up" for c in checks) >= 6, checks)
    classes = until(lambda: (lambda found: found if len(found) >= 2 else None)(
        {a["class"] for a in operator.get("/alerts?state=open&limit=100")["items"]}), 60)
    case(f"{text}: an outage and a login burst are alerts now", len(classes) >= 2, classes)


def network(operator):
    """The campus's devices are watched, look as they are, and something happens to them by itself."""
    seen = until(lambda: (lambda items: items if sum(c["state"] == "up" for c in items) >= 15 else None)(
        [c for c in operator.get("/checks?limit=100")["items"] if c["kind"] == "snmp"]), 90)
    case("the campus's devices answer", len(seen) >= 17, [(c["name"], c["state"]) for c in seen])
    by_name = {c["name"]: c["id"] for c in seen}
    devices = until(lambda: (lambda found: found if all(d["at"] for d in found.values()) else None)(
        {name: operator.get(f"/checks/{check}/device") for name, check in by_name.items()}), 120)
    makes = {d["vendor"] for d in devices.values() if d["vendor"]}
    case("of several makes, each known for what it is", {"Huawei", "H3C", "Ruijie", "TP-Link", "Hillstone", "Synology"} <= makes, makes)
    behind = {n["remote_host"] for n in devices["核心交换机 SNMP"]["neighbours"]}
    case("the core tells who is behind it", behind == {"dist-teach", "dist-dorm", "dist-dc", "fw-01", "ac-01"}, behind)

    def rates():
        found = {s["metric"]: s for s in operator.get(f"/checks/{by_name['出口防火墙 SNMP']}/series")["items"] if s["instance"] == "xethernet0/1"}
        return found if {"in_bps", "out_bps"} <= set(found) and (found["in_bps"]["value"] or 0) > 10_000_000 else None
    egress = until(rates, 90)
    case("more comes in through the way out than goes out, in bit/s", egress["in_bps"]["unit"] == "bit/s"
         and egress["in_bps"]["value"] > 2 * egress["out_bps"]["value"] > 0, egress)
    happened = until(lambda: [a for a in operator.get("/alerts?limit=100")["items"] if a["class"] == "port.state"], 120)
    case("a port goes down without anybody's doing", happened[0]["title"]["args"]["port"].startswith("Giga"), happened[0])


def drawn(operator):
    """The first page has a line to draw as soon as there are two answers, not after two times five minutes."""
    network = until(lambda: (lambda n: n if n and len(n["at"]) > 2 else None)(operator.get("/overview").get("network")), 90)
    span = network["at"][-1] - network["at"][0]
    case("the overview draws the gateway's first minutes", span < 600_000 and len(network["at"]) > 2, network)
    way_out = until(lambda: (lambda e: e if e and e["measured"] and e.get("at") else None)(operator.get("/overview").get("egress")), 90)
    case("the line that leads off the campus is drawn over its whole day", way_out["lines"] == 1 and way_out["at"][-1] - way_out["at"][0] > 80_000_000,
         {k: v for k, v in way_out.items() if not isinstance(v, list)})


def main():
    if os.geteuid() != 0:
        skip("network namespaces need root")
    folder = pathlib.Path(tempfile.mkdtemp(prefix="fengsui-demo-"))
    folder.chmod(0o755)
    demo = Demo(folder)
    try:
        demo.start()
        operator = story(demo)
        past(operator)
        broken(operator, "first start")
        drawn(operator)
        network(operator)
        notices = operator.get("/notices?limit=100")["items"]
        first = (demo.password(), demo.accounts())
        demo.stop()
        case("Ctrl-C ends it and leaves neither namespace nor process", not traces(demo), traces(demo))
        done = subprocess.run([BUILD / "fengsui", "audit", "verify", "--data", folder / "var"], capture_output=True, text=True)
        case("its audit verifies", done.returncode == 0, done.stdout + done.stderr)
        demo.start()
        case("the second start prints the same accounts", (demo.password(), demo.accounts()) == first, demo.text)
        again = demo.person("zhoumin")
        case("and has the same notices", [n["id"] for n in again.get("/notices?limit=100")["items"]] == [n["id"] for n in notices])
        demo.stop()
        case("it ends as cleanly as the first", not traces(demo), traces(demo))
        own = folder / "own"
        own.mkdir()
        (own / "records.db").write_text("a school's own")
        refused = subprocess.run([ROOT / "lab" / "demo"], env={**demo.env, "FENGSUI_DATA": str(own)}, capture_output=True, text=True)
        case("a school's own folder is refused and stays as it is",
             refused.returncode == 3 and "not a demo" in refused.stderr and os.listdir(own) == ["records.db"], refused.stderr)
    except Exception as problem:
        case("the demo runs to its end", False, f"{problem!r}\n{demo.text[-3000:]}")
    finally:
        if demo.process.poll() is None:
            demo.stop()
        shutil.rmtree(folder, ignore_errors=True)
    return end()


if __name__ == "__main__":
    sys.exit(main())
