#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Papers as files: each as PDF and Word, a school's own Word file in place of ours, and several put
together to print.  test_papers_postgresql.py runs the same on PostgreSQL."""
import json
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import test_line as line  # noqa: E402
import test_workers  # noqa: E402
from platform_driver import Refused, on_a_desk, until, with_platform  # noqa: E402
from postgres_driver import with_stores  # noqa: E402
from tap import case  # noqa: E402
from word_file import paragraph, row, says, word  # noqa: E402

OURS = (paragraph("示例学院整改通知 编号：{{num", "ber}}") + paragraph("致{{unit}}：") +
        "<w:tbl>" + row("序号", "隐患") + row("{{#each problems}}{{@n}}", "{{title}}{{/each}}") + "</w:tbl>" + paragraph("校验码 {{check_code}}"))
HOSTILE = [
    ("a field the kind does not have is refused with its place", word(paragraph("致{{unitt}}：")), "template.field", "{{unitt}}"),
    ("a file with macros is refused", word(paragraph("x"), {"word/vbaProject.bin": b"x"}), "template.macro", "vbaProject"),
    ("a file that links outside is refused", word(paragraph("x"), {"word/_rels/settings.xml.rels":
     '<Relationships><Relationship Id="r" TargetMode="External" Target="http://10.20.11.10/x.dotm"/></Relationships>'}), "template.link", "settings"),
    ("a file with entities is refused", word(paragraph("x"), {"word/header1.xml": '<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'}),
     "template.broken", "header1"),
    ("a file that unpacks to a thousand times its size is refused", word(paragraph("x"), {"word/a.xml": b"\0" * 6000000}), "template.too_large", "a.xml"),
    ("a PDF is no template", line.PDF, "template.broken", "Word"),
]


class Acting:
    """Whoever holds the role, asked in it each time: he may have acted in another meanwhile."""

    def __init__(self, school, role):
        self.school = school
        self.role = role

    def __getattr__(self, name):
        return getattr(self.school.cast[self.role], name)


def documents(person, notice, count=1):
    def ready():
        found = person.get(f"/notices/{notice}")["documents"]
        return len(found) >= count and all(d["state"] == "ready" and d["word_state"] == "ready" for d in found) and found
    return until(ready, 90)


def fetch(person, path):
    status, _, data = person.raw("GET", path)
    return data if status == 200 else (status, data[:200])


def put(person, kind, octets, name="ours.docx"):
    status, _, data = person.raw("POST", f"/paper-templates/{kind}?name={name}", octets, media="application/octet-stream")
    return status, json.loads(data)


def made(person, document):
    return until(lambda: person.get(f"/documents/{document}/about")["state"] != "waiting", 60) and fetch(person, f"/documents/{document}")


def pdf_text(octets):
    with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
        file.write(octets)
        file.flush()
        return subprocess.run(["pdftotext", "-layout", file.name, "-"], capture_output=True, text=True, check=True).stdout


def both_formats(school):
    notice = school.issue()
    officer = school.cast["officer"]
    paper = documents(officer, notice)[0]
    pdf, doc = fetch(officer, f"/documents/{paper['id']}"), fetch(officer, f"/documents/{paper['word_id']}")
    case("a notice is a PDF", pdf[:5] == b"%PDF-" and paper["check_code"] in pdf_text(pdf), pdf[:60])
    case("of faces that were cut down behind the fence", len(pdf) < 150 * 1024, len(pdf))
    text = "".join(says(doc))
    case("and a Word file that says the same", all(w in text for w in ("教务处", "弱口令", paper["check_code"], "（单位公章）")), text[:300])
    return notice


def own_file(school):
    officer = school.cast["officer"]
    director = Acting(school, "director")
    for name, octets, code, place in HOSTILE:
        status, problem = put(director, "notice", octets)
        case(name, status == 422 and problem["code"] == code and place in problem.get("detail", ""), (status, problem))
    case("none of them is kept", director.get("/paper-templates")["templates"] == [])
    status, _ = put(school.cast["officer"], "notice", word(OURS))
    case("a unit puts no template in", status == 403, status)
    ours = word(OURS)
    status, done = put(director, "notice", ours)
    case("the director does", status == 200, (status, done))
    notice = school.issue()
    paper = documents(officer, notice)[0]
    said = says(fetch(officer, f"/documents/{paper['word_id']}"))
    number = officer.get(f"/notices/{notice}")["number"]
    case("from then on its Word file is the school's own, filled in",
         said[0] == f"示例学院整改通知 编号：{number}" and said[1] == "致教务处：" and said[4] == "1" and paper["check_code"] in said[-1], said)
    example = director.post("/paper-templates/notice/example")["id"]
    case("an example says what belongs in each field", says(made(director, example))[1] == "致责任单位：")
    director.post("/paper-templates/notice/use", {})
    notice = school.issue()
    paper = documents(officer, notice)[0]
    case("ours is used again when it is taken back", len(says(fetch(officer, f"/documents/{paper['word_id']}"))) > 8)
    try:
        director.post("/paper-templates/notice/use", {})
        case("what is in force already is not put in force", False)
    except Refused as refused:
        case("what is in force already is not put in force", refused.status == 409, refused)
    file = director.get("/paper-templates")["templates"][0]
    case("the file stays as it came", file["state"] == "withdrawn" and fetch(director, f"/paper-template-files/{file['id']}") == ours, file)
    director.post("/paper-templates/notice/use", {"template_id": file["id"]})
    case("and can be used again", director.get("/paper-templates")["templates"][0]["state"] == "in_force")


def printing(school, notices):
    officer = school.cast["officer"]
    operator = school.cast["operator"]
    document = operator.post("/documents/print", {"notice_ids": notices})["id"]
    text = pdf_text(made(operator, document))
    pages = text.split("\f")[:-1]
    firsts = [i for i, page in enumerate(pages) if "编号：" in page]
    case("papers of several notices are one PDF, each from the front of a sheet",
         len(firsts) == len(notices) and all(i % 2 == 0 for i in firsts), (firsts, len(pages)))
    try:
        school.cast["officer"].get(f"/documents/{document}")
        case("what the centre prints is not the unit's", False)
    except Refused as refused:
        case("what the centre prints is not the unit's", refused.status == 404, refused)
    document = officer.post("/documents/print", {"notice_ids": notices[:1]})["id"]
    case("a unit prints its own", made(officer, document)[:5] == b"%PDF-")
    try:
        officer.post("/documents/print", {"notice_ids": notices, "kind": "brief"})
        case("what goes to the leader is not printed by a unit", False)
    except Refused as refused:
        case("what goes to the leader is not printed by a unit", refused.status in (404, 422), refused)


def reminder(school, notice):
    operator = school.cast["operator"]
    operator.post(f"/notices/{notice}/remind")
    papers = documents(operator, notice, 2)
    text = pdf_text(fetch(operator, f"/documents/{papers[-1]['id']}"))
    case("a reminder is a paper of its own", papers[-1]["kind"] == "reminder" and "催办单" in text, papers)


def chosen_order(school, notices):
    operator = school.cast["operator"]
    numbers = [operator.get(f"/notices/{n}")["number"] for n in reversed(notices)]
    text = pdf_text(made(operator, operator.post("/documents/print", {"notice_ids": notices[::-1], "kind": "notice"})["id"]))
    heads = [line for line in text.splitlines() if "编号：" in line]
    case("they come in the order they were chosen", len(heads) == 2 and all(n in h for n, h in zip(numbers, heads)), heads)


def objection(school, notice):
    officer = school.cast["officer"]
    officer.post(f"/notices/{notice}/sign")
    before = len(officer.get(f"/notices/{notice}")["documents"])
    officer.post(f"/notices/{notice}/objections", {"reason": "already_fixed", "text": "已于上周完成整改，附整改记录"})
    paper = documents(officer, notice, before + 1)[-1]
    text = pdf_text(fetch(officer, f"/documents/{paper['id']}"))
    case("an objection is a paper to be sealed", paper["kind"] == "objection" and "异议处理单" in text and "已经整改" in text, text[:400])
    school.cast["operator"].post(f"/notices/{notice}/objections/decide", {"decision": "dismissed", "opinion": "复测仍能登录，请继续整改"})
    paper = documents(officer, notice, before + 2)[-1]
    case("and once more when it is decided", "异议不成立" in pdf_text(fetch(officer, f"/documents/{paper['id']}")), paper)


def ledger(school):
    officer, operator = school.cast["officer"], school.cast["operator"]
    text = pdf_text(made(officer, officer.post("/units/ledger", {})["id"]))
    case("a unit has its ledger to go through and sign", all(w in text for w in ("单位网络安全台账", "教务处", "第十条")), text[:600])
    unit = officer.get("/session")["unit"]["id"]
    kept = officer.get(f"/documents?about=unit&id={unit}")["items"]
    case("which stands with the unit", [d["kind"] for d in kept] == ["ledger"], kept)
    pages = pdf_text(made(operator, operator.post("/units/ledger", {})["id"])).split("\f")[:-1]
    firsts = [i for i, page in enumerate(pages) if "编号：" in page]
    case("all of them are one PDF, each from the front of a sheet",
         len(firsts) == len(operator.get("/units?limit=200")["items"]) and all(i % 2 == 0 for i in firsts), (firsts, len(pages)))


def work(platform):
    school = test_workers.School(platform)
    notice = both_formats(school)
    own_file(school)
    second = school.issue()
    printing(school, [notice, second])
    chosen_order(school, [notice, second])
    reminder(school, notice)
    objection(school, second)
    ledger(school)


def main(postgresql=False):
    on_a_desk(with_stores(lambda stores: with_platform(work, stores.fresh()), postgresql))


if __name__ == "__main__":
    main()
