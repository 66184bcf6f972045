#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Who answers for a unit (article 13), over the API: a filing with its contact test and hand-over, somebody who may
have left, the review of a term, a deputy, what is passed on, a helper's link, a first code, a unit that ends.
test_officers_postgresql.py runs the same on PostgreSQL."""
import base64
import pathlib
import re
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from matrix_world import PDF  # noqa: E402
from platform_driver import NAME, Person, Platform, audit, campus, on_a_desk, refusal, until  # noqa: E402
from postgres_driver import with_stores  # noqa: E402
from tap import case, end  # noqa: E402
import traceback  # noqa: E402

PASSWORD = "Kuangye-2026-dengta"
DAY = 86400000
PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(40)).decode()


class School:
    def __init__(self, platform):
        self.platform = platform
        self.admin = Person().first_login("admin", platform.admin, PASSWORD)
        self.admin.put("/settings/school", {"value": {"name": "湖北示例职业学院", "short": "示例学院"}})
        self.unit = {n: self.admin.post("/units", {"name": n, "kind": "department"})["id"] for n in ("教务处", "图书馆", "后勤处")}
        self.persons, self.accounts = {}, {}
        self.operator = self.add("caozuo", "操明", "operator")
        self.director = self.add("zhuren", "任主", "director")
        self.head = self.add("chuzhang", "处长一", "unit_head", "教务处")
        self.officer = self.add("laowang", "王旧任", "officer", "教务处")
        self.library = self.add("guanyuan", "馆员", "officer", "图书馆")

    def add(self, account, name, role, unit=None):
        body = {"account": account, "name": name, "mail": f"{account}@campus.test", "phone": "13800000000",
                "roles": [{"role": role, "unit_id": self.unit.get(unit)}], "unit_id": self.unit.get(unit)}
        done = self.admin.post("/users", body)
        self.accounts[account] = done["id"]
        self.persons[account] = int(self.platform.rows(f"SELECT person_id FROM account WHERE name = '{account}'")[0][0])
        return Person().first_login(account, done["secret"], PASSWORD)

    def link(self, about, word, event=""):
        """The key of the newest mail's link that has this word before it."""
        rows = self.platform.rows(f"SELECT body FROM delivery WHERE about = '{about}' ORDER BY id DESC")
        return next(m[1] for r in rows for m in [re.search(rf"/{word}/(\w+)", r[0])] if m)

    def notice(self, title, unit):
        wanted = {"title": title, "kind": "service_fault", "grade": "medium", "unit_id": self.unit[unit],
                  "description": "绝密细节 详见报告", "advice": "恢复服务"}
        finding = self.operator.post("/findings", wanted)["id"]
        self.operator.post(f"/findings/{finding}/confirm", {k: wanted[k] for k in ("title", "kind", "grade", "unit_id")})
        notice = self.operator.post("/notices", {"title": title, "unit_id": self.unit[unit], "grade": "medium",
                                                 "finding_ids": [finding], "requirement": "限期恢复服务，提交整改报告。"})["id"]
        self.operator.post(f"/notices/{notice}/review")
        self.director.post(f"/notices/{notice}/issue", {})
        return finding, notice

    def unit_now(self, name):
        return self.operator.get(f"/units/{self.unit[name]}")


def to_person(operator, notice):
    return [r["person"]["name"] for r in operator.get(f"/notices/{notice}")["recipients"]]


