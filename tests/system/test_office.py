#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A superior's paper over the API, from the register to the archive, on the real platform: a state secret's file is
refused before it is read, a unit's deadline heeds the superior's, an internal scan stays off phones, own days move
nothing; the superior's own form is loaded once, mapped and filled in; what should not come in does not, at any door.  test_office_postgresql.py runs the same on PostgreSQL."""
import hashlib
import json
import pathlib
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import bad_uploads  # noqa: E402
from annex_forms import book_cells, book_form, parts, word_form, word_rows  # noqa: E402
from platform_driver import Person, on_a_desk, refusal, until, with_platform  # noqa: E402
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
    return people, unit, admin


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


def form_put(person, paper, name, data):
    status, _, answer = person.raw("POST", f"/incoming/{paper}/annexes?name={name}", data, media="application/octet-stream")
    return status, json.loads(answer)


def filled(person, paper, form):
    """Fill the form in and wait; the file that came of it."""
    done = person.post(f"/incoming/{paper}/annexes/{form}/fill", {})["id"]
    fill = until(lambda: next((f for f in person.get(f"/annexes?incoming={paper}")["fills"] if f["id"] == done and f["state"] != "waiting"), None), 40)
    case("a form is filled in", fill["state"] == "ready" and fill["attachment_id"], fill)
    return person.raw("GET", f"/incoming/{paper}/attachments/{fill['attachment_id']}")[2]


def findings_of(people, unit, paper, titles=("门户网站弱口令", "邮件系统未打补丁", "一卡通日志未留存")):
    operator = people["operator"]
    for title in titles:
        finding = operator.post("/findings", {"title": title, "kind": "weak_password", "grade": "low", "unit_id": unit, "description": f"{title}，见附件",
                                              "incoming_id": paper})["id"]
        operator.post(f"/findings/{finding}/confirm", {"title": title, "kind": "weak_password", "grade": "low", "unit_id": unit})
    return finding


def word_annex(people, paper):
    operator = people["operator"]
    status, done = form_put(operator, paper, "form.docx", word_form())
    case("a Word form is read", status == 200, (status, done))
    form = operator.get(f"/annexes/{done['id']}")
    guessed = {(p["t"], p["r"], p["c"]): (p["fact"], p["repeat"]) for p in form["places"]}
    case("what goes where is guessed from its labels", guessed == {
        (0, 0, 1): ("school", False), (0, 0, 3): ("paper_no", False), (0, 1, 1): ("all_fixed", False), (0, 3, 0): ("n", True),
        (0, 3, 1): ("unit", True), (0, 3, 2): ("problem", True), (0, 3, 3): ("measure", True), (0, 3, 4): ("phone", True),
        (-1, 1, 0): ("filler", False), (-1, 1, 1): ("today", False)}, guessed)
    way = f"/incoming/{paper}/annexes/{done['id']}/fill"
    case("nobody has looked at that yet, so it is not filled in", refusal(operator.post, way, {}) == (409, "annex.unmapped"))
    report = operator.post(way, {"dry_run": True})["report"]
    case("but can be tried out", report["rows"] == 3 and len(report["preview"][0]["repeat"][0]["rows"]) == 3, report)
    case("a fact nobody knows is refused", refusal(operator.call, "PATCH", f"/annexes/{done['id']}", {
        "places": [{"t": 0, "r": 0, "c": 0, "fact": "colour", "repeat": False}]}) == (422, "annex.places"))
    operator.call("PATCH", f"/annexes/{done['id']}", {"places": form["places"]})
    data = filled(operator, paper, done["id"])
    rows = word_rows(data)
    case("the head says school, number and how it stands", rows[0] == ["填报单位", "示例学院", "来文文号", "示教信〔2026〕9号"] and
         rows[1][1] == "□是 ☑否", rows[:2])
    case("three findings stand in two rows and one that was put in", [r[:3] for r in rows[3:6]] == [
        ["1", "教务处", "门户网站弱口令"], ["2", "教务处", "邮件系统未打补丁"], ["3", "教务处", "一卡通日志未留存"]] and rows[6][0] == "备注", rows)
    case("the line in the text is written on", "填表人：周敏 日期：" in parts(data)["word/document.xml"].decode())
    before, after = parts(word_form()), parts(data)
    case("every other part keeps its octets", {n: d for n, d in before.items() if n != "word/document.xml"} ==
         {n: d for n, d in after.items() if n != "word/document.xml"})
    return done["id"], data


