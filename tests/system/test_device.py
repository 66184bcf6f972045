#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Switches watched by SNMP: what they are, what their ports carry and which went down, through a
restart of the device, of probe, and a device that dies beside others.  Simulated ones, on loopback."""
import pathlib
import shutil
import socket
import sys
import time
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import device_world  # noqa: E402
import test_line as line  # noqa: E402
from platform_driver import refusal, until  # noqa: E402
from tap import case, end  # noqa: E402
from test_snmp import AUTH, PRIV, agent  # noqa: E402

HOUSE = pathlib.Path(__file__).resolve().parents[2]
SWITCH, OTHER, SECRET, UPS, IOS = "127.10.0.3", "127.10.0.4", "127.10.0.2", "127.10.9.1", "127.10.9.9"
PORT = "GigabitEthernet1/0/1"
BATTERY = "1.3.6.1.2.1.33.1.2.1.0"
BOARD = "1.3.6.1.4.1.25506.2.6.1.1.1.1.12.2"  # how warm; the switch's own limit is 65
RATE = 12500 * 8  # of the simulator's first port, bit/s
SENDERS_MOST = 4096  # a round of collect (heard.h)


def cisco(folder):
    """A switch with a bridge of each VLAN and none of all: two stations, each in a VLAN of its own."""
    def recorded(name, *rows):
        (folder / name).write_text("".join(f"1.3.6.1.{row}\n" for row in rows))
        return folder / name
    ports = [row for n in (1, 2) for row in (
        f"2.1.2.2.1.1.1010{n}|2|1010{n}", f"2.1.2.2.1.2.1010{n}|4|GigabitEthernet1/0/{n}", f"2.1.2.2.1.3.1010{n}|2|6",
        f"2.1.2.2.1.7.1010{n}|2|1", f"2.1.2.2.1.8.1010{n}|2|1", f"2.1.31.1.1.1.1.1010{n}|4|Gi1/0/{n}")]
    arp = [f"2.1.4.22.1.2.10102.10.9.0.{n}|4x|00e0fc00000{n}" for n in (5, 6)]
    vlans = [f"4.1.9.9.46.1.3.1.1.2.1.{vlan}|2|{state}" for vlan, state in ((10, 1), (20, 1), (30, 2), (1003, 1))]
    whole = recorded("ios.snmprec", "2.1.1.1.0|4|Cisco IOS Software, C2960S Software", "2.1.1.2.0|6|1.3.6.1.4.1.9.1.1208",
                     "2.1.1.3.0|67|100000", "2.1.1.5.0|4|ios-1", *ports, *arp, *vlans)
    bridges = [recorded(f"ios-{vlan}.snmprec", f"2.1.17.1.4.1.2.{port}|2|1010{port}", f"2.1.17.4.3.1.2.0.224.252.0.0.{n}|2|{port}")
               for vlan, port, n in ((10, 1, 5), (20, 2, 6))]
    return [f"add {IOS} {whole}", f"vlan {IOS} 10 {bridges[0]}", f"vlan {IOS} 20 {bridges[1]}"]


def lab_of(folder):
    return device_world.campus(folder, "--access", "2", more=[f"add {UPS} {HOUSE}/lab/snmp/recordings/ups.snmprec", *cisco(folder)])


class Desk:
    """The operator, and what he sees of one lab."""

    def __init__(self, operator, lab):
        self.operator, self.lab = operator, lab

    def watch(self, name, address, params=None, interval_s=1):
        return self.operator.post("/checks", {"name": name, "kind": "snmp", "target": f"{address}:{self.lab.port}",
                                              "interval_s": interval_s, "retries": 0, "params": params or {}})["id"]

    def shown(self, check, state, timeout_s=60):
        return until(lambda: next((c for c in [self.operator.get(f"/checks/{check}")] if c["state"] == state), None), timeout_s)

    def device(self, check):
        return until(lambda: next((d for d in [self.operator.get(f"/checks/{check}/device")] if d["at"]), None))

    def series(self, check, metric, instance):
        return until(lambda: next((s["series"] for s in self.operator.get(f"/checks/{check}/series")["items"]
                                   if s["metric"] == metric and s["instance"] == instance), None))

    def values(self, check, series):
        return self.operator.get(f"/checks/{check}/samples?series={series}")["value"]

    def alert(self, check):
        return until(lambda: next((a for a in self.operator.get("/alerts?state=open")["items"]
                                   if a["check_id"] == check and a["class"] == "port.state"), None))


def what_it_is(desk, check):
    device = desk.device(check)
    port = next((p for p in device["ports"] if p["name"] == PORT), {})
    case("a switch is known by make, model and name", device["vendor"] == "H3C" and "S5130S" in (device["model"] or "")
         and device["sysname"] == "access-001", {k: device[k] for k in ("vendor", "model", "sysname", "os")})
    case("with all its ports and how they are", len(device["ports"]) == 52 and port.get("oper") == "up"
         and port["admin"] == "up" and port["speed"] == 1e9, port)
    case("and who is behind them", any(n["remote_host"] == "dist-001" for n in device["neighbours"]), device["neighbours"][:2])


def what_goes_through(desk, check, other):
    series = desk.series(check, "in_bps", PORT)
    values = until(lambda: next((v for v in [desk.values(check, series)] if len(v) > 2), None))
    case("its traffic is what went through", all(0.7 * RATE < v < 1.3 * RATE for v in values)
         and 0.85 * RATE < sum(values) / len(values) < 1.15 * RATE, values[:10])
    case("a series has a number of 63 bits, as text", isinstance(series, str) and int(series) >= 1 << 62, series)
    case("no check answers for the series of another",
         refusal(desk.operator.get, f"/checks/{other}/samples?series={series}")[0] == 404)
    case("asked for a time when it was not yet it has no samples, and is there",
         desk.operator.get(f"/checks/{check}/samples?series={series}&from=1000&to=2000")["at"] == [])
    return series


def ports_down_and_up(desk, cast, platform, check):
    made = a_line(desk, cast, check)
    desk.lab.say(f"port {SWITCH} 1 down")
    began = time.monotonic()
    alert = desk.alert(check)
    print(f"# told {time.monotonic() - began:.1f} s after the port went down, polled every second")
    case("a port that goes down raises an alert that names it",
         alert["title"]["code"].startswith("port.down") and alert["title"]["args"]["port"] == PORT
         and alert["severity"] == "major", alert["title"])
    case("while the switch itself is up", desk.operator.get(f"/checks/{check}")["state"] == "up")
    a_line_fails(desk, cast, made, alert)
    desk.lab.say(f"port {SWITCH} 1 up")
    resolved = until(lambda: next((a for a in [desk.operator.get(f"/alerts/{alert['id']}")] if a["state"] == "resolved"), None))
    case("and is over when it is up again", resolved["state"] == "resolved")
    case("so is the line", desk.operator.get(f"/circuits/{made}")["state"] == "up")
    desk.lab.say(f"value {UPS} {BATTERY} 3")
    desk.lab.say(f"value {SWITCH} {BOARD} 71")
    desk.lab.say(f"port {SWITCH} 2 down")
    alert = until(lambda: next((a for a in desk.operator.get("/alerts?state=open")["items"]
                                if a["dedup_key"] == f"port:{check}:GigabitEthernet1/0/2"), None))
    platform.kill("probe")
    desk.lab.say(f"port {SWITCH} 2 up")
    resolved = until(lambda: next((a for a in [desk.operator.get(f"/alerts/{alert['id']}")] if a["state"] == "resolved"), None))
    case("one that came back while probe was away is over too", resolved["state"] == "resolved")


def a_line(desk, cast, check):
    """Registered on the switch's first port, with the check of the switch telling its state."""
    operator = desk.operator
    body = {"name": "电信出口", "operator": "中国电信", "number": "ZX-0716-0001", "fault_phone": "10000", "down_bps": 1000000,
            "up_bps": 500000, "device_id": check, "port": PORT, "check_ids": [check]}
    case("a line on a port of nothing that has ports is refused",
         refusal(operator.post, "/circuits", {**body, "device_id": None})[0] == 422)
    case("whoever only reads registers none", refusal(cast["verifier"].post, "/circuits", body)[0] == 403)
    made = operator.post("/circuits", body)["id"]
    case("a port carries one line", refusal(operator.post, "/circuits", {**body, "name": "又一条"})[0] == 409)
    line_now = until(lambda: next((c for c in [operator.get(f"/circuits/{made}")] if c["in_bps"]), None))
    case("a line shows its state and what goes through its port", line_now["state"] == "up" and not line_now["port_down"]
         and 0.7 * RATE < line_now["in_bps"] < 1.3 * RATE and line_now["checks"][0]["id"] == check, line_now)
    own = desk.series(check, "egress_in_bps", PORT)
    values = until(lambda: next((v for v in [desk.values(check, own)] if len(v) > 2), None))
    port = desk.values(check, desk.series(check, "in_bps", PORT))
    case("its traffic is announced as an egress line's, for the rules", set(values) <= set(port), (values[:5], port[:5]))
    total = until(lambda: next((e for e in [operator.get("/overview")["egress"]] if e and e["measured"] == 1), None))
    known = [v for v in total["in_avg"] if v is not None]
    # Of the port, from before it was a line's, too; a mean may differ from equal samples in its last digit.
    seen = [v for v in desk.values(check, desk.series(check, "in_bps", PORT)) if v is not None]
    case("the overview's egress is the sum of the lines, beside what was contracted",
         total["lines"] == 1 and total["down_bps"] == 1000000 and total["in_bps"] in seen
         and known and all(min(seen) - 0.001 <= v <= max(seen) + 0.001 for v in known), (total["in_bps"], known, min(seen), max(seen)))
    net = operator.get("/overview")["net"]
    case("and what is watched is counted", net["devices"]["up"] >= 2 and net["lines"] == {"all": 1, "up": 1, "bad": 0}, net)
    return made


