#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The line, whole, over the API: a service fails -> alert -> mail -> acknowledged -> finding -> notice
-> signed -> rectified -> verified by a fresh probe -> briefed -> not reported upward -> closed.

Three casts: five people; two people of a small school; two people closing a finding of grade high on
a server of the centre itself.  test_line_postgresql.py runs the same on PostgreSQL."""
import email
import email.policy
import json
import pathlib
import re
import sys
import time
import traceback

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import tamper  # noqa: E402
from platform_driver import NAME, Person, Platform, Refused, audit, campus, on_a_desk, until  # noqa: E402
from postgres_driver import with_stores  # noqa: E402
from tap import case, end  # noqa: E402

PASSWORD = "Kuangye-2026-dengta"
PDF = (b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
       b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\nxref\n0 4\n0000000000 65535 f \n"
       b"0000000009 00000 n \n0000000052 00000 n \n0000000101 00000 n \ntrailer<</Size 4/Root 1 0 R>>\nstartxref\n170\n%%EOF\n")


def mails():
    return [json.loads(line) for line in campus(NAME, "mails").splitlines()]


def mail_text(mail):
    message = email.message_from_bytes(pathlib.Path(mail["file"]).read_bytes(), policy=email.policy.default)
    return f"{message['Subject']}\n{message.get_content()}"


def wait_mail(to, text, since=0, timeout_s=60):
    """The text of the first mail after `since` to this address that holds these words."""
    def found():
        return next((mail_text(m) for m in mails()[since:] if to in m["to"] and text in mail_text(m)), None)
    return until(found, timeout_s)


class Cast:
    """People by what they do; in a small school one account does several things, one role at a time."""

    def __init__(self, admin, small, centre_is_unit):
        self.admin = admin
        self.people = {}
        self.small = small
        units = {u["name"]: u["id"] for u in admin.get("/units")["items"]}
        self.centre = units["信息技术中心"]
        self.unit = self.centre if centre_is_unit else units["教务处"]

    def add(self, account, name, roles, unit_id=None):
        body = {"account": account, "name": name, "unit_id": unit_id or self.centre, "mail": f"{account}@campus.test",
                "phone": "13800000000", "roles": [{"role": r, "unit_id": u} for r, u in roles]}
        one_time = self.admin.post("/users", body)["secret"]
        person = Person().first_login(account, one_time, PASSWORD)
        for role, _ in roles:
            self.people[role] = (person, role)
        return person

    def __getitem__(self, role):
        person, name = self.people[role]
        if person.get("/session")["role"] != name:
            person.act_as(name)
        return person


def setup(platform, cast_name):
    admin = Person().first_login("admin", platform.admin, PASSWORD)
    admin.put("/settings/school", {"value": {"name": "湖北示例职业学院", "short": "示例学院", "number_prefix": "网安通报"}})
    admin.put("/settings/mail", {"value": {"host": "10.20.25.25", "port": 25, "tls": "none", "from": "fengsui@campus.test"}})
    small = cast_name != "five"
    admin.put("/settings/small_school", {"value": {"on": small}})
    admin.post("/units", {"name": "信息技术中心", "kind": "centre", "is_centre": True})
    admin.post("/units", {"name": "教务处", "kind": "department"})
    cast = Cast(admin, small, cast_name == "centre")
    if cast_name == "five":
        cast.add("zhou", "周敏", [("operator", None)])
        cast.add("lin", "林涛", [("director", None), ("reviewer", None)])
        cast.add("he", "何静", [("verifier", None)])
        cast.add("wang", "王倩", [("officer", cast.unit)], cast.unit)
    else:
        cast.add("zhou", "周敏", [("operator", None), ("director", None), ("reviewer", None)] +
                 ([("officer", cast.unit)] if cast_name == "centre" else []))
        cast.add("he", "何静", [("verifier", None)] + ([("reviewer", None)] if cast_name == "two" else []))
        if cast_name == "two":
            cast.add("wang", "王倩", [("officer", cast.unit)], cast.unit)
    cast.add("liu", "刘建国", [("vice_president", None)])
    duty = cast["operator"].get("/session")["person"]["id"]
    admin.put("/settings/duty", {"value": {"person_id": duty}})
    admin.post("/setup/finish")
    return cast


def watch(cast, grade):
    """The web server is registered, watched, and seen up."""
    operator = cast["operator"]
    asset = operator.post("/assets", {"name": "门户网站", "kind": "server", "address": "10.20.11.10",
                                      "owner_unit_id": cast.unit, "importance": "core"})["id"]
    check = operator.post("/checks", {"asset_id": asset, "name": "门户首页", "kind": "http", "target": "http://10.20.11.10/",
                                      "interval_s": 1, "retries": 1, "severity": "critical"})["id"]
    until(lambda: operator.get(f"/checks/{check}")["state"] == "up", 60)
    return asset, check


def fail_and_ack(cast, check):
    operator = cast["operator"]
    before = len(mails())
    campus(NAME, "stop", "web")
    alert = until(lambda: next((a for a in operator.get("/alerts?state=open")["items"] if a["check_id"] == check), None), 60)
    case("a stopped service becomes an alert", alert["severity"] == "critical", alert)
    text = wait_mail("zhou@campus.test", "门户首页 中断", before)
    key = re.search(r"/ack/([0-9A-Za-z]+)", text)
    case("the person on duty gets a mail with an acknowledgement link", bool(key), text[:800])
    guest = Person()
    page = guest.get(f"/ack/{key[1]}")
    still = operator.get(f"/incidents/{alert['incident_id']}")["state"]
    case("looking at the link acknowledges nothing", page["state"] == "open" and still == "open", (page, still))
    guest.post(f"/ack/{key[1]}")
    incident = operator.get(f"/incidents/{alert['incident_id']}")
    case("posting it does, in that person's name", incident["state"] == "acked" and incident["acked_by"]["name"] == "周敏", incident)
    return incident


def issue(cast, incident, grade):
    operator = cast["operator"]
    finding = operator.post("/findings", {"title": "门户网站服务中断", "kind": "service_fault", "grade": grade,
                                          "description": "首页无法访问", "advice": "恢复服务并检查守护进程",
                                          "incident_id": incident["id"], "unit_id": cast.unit})["id"]
    value = operator.get(f"/findings/{finding}")
    operator.post(f"/findings/{finding}/confirm", {"title": value["title"], "kind": value["kind"], "grade": grade,
                                                   "asset_id": value["asset"]["id"], "unit_id": cast.unit})
    notice = operator.post("/notices", {"title": "关于门户网站服务中断的通报", "unit_id": cast.unit, "grade": grade,
                                        "finding_ids": [finding], "requirement": "限期恢复服务，查明原因，提交整改报告。"})["id"]
    operator.post(f"/notices/{notice}/review")
    same = cast.people["reviewer"][0] is cast.people["operator"][0]
    before = len(mails())
    if not cast.small:
        try:
            cast["operator"].post(f"/notices/{notice}/issue", {})
            case("the author cannot issue", False)
        except Refused as refused:
            case("the author cannot issue", refused.status == 403, refused)
    if same:
        try:
            cast["reviewer"].post(f"/notices/{notice}/issue", {})
            case("in a small school the author needs a reason to issue", False)
        except Refused as refused:
            case("in a small school the author needs a reason to issue", refused.status in (403, 422), refused)
        cast["reviewer"].post(f"/notices/{notice}/issue", {"defer_reason": "中心仅两人，先发后补审"})
    else:
        cast["reviewer"].post(f"/notices/{notice}/issue", {})
    value = cast["operator"].get(f"/notices/{notice}")
    case("it is issued with a number and a due date", value["state"] in ("issued",) and bool(value["number"]) and bool(value["due_at"]), value)
    officer = "zhou@campus.test" if cast.unit == cast.centre else "wang@campus.test"
    case("the unit's officer hears of it by mail", bool(wait_mail(officer, value["number"], before)))
    if same:
        case("until confirmed it is on the exception list", value["deferred_review"], value)
        cast["vice_president"].post(f"/notices/{notice}/confirm", {"reason": "情况属实，同意补审"})
    return notice


def rectify(cast, notice):
    officer = cast["officer"]
    officer.post(f"/notices/{notice}/sign")
    officer.post(f"/notices/{notice}/plan", {"responsible": "王倩", "plan": "重启服务，增加守护", "planned_at": int(time.time() * 1000) + 3600000})
    campus(NAME, "start", "web")
    status, answer, data = officer.raw("POST", f"/notices/{notice}/attachments?name=%E6%95%B4%E6%94%B9%E6%8A%A5%E5%91%8A.pdf", PDF,
                                       media="application/octet-stream")
    case("the sealed report is uploaded", status == 200, (status, data[:300]))
    attachment = json.loads(data)["id"]
    value = officer.get(f"/notices/{notice}")
    items = [{"finding_id": f["id"], "cause": "进程退出", "measure": "重启并配置守护", "done_at": int(time.time() * 1000)}
             for f in value["findings"]]
    officer.post(f"/notices/{notice}/submit", {"items": items, "attachment_id": attachment, "lesson": "同类服务已排查"})
    case("the unit submits", officer.get(f"/notices/{notice}")["state"] == "submitted")


def verify(cast, notice, small_high):
    verifier = cast["verifier"]
    if cast.unit == cast.centre:
        try:
            cast["operator"].post(f"/notices/{notice}/verify")
            case("the repairer cannot verify", False)
        except Refused as refused:
            case("the repairer cannot verify", refused.status == 403, refused)
    verifier.post(f"/notices/{notice}/verify")
    try:
        verifier.post(f"/notices/{notice}/pass", {"opinion": "不等复测", "method": "probe"})
        early = True
    except Refused:
        early = False
    proofs = until(lambda: [p for v in verifier.get(f"/notices/{notice}")["verifications"] for p in v["probes"] if p["state"] == "up"], 60)
    case("a fresh probe, asked after the submission, sees the service up", bool(proofs), proofs)
    if not early:
        verifier.post(f"/notices/{notice}/pass", {"opinion": "复测正常，同意通过", "method": "probe"})
    case("the verification is passed", verifier.get(f"/notices/{notice}")["state"] == "passed")


def finish(cast, notice):
    value = cast["operator"].post(f"/notices/{notice}/brief", {})
    value = cast["vice_president"].get(f"/notices/{notice}")
    case("the vice president has the brief", value["state"] == "briefed" and bool(value["brief"]), value)
    if cast.unit == cast.centre:
        case("the brief says the centre checked itself", value["brief"]["centre_self"], value["brief"])
    cast["vice_president"].post(f"/notices/{notice}/brief/mark", {"remark": "已阅"})
    cast["director"].post(f"/notices/{notice}/upreport", {"decision": "not_needed", "reason": "一般性中断，未造成影响"})
    cast["director"].post(f"/notices/{notice}/close", {"reason": "整改完成"})
    value = cast["director"].get(f"/notices/{notice}")
    case("it is closed", value["state"] == "closed", value["state"])
    document = until(lambda: next((d for d in cast["director"].get(f"/notices/{notice}")["documents"] if d["state"] == "ready"), None), 60)
    status, _, data = cast["director"].raw("GET", f"/documents/{document['id']}")
    case("the notice is a PDF", status == 200 and data.startswith(b"%PDF"), (status, data[:60]))


def run_cast(cast_name, store):
    platform = Platform(store, NAME)
    try:
        platform.start()
        cast = setup(platform, cast_name)
        grade = "high" if cast_name == "centre" else "medium"
        _, check = watch(cast, grade)
        incident = fail_and_ack(cast, check)
        notice = issue(cast, incident, grade)
        rectify(cast, notice)
        verify(cast, notice, cast_name == "centre")
        finish(cast, notice)
        platform.stop()
        audit(platform)
        if cast_name == "five":
            tamper.every_column(platform)
    except Exception as problem:  # one cast's trouble must not hide the others'
        case(f"{cast_name}: the line runs to its end", False, "".join(traceback.format_exception(problem))[-1500:].replace("\n", "\n# "))
        print("# " + platform.log_tail().replace("\n", "\n# "))
        platform.stop()
    finally:
        platform.remove()


def main(postgresql=False):
    on_a_desk(with_stores(on_the_desk, postgresql))


def on_the_desk(stores):
    for cast_name in (sys.argv[1:] or ["five", "two", "centre"]):
        run_cast(cast_name, stores.fresh())
        campus(NAME, "start", "web")
    return end()


if __name__ == "__main__":
    main()
