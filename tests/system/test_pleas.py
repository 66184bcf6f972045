#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Objections, extensions, acceptances and remarks over the API, and every act an officer may not do in each state a
notice goes through: refused, and not a row of it kept.  test_pleas_postgresql.py runs the same on PostgreSQL."""
import json
import pathlib
import sys
import time
import traceback

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from platform_driver import NAME, Person, Platform, Refused, audit, on_a_desk  # noqa: E402
from postgres_driver import with_stores  # noqa: E402
from tap import case, end  # noqa: E402
from test_line import PASSWORD, PDF  # noqa: E402

DAY_MS = 86400000
REASON = {"reason": "理由写在这里"}
PLEA = {"decision": "approved", "opinion": "同意办理"}

# Every command on a notice with a body that would do, and in which states an officer of its unit may; by hand.
COMMANDS = {
    "review": ({}, ""), "reject": (REASON, ""), "issue": ({}, ""), "confirm": (REASON, ""),
    "sign": ({}, "issued"),
    "plan": ({"responsible": "王倩", "plan": "升级组件"}, "received rectifying returned failed"),
    "submit": ({"items": [], "attachment_id": 0}, "rectifying returned failed"),
    "return": ({"faults": ["other"], "reason": "公章不清晰"}, ""), "verify": ({}, ""), "second-read": ({}, ""),
    "pass": ({"opinion": "复测正常通过", "method": "manual"}, ""), "fail": ({"opinion": "复测没有通过", "method": "manual"}, ""),
    "partial": ({"opinion": "一部分通过", "method": "manual", "passed": []}, ""),
    "cannot-verify": ({"opinion": "地址不可达"}, ""), "pass-offline": ({"opinion": "已经下线了", "attachment_id": 1}, ""),
    "brief": ({}, ""), "brief/mark": ({}, ""), "upreport": ({"decision": "needed"}, ""), "close": (REASON, ""),
    "withdraw": (REASON, ""), "remind": ({}, ""),
    "objections": ({"reason": "not_ours", "text": "不是我单位的系统"}, "received"),
    "objections/decide": ({"decision": "dismissed", "opinion": "台账登记为你单位"}, ""),
    "extensions": ({"reason": "等待厂商补丁", "control": "限制外网访问", "until": 0}, "received rectifying returned failed"),
    "extensions/decide": (PLEA, ""),
    "control": ({"act": "propose", "measure": "限制访问", "reason": "逾期未改"}, ""),
}
ROWS = ("notice", "objection", "extension", "control", "rectification", "verification", "attachment", "delivery", "document")


class School:
    def __init__(self, admin):
        admin.put("/settings/school", {"value": {"name": "湖北示例职业学院", "short": "示例学院", "number_prefix": "网安通报"}})
        self.admin = admin
        self.centre = admin.post("/units", {"name": "信息技术中心", "kind": "centre", "is_centre": True})["id"]
        self.unit = admin.post("/units", {"name": "教务处", "kind": "department"})["id"]
        self.other = admin.post("/units", {"name": "图书馆", "kind": "department"})["id"]
        self.zhou = self.person("zhou", "周敏", "operator")
        self.lin = self.person("lin", "林涛", "director")
        self.he = self.person("he", "何静", "verifier")
        self.liu = self.person("liu", "刘建国", "vice_president")
        self.wang = self.person("wang", "王倩", "officer", self.unit)
        self.zhao = self.person("zhao", "赵立", "unit_head", self.unit)
        self.sun = self.person("sun", "孙悦", "officer", self.other)

    def person(self, account, name, role, unit=None):
        one_time = self.admin.post("/users", {"account": account, "name": name, "unit_id": unit or self.centre, "phone": "13800000000",
                                              "mail": f"{account}@campus.test", "roles": [{"role": role, "unit_id": unit}]})["secret"]
        return Person().first_login(account, one_time, PASSWORD)

    def notice(self, title, grade="medium"):
        body = {"title": title, "kind": "weak_password", "grade": grade, "description": "默认口令可登录", "unit_id": self.unit}
        finding = self.zhou.post("/findings", body)["id"]
        self.zhou.post(f"/findings/{finding}/confirm", body)
        notice = self.zhou.post("/notices", {"title": f"关于{title}的通报", "grade": grade, "finding_ids": [finding], "requirement": "限期整改"})["id"]
        self.zhou.post(f"/notices/{notice}/review")
        self.lin.post(f"/notices/{notice}/issue", {})
        return notice, finding

    def hand_in(self, notice, finding):
        _, _, data = self.wang.raw("POST", f"/notices/{notice}/attachments?name=scan.pdf", PDF, media="application/octet-stream")
        scan = json.loads(data)["id"]
        items = [{"finding_id": finding, "cause": "config", "measure": "已改", "done_at": int(time.time() * 1000)}]
        self.wang.post(f"/notices/{notice}/submit", {"items": items, "attachment_id": scan})
        return scan


def refusal(call, *words):
    try:
        call(*words)
        return 200
    except Refused as refused:
        return refused.status


def kept(platform):
    return [platform.rows(f"SELECT count(*) FROM {table}")[0][0] for table in ROWS]


def undefined(platform, school, notice, state):
    """Everything the officer may not do here, tried; the store is looked at before and after."""
    version = school.wang.get(f"/notices/{notice}")["version"]
    before = kept(platform)
    wrong = []
    for command, (body, states) in COMMANDS.items():
        if state in states.split():
            continue
        status = refusal(school.wang.post, f"/notices/{notice}/{command}", body)
        if status not in (403, 409):
            wrong.append((command, status))
    case(f"in {state} an officer is refused all else", not wrong, wrong)
    after = school.wang.get(f"/notices/{notice}")
    case(f"in {state} nothing of it is kept", after["version"] == version and after["state"] == state and kept(platform) == before,
         (after["state"], after["version"], version, before, kept(platform)))


def states_walked(platform, school):
    notice, finding = school.notice("教务系统弱口令")
    undefined(platform, school, notice, "issued")
    school.wang.post(f"/notices/{notice}/sign")
    undefined(platform, school, notice, "received")
    school.wang.post(f"/notices/{notice}/objections", {"reason": "cannot_fix", "text": "系统无法升级"})
    undefined(platform, school, notice, "objected")
    school.zhou.post(f"/notices/{notice}/objections/decide", {"decision": "dismissed", "opinion": "可以修改口令"})
    school.wang.post(f"/notices/{notice}/plan", {"responsible": "王倩", "plan": "修改口令"})
    undefined(platform, school, notice, "rectifying")
    school.hand_in(notice, finding)
    undefined(platform, school, notice, "submitted")
    school.zhou.post(f"/notices/{notice}/return", {"faults": ["seal_unreadable"], "reason": "公章不清晰"})
    undefined(platform, school, notice, "returned")
    school.hand_in(notice, finding)
    school.he.post(f"/notices/{notice}/verify")
    undefined(platform, school, notice, "verifying")
    school.he.post(f"/notices/{notice}/fail", {"opinion": "口令仍为默认", "method": "manual"})
    undefined(platform, school, notice, "failed")
    school.hand_in(notice, finding)
    school.he.post(f"/notices/{notice}/verify")
    school.he.post(f"/notices/{notice}/pass", {"opinion": "口令已经更换", "method": "manual"})
    undefined(platform, school, notice, "passed")
    school.zhou.post(f"/notices/{notice}/brief", {})
    undefined(platform, school, notice, "briefed")
    school.lin.post(f"/notices/{notice}/upreport", {"decision": "not_needed", "reason": "一般问题，无需上报"})
    school.lin.post(f"/notices/{notice}/close", {"reason": "整改完成"})
    undefined(platform, school, notice, "closed")


def reassigned(platform, school):
    notice, _ = school.notice("借阅系统弱口令")
    school.wang.post(f"/notices/{notice}/sign")
    school.wang.post(f"/notices/{notice}/objections", {"reason": "not_ours", "text": "系统由图书馆管理", "unit_id": school.other})
    waits = school.lin.get("/decisions")["items"]
    case("what waits stands on the list", any(w["kind"] == "objection" and w["id"] == notice for w in waits), waits)
    case("a unit has no such list", refusal(school.wang.get, "/decisions") == 403)
    school.zhou.post(f"/notices/{notice}/objections/decide", {"decision": "upheld", "opinion": "台账有误，转派图书馆"})
    old = school.wang.get(f"/notices/{notice}")
    case("the notice ends as reassigned and names the new one", old["state"] == "reassigned" and old["successor"]["name"] == old["number"] + "-1", old)
    undefined(platform, school, notice, "reassigned")
    new = old["successor"]["id"]
    case("the first unit sees no more of it", refusal(school.wang.get, f"/notices/{new}") == 404)
    case("the other unit signs for it", school.sun.post(f"/notices/{new}/sign")["state"] == "received")


def more_time(school):
    notice, finding = school.notice("选课系统弱口令", "high")
    school.wang.post(f"/notices/{notice}/sign")
    due = school.wang.get(f"/notices/{notice}")["due_at"]
    ask = {"reason": "等待厂商补丁", "control": "限制外网访问", "until": due + DAY_MS}
    school.wang.post(f"/notices/{notice}/extensions", ask)
    case("one at a time", refusal(school.wang.post, f"/notices/{notice}/extensions", ask) == 409)
    case("the leader does not grant the first", refusal(school.liu.post, f"/notices/{notice}/extensions/decide", PLEA) == 403)
    school.lin.post(f"/notices/{notice}/extensions/decide", PLEA)
    value = school.wang.get(f"/notices/{notice}")
    case("the director does, and the due date moves with its reason", value["due_at"] > due and value["extensions"][0]["state"] == "approved" and
         "extend" in json.dumps(value["due"]), value["due"])
    school.wang.post(f"/notices/{notice}/comments", {"text": "厂商周四到校"})
    school.zhou.post(f"/notices/{notice}/comments", {"text": "请届时联系"})
    said = [x["args"]["text"] for x in school.wang.get(f"/notices/{notice}")["timeline"] if x["code"] == "comment"]
    case("unit and centre read each other's remarks", sorted(said) == ["厂商周四到校", "请届时联系"], said)
    case("another unit can write none", refusal(school.sun.post, f"/notices/{notice}/comments", {"text": "？"}) == 404)
    wish = {"reason": "系统年内下线，改造不经济", "control": "仅限校内访问", "expires_at": int(time.time() * 1000) + 90 * DAY_MS}
    case("an officer does not ask to leave it", refusal(school.wang.post, f"/findings/{finding}/acceptance", wish) == 403)
    school.zhao.post(f"/findings/{finding}/acceptance", wish)
    case("a grave one is not the director's to let be", refusal(school.lin.post, f"/findings/{finding}/acceptance/decide", PLEA) == 403)
    school.lin.post(f"/notices/{notice}/withdraw", {"reason": "系统已经停用"})
    case("a withdrawn notice frees its finding", school.zhou.get(f"/findings/{finding}")["state"] == "confirmed")


def on_the_desk(stores):
    platform = Platform(stores.fresh(), NAME)
    try:
        platform.start()
        school = School(Person().first_login("admin", platform.admin, PASSWORD))
        states_walked(platform, school)
        reassigned(platform, school)
        more_time(school)
        platform.stop()
        audit(platform)
    except Exception as problem:
        case("it runs to its end", False, "".join(traceback.format_exception(problem))[-1500:].replace("\n", "\n# "))
        print("# " + platform.log_tail().replace("\n", "\n# "))
        platform.stop()
    finally:
        platform.remove()
    return end()


def main(postgresql=False):
    on_a_desk(with_stores(on_the_desk, postgresql))


if __name__ == "__main__":
    main()