def filed(s):
    finding, notice = s.notice("选课系统服务异常", "教务处")
    body = {"post": "officer", "name": "李新任", "title": "科员", "phone": "13900000001", "phone2": "13900000001", "mail": "xin@campus.test",
            "staff_no": "2026001", "outgoing_id": s.persons["laowang"], "reason": "岗位调整，由李新任接任"}
    case("a post nobody knows is refused", refusal(s.officer.post, "/filings", {**body, "post": "king"})[1] == "input.word")
    case("who is not in the post does not leave it", refusal(s.officer.post, "/filings", {**body, "outgoing_id": s.persons["chuzhang"]})[1] == "filing.not_in_post")
    made = s.officer.post("/filings", body)["id"]
    way = f"/filings/{made}"
    case("a second filing of the post waits for the first", refusal(s.officer.post, "/filings", body)[1] == "filing.running")
    case("another unit does not see it", refusal(s.library.get, way)[0] == 404)
    case("two equal phones are refused", refusal(s.officer.post, way + "/submit")[1] == "filing.phones")
    s.officer.call("PATCH", way, {"phone2": "027-00000002"})
    s.officer.post(way + "/submit")
    case("submitted by the officer it waits for the head", s.operator.get(way)["state"] == "submitted")
    case("the officer does not sign for his head", refusal(s.officer.post, way + "/sign")[0] == 403)
    case("without a form the centre cannot accept one", refusal(s.operator.post, way + "/accept")[1] == "filing.form")
    s.head.post(way + "/sign")
    value = s.operator.get(way)
    case("once signed its contacts are tested", value["state"] == "verifying" and {t["channel"] for t in value["tests"]} == {"mail", "phone", "phone2"}, value)
    case("untested it is not filed", refusal(s.operator.post, way + "/approve", {"reason": "急用"})[1] == "filing.tested")
    key = s.link("filing", "contact")
    case("the link shows for what, without a log-in", Person().get(f"/contact/{key}")["person"] == "李新任")
    case("looking confirms nothing", not next(t for t in s.operator.get(way)["tests"] if t["channel"] == "mail")["confirmed_at"])
    Person().post(f"/contact/{key}")
    case("a key of nobody finds nothing", refusal(Person().get, "/contact/abcdefgh")[0] == 404)
    for channel in ("phone", "phone2"):
        s.operator.post(way + "/heard", {"channel": channel})
    case("that it is not said to be staff in post is a warning to answer", refusal(s.operator.post, way + "/approve")[1] == "filing.warned")
    done = s.operator.post(way + "/approve", {"reason": "人事处已核实为在编人员"})
    case("the receipt has the first number of its year", re.fullmatch(r"网安备案 \d{4}-001", done["number"]), done)
    until(lambda: s.operator.get(way)["state"] == "effective", 20)
    return made, notice, finding


def handed_over(s, filing, notice):
    way = f"/filings/{filing}"
    unit = s.unit_now("教务处")
    case("the new officer is in post at once", unit["officer"]["name"] == "李新任" and unit["post_state"] == "filled", unit)
    case("the open notice is his", "李新任" in to_person(s.operator, notice) and "王旧任" not in to_person(s.operator, notice), to_person(s.operator, notice))
    case("the old one's session has ended", refusal(s.officer.get, "/notices")[0] in (401, 403))
    old = Person().login("laowang", PASSWORD)
    session = old.get("/session")
    case("he may log in for some days, and is told until when", session["reads_until"] > session["now"] + 6 * DAY, session)
    case("he sees no notice any more", refusal(old.get, "/notices")[1] == "denied.handed_over")
    case("but his hand-over", [f["id"] for f in old.get("/filings")["items"]] == [filing])
    old.post(way + "/hand-over", {"notes": "服务器口令在信封里，见保险柜二层。"})
    case("a stranger is no party to it", refusal(s.head.post, way + "/hand-over", {})[1] == "filing.not_party")
    new_id = s.operator.get(way)["person"]["id"]
    given = s.operator.post(f"/people/{new_id}/access", {"account": "lixin"})
    case("a first code is told with its account", given["number"] == "lixin" and given["secret"], given)
    s.platform_code = given["secret"]
    case("nobody of the centre gets his password so", refusal(s.operator.post, f"/people/{s.persons['zhuren']}/access", {})[1] == "access.not_of_unit")
    new = Person().first_login("lixin", given["secret"], PASSWORD)
    case("he reads the notes", "保险柜" in new.get(way)["notes"])
    new.post(way + "/hand-over", {})
    value = s.operator.get(way)
    case("both have confirmed the list", value["given_at"] and value["received_at"] and value["moved"]["notices"] == 1, value)
    s.new, s.persons["lixin"] = new, new_id
    then = s.operator.get(f"/units/{s.unit['教务处']}/officers?at={value['approved_at'] - 1}")
    now = s.operator.get(f"/units/{s.unit['教务处']}/officers")
    name = lambda v: [i["person"]["name"] for i in v["items"] if i["role"] == "officer"]  # noqa: E731
    case("who it was on a day is answered", name(then) == ["王旧任"] and name(now) == ["李新任"] and now["items"][0]["filing"] == value["number"], (then, now))