def book_annex(people, paper):
    operator = people["operator"]
    form = form_put(people["school_office"], paper, "form.xlsx", book_form())[1]["id"]
    value = operator.get(f"/annexes/{form}")
    operator.call("PATCH", f"/annexes/{form}", {"places": value["places"]})
    data = filled(operator, paper, form)
    cells = book_cells(data)
    case("a workbook is filled in below its headings", [cells.get(f"C{r}") for r in (4, 5, 6)] == [
        "门户网站弱口令", "邮件系统未打补丁", "一卡通日志未留存"] and cells["B2"] == "示教信〔2026〕9号" and cells["E4"] == "否", cells)
    sheet = parts(data)["xl/worksheets/sheet1.xml"].decode()
    case("what stood below has moved down, merged as it was", cells["A7"] == "1" and 'ref="A7:F7"' in sheet and 'ref="A1:F1"' in sheet, sheet)
    case("every other part keeps its octets", all(d == parts(data)[n] for n, d in parts(book_form()).items() if "sheet1" not in n))
    return data


def annexes(people, unit, admin):
    office, operator = people["school_office"], people["operator"]
    admin.put("/settings/school", {"value": {"name": "示例学院", "short": "示例"}})
    secret = office.post("/incoming", {"secrecy": "secret", "place": "机要室 3 柜"})["id"]
    status, problem = form_put(office, secret, "form.docx", word_form())
    case("a state secret's form is refused before it is read", status == 422 and problem["code"] == "incoming.state_secret", (status, problem))
    superior = office.post("/superiors", {"name": "示例市网信办"})["id"]
    now = int(time.time() * 1000)
    papers = [office.post("/incoming", {"secrecy": "public", "superior_id": superior, "paper_no": f"示教信〔2026〕{n}号", "title": "关于整改的通知",
                                        "received_at": now, "due_at": now + 200 * HOUR_MS})["id"] for n in (9, 10)]
    findings_of(people, unit, papers[0])
    form, _ = word_annex(people, papers[0])
    book_annex(people, papers[0])
    files = operator.get(f"/incoming/{papers[0]}")["attachments"]
    case("what was filled in is a file of the answer", [f["kind"] for f in files] == ["annex", "annex"], files)
    later = operator.get(f"/annexes?incoming={papers[1]}")["forms"]
    case("the superior's next paper finds its forms mapped", {f["id"] for f in later if f["mapped_at"] and not f["own"]} >= {form}, later)
    rows = word_rows(filled(operator, papers[1], form))
    case("and without findings has none", rows[3] == ["1", "", "", "", ""] and rows[1][1] == "□是 □否", rows)
    again = form_put(operator, papers[1], "again.docx", word_form())[1]["id"]
    case("the same form, loaded again, is known", operator.get(f"/annexes/{again}")["mapped_at"])
    case("an officer has no part in it", refusal(people["officer"].get, f"/annexes/{form}")[0] == 403)
    case("a paper with a form is not made a secret of", refusal(office.call, "PATCH", f"/incoming/{papers[1]}", {
        "secrecy": "secret", "place": "机要室"})[1] == "incoming.has_content")


def bad(people, unit, platform):
    """Once is enough: neither store sees these files."""
    office, operator, director = people["school_office"], people["operator"], people["director"]
    paper = office.post("/incoming", {"secrecy": "public", "title": "关于附件的通知"})["id"]
    finding = findings_of(people, unit, paper, ("附件所列的隐患",))
    notice = operator.post("/notices", {"title": "关于附件的通报", "finding_ids": [finding], "requirement": "限期整改"})["id"]
    operator.post(f"/notices/{notice}/review")
    director.post(f"/notices/{notice}/issue", {})
    people["officer"].post(f"/notices/{notice}/sign")
    people["officer"].post(f"/notices/{notice}/plan", {"responsible": "王倩", "plan": "升级", "planned_at": int(time.time() * 1000) + HOUR_MS})
    bad_uploads.table(people, platform, notice, paper)


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
    people, unit, admin = cast_of(platform)
    secrets(people["school_office"], platform)
    internal(people["school_office"])
    line(people, unit)
    days(people, unit)
    group(people, unit)
    annexes(people, unit, admin)
    if not platform.store:
        bad(people, unit, platform)


def on_the_desk(stores):
    return with_platform(work, stores.fresh())


def main(postgresql=False):
    on_a_desk(with_stores(on_the_desk, postgresql))


if __name__ == "__main__":
    main()