def a_line_fails(desk, cast, made, alert):
    operator = desk.operator
    down = operator.get(f"/circuits/{made}")
    case("a line whose port is down is down, and leads to its alert", down["state"] == "down" and down["port_down"]
         and down["alert_id"] == alert["id"], down)
    way = f"/incidents/{alert['incident_id']}"
    lines = operator.get(way)["lines"]
    case("the incident says whom to call, and by which number the operator knows the line",
         lines == [{"id": made, "name": "电信出口", "operator": "中国电信", "number": "ZX-0716-0001", "fault_phone": "10000"}], lines)
    text = line.wait_mail("zhou@campus.test", "专线号 ZX-0716-0001")
    case("so does the mail to who is on duty", "报障电话 10000" in text and "中国电信" in text, text)
    case("a ticket has a number", refusal(operator.post, way + "/ticket", {"circuit_id": made})[0] == 422)
    case("whoever only reads notes none", refusal(cast["verifier"].post, way + "/ticket", {"number": "G1"})[0] == 403)
    operator.post(way + "/ticket", {"number": "GZ20261128-77", "circuit_id": made, "note": "两小时内到场"})
    seen = operator.get(way)
    ticket, step = seen["tickets"][0], next(s for s in seen["timeline"] if s["code"] == "incident.ticket")
    case("the operator's ticket stands in the incident, with who noted it and when",
         ticket["number"] == "GZ20261128-77" and ticket["line"]["id"] == made and ticket["by"]["name"] and ticket["at"] > 0
         and step["args"]["number"] == "GZ20261128-77" and step["actor"], (ticket, step))