def code_ran_out(s):
    given = s.operator.post(f"/people/{s.persons['guanyuan']}/access", {})
    s.platform.change("UPDATE account SET code_until_ms = 1 WHERE name = 'guanyuan'")
    case("a code that ran out opens nothing, and says so", refusal(Person().login, "guanyuan", given["secret"])[1] == "session.code_expired")
    given = s.operator.post(f"/people/{s.persons['guanyuan']}/access", {})
    s.library = Person().first_login("guanyuan", given["secret"], PASSWORD)


def doubted(s, notice):
    person = s.persons["lixin"]
    for n in range(2):
        s.operator.post(f"/people/{person}/called", {"reached": False, "number": "phone", "note": f"第{n + 1}次，停机"})
    case("two dead calls are no doubt", not s.operator.get("/doubts?state=open")["items"])
    s.operator.post(f"/people/{person}/called", {"reached": False, "number": "phone"})
    doubt = s.operator.get("/doubts?state=open")["items"][0]
    case("three are, with their evidence", doubt["signal"] == "phone_dead" and len(doubt["facts"]) == 3, doubt)
    unit = s.unit_now("教务处")
    case("the head stands in at once", unit["post_state"] == "interim" and unit["interim"]["name"] == "处长一", unit)
    case("his session has ended", refusal(s.new.get, "/notices")[0] in (401, 403))
    again = Person().login("lixin", PASSWORD)
    case("he is told why, and shown nothing", again.get("/session")["withheld"] and refusal(again.get, f"/notices/{notice}")[1] == "denied.withheld")
    before = len(s.platform.rows(f"SELECT id FROM delivery WHERE person_id = {person}"))
    s.operator.post(f"/notices/{notice}/remind")
    told = [r[0] for r in s.platform.rows("SELECT p.name FROM delivery d JOIN person p ON p.id = d.person_id"
                                          f" WHERE d.about = 'notice' AND d.about_id = {notice} ORDER BY d.id")]
    case("a reminder goes to the head and not to him", "处长一" in told and len(s.platform.rows(f"SELECT id FROM delivery WHERE person_id = {person}")) == before, told)
    case("it is the head's to do", any(t["kind"] == "doubt" for t in s.head.get("/todo")["items"]))
    case("an unknown state is refused", refusal(s.head.post, f"/doubts/{doubt['id']}/settle", {"reason": "见到本人了"})[1] == "input.required")
    s.head.post(f"/doubts/{doubt['id']}/settle", {"left": False, "reason": "当面见到本人，手机换号"})
    case("cleared, he is in post again", s.unit_now("教务处")["post_state"] == "filled" and Person().login("lixin", PASSWORD).get("/notices")["items"])
    s.new = Person().login("lixin", PASSWORD)
    s.operator.post(f"/people/{person}/called", {"reached": False, "number": "phone"})
    case("and the count begins anew", not s.operator.get("/doubts?state=open")["items"])


