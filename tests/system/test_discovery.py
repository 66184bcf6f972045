#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Discovery on a campus: who is asked and who never, counted by the router; what is found, claimed and
handed on; a freeze that stops it and a restart that does not begin it anew."""
import json
import pathlib
import subprocess
import sys
import time
import traceback

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import test_line as line  # noqa: E402
from platform_driver import NAME, Platform, on_a_desk, refusal, until  # noqa: E402
from postgres_driver import with_stores  # noqa: E402
from tap import case, end  # noqa: E402

OFFICE, LAB, HOLE, DORMITORY, WIDE = "10.20.11.0/28", "10.20.13.0/28", "10.20.13.8/29", "10.20.12.0/24", "10.20.2.0/24"
COMMUNITY = "kanjian-2026"
EXPECTED = {f"10.20.11.{n}" for n in range(1, 15)} | {f"10.20.13.{n}" for n in range(1, 8)}
RULES = """table ip counted {
  set echoed { type ipv4_addr; flags dynamic; size 65535; counter; }
  set greeted { type ipv4_addr; flags dynamic; size 65535; counter; }
  chain seen {
    type filter hook prerouting priority -300;
    iifname != "to-desk" return
    ip daddr 10.20.1.0/24 return
    icmp type echo-request add @echoed { ip daddr counter }
    udp dport 161 add @greeted { ip daddr counter }
  }
}
"""


def inside(host, *words, **more):
    return subprocess.run(["ip", "netns", "exec", f"fengsui-{NAME}-{host}", *map(str, words)], check=True, text=True,
                          capture_output=True, **more).stdout


class Router:
    """What went past it from the desk: how often each address was asked."""

    def __init__(self):
        inside("router", "nft", "-f", "-", input=RULES)

    def seen(self, name):
        answer = json.loads(inside("router", "nft", "-j", "list", "set", "ip", "counted", name))["nftables"]
        elements = [e["elem"] for part in answer for e in part.get("set", {}).get("elem", [])]
        return {e["val"]: e["counter"]["packets"] for e in elements}


def agent(folder):
    """An agent of net-snmp's on a host nobody has registered."""
    config = folder / "snmpd.conf"
    config.write_text(f"agentaddress udp:10.20.11.3:161\nrocommunity {COMMUNITY}\nsysName lab-printer\n")
    return subprocess.Popen(["ip", "netns", "exec", f"fengsui-{NAME}-web", "/usr/sbin/snmpd", "-f", "-Lf", folder / "snmpd.log",
                             "-C", "-c", config, "-p", folder / "snmpd.pid"], env={"MIBS": "", "PATH": "/usr/sbin:/usr/bin",
                                                                                "SNMP_PERSISTENT_DIR": str(folder)})


def say_something(host):
    text = "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'<13>somebody is here', ('10.20.1.10', 5514))"
    inside(host, sys.executable, "-c", text)


def found(operator, query=""):
    return {d["address"]: d for d in operator.get(f"/discovered?limit=200{query}")["items"]}


def who_is_asked(cast, router):
    operator, unit = cast["operator"], cast.unit
    # Nobody is asked before all ranges are known: another plan begins anew, and would ask some of them twice.
    freeze = operator.post("/freezes", {"reason": "登记网段", "to": int(time.time() * 1000) + 3600_000})
    operator.post("/assets", {"name": "门户网站", "kind": "server", "address": "10.20.11.10", "owner_unit_id": unit})
    for name, network, mode in (("宿舍", DORMITORY, "passive"), ("机房以外", HOLE, "passive"), ("机房", LAB, "active"),
                                ("办公楼", OFFICE, "active")):
        operator.post("/subnets", {"name": name, "network": network, "mode": mode, "unit_id": unit,
                                   "community": COMMUNITY if network == OFFICE else None})
    cast["director"].post(f"/freezes/{freeze['id']}/end")
    state = until(lambda: next((s for s in [operator.get("/discovery")] if s["total"] == 21 == s["asked"]), None))
    print(f"# {state['answered']} of {state['asked']} answered")
    until(lambda: {"10.20.11.2", "10.20.11.3", "10.20.13.1"} <= found(operator).keys())
    asked = router.seen("echoed")
    case("every address of the active ranges is asked, once", asked == dict.fromkeys(EXPECTED, 1),
         {"more": sorted(asked.keys() - EXPECTED), "missing": sorted(EXPECTED - asked.keys())})
    case("none of a passive range, not even inside an active one, and none that is not registered",
         not any(a.startswith(("10.20.12.", "10.20.25.", "10.20.2.")) or a in ("10.20.13.9", "10.20.13.10") for a in asked))
    until(lambda: found(operator)["10.20.11.3"]["name"])
    greeted = router.seen("greeted")
    case("by SNMP only those are asked that answered where a community is registered",
         set(greeted) <= {"10.20.11.1", "10.20.11.2", "10.20.11.3", "10.20.11.10"} and "10.20.11.3" in greeted, greeted)