def a_sensor(desk, platform, check):
    """The battery of the UPS is low since before probe looked again."""
    alert = until(lambda: next((a for a in desk.operator.get("/alerts?state=open")["items"] if a["class"] == "sensor.state"), None))
    case("a state of a device that is not well raises an alert that names it", alert["title"]["code"] == "sensor.bad"
         and alert["title"]["args"]["sensor"] == "Battery status" and alert["title"]["args"]["word"] == "low"
         and alert["severity"] in ("minor", "major"), alert["title"])
    case("while the device itself is up", desk.operator.get(f"/checks/{alert['check_id']}")["state"] == "up")
    warm = a_limit(desk, check)
    desk.lab.say(f"value {UPS} {BATTERY} 2")
    desk.lab.say(f"value {SWITCH} {BOARD} 64")
    platform.kill("probe")
    resolved = until(lambda: next((a for a in [desk.operator.get(f"/alerts/{alert['id']}")] if a["state"] == "resolved"), None))
    case("and is over when it is well", resolved["state"] == "resolved")
    until(lambda: desk.operator.get(f"/alerts/{warm}")["state"] == "resolved")
    board = next(s for s in desk.device(check)["sensors"] if s["descr"] == "main board")
    case("so is the value that is within its limit again", board["severity"] == "ok" and board["value"] == 64, board)


