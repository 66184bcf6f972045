#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The map of a campus made of what its switches say of each other, and what follows: a core that
dies is one mail, and everything behind it is named as unreachable through it.  Simulated switches:
a core, three distribution switches, 21 access switches."""
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import traceback

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import test_line as line  # noqa: E402
from platform_driver import NAME, Platform, Refused, on_a_desk, until  # noqa: E402
from postgres_driver import with_stores  # noqa: E402
from tap import case, end  # noqa: E402
from test_snmp import BUILD, Lab  # noqa: E402

HOUSE = pathlib.Path(__file__).resolve().parents[2]
ACCESS, PER = 21, 7
DISTRIBUTIONS = ACCESS // PER
SWITCHES = 1 + DISTRIBUTIONS + ACCESS


def address(at):
    return f"127.10.0.{1 + at}"


def name(at):
    if at == 0:
        return "核心交换机"
    return f"汇聚交换机{at}" if at <= DISTRIBUTIONS else f"接入交换机{at - DISTRIBUTIONS:02d}"


def above(at):
    """The place of the switch it hangs on."""
    return 0 if at <= DISTRIBUTIONS else 1 + (at - 1 - DISTRIBUTIONS) // PER


def refusal(call, *words):
    try:
        call(*words)
    except Refused as problem:
        return problem.status, problem.problem.get("code")
    return None


class Campus:
    def __init__(self, operator, lab):
        self.operator, self.lab = operator, lab
        self.checks = [operator.post("/checks", {
            "name": name(at), "kind": "snmp", "target": f"{address(at)}:{lab.port}", "interval_s": 2, "retries": 1,
            "severity": "critical" if at == 0 else "major"})["id"] for at in range(SWITCHES)]
        self.at = {check: at for at, check in enumerate(self.checks)}

    def map(self):
        return self.operator.get("/topology")

    def pairs(self, topology, **like):
        return {tuple(sorted((self.at.get(k["a"], -1), self.at.get(k["b"], -1)))) for k in topology["links"]
                if all(k[name] == value for name, value in like.items())}

    def states(self):
        return [self.operator.get(f"/checks/{c}")["state"] for c in self.checks]

    def say(self, **word):
        return self.operator.post("/topology/words", {"reason": "现场核对", **word})["id"]


def the_map(campus):
    want = {(above(at), at) for at in range(1, SWITCHES)}
    began = time.monotonic()
    topology = until(lambda: next((m for m in [campus.map()] if campus.pairs(m) >= want), None), 90)
    print(f"# {SWITCHES} switches on the map {time.monotonic() - began:.1f} s after they were put in; one making took {topology['took_ms']} ms")
    case("the map is what is wired, no more and no less", campus.pairs(topology) == want, campus.pairs(topology) ^ want)
    case("links that both ends tell of are certain", campus.pairs(topology, confidence="certain") == want,
         [k for k in topology["links"] if k["confidence"] != "certain"][:3])
    one = next(k for k in topology["links"] if {campus.at[k["a"]], campus.at[k["b"]]} == {0, 1})
    case("and say who said it, of which port", {e["source"] for e in one["evidence"]} >= {"lldp"}
         and {e["device"] for e in one["evidence"]} == set(campus.checks[:2]) and one["name_a"].startswith("Ten-GigabitEthernet"), one)
    case("before it is known where the monitoring hangs nobody hangs on anybody", topology["points"]["how"] == "none"
         and all(not n["parents"] for n in topology["nodes"]), topology["points"])
    device = campus.operator.get(f"/checks/{campus.checks[1]}/device")
    case("a device names whom its ports lead to", {campus.at[k["far"]["id"]] for k in device["links"]}
         == {0} | {at for at in range(SWITCHES) if at and above(at) == 1}, device["links"][:2])
    return topology


def parents_of(campus, at):
    check = campus.operator.get(f"/checks/{campus.checks[at]}")
    return [campus.at[p["id"]] for p in check["parents"]], check["parents_by"]


def parents_follow(campus):
    campus.say(kind="point", device=campus.checks[0])
    far = SWITCHES - 1
    until(lambda: parents_of(campus, far) == ([above(far)], "map"))
    wrong = [at for at in range(SWITCHES) if parents_of(campus, at)[0] != ([above(at)] if at else [])]
    case("each check hangs on the one it is reached through, the core on none", not wrong, wrong)
    campus.operator.call("PATCH", f"/checks/{campus.checks[far]}", {"parents": [campus.checks[1]]})
    case("parents a person sets for a check stand alone and say so", parents_of(campus, far) == ([1], "person"), parents_of(campus, far))
    campus.operator.call("PATCH", f"/checks/{campus.checks[far]}", {"parents": []})
    until(lambda: parents_of(campus, far) == ([above(far)], "map"))
    word = campus.say(kind="parents", device=campus.checks[far], parents=[campus.checks[2]])
    until(lambda: parents_of(campus, far) == ([2], "word"))
    node = next(n for n in campus.map()["nodes"] if n["id"] == campus.checks[far])
    case("so does a word about a device, in place of what the links say", node["mark"] == "drawn"
         and node["parents"] == [campus.checks[2]], node)
    case("nothing hangs on itself", refusal(campus.operator.post, "/topology/words", {
        "kind": "parents", "device": campus.checks[1], "parents": [campus.checks[1]], "reason": "x"}) == (422, "topology.same"))
    case("nor is anything said without a reason", refusal(campus.operator.post, "/topology/words", {
        "kind": "point", "device": campus.checks[1]}) == (422, "input.required"))
    campus.operator.post("/topology/words/end", {"word": word, "reason": "已恢复接线"})
    until(lambda: parents_of(campus, far) == ([above(far)], "map"))
    case("a word that ended is not ended twice", refusal(campus.operator.post, "/topology/words/end", {
        "word": word, "reason": "x"}) == (409, "topology.ended"))


def links_by_hand(campus):
    first = {k["id"] for k in campus.map()["links"]}
    strike = campus.say(kind="strike", device=campus.checks[0], other=campus.checks[3])
    until(lambda: campus.pairs(campus.map(), mark="struck") == {(0, 3)})
    behind = [at for at in range(SWITCHES) if at and above(at) == 3]
    until(lambda: parents_of(campus, 3)[0] == [])
    case("behind a link that is struck out nobody has parents", all(parents_of(campus, at)[0] == [] for at in behind[:2]))
    draw = campus.say(kind="draw", device=campus.checks[3], other=campus.checks[1])
    until(lambda: (1, 3) in campus.pairs(campus.map(), mark="drawn"))
    until(lambda: parents_of(campus, 3)[0] == [1])
    case("a drawn one is a way", parents_of(campus, 3) == ([1], "map"))
    for word in (strike, draw):
        campus.operator.post("/topology/words/end", {"word": word, "reason": "试画结束"})
    until(lambda: parents_of(campus, 3)[0] == [0])
    now = until(lambda: next((m for m in [campus.map()] if not m["words"][1:] and campus.pairs(m, mark="drawn") == set()), None))
    case("and what is gone is kept with its end", [k for k in now["gone"] if {campus.at[k["a"]], campus.at[k["b"]]} == {1, 3}
                                                   and k["until"] >= k["from"]] != [] and {k["id"] for k in now["links"]} == first, now["gone"])
    campus.operator.post("/topology/places", {"places": [{"id": campus.checks[2], "x": -120, "y": 40}]})
    node = next(n for n in campus.map()["nodes"] if n["id"] == campus.checks[2])
    case("a device stands where a person has put it", (node["x"], node["y"]) == (-120, 40), node)
    campus.operator.post("/topology/places", {"reset": True})
    case("until the places are given up", all(n["x"] is None for n in campus.map()["nodes"]))


def new_mails(since):
    return [line.mail_text(m) for m in line.mails()[since:] if "zhou@campus.test" in m["to"]]


def dies(campus, at, behind):
    """What at's death takes along, as the network would: those behind it do not answer either."""
    before = len(line.mails())
    began = time.monotonic()
    for victim in [at, *behind]:
        campus.lab.say(f"set {address(victim)} dead 1")
    until(lambda: all(campus.operator.get(f"/checks/{campus.checks[k]}")["state"] == "unreachable" for k in behind), 90)
    took = time.monotonic() - began
    states = campus.states()
    told = until(lambda: new_mails(before), 60)
    time.sleep(3)
    told = new_mails(before)
    return before, took, states, told


