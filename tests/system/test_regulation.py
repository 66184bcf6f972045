#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The regulation as people keep it: drafted, shown, adopted with number and day, in force; what is open goes on by
its own version until an act says otherwise.  Findings are routed to the unit that answers for their kind; knowledge
goes with notices by edition; one act is done to many records, each answered for itself."""
import pathlib
import sys
import time
import traceback

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from platform_driver import NAME, Person, Platform, Refused, audit, on_a_desk, until  # noqa: E402
from postgres_driver import with_stores  # noqa: E402
from tap import case, end  # noqa: E402
from test_line import PASSWORD, setup  # noqa: E402
from test_rules import POLICY, site_put  # noqa: E402

DAY = 86400000


def now():
    return int(time.time() * 1000)


def refused(call, *words):
    try:
        call(*words)
    except Refused as problem:
        return problem
    return None


def code_of(problem):
    return problem and (problem.status, problem.problem.get("code"), problem.problem.get("field"))


class School:
    def __init__(self, platform):
        self.platform = platform
        self.cast = setup(platform, "five")
        admin = self.cast.admin
        self.operate = admin.post("/units", {"name": "后勤处", "kind": "department"})["id"]
        self.use = admin.post("/units", {"name": "图书馆", "kind": "department"})["id"]
        self.cast.add("qian", "钱立", [("leading_group", None)])
        self.others = {}
        for account, name, unit in (("sun", "孙浩", self.operate), ("zhang", "张岚", self.use)):
            one_time = admin.post("/users", {"account": account, "name": name, "unit_id": unit, "mail": f"{account}@campus.test",
                                             "roles": [{"role": "officer", "unit_id": unit}]})["secret"]
            self.others[account] = Person().first_login(account, one_time, PASSWORD)

    def __getitem__(self, role):
        return self.cast[role]

    def asset(self, name, **more):
        return self["operator"].post("/assets", {"name": name, "kind": "server", "importance": "normal", **more})["id"]

    def finding(self, title, kind, asset, confirm=True):
        made = self["operator"].post("/findings", {"title": title, "kind": kind, "grade": "high", "asset_id": asset,
                                                   "description": f"{title}，见附图"})["id"]
        if confirm:
            self["operator"].post(f"/findings/{made}/confirm", {})
        return made

    def issue(self, findings, title="关于服务器隐患的整改通报"):
        notice = self["operator"].post("/notices", {"title": title, "grade": "high", "finding_ids": findings, "requirement": "限期整改。"})["id"]
        self["operator"].post(f"/notices/{notice}/review")
        self["reviewer"].post(f"/notices/{notice}/issue", {})
        return self["operator"].get(f"/notices/{notice}")


def reads(school):
    now_text = school["officer"].get("/regulations/now")
    case("the text in force has its articles, parameters and routing",
         len(now_text["pack"]["articles"]) == 20 and now_text["pack"]["routing"] and now_text["catalogue"], now_text.keys())
    ranges = {c["name"]: c for c in now_text["catalogue"]}
    case("every parameter of it has a range", all(p["name"] in ranges for p in now_text["pack"]["parameters"]))
    holds = {h["name"]: h for h in now_text["holds"]}
    case("of what the national measures say as well the stricter holds, with its source",
         holds["event.report_up"]["value"] == "2 h" and holds["event.report_up"]["source"] == "school"
         and holds["event.report_up"]["national"] == "4 h", holds)
    case("what is uncertain about the measures says so", all(a["origin"] in ("CERTAIN", "LIKELY", "UNVERIFIED") for a in now_text["national"]["articles"]))


def drafted(school):
    operator = school["operator"]
    draft = operator.post("/regulations", {"title": "实施办法（修订）", "note": "缩短高危整改期限"})["id"]
    path = f"/regulations/{draft}"
    case("an officer does not see what is being written", code_of(refused(school.others["sun"].get, path))[0] == 404)
    bad = refused(operator.call, "PATCH", path, {"parameters": {"remediation.high": "99 wd"}})
    case("a value out of its range is refused with the parameter's name", code_of(bad) == (422, "regulation.parameter", "remediation.high"), code_of(bad))
    bad = refused(operator.call, "PATCH", path, {"parameters": {"no.such": "1 h"}})
    case("so is one that does not exist", code_of(bad) == (422, "regulation.parameter", "no.such"), code_of(bad))
    bad = refused(operator.call, "PATCH", path, {"routing": [{"kind": "weak_password", "to": "nobody"}]})
    case("and a routing to nobody", code_of(bad)[:2] == (422, "regulation.routing"), code_of(bad))
    bad = refused(operator.call, "PATCH", path, {"articles": [{"number": 2, "title": "甲"}, {"number": 2, "title": "乙"}]})
    case("articles are each once and in order", code_of(bad)[:2] == (422, "regulation.article"), code_of(bad))
    value = operator.get(path)
    articles = value["pack"]["articles"]
    articles[14]["body"] = "第十五条 学校自己的正文，由学校粘贴。"
    bad = refused(operator.call, "PATCH", path, {"parameters": {"remediation.high": "2 wd"}})
    case("a milder grade has no less time than a graver one", code_of(bad)[:2] == (422, "regulation.parameter"), code_of(bad))
    operator.call("PATCH", path, {"parameters": {"remediation.high": "2 wd", "remediation.urgent": "2 wd"}, "articles": articles})
    value = operator.get(path)
    changed = {p["name"]: p for p in value["pack"]["parameters"]}["remediation.high"]
    case("a change stands in the draft and is no default any more", changed["value"] == "2 wd" and changed["origin"] == "adopted" and changed["article"] == 15, changed)
    case("the text it was written over stands beside it", {p["name"]: p for p in value["base"]["parameters"]}["remediation.high"]["value"] == "5 wd")
    return draft


def previewed(school, draft, notice):
    impact = school["operator"].get(f"/regulations/{draft}/impact")
    clocks = {c["clock"]: c for c in impact["clocks"]}
    case("the preview counts the open clocks and which would move",
         clocks["remediation"]["open"] == 1 and clocks["remediation"]["earlier"] == 1 and clocks["sign_for"]["same"] == 1, impact)
    item = impact["items"][0]
    case("and names them with both dates", item["id"] == notice["id"] and item["after"] < item["before"], item)
    same = school["operator"].get(f"/notices/{notice['id']}")
    case("it changes nothing", same["due"] == notice["due"] and same["version"] == notice["version"], same["due"])


def consulted(school, draft):
    operator = school["operator"]
    operator.post(f"/regulations/{draft}/consult", {})
    sun = school.others["sun"]
    case("what is asked about is open to the units", sun.get(f"/regulations/{draft}")["state"] == "consulting")
    said = sun.post("/clauses/suggestions", {"article": 15, "question": "两个工作日太短，建议三日。"})["id"]
    case("a suggestion is its unit's and the desk's", [c["id"] for c in sun.get("/clauses")["items"]] == [said]
         and not school.others["zhang"].get("/clauses")["items"] and operator.get("/clauses?kind=suggestion")["items"][0]["unit"]["name"] == "后勤处")
    todo = [t for t in school["director"].get("/todo")["items"] if t["kind"] in ("clause", "regulation")]
    case("the director is told of it, and that the text is older than a year", {t["act"] for t in todo} == {"settle_suggestion", "review_regulation"}, todo)
    case("an officer decides on none", code_of(refused(sun.post, f"/clauses/{said}/settle", {"state": "taken", "answer": "可以"}))[0] == 403)
    school["director"].post(f"/clauses/{said}/settle", {"state": "declined", "answer": "已与各单位商定，两日。"})
    case("a suggestion is settled once", code_of(refused(school["director"].post, f"/clauses/{said}/settle", {"state": "taken", "answer": "再议"}))[:2]
         == (409, "clause.no_such_step"))
    school["leading_group"].post("/clauses/reviews", {"answer": "已对照 2025 年国家办法复核，本次修订。"})
    school["leading_group"].post("/clauses/interpretations", {"article": 15, "question": "假期如何计算？", "answer": "按工作日顺延。", "decided_by": "网络安全和信息化领导小组"})
    case("an interpretation is everybody's", school.others["zhang"].get("/clauses?article=15")["items"][0]["answer"] == "按工作日顺延。")
    case("looked through, it is no to-do any more", not [t for t in school["director"].get("/todo")["items"] if t["kind"] == "regulation"])


def adopted(school, draft, old):
    director = school["director"]
    body = {"document_number": "示例院〔2026〕8 号", "meeting": "2026 年第 2 次会议", "decided_by": "网络安全和信息化领导小组", "effective_at": now() - DAY}
    case("the operator does not adopt", code_of(refused(school["operator"].post, f"/regulations/{draft}/adopt", body))[0] == 403)
    case("without number and day there is no adoption",
         code_of(refused(director.post, f"/regulations/{draft}/adopt", {"decided_by": "领导小组"}))[:2] == (422, "regulation.numbered"))
    director.post(f"/regulations/{draft}/adopt", body)
    value = until(lambda: director.get(f"/regulations/{draft}")["state"] == "in_force" and director.get(f"/regulations/{draft}"))
    version = director.get(f"/policies/{value['policy_id']}")
    case("it comes into force as a version of the policy, by whom it was adopted",
         version["in_force"] and version["edition"] == 2 and version["adopted_by"]["name"] == "林涛", version)
    host = school.asset("新服务器", owner_unit_id=school.cast.unit)
    new = until(lambda: school.issue([school.finding("弱口令", "weak_password", host)], "关于弱口令的通报"))
    case("a new notice goes by it", new["due"]["rule"] == "2 wd" and new["due"]["policy_version"].startswith(value["name"] + "@"), new["due"])
    same = school["operator"].get(f"/notices/{old['id']}")
    case("an open one goes on by its own", same["due"]["policy_version"] == old["due"]["policy_version"] and same["due"]["rule"] == "5 wd", same["due"])
    return value


def carried(school, regulation, old):
    director = school["director"]
    path = f"/regulations/{regulation['id']}/carry"
    case("open work goes over for a reason only", code_of(refused(director.post, path, {"reason": "短"}))[:2] == (422, "regulation.reason"))
    before = school["operator"].get(f"/notices/{old['id']}")
    answer = director.post(path, {"reason": "领导小组决定在办事项一并适用新期限"})
    moved = school["operator"].get(f"/notices/{old['id']}")
    case("then each has the deadline of the text in force", answer["number"] == "1" and moved["due"]["rule"] == "2 wd"
         and moved["due_at"] < before["due_at"] and moved["due"]["start_ms"] == before["due"]["start_ms"], moved["due"])
    line = next(t for t in moved["timeline"] if t["code"] == "policy_moved")
    case("its history says from when to when", line["args"]["from"] != line["args"]["to"], line)


def kept(school, regulation):
    platform = school.platform
    platform.stop()
    platform.start()
    versions = [v for v in school["director"].get("/policies")["items"] if v["subject"] == "policy"]
    case("a start with the shipped file leaves what people adopted in force", [v["edition"] for v in versions] == [2, 1] and versions[0]["in_force"], versions)
    host = school.asset("又一台服务器", owner_unit_id=school.cast.unit)
    case("and judges by it", school.issue([school.finding("口令", "weak_password", host)])["due"]["rule"] == "2 wd")
    draft = school["operator"].post("/regulations", {"title": "再次修订"})["id"]
    later = {"document_number": "示例院〔2026〕9 号", "decided_by": "领导小组", "effective_at": now() + 30 * DAY}
    school["director"].post(f"/regulations/{draft}/adopt", later)
    case("one with a later day waits for it", school["director"].get(f"/regulations/{draft}")["state"] == "adopted"
         and school["director"].get("/regulations/now")["policy_id"] == regulation["policy_id"])
    school["director"].post(f"/regulations/{draft}/recall", {"reason": "会议要求再改一处文字"})
    site_put(platform, "policy/school-2023-v1.json", POLICY.read_text(encoding="utf-8").replace('"value": "10 wd", "origin": "default", "article": 15', '"value": "9 wd", "origin": "default", "article": 15'))
    platform.stop()
    platform.start()
    versions = [v for v in school["director"].get("/policies")["items"] if v["subject"] == "policy"]
    case("a file of the school's own that changed is the next version", versions[0]["edition"] == 3 and versions[0]["adopted_by"] is None, versions[0])
    case("and what was adopted before is superseded", school["director"].get(f"/regulations/{regulation['id']}")["state"] == "superseded")
    case("a draft over the older text has to be compared first", code_of(refused(school["director"].post, f"/regulations/{draft}/adopt", later))[:2] == (409, "regulation.base"))


def routed(school):
    operator = school["operator"]
    asset = school.asset("教务系统", address="10.66.1.5", domain="jw.example.edu.cn", owner_unit_id=school.cast.unit,
                         operate_unit_id=school.operate, use_unit_id=school.use)
    wide = school.asset("后勤网段", address="10.66.0.0/16", owner_unit_id=school.operate)
    weak = school.finding("后台弱口令", "weak_password", asset)
    leak = school.finding("名单可下载", "info_leak", asset, confirm=False)
    value = [operator.get(f"/findings/{f}") for f in (weak, leak)]
    case("a weak password goes to who operates, a leak to who is in charge", [v["unit"]["id"] for v in value] == [school.operate, school.cast.unit], value)
    operator.post(f"/findings/{leak}/confirm", {"kind": "exposure"})
    case("judged to be of another kind it goes to whom that kind goes", operator.get(f"/findings/{leak}")["unit"]["id"] == school.operate)
    notice = school.issue([weak, leak], "关于教务系统隐患的通报")
    advice = school.others["sun"].get(f"/notices/{notice['id']}/advice")
    case("the other two units stand on it as told by copy", {c["unit"]["id"]: c["as"] for c in advice["copies"]} ==
         {school.cast.unit: "own", school.use: "use"}, advice["copies"])
    case("who is told by copy may not open it", code_of(refused(school.others["zhang"].get, f"/notices/{notice['id']}"))[0] == 404)
    for key, want in (("10.66.1.5", ("address", asset)), ("10.66.9.9", ("network", wide)), ("https://a.jw.example.edu.cn/x", ("suffix", asset)),
                      ("教务系统", ("asset", asset)), ("192.0.2.1", ("none", None))):
        got = operator.get("/routing?q=" + "".join(f"%{b:02x}" for b in key.encode()))
        case(f"the trial finds {key} by {want[0]}", (got["why"], (got["asset"] or {}).get("id")) == want, got)
    got = operator.get("/routing?q=10.66.1.5")
    kinds = {k["kind"]: k for k in got["kinds"]}
    case("and says who gets what, with whom by copy", kinds["weak_password"]["unit"]["id"] == school.operate and kinds["info_leak"]["as"] == "own"
         and len(kinds["info_leak"]["copies"]) == 2 and got["units"][1]["people"][0]["name"] == "孙浩", got)
    return notice, asset


def known(school, notice):
    operator = school["operator"]
    entries = operator.get("/knowledge?shelf=solution&limit=100")["items"]
    case("some entries come along, in both languages", len(entries) >= 10 and all(e["body_en"] and e["proof"] for e in entries))
    entry = next(e for e in entries if e["kind"] == "weak_password")
    first = school.others["sun"].get(f"/notices/{notice['id']}/advice")["solutions"]
    case("those of its kinds go with a notice", {s["kind"] for s in first} == {"weak_password", "exposure"}, first)
    operator.call("PATCH", f"/knowledge/{entry['id']}", {"body": "新的做法：先停用账号。"})
    again = next(s for s in school.others["sun"].get(f"/notices/{notice['id']}/advice")["solutions"] if s["id"] == entry["id"])
    case("as they stood when it was issued", again["edition"] == 1 and again["body"] == entry["body"], again)
    value = operator.get(f"/knowledge/{entry['id']}")
    case("each change is an edition that can be read", [e["edition"] for e in value["editions"]] == [2, 1] and value["body"].startswith("新的做法"), value)
    operator.post(f"/knowledge/{entry['id']}/retire")
    case("one out of use is not offered", entry["id"] not in [e["id"] for e in operator.get("/knowledge?shelf=solution&limit=100")["items"]])
    operator.post(f"/knowledge/{entry['id']}/restore")
    case("an officer writes none", code_of(refused(school.others["sun"].post, "/knowledge", {"kind": "other", "name": "甲", "body": "乙"}))[0] == 403)


def many(school, notice):
    operator = school["operator"]
    hosts = [school.asset(f"批量{n}", owner_unit_id=unit) for n, unit in enumerate((school.cast.unit, school.operate, school.operate))]
    made = [school.finding(f"端口开放{n}", "exposure", host, confirm=False) for n, host in enumerate(hosts)]
    dry = operator.post("/findings/confirm", {"ids": [*made, notice["id"]], "dry_run": True})["report"]
    case("a dry run says how many would be done and which not", (dry["rows"], dry["changed"], dry["refused"]) == (4, 3, 1)
         and dry["preview"][3]["code"] == "bulk.absent", dry)
    case("and does nothing", operator.get(f"/findings/{made[0]}")["state"] == "new")
    done = operator.post("/findings/confirm", {"ids": [*made, notice["id"]]})["report"]
    case("one that is refused stops none", done["changed"] == 3 and operator.get(f"/findings/{made[2]}")["state"] == "confirmed", done)
    body = {"finding_ids": made, "requirement": "{{单位}}：{{系统}}有{{隐患}}，共 {{ 数量 }} 项，{{编号}}，{{期限}}前整改。{{联系}} {{联系电话}}",
            "contact": "信息技术中心 0519-86953300"}
    dry = operator.post("/notices/drafts", {**body, "dry_run": True})["report"]["preview"]
    case("drafts are one a unit, with whom they would reach", [(r["findings"], r["ok"]) for r in dry] == [(1, True), (2, True)]
         and dry[1]["people"][0]["name"] == "孙浩", dry)
    texts = [r["text"] for r in dry]
    case("each unit is shown its own text, the number and the deadline open", "批量0有端口开放0，共 1 项，{{编号}}，{{期限}}前整改。信息技术中心 0519-86953300 0519-86953300"
         in texts[0] and "批量1、批量2有端口开放1、端口开放2，共 2 项" in texts[1] and texts[0].split("：")[0] != texts[1].split("：")[0], texts)
    unknown = operator.post("/notices/drafts", {**body, "requirement": "{{校长}}", "dry_run": True})["report"]["preview"]
    case("a place nobody knows is refused for every unit", [r["code"] for r in unknown] == ["template.place"] * 2, unknown)
    entry = {"shelf": "template", "kind": "other", "name": "占位", "body": "{{单位}}：请整改，{{校长}}。"}
    case("and where a template is kept", code_of(refused(operator.post, "/knowledge", entry)) == (422, "template.place", "body"))
    done = operator.post("/notices/drafts", body)["report"]["preview"]
    drafts = [operator.get(f"/notices/{r['made']}") for r in done]
    case("then they stand there", [len(d["findings"]) for d in drafts] == [1, 2] and drafts[1]["unit"]["id"] == school.operate, drafts)
    ids = [notice["id"], drafts[0]["id"]]
    dry = operator.post("/notices/remind", {"ids": ids, "text": "请于今日签收。", "dry_run": True})["report"]
    case("a reminder to many names what is not with its unit", (dry["changed"], dry["refused"], dry["preview"][1]["code"]) == (1, 1, "notice.not_with_unit"), dry)
    before = operator.get(f"/notices/{notice['id']}")["reminders"]
    operator.post("/notices/remind", {"ids": ids, "text": "请于今日签收。"})
    case("and is counted where it went", operator.get(f"/notices/{notice['id']}")["reminders"] == before + 1)
    issued(school, [d["id"] for d in drafts], notice["id"])


def issued(school, drafts, other):
    """Drafts sent up and issued together: each answered for itself, numbered without a gap."""
    operator, reviewer = school["operator"], school["reviewer"]
    states = lambda: [operator.get(f"/notices/{d}")["state"] for d in drafts]  # noqa: E731
    dry = operator.post("/notices/review", {"ids": [*drafts, other], "dry_run": True})["report"]
    case("a dry run of sending up names what is no draft, and moves none", (dry["changed"], dry["refused"], dry["preview"][-1]["code"])
         == (len(drafts), 1, "notice.no_such_step") and set(states()) == {"draft"}, dry)
    operator.post("/notices/review", {"ids": [*drafts, other]})
    case("then they are under review", set(states()) == {"review"}, states())
    case("who drafts may not issue them", code_of(refused(operator.post, "/notices/issue", {"ids": drafts}))[0] == 403)
    dry = reviewer.post("/notices/issue", {"ids": drafts, "dry_run": True})["report"]
    case("before issuing one sees whom each reaches", all(r["ok"] and r["people"] and r["findings"] for r in dry["preview"])
         and set(states()) == {"review"}, dry)
    done = reviewer.post("/notices/issue", {"ids": [*drafts, other]})["report"]
    numbers = [operator.get(f"/notices/{d}")["number"] for d in drafts]
    case("each has a number of its own, one after the other", (done["changed"], done["refused"]) == (len(drafts), 1)
         and [int(n[-3:]) - int(numbers[0][-3:]) for n in numbers] == list(range(len(drafts))), numbers)


def whole(platform):
    school = School(platform)
    reads(school)
    host = school.asset("旧服务器", owner_unit_id=school.cast.unit)
    old = school.issue([school.finding("缺少补丁", "vulnerability", host)])
    old = until(lambda: (v := school["operator"].get(f"/notices/{old['id']}"))["due"]["start_ms"] < v["issued_at"] + 3600000 and v)
    draft = drafted(school)
    previewed(school, draft, old)
    consulted(school, draft)
    regulation = adopted(school, draft, old)
    carried(school, regulation, old)
    notice, _ = routed(school)
    known(school, notice)
    many(school, notice)
    kept(school, regulation)


def on_the_desk(stores):
    platform = Platform(stores.fresh(), NAME)
    try:
        platform.start()
        whole(platform)
        platform.stop()
        audit(platform)
    except Exception:
        case("the regulation is kept to its end", False, traceback.format_exc()[-1500:].replace("\n", "\n# "))
        print("# " + platform.log_tail().replace("\n", "\n# "))
        platform.stop()
    finally:
        platform.remove()
    return end()


def main(postgresql=False):
    on_a_desk(with_stores(on_the_desk, postgresql))


if __name__ == "__main__":
    main()