def a_limit(desk, check):
    """The switch is warmer than it says it may be."""
    alert = until(lambda: next((a for a in desk.operator.get("/alerts?state=open")["items"] if a["class"] == "sensor.limit"), None))
    case("a value beyond a limit of the device's own raises one alert, with both and whose it is", alert["check_id"] == check
         and alert["title"]["code"] == "sensor.above_own" and alert["title"]["args"] == {**alert["title"]["args"], "sensor": "main board",
         "value": "71 °C", "limit": "65 °C"} and alert["severity"] == "minor", alert)
    board = next(s for s in desk.device(check)["sensors"] if s["descr"] == "main board")
    case("the device's page has the value beside its limit", (board["value"], board["high_warn"], board["high_critical"], board["severity"])
         == (71, 65, None, "warning"), board)
    series = {s["metric"] for s in desk.operator.get(f"/checks/{check}/series")["items"] if s["instance"] == "main board"}
    case("and the rules see that it has one", series >= {"temperature", "temperature_high"}, series)
    return alert["id"]


def traps(desk, check):
    """Between two polls of a check that is asked every minute."""
    desk.lab.say("sink 127.0.0.1:5162 v2c")
    key, took = f"port:{check}:GigabitEthernet1/0/3", {}
    began = time.monotonic()
    desk.lab.say(f"port {OTHER} 3 down")
    alert = until(lambda: next((a for a in desk.operator.get("/alerts?state=open")["items"] if a["dedup_key"] == key), None), 20, 0.01)
    took["down"] = round((time.monotonic() - began) * 1000)
    began = time.monotonic()
    desk.lab.say(f"port {OTHER} 3 up")
    until(lambda: desk.operator.get(f"/alerts/{alert['id']}")["state"] == "resolved", 20, 0.01)
    took["up"] = round((time.monotonic() - began) * 1000)
    print(f"# by trap: {took} ms to the alert and to its end")
    case("a trap of a port has it looked at: told at once", all(ms < 1000 for ms in took.values()), took)


def ber(tag, *content):
    body = b"".join(content)
    return bytes([tag, len(body)] if len(body) < 128 else [tag, 0x81, len(body)]) + body


# A cold start in version 2c (RFC 3416 section 4.2.6, RFC 3418 section 2).
COLD_START = ber(0x30, ber(2, b"\1"), ber(4, b"public"), ber(0xA7, ber(2, b"\1"), ber(2, b"\0"), ber(2, b"\0"), ber(
    0x30, ber(0x30, ber(6, bytes((0x2B, 6, 1, 2, 1, 1, 3, 0))), ber(0x43, b"\1")),
    ber(0x30, ber(6, bytes((0x2B, 6, 1, 6, 3, 1, 1, 4, 1, 0))), ber(6, bytes((0x2B, 6, 1, 6, 3, 1, 1, 5, 1)))))))


def made_up_senders(desk):
    """Whoever sends from thousands of addresses fills a table once a round, and no more than that reaches probe."""
    def said():
        return next(r for r in desk.operator.get("/health")["roles"] if r["role"] == "collect")["counters"]
    before = said()
    for n in range(SENDERS_MOST + 400):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as way:
            way.bind((f"127.9.{n >> 8}.{n & 255}", 0))
            way.sendto(COLD_START, ("127.0.0.1", 5162))
        time.sleep(0.0005)
    after = until(lambda: (lambda c: c if c["senders_refused"] > before["senders_refused"] else None)(said()), 30)
    case("senders that were made up are said so often and no oftener", after["senders"] <= SENDERS_MOST
         and after["senders_said"] - before["senders_said"] <= SENDERS_MOST, (before, after))