def staff_list(s):
    people = s.platform.rows("SELECT DISTINCT p.name FROM person p JOIN role_grant g ON g.person_id = p.id WHERE g.valid_to_ms IS NULL"
                             " AND g.role IN ('officer', 'specialist', 'unit_head')")
    names = [r[0] for r in people]
    sheet = lambda left: {"text": "姓名,工号\n" + "\n".join(f"{n}," for n in names if n not in left), "format": "csv", "dry_run": True}  # noqa: E731
    case("a sheet that knows hardly anybody is the wrong one", refusal(s.operator.post, "/staff-list", {"text": "姓名,工号\n外人,\n", "format": "csv", "dry_run": False})[1] == "staff.wrong_sheet")
    report = s.operator.post("/staff-list", sheet(["馆员"]))["report"]
    case("a dry run says who is missing and does nothing", report["changed"] == 1 and report["errors"][0]["value"] == "馆员" and not s.operator.get("/doubts?state=open")["items"], report)
    s.operator.post("/staff-list", {**sheet(["馆员"]), "dry_run": False})
    doubt = s.operator.get("/doubts?state=open")["items"][0]
    case("who is in it no more is doubted", doubt["person"]["name"] == "馆员" and doubt["signal"] == "hr_absent", doubt)
    case("a unit without a head is vacant for the centre to see", s.unit_now("图书馆")["doubts"] == 1)
    s.operator.post(f"/doubts/{doubt['id']}/settle", {"left": True, "reason": "人事处答复：已调出"})
    case("confirmed, his role ends", s.unit_now("图书馆")["post_state"] == "vacant")
    s.admin.call("PATCH", f"/users/{s.accounts['guanyuan']}", {"disabled": True})
    case("an account that is nobody's in post raises nothing", not s.operator.get("/doubts?state=open")["items"])


def mail_refused(s):
    s.operator.post("/doubts", {"person_id": s.persons["lixin"], "unit_id": s.unit["教务处"], "evidence": "同事来电：已离职"})
    doubt = s.operator.get("/doubts?state=open")["items"][0]
    case("somebody may say so", doubt["signal"] == "reported")
    s.head.post(f"/doubts/{doubt['id']}/settle", {"left": False, "reason": "误传，本人在岗"})
    s.new = Person().login("lixin", PASSWORD)


def reviewed(s):
    s.operator.post("/term-reviews", {"name": "2026 年秋季学期"})
    case("one at a time", refusal(s.operator.post, "/term-reviews", {"name": "又一次"})[1] == "review.open")
    review = s.head.get("/term-reviews")["items"][0]
    case("a unit sees its own line alone", [r["unit"]["name"] for r in review["rows"]] == ["教务处"], review)
    case("it stands among what is to be done", any(t["kind"] == "term_review" for t in s.new.get("/todo")["items"]))
    s.new.post(f"/term-reviews/{review['id']}/confirm")
    case("once is enough", refusal(s.head.post, f"/term-reviews/{review['id']}/confirm")[1] == "review.confirmed")
    rows = {r["unit"]["name"]: r["at"] for r in s.operator.get("/term-reviews")["items"][0]["rows"]}
    case("the centre sees who has not", rows["教务处"] and not rows["图书馆"] and not rows["后勤处"], rows)
    s.operator.post(f"/term-reviews/{review['id']}/close")


def deputised(s, notice):
    deputy = s.add("daiban", "代班人", "officer", "图书馆")
    person = s.persons["daiban"]
    now = s.new.get("/session")["now"]
    wanted = {"deputy_id": person, "from": now, "to": now + 3 * DAY, "reason": "出差"}
    case("a deputy is of the unit", refusal(s.new.post, "/delegations", wanted)[1] == "delegation.other_unit")
    s.operator.call("PATCH", f"/people/{person}", {"unit_id": s.unit["教务处"]})
    made = s.new.post("/delegations", wanted)["id"]
    deputy = Person().login("daiban", PASSWORD)
    grant = next(g for g in deputy.get("/session")["grants"] if (g["unit"] or {}).get("name") == "教务处")
    deputy.post("/session/role", {"grant_id": grant["id"]})
    case("whoever stands in is told for whom", deputy.get("/session")["for_person"] == "李新任")
    deputy.post(f"/notices/{notice}/sign")
    step = next(t for t in deputy.get(f"/notices/{notice}")["timeline"] if t["code"] == "signed")
    case("what he does says for whom", step["actor"] == "代班人" and step["for_person"] == "李新任", step)
    s.new.post(f"/delegations/{made}/end")
    case("ended, he acts for him no more", refusal(deputy.get, f"/notices/{notice}")[0] in (401, 403, 404))


