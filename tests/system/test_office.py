#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A superior's paper over the API, from the register to the archive, on the real platform: a state secret's file is
refused before it is read, a unit's deadline heeds the superior's, an internal scan stays off phones, own days move
nothing.  test_office_postgresql.py runs the same on PostgreSQL."""
import hashlib
import json
import pathlib
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from platform_driver import Person, on_a_desk, refusal, with_platform  # noqa: E402
from postgres_driver import with_stores  # noqa: E402
from tap import case  # noqa: E402

PASSWORD = "Kuangye-2026-dengta"
PDF = (b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
       b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\nxref\n0 4\n0000000000 65535 f \n"
       b"0000000009 00000 n \n0000000052 00000 n \n0000000101 00000 n \ntrailer<</Size 4/Root 1 0 R>>\nstartxref\n170\n%%EOF\n")
HOUR_MS = 3_600_000


def cast_of(platform):
    admin = Person().first_login("admin", platform.admin, PASSWORD)
    unit = admin.post("/units", {"name": "教务处", "kind": "department"})["id"]
    people = {}
    for account, name, role, of in (("zheng", "郑文", "school_office", None), ("zhou", "周敏", "operator", None), ("lin", "林涛", "director", None),
                                    ("liu", "刘建国", "vice_president", None), ("wang", "王倩", "officer", unit)):
        done = admin.post("/users", {"account": account, "name": name, "mail": f"{account}@campus.test", "unit_id": unit,
                                     "roles": [{"role": role, "unit_id": of}]})
        people[role] = Person().first_login(account, done["secret"], PASSWORD)
    return people, unit


def upload(person, paper, data=PDF):
    status, _, answer = person.raw("POST", f"/incoming/{paper}/attachments?name=%E6%9D%A5%E6%96%87.pdf", data, media="application/octet-stream")
    return status, json.loads(answer)


def secrets(office, platform):
    case("a state secret has no title", refusal(office.post, "/incoming", {"secrecy": "secret", "place": "机要室", "title": "x"}) ==
         (422, "incoming.state_secret"))
    paper = office.post("/incoming", {"secrecy": "secret", "place": "机要室 3 柜"})["id"]
    blobs = len(list((platform.data / "blobs").rglob("*")))
    status, problem = upload(office, paper)
    case("its scan is refused and nothing of it is on the disk", status == 422 and problem["code"] == "incoming.state_secret" and
         len(list((platform.data / "blobs").rglob("*"))) == blobs, (status, problem))
    office.post(f"/incoming/{paper}/end", {"how": "keep"})
    value = office.get(f"/incoming/{paper}")
    case("number and place are all there is", value["state"] == "archived" and value["title"] is None and value["place"] == "机要室 3 柜", value)


def internal(office):
    paper = office.post("/incoming", {"secrecy": "internal", "title": "关于排查的内部通知"})["id"]
    status, done = upload(office, paper)
    value = office.get(f"/incoming/{paper}")
    kept = value["attachments"][0]
    case("a scan is kept byte for byte under two digests", status == 200 and kept["sha256"] == hashlib.sha256(PDF).hexdigest() and
         kept["octets"] == len(PDF), (status, kept))
    path = f"/incoming/{paper}/attachments/{done['id']}"
    phone = office.raw("GET", path, headers={"User-Agent": "Mozilla/5.0 (Linux; Android 14) Mobile Safari"})
    desk = office.raw("GET", path, headers={"User-Agent": "Mozilla/5.0 (X11; Linux x86_64)"})
    case("what is internal is not downloaded onto a phone", phone[0] == 403 and desk[0] == 200 and desk[2] == PDF, (phone[0], desk[0]))


def line(people, unit):
    office, operator, director = people["school_office"], people["operator"], people["director"]
    now = int(time.time() * 1000)
    superior = office.post("/superiors", {"name": "示例省教育厅"})["id"]
    paper = office.post("/incoming", {"secrecy": "public", "superior_id": superior, "paper_no": "示教信〔2026〕7号", "title": "关于限期整改的通知",
                                      "urgency": "urgent", "received_at": now, "due_at": now + 50 * HOUR_MS})["id"]
    value = office.get(f"/incoming/{paper}")
    case("of fifty hours twelve are kept back", value["inner_due_at"] == now + 38 * HOUR_MS, value["inner_due_at"] - now)
    office.post(f"/incoming/{paper}/propose", {"proposal": "拟请信息技术中心办理"})
    people["vice_president"].post(f"/incoming/{paper}/words", {"words": "请抓紧办理"})
    director.post(f"/incoming/{paper}/assign", {"handler_id": operator.get("/session")["person"]["id"]})
    todo = operator.get("/todo")["items"]
    case("it is in the to-do of who handles it", any(x["kind"] == "incoming" and x["act"] == "handle" for x in todo), todo)
    finding = operator.post("/findings", {"title": "教务系统弱口令", "kind": "weak_password", "grade": "low", "unit_id": unit, "description": "来文附件所列",
                                          "incoming_id": paper})["id"]
    operator.post(f"/findings/{finding}/confirm", {"title": "教务系统弱口令", "kind": "weak_password", "grade": "low", "unit_id": unit})
    notice = operator.post("/notices", {"title": "关于弱口令的通报", "finding_ids": [finding], "requirement": "限期整改"})["id"]
    operator.post(f"/notices/{notice}/review")
    director.post(f"/notices/{notice}/issue", {})
    value = operator.get(f"/notices/{notice}")
    issued = value["issued_at"]
    case("the notice names the paper and is due for it", value["incoming"]["id"] == paper and value["source"] == "superior" and
         issued < value["due_at"] <= now + 39 * HOUR_MS, value["due_at"] - now)
    said = [x["code"] for x in people["officer"].get(f"/explain/notice/{notice}")]
    case("and says why", "due.superior" in said, said)
    case("which paper is no affair of the unit's", people["officer"].get(f"/notices/{notice}")["incoming"] is None)
    dues = operator.get("/dues")["items"]
    case("all of it is in the calendar of deadlines", {"superior", "inner", "remediate", "sign"} <= {x["what"] for x in dues}, dues)
    status, _, ics = operator.raw("GET", "/dues/ics")
    case("which a calendar program reads, without a title", status == 200 and ics.startswith(b"BEGIN:VCALENDAR\r\n") and
         "限期整改".encode() not in ics, ics[:200])
    case("an answer without a seal is refused", refusal(operator.post, f"/incoming/{paper}/answer", {
        "result": "done", "answer": "已整改", "channel": "上级平台"}) == (422, "incoming.sealed"))
    office.post(f"/incoming/{paper}/seals", {"what": "answer", "sealed_by": "郑文", "copies": 2})
    operator.post(f"/incoming/{paper}/answer", {"result": "done", "answer": "已整改", "channel": "上级平台"})
    office.post(f"/incoming/{paper}/receipt", {"receipt": "回执 31"})
    case("while its notice runs it is not archived", refusal(office.post, f"/incoming/{paper}/end", {"how": "archive"}) ==
         (422, "incoming.spawned_open"))
    director.post(f"/notices/{notice}/withdraw", {"reason": "测试结束，撤销通报"})
    office.post(f"/incoming/{paper}/end", {"how": "archive"})
    case("then it is", office.get(f"/incoming/{paper}")["state"] == "archived")


def days(people, unit):
    operator, director = people["operator"], people["director"]
    finding = operator.post("/findings", {"title": "日志留存不足", "kind": "other", "grade": "low", "unit_id": unit, "description": "核查发现"})["id"]
    operator.post(f"/findings/{finding}/confirm", {"title": "日志留存不足", "kind": "other", "grade": "low", "unit_id": unit})
    notice = operator.post("/notices", {"title": "关于日志留存的通报", "finding_ids": [finding], "requirement": "限期整改"})["id"]
    operator.post(f"/notices/{notice}/review")
    director.post(f"/notices/{notice}/issue", {})
    due = operator.get(f"/notices/{notice}")["due_at"]
    day = time.strftime("%Y-%m-%d", time.gmtime(due / 1000 + 8 * 3600))
    body = {"unit_id": unit, "spans": [{"from": day, "to": day, "kind": "off", "reason": "校庆"}]}
    moves = operator.post("/calendars", {**body, "dry_run": True})["moves"]
    case("a preview names what would move", [m["id"] for m in moves] == [notice] and moves[0]["would_be"] > due, moves)
    operator.post("/calendars", body)
    case("saving moves nothing", operator.get(f"/notices/{notice}")["due_at"] == due)
    director.post(f"/notices/{notice}/recount", {"reason": "校庆放假"})
    value = operator.get(f"/notices/{notice}")
    case("the director's own act does", value["due_at"] == moves[0]["would_be"] and "recounted" in [x["code"] for x in value["timeline"]], value["due_at"])


def group(people, unit):
    office, officer = people["school_office"], people["officer"]
    meeting = office.post("/meetings", {"title": "领导小组例会", "day": int(time.time() * 1000)})["id"]
    task = office.post("/tasks", {"title": "完成账号清理", "unit_id": unit, "meeting_id": meeting, "rule": "5 wd"})["id"]
    officer.post(f"/tasks/{task}/reports", {"text": "已清理 31 个账号", "done": True})
    people["vice_president"].post(f"/tasks/{task}/settle", {"how": "confirm"})
    case("a task is reported and confirmed", office.get(f"/tasks/{task}")["state"] == "done")
    guidance = office.post("/guidance", {"title": "暑期值守", "text": "请安排值守。", "unit_ids": [unit]})["id"]
    officer.post(f"/guidance/{guidance}/read")
    case("guidance counts its readers", office.get("/guidance")["items"][0]["read"] == 1)


def work(platform):
    people, unit = cast_of(platform)
    secrets(people["school_office"], platform)
    internal(people["school_office"])
    line(people, unit)
    days(people, unit)
    group(people, unit)


def on_the_desk(stores):
    return with_platform(work, stores.fresh())


def main(postgresql=False):
    on_a_desk(with_stores(on_the_desk, postgresql))


if __name__ == "__main__":
    main()