def restarts(desk, check, series):
    desk.lab.say(f"reboot {SWITCH}")
    before = len(desk.values(check, series))
    until(lambda: len(desk.values(check, series)) >= before + 3)
    values = desk.values(check, series)
    case("a restart of the switch makes no spike", max(values) < 1.3 * RATE and min(values) >= 0, sorted(values)[-3:])


def dies(desk, check, other):
    desk.lab.say(f"set {SWITCH} dead 1")
    down = desk.shown(check, "down")
    case("a switch that answers no more is down, and why is said", down["detail"]["code"] == "check.down"
         or down["detail"]["code"] == "snmp.timeout", down["detail"])
    since = int(time.time() * 1000) - 5000
    time.sleep(5)
    at = desk.operator.get(f"/checks/{other}/samples?from={since}")["at"]
    gaps = [b - a for a, b in zip(at, at[1:])]
    case("the other is asked every second all the while", len(at) >= 4 and max(gaps) < 2500 and
         desk.operator.get(f"/checks/{other}")["state"] == "up", gaps)
    desk.lab.say(f"set {SWITCH} dead 0")
    case("and it is up again when it answers", desk.shown(check, "up", 90)["state"] == "up")


def stations_by_vlan(desk):
    desk.watch("分 VLAN 记地址的交换机", IOS, interval_s=5)

    def seen(n):
        rows = desk.operator.get(f"/discovered?q=00:e0:fc:00:00:0{n}")["items"]
        row = desk.operator.get(f"/discovered/{rows[0]['id']}") if rows else None
        return next((e for e in row["evidence"] if e["source"] == "fdb"), None) if row else None
    ports = [until(lambda n=n: seen(n))["port"] for n in (5, 6)]
    case("stations of a switch that has a bridge of each VLAN are known at their ports", ports == ["Gi1/0/1", "Gi1/0/2"], ports)


PARTS = [("一次多个 Ping 的是线路", "icmp", "127.0.0.11", {"count": 5}, None, "lines"),
         ("未登记地址的 Ping 是线路", "icmp", "127.0.0.12", {}, None, "lines"),
         ("链路资产的检测都是线路", "tcp", "127.0.0.13:22", {}, "link", "lines"),
         ("服务器的单个 Ping 是服务", "icmp", "127.0.0.14", {}, "server", "services"),
         ("设备的 Ping 归设备", "icmp", "127.0.0.15", {"count": 5}, "device", "devices"),
         ("设备上的域名解析也是服务", "dns", "127.0.0.16", {"name": "www.example"}, "device", "services"),
         ("SNMP 的是设备", "snmp", "127.0.0.17", {}, "server", "devices"),
         ("域名解析是服务", "dns", "127.0.0.18", {"name": "www.example"}, None, "services"),
         ("本机状态不属于网络", "host", "clock", {}, None, None)]