def what_is_found(operator, router):
    listed = found(operator)
    case("who answered and is in no register is listed with what it says of itself",
         listed["10.20.11.3"]["name"] == "lab-printer" and listed["10.20.11.3"]["sources"][:2] == ["sweep", "snmp"]
         and listed["10.20.11.3"]["suggested"]["name"] == "教务处", listed["10.20.11.3"])
    case("who is in the register is not", "10.20.11.10" not in listed, sorted(listed))
    by_name = until(lambda: next((d for d in [found(operator)["10.20.11.2"]] if d["name"]), None))
    case("one that tells nothing of itself is named as the school's resolver knows it",
         by_name["name"].startswith("old-nas.") and "dns" in by_name["sources"], by_name)
    say_something("ssh")
    heard = until(lambda: found(operator, "&source=log").get("10.20.12.10"))
    case("who only sends log lines is listed, and never asked",
         heard["subnet"]["name"] == "宿舍" and "10.20.12.10" not in router.seen("echoed"), heard)
    case("nor is its name asked for, though the resolver has one", heard["name"] is None, heard)
    return listed


def what_is_decided(cast, listed):
    operator, officer = cast["operator"], cast["officer"]
    first, second = listed["10.20.11.3"], listed["10.20.11.2"]
    operator.post(f"/discovered/{first['id']}/claim", {"name": "实验室打印机", "kind": "device", "unit_id": cast.unit})
    asset = next(a for a in operator.get("/assets")["items"] if a["name"] == "实验室打印机")
    case("a claimed one becomes an asset with its address and unit",
         asset["address"] == "10.20.11.3" and asset["owner_unit"]["name"] == "教务处", asset)
    case("a unit does not see what it was not handed", refusal(officer.get, f"/discovered/{second['id']}")[0] == 404)
    operator.post(f"/discovered/{second['id']}/hand", {"unit_id": cast.unit})
    todo = until(lambda: next((t for t in officer.get("/todo")["items"] if t["kind"] == "discovered"), None))
    officer.post(f"/discovered/{todo['id']}/claim", {"name": "教务处文件服务器", "kind": "server", "unit_id": cast.unit})
    case("a unit claims what it was handed", "10.20.11.2" not in found(operator)
         and operator.get(f"/discovered/{second['id']}")["state"] == "claimed")


def freezes(cast, platform, router, admin):
    operator = cast["operator"]

    def asked():
        return {a: n for a, n in router.seen("echoed").items() if a.startswith("10.20.2.")}
    admin.put("/settings/sweep", {"value": {"per_second": 5}})
    operator.post("/subnets", {"name": "服务器区", "network": WIDE, "mode": "active"})
    until(lambda: len(asked()) > 4)
    now_ms = int(time.time() * 1000)
    freeze = operator.post("/freezes", {"reason": "高考保障", "to": now_ms + 3600_000})
    time.sleep(0.5)
    before = asked()
    time.sleep(2)
    state = operator.get("/discovery")
    case("a freeze stops it within half a second, and says so", asked() == before and state["freeze"] == "高考保障"
         and state["frozen_until"] == now_ms + 3600_000, (len(before), len(asked()), state))
    case("who is on duty does not lift it", refusal(operator.post, f"/freezes/{freeze['id']}/end")[0] == 403)
    cast["director"].post(f"/freezes/{freeze['id']}/end")
    until(lambda: len(asked()) >= len(before) + 12)
    before = asked()
    platform.kill("probe")
    until(lambda: len(asked()) >= len(before) + 5)
    twice = [a for a, n in asked().items() if n > 1]
    print(f"# {len(before)} asked before probe was killed, {len(twice)} of them twice")
    case("a restart goes on where it was", len(twice) <= 15 < len(before) and max(asked().values()) <= 2, twice)


def on_the_desk(stores):
    platform = Platform(stores.fresh(), NAME)
    snmpd = None
    try:
        router = Router()
        platform.config.write_text(platform.config.read_text() + "syslog: 10.20.1.10:5514\n")
        for address in ("10.20.11.2", "10.20.11.3"):
            inside("web", "ip", "address", "add", address + "/24", "dev", "eth0")
        snmpd = agent(platform.folder)
        platform.start()
        cast = line.setup(platform, "five")
        who_is_asked(cast, router)
        what_is_decided(cast, what_is_found(cast["operator"], router))
        freezes(cast, platform, router, cast.admin)
        platform.stop()
        line.audit(platform)
    except Exception as problem:
        case("it runs to its end", False, "".join(traceback.format_exception(problem))[-1500:].replace("\n", "\n# "))
        print("# " + platform.log_tail().replace("\n", "\n# "))
        platform.stop()
    finally:
        if snmpd:
            snmpd.terminate()
            snmpd.wait()
        platform.remove()
    return end()


def main(postgresql=False):
    on_a_desk(with_stores(on_the_desk, postgresql))


if __name__ == "__main__":
    main()
