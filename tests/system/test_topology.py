#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The map of a campus made of what its switches say of each other, and what follows: a core that
dies is one mail, and everything behind it is named as unreachable through it.  Simulated switches:
a core, three distribution switches, 21 access switches."""
import pathlib
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import device_world  # noqa: E402
import test_line as line  # noqa: E402
from platform_driver import refusal, until  # noqa: E402
from tap import case, end  # noqa: E402

ACCESS, PER = 21, 7
DISTRIBUTIONS = ACCESS // PER
SWITCHES = 1 + DISTRIBUTIONS + ACCESS
SETTLE_S = 8


def address(at):
    return f"127.10.0.{1 + at}"


def name(at):
    if at == 0:
        return "核心交换机"
    return f"汇聚交换机{at}" if at <= DISTRIBUTIONS else f"接入交换机{at - DISTRIBUTIONS:02d}"


def above(at):
    """The place of the switch it hangs on."""
    return 0 if at <= DISTRIBUTIONS else 1 + (at - 1 - DISTRIBUTIONS) // PER


def lab_of(folder):
    return device_world.campus(folder, "--access", str(ACCESS), "--per-distribution", str(PER))


class Campus:
    def __init__(self, operator, lab):
        self.operator, self.lab = operator, lab
        self.checks = [operator.post("/checks", {
            "name": name(at), "kind": "snmp", "target": f"{address(at)}:{lab.port}", "interval_s": 2, "retries": 1,
            "severity": "critical" if at == 0 else "major", "params": {"timeout_ms": 2000}})["id"] for at in range(SWITCHES)]
        self.at = {check: at for at, check in enumerate(self.checks)}

    def map(self):
        return self.operator.get("/topology")

    def pairs(self, topology, **like):
        return {tuple(sorted((self.at.get(k["a"], -1), self.at.get(k["b"], -1)))) for k in topology["links"]
                if all(k[name] == value for name, value in like.items())}

    def nodes(self):
        """Of each switch, in one question."""
        by_id = {n["id"]: n for n in self.map()["nodes"]}
        return [by_id[c] for c in self.checks]

    def states(self):
        return [n["state"] for n in self.nodes()]

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
    far, near = SWITCHES - 1, SWITCHES - 2
    until(lambda: parents_of(campus, far) == ([above(far)], "map"))
    wrong = [at for at in range(SWITCHES) if parents_of(campus, at)[0] != ([above(at)] if at else [])]
    case("each check hangs on the one it is reached through, the core on none", not wrong, wrong)
    campus.operator.call("PATCH", f"/checks/{campus.checks[far]}", {"parents": [campus.checks[1]]})
    case("parents a person sets for a check stand alone and say so", parents_of(campus, far) == ([1], "person"), parents_of(campus, far))
    word = campus.say(kind="parents", device=campus.checks[near], parents=[campus.checks[2]])
    until(lambda: parents_of(campus, near) == ([2], "word"))
    node = next(n for n in campus.map()["nodes"] if n["id"] == campus.checks[near])
    case("so does a word about a device, in place of what the links say", node["mark"] == "drawn"
         and node["parents"] == [campus.checks[2]] and parents_of(campus, far) == ([1], "person"), node)
    case("nothing hangs on itself", refusal(campus.operator.post, "/topology/words", {
        "kind": "parents", "device": campus.checks[1], "parents": [campus.checks[1]], "reason": "x"}) == (422, "topology.same"))
    case("nor is anything said without a reason", refusal(campus.operator.post, "/topology/words", {
        "kind": "point", "device": campus.checks[1]}) == (422, "input.required"))
    campus.operator.call("PATCH", f"/checks/{campus.checks[far]}", {"parents": []})
    return word


def links_by_hand(campus, word):
    """And the word about a device ends meanwhile."""
    first = {k["id"] for k in campus.map()["links"]}
    campus.operator.post("/topology/words/end", {"word": word, "reason": "已恢复接线"})
    case("a word that ended is not ended twice", refusal(campus.operator.post, "/topology/words/end", {
        "word": word, "reason": "x"}) == (409, "topology.ended"))
    words = [campus.say(kind=kind, device=campus.checks[3], other=campus.checks[other]) for kind, other in (("strike", 0), ("draw", 1))]
    until(lambda: parents_of(campus, 3)[0] == [1])
    topology = campus.map()
    case("a link that is struck out is no way, and a drawn one is", campus.pairs(topology, mark="struck") == {(0, 3)}
         and campus.pairs(topology, mark="drawn") == {(1, 3)}, [k for k in topology["links"] if k["mark"] != "found"])
    until(lambda: all(parents_of(campus, at) == ([above(at)], "map") for at in (SWITCHES - 1, SWITCHES - 2)))
    for said in words:
        campus.operator.post("/topology/words/end", {"word": said, "reason": "试画结束"})
    until(lambda: parents_of(campus, 3)[0] == [0])
    now = until(lambda: next((m for m in [campus.map()] if {k["id"] for k in m["links"]} == first), None))
    case("and what is gone is kept with its end", any({campus.at[k["a"]], campus.at[k["b"]]} == {1, 3} and k["until"] >= k["from"]
                                                      for k in now["gone"]), now["gone"])
    campus.operator.post("/topology/places", {"places": [{"id": campus.checks[2], "x": -120, "y": 40}]})
    node = next(n for n in campus.map()["nodes"] if n["id"] == campus.checks[2])
    case("a device stands where a person has put it", (node["x"], node["y"]) == (-120, 40), node)
    campus.operator.post("/topology/places", {"reset": True})
    case("until the places are given up", all(n["x"] is None for n in campus.map()["nodes"]))


def new_mails(since):
    """What the person on duty was told of failures."""
    texts = [line.mail_text(m) for m in line.mails()[since:] if "zhou@campus.test" in m["to"]]
    return [text for text in texts if "【已恢复】" not in text.splitlines()[0]]


def told_once(since):
    until(lambda: new_mails(since), 90)
    time.sleep(2)
    return new_mails(since)


def core_dies(campus):
    """As the network would: nothing behind it answers either."""
    behind = list(range(1, SWITCHES))
    before, began = len(line.mails()), time.monotonic()
    campus.lab.say(f"set {address(0)} dead 1 {SWITCHES}")
    until(lambda: all(s == "unreachable" for s in campus.states()[1:]), 120)
    print(f"# core dead: {len(behind)} unreachable after {time.monotonic() - began:.1f} s")
    case("a dead core is down", campus.states()[0] == "down")
    case("everything behind it is unreachable through it",
         all(n["cause"]["id"] == campus.checks[0] for n in campus.nodes()[1:]))
    told = told_once(before)
    case("and exactly one mail goes out", len(told) == 1 and name(0) in told[0], [t[:200] for t in told])
    check = campus.operator.get(f"/checks/{campus.checks[SWITCHES - 1]}")
    case("a check says the same as the map", check["state"] == "unreachable" and check["cause"]["name"] == name(0), check)


def settling(campus, at):
    return (campus.operator.get(f"/checks/{campus.checks[at]}")["detail"] or {}).get("args", {}).get("settles")


def the_core_comes_back_first(campus):
    """What boots longer than the core is no second wave."""
    incident = next(a["incident_id"] for a in campus.operator.get("/alerts?state=open")["items"] if a["check_id"] == campus.checks[0])
    campus.lab.say(f"set {address(0)} dead 0")
    until(lambda: settling(campus, 1), 60)
    check = campus.operator.get(f"/checks/{campus.checks[1]}")
    case("what still fails once the core is back has time to recover, unreachable as it was", check["state"] == "unreachable"
         and check["cause"]["name"] == name(0) and check["detail"]["args"]["parent"] == name(0), check)
    return incident


def distribution_stays_dead(campus):
    behind = [at for at in range(SWITCHES) if at and above(at) == 2]
    before = len(line.mails())
    incident = the_core_comes_back_first(campus)
    for at in range(1, SWITCHES):
        if at != 2 and at not in behind:
            campus.lab.say(f"set {address(at)} dead 0")
    want = ["down" if at == 2 else "unreachable" if at in behind else "up" for at in range(SWITCHES)]
    until(lambda: campus.states() == want, 180)
    causes = {campus.nodes()[at]["cause"]["name"] for at in behind}
    case("what is still dead when the core is back is down for itself, with its own behind it", causes == {name(2)}, causes)
    told = told_once(before)
    case("told by one mail, which says who is affected", len(told) == 1 and name(2) in told[0] and name(behind[0]) in told[0]
         and name(SWITCHES - 1) not in told[0], [t[:900] for t in told])
    case("and since when what it hangs on is back", f"{name(2)} 仍未恢复：上级 {name(0)} 已于 " in told[0].splitlines()[0], told[0][:200])
    entry = until(lambda: next((e for e in campus.operator.get(f"/incidents/{incident}")["timeline"] if e["code"] == "settling"), None), 30)
    case("what was not told is in the history of the core's incident", name(2) in entry["args"]["checks"]
         and entry["args"]["cause"] == name(0), entry)


def walked(cast, _platform, lab):
    cast.admin.put("/settings/reach", {"value": {"settle_s": SETTLE_S}})
    case("the time to recover is bounded", refusal(cast.admin.put, "/settings/reach", {"value": {"settle_s": 3601}}) == (422, "input.invalid"))
    campus = Campus(cast["operator"], lab)
    the_map(campus)
    links_by_hand(campus, parents_follow(campus))
    core_dies(campus)
    distribution_stays_dead(campus)


def main(postgresql=False):
    device_world.main(lab_of, walked, postgresql)


if __name__ == "__main__":
    main()