def passed_on(s, notice):
    made = s.new.post(f"/notices/{notice}/pass-on", {"text": "请各位检查办公室电脑口令。", "person_ids": [s.persons["chuzhang"]]})
    page = Person().get(f"/pass/{made['secret']}")
    case("the link shows the officer's words, without details", page["text"].startswith("请各位") and not page["findings"] and "绝密" not in str(page), page)
    Person().post(f"/pass/{made['secret']}")
    own = s.link("pass_on", "pass")
    Person().post(f"/pass/{own}")
    item = s.new.get(f"/notices/{notice}/pass-on")["items"][0]
    case("who has read is counted", item["sent"] == 1 and item["read"] == 1 and sum(r["reads"] for r in item["readers"]) == 2, item)
    case("people of other units get none", refusal(s.new.post, f"/notices/{notice}/pass-on", {"text": "x", "person_ids": [s.persons["guanyuan"]]})[1] == "pass_on.other_unit")
    s.new.post(f"/pass-on/{made['id']}/end")
    case("taken back, the link is dead", refusal(Person().get, f"/pass/{own}")[0] == 404)
    s.new.post("/unit-notes", {"text": "本单位新增一台打印服务器，请登记。"})
    note = s.operator.get("/unit-notes")["items"][0]
    s.operator.post(f"/unit-notes/{note['id']}/read")
    case("a word to the centre is read", s.new.get("/unit-notes")["items"][0]["read_by"]["name"] == "操明")


def helped(s, finding):
    made = s.new.post(f"/findings/{finding}/helpers", {"helper": "蓝天软件 张工", "mail": "zhang@vendor.test"})
    page = Person().get(f"/helper/{made['secret']}")
    case("the helper sees the one finding", page["title"] == "选课系统服务异常" and page["description"].startswith("绝密"), page)
    stranger = Person()
    case("and nothing else", refusal(stranger.get, f"/findings/{finding}")[0] == 401 and refusal(stranger.get, "/findings")[0] == 401)
    body = s.platform.rows("SELECT body FROM delivery WHERE about = 'helper_link' ORDER BY id")[0][0]
    case("his mail says nothing of it", "选课" not in body and "绝密" not in body, body)
    case("what is no picture is refused", refusal(stranger.post, f"/helper/{made['secret']}", {"done": "好了", "picture": base64.b64encode(b"<svg/>").decode()})[1] == "helper.picture")
    stranger.post(f"/helper/{made['secret']}", {"done": "已升级中间件并重启", "picture": PNG})
    link = s.new.get(f"/findings/{finding}/helpers")["items"][0]
    case("the unit reads what was done, with its picture", link["reports"][0]["done"].startswith("已升级") and link["reports"][0]["picture"] == PNG, link)
    s.new.post(f"/helpers/{made['id']}/end", {"reason": "已处理完"})
    case("taken back, he sees nothing", refusal(stranger.get, f"/helper/{made['secret']}")[0] == 404)


def dissolved(s, notice):
    unit, other = s.unit["教务处"], s.unit["后勤处"]
    moves = s.operator.get(f"/units/{unit}/moves")
    case("what would move is counted before", moves["notices"] == 1 and moves["findings"] == 1 and moves["people"] >= 3, moves)
    case("open work without a successor is refused", refusal(s.operator.post, f"/units/{unit}/dissolve", {"reason": "机构调整"})[1] == "unit.has_notices")
    case("into itself nothing goes", refusal(s.operator.post, f"/units/{unit}/dissolve", {"reason": "机构调整", "successor_id": unit})[1] == "unit.successor")
    s.operator.post(f"/units/{unit}/dissolve", {"reason": "校发〔2026〕1号：并入后勤处", "successor_id": other})
    value = s.operator.get(f"/notices/{notice}")
    case("the open notice is the successor's, and says so", value["unit"]["name"] == "后勤处" and any(t["code"] == "unit_moved" and t["args"]["from"] == "教务处" for t in value["timeline"]), value["unit"])
    case("its officer goes along", s.unit_now("后勤处")["officer"]["name"] == "李新任", s.unit_now("后勤处"))
    case("by the old name the new one is found", [u["name"] for u in s.operator.get("/units?q=%E6%95%99%E5%8A%A1%E5%A4%84")["items"]] == ["后勤处"])
    old = s.operator.get(f"/units/{unit}")
    case("the old one has ended, into the new", old["valid_to"] and old["successor"]["name"] == "后勤处", old)
    s.operator.post(f"/units/{s.unit['图书馆']}/dissolve", {"reason": "撤销"})
    case("one without open work ends alone", s.unit_now("图书馆")["valid_to"])