def lives(campus, at, behind, before):
    for victim in [at, *behind]:
        campus.lab.say(f"set {address(victim)} dead 0")
    until(lambda: all(s == "up" for s in campus.states()), 120)


def core_dies(campus):
    behind = list(range(1, SWITCHES))
    before, took, states, told = dies(campus, 0, behind)
    print(f"# core dead: {len(behind)} unreachable after {took:.1f} s, {len(told)} mail")
    case("a dead core is down, and everything behind it unreachable", states == ["down"] + ["unreachable"] * len(behind), states)
    case("through it", all(campus.operator.get(f"/checks/{campus.checks[at]}")["cause"]["id"] == campus.checks[0] for at in behind))
    case("and exactly one mail goes out", len(told) == 1 and name(0) in told[0], [t[:200] for t in told])
    node = next(n for n in campus.map()["nodes"] if n["id"] == campus.checks[SWITCHES - 1])
    case("the map shows the same", node["state"] == "unreachable" and node["cause"]["name"] == name(0), node)
    lives(campus, 0, behind, before)


def distribution_dies(campus):
    behind = [at for at in range(SWITCHES) if at and above(at) == 2]
    before, took, states, told = dies(campus, 2, behind)
    case("a dead distribution switch takes its own along and nobody else",
         [at for at, s in enumerate(states) if s != "up"] == [2, *behind], states)
    case("one mail, which names how many are affected", len(told) == 1 and name(2) in told[0] and str(len(behind)) in told[0]
         and name(behind[0]) in told[0], [t[:900] for t in told])
    lives(campus, 2, behind, before)


def walked(cast, lab):
    campus = Campus(cast["operator"], lab)
    the_map(campus)
    parents_follow(campus)
    links_by_hand(campus)
    core_dies(campus)
    distribution_dies(campus)


def on_the_desk(stores):
    platform = Platform(stores.fresh(), NAME)
    folder = pathlib.Path(tempfile.mkdtemp(prefix="fengsui-map-"))
    lab = None
    try:
        subprocess.run([HOUSE / "lab/snmp/campus.py", folder, "--access", str(ACCESS), "--per-distribution", str(PER)],
                       check=True, stdout=subprocess.DEVNULL)
        lab = Lab(folder, (folder / "campus.sim").read_text().splitlines())
        platform.start()
        walked(line.setup(platform, "five"), lab)
        platform.stop()
        line.audit(platform)
    except Exception:
        case("it runs to its end", False, traceback.format_exc()[-1500:].replace("\n", "\n# "))
        print("# " + platform.log_tail().replace("\n", "\n# "))
        platform.stop()
    finally:
        if lab:
            lab.close()
        platform.remove()
    return end()


def main(postgresql=False):
    if not os.path.exists(BUILD / "lab/snmp/snmp-lab"):
        print("1..0 # SKIP the simulator is not built")
        sys.exit(77)
    on_a_desk(with_stores(on_the_desk, postgresql))


if __name__ == "__main__":
    main()