def pages_of_the_network(operator):
    """Which page a check stands on, what is broken first, and words to find: the server says."""
    kinds = {kind: operator.post("/assets", {"name": f"部{kind}", "kind": kind})["id"] for kind in ("link", "server", "device")}
    before = operator.get("/checks/parts")
    want = {}
    for name, kind, target, params, asset, part in PARTS:
        made = operator.post("/checks", {"name": name, "kind": kind, "target": target, "params": params, "enabled": False,
                                         "asset_id": kinds.get(asset)})["id"]
        want[made] = (name, part)
    for part in ("lines", "devices", "services"):
        got = {c["id"] for c in operator.get(f"/checks?part={part}&limit=200")["items"]}
        case(f"checks stand on their page: {part}", {i for i, (_, p) in want.items() if p == part} == got & set(want),
             [want[i] for i in got & set(want)])
    case("what is switched off is not counted", operator.get("/checks/parts") == before, before)
    found = operator.get("/checks?q=PING%20127.0.0.1&limit=200")["items"]
    case("words that are nowhere find nothing", operator.get("/checks?q=Ping%20nowhere")["items"] == [])
    case("found by every word, in either case", {c["target"] for c in found} == {"127.0.0.11", "127.0.0.12", "127.0.0.14", "127.0.0.15"},
         [c["name"] for c in found])
    case("a percent sign is one", operator.get("/checks?q=" + urllib.parse.quote("Ping%线路"))["items"] == [])
    seen, cursor = [], ""
    while cursor is not None:
        page = operator.get(f"/checks?sort=worst&limit=3{cursor and '&cursor=' + cursor}")
        seen += page["items"]
        cursor = page["next_cursor"]
    order = {"down": 0, "unreachable": 1, "flapping": 2, "degraded": 3, "unknown": 4, "up": 5, "maintenance": 6}
    ranks = [order[c["state"]] if c["enabled"] else 9 for c in seen]
    case("page by page what is broken comes first, each once", ranks == sorted(ranks)
         and len({c["id"] for c in seen}) == len(seen) == page["total"], ranks)


def a_week(desk, check, series):
    """A long range in buckets keeps what lay between."""
    now = int(time.time() * 1000)
    got = desk.operator.get(f"/checks/{check}/samples?series={series}&from={now - 7 * 86400000}&to={now}&buckets=504")
    raw = [v for v in desk.values(check, series) if v is not None]
    known = [i for i, v in enumerate(got["value"]) if v is not None]
    case("a week in buckets is few points, with the least and the greatest of each", 1 <= len(known) <= 3
         and abs(min(got["low"][i] for i in known) - min(raw)) < 1 and abs(max(got["high"][i] for i in known) - max(raw)) < 1
         and all(got["low"][i] <= got["value"][i] <= got["high"][i] for i in known), (got["low"], got["high"], min(raw), max(raw)))
    case("buckets have a limit", refusal(desk.operator.get, f"/checks/{check}/samples?buckets=1001")[0] == 422)
    top = until(lambda: next((t for t in [desk.operator.get("/checks/ports?limit=5")] if t["items"]), None))
    busy = [max(p["in_bps"] or 0, p["out_bps"] or 0) for p in top["items"]]
    case("the busiest ports of all devices come first", busy == sorted(busy, reverse=True) and busy[-1] > 0
         and top["devices"] >= 3 and top["ports"] >= len(busy), (busy, top["devices"], top["ports"]))
    case("and are found by a word", all("接入交换机二" == p["check"]["name"] for p in desk.operator.get("/checks/ports?q=" + urllib.parse.quote("交换机二"))["items"]))
GOOD = {"user": "watcher", "auth": "sha256", "auth_password": AUTH, "privacy": "aes128", "privacy_password": PRIV}
USERS = (
    ("with SHA-256 and AES-128", GOOD, "snmp.ok"),
    ("with SHA-1 and no privacy", {"user": "signer", "auth": "sha1", "auth_password": AUTH}, "snmp.ok"),
    ("without authentication", {"user": "open"}, "snmp.ok"),
    ("with a wrong authentication passphrase", {**GOOD, "auth_password": "another password"}, "snmp.wrong_auth"),
    ("with a wrong privacy passphrase", {**GOOD, "privacy_password": "another password"}, "snmp.wrong_privacy"),
    ("of a user the agent does not know", {**GOOD, "user": "nobody"}, "snmp.unknown_user"),
    ("of a level the user has not", {**GOOD, "user": "open"}, "snmp.wrong_level"),
)