def by_form(s):
    """Nobody of the unit can log in: the centre asks in its stead, on a sealed form."""
    s.operator.call("PATCH", f"/units/{s.unit['图书馆']}", {"valid_to": None})
    made = s.operator.post("/filings", {"post": "officer", "unit_id": s.unit["图书馆"], "name": "纸面人", "phone": "13900000003", "in_post": True,
                                        "phone2": "13900000004", "mail": "zhi@campus.test", "reason": "盖章任命"})["id"]
    s.operator.post(f"/filings/{made}/submit")
    status, _, data = s.operator.raw("POST", f"/filings/{made}/form?name=%E4%BB%BB%E5%91%BD%E8%A1%A8.pdf", PDF, media="application/octet-stream")
    case("the sealed form is taken", status == 200, data)
    form = s.operator.get(f"/filings/{made}")["forms"][0]
    status, _, data = s.operator.raw("GET", f"/filings/{made}/forms/{form['id']}")
    case("and given back as it was", status == 200 and data == PDF)
    s.operator.post(f"/filings/{made}/accept")
    s.operator.post(f"/filings/{made}/return", {"reason": "印章不清，请重新盖章"})
    case("returned it says why, and may be submitted anew", s.operator.get(f"/filings/{made}")["returned_reason"].startswith("印章"))
    s.operator.post(f"/filings/{made}/submit")
    s.operator.post(f"/filings/{made}/accept")
    Person().post(f"/contact/{s.link('filing', 'contact')}")
    for channel in ("phone", "phone2"):
        s.operator.post(f"/filings/{made}/heard", {"channel": channel})
    case("whoever asked does not file it", refusal(s.operator.post, f"/filings/{made}/approve")[1] == "filing.other_person")
    number = s.director.post(f"/filings/{made}/approve")["number"]
    case("numbers have no gap", number.endswith("-002"), number)
    until(lambda: s.unit_now("图书馆")["post_state"] == "filled", 20)


def mail_gone(s):
    campus(NAME, "mail", "reject", "550")
    s.admin.put("/settings/mail", {"value": {"host": "10.20.25.25", "port": 25, "tls": "none", "from": "fengsui@campus.test"}})
    doubt = until(lambda: next((d for d in s.operator.get("/doubts?state=open")["items"] if d["signal"] == "mail_refused"), None), 60)
    case("a mailbox refused for good is a doubt, with the server's words", any("550" in f["evidence"] for f in doubt["facts"]), doubt)


def on_the_desk(stores):
    platform = Platform(stores.fresh(), NAME)
    try:
        platform.start()
        s = School(platform)
        filing, notice, finding = filed(s)
        handed_over(s, filing, notice)
        code_ran_out(s)
        doubted(s, notice)
        staff_list(s)
        mail_refused(s)
        reviewed(s)
        deputised(s, notice)
        passed_on(s, notice)
        helped(s, finding)
        dissolved(s, notice)
        by_form(s)
        mail_gone(s)
        platform.stop()
        audit(platform)
    except Exception as problem:
        case("it runs to its end", False, "".join(traceback.format_exception(problem))[-1800:].replace("\n", "\n# "))
        print("# " + platform.log_tail().replace("\n", "\n# "))
        platform.stop()
    finally:
        platform.remove()
    return end()


def main(postgresql=False):
    on_a_desk(with_stores(on_the_desk, postgresql))


if __name__ == "__main__":
    main()