def secured(desk, platform, folder):
    """Version 3 against net-snmp's agent, which is not ours, at an address a user; each fault is named in the alert."""
    if not shutil.which("/usr/sbin/snmpd"):
        print("# net-snmp's agent is not installed: version 3 is not tried")
        return
    operator = desk.operator

    def watch(name, target, user):
        return operator.post("/checks", {"name": name, "kind": "snmp", "target": target, "interval_s": 2, "retries": 0,
                                         "params": {"version": "3", "timeout_ms": 1500, **user}})["id"]

    def causes(check):
        return [a["title"]["args"].get("code") for a in operator.get("/alerts?state=open&limit=100")["items"] if a["check_id"] == check]

    with agent(folder / "v3", addresses=len(USERS)) as (port, _), agent(folder / "late", 2**31 - 1) as (late, _):
        checks = [watch(f"v3 {n}", f"127.0.0.{n}:{port}", user) for n, (_, user, _) in enumerate(USERS, 1)]
        old = watch("v3 late", f"127.0.0.1:{late}", GOOD)
        for check, (name, _, code) in zip(checks, USERS):
            if code == "snmp.ok":
                # Up is told at once, how it was seen with the rows a moment later.
                got = until(lambda c=check: next((x for x in [desk.shown(c, "up")] if x["detail"]), None))
                case(f"a device is asked by version 3 {name}", got["detail"]["code"] == code, got["detail"])
            else:
                said = until(lambda c=check: causes(c))
                case(f"a question {name} is an alert that says so", said == [code], said)
        said = until(lambda: causes(old))
        case("an agent whose boots have run out is not in the time window", said == ["snmp.not_in_time"], said)
        got = operator.get(f"/checks/{checks[0]}")["params"]
        case("passwords are never told again", (got["auth_password"], got["privacy_password"]) == (True, True), got)
        for check in [*checks, old]:
            operator.call("PATCH", f"/checks/{check}", {"enabled": False})
    plain = [path for path in platform.data.rglob("*") if path.is_file() and
             any(word.encode() in path.read_bytes() for word in (AUTH, PRIV))]
    case("no passphrase lies in clear in the data folder", not plain, plain)


def walked(cast, platform, lab):
    desk = Desk(cast["operator"], lab)
    check, other = desk.watch("接入交换机一", SWITCH), desk.watch("接入交换机二", OTHER)
    desk.shown(check, "up")
    desk.shown(other, "up")
    what_it_is(desk, check)
    series = what_goes_through(desk, check, other)
    lab.say(f"community {SECRET} geheim5c")
    closed = desk.watch("汇聚交换机", SECRET, {"community": "geheim5c"})
    case("with its own community", desk.shown(closed, "up")["params"] == {"community": True}, desk.operator.get(f"/checks/{closed}")["params"])
    secured(desk, platform, lab.folder)
    ups = desk.device(desk.watch("机房 UPS", UPS))
    case("a UPS has sensors with what they measure", any(s["class"] == "voltage" and s["value"] > 100 for s in ups["sensors"]),
         ups["sensors"][:3])
    ports_down_and_up(desk, cast, platform, check)
    desk.operator.call("PATCH", f"/checks/{other}", {"interval_s": 60})
    time.sleep(2)
    traps(desk, other)
    desk.operator.call("PATCH", f"/checks/{other}", {"interval_s": 1})
    restarts(desk, check, series)
    a_sensor(desk, platform, check)
    a_week(desk, check, series)
    pages_of_the_network(desk.operator)
    dies(desk, check, other)
    stations_by_vlan(desk)
    taken = refusal(desk.watch, "又一项", OTHER)
    case("a second check of one device is refused, and why is said", taken == (409, "check.device_taken"), taken)
    idle = desk.operator.post("/checks", {"name": "备用", "kind": "snmp", "target": f"{OTHER}:{lab.port}", "enabled": False})["id"]
    taken = refusal(desk.operator.call, "PATCH", f"/checks/{idle}", {"enabled": True})
    case("and so is starting one that rested", taken == (409, "check.device_taken"), taken)
    desk.operator.call("PATCH", f"/checks/{check}", {"target": f"{UPS}:1"})
    case("one that looks elsewhere knows of no device", desk.operator.get(f"/checks/{check}/device")["at"] is None)
    made_up_senders(desk)


def main(postgresql=False):
    device_world.main(lab_of, walked, postgresql)


if __name__ == "__main__":
    main()
