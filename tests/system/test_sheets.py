#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Sheets as schools keep them go through paper's fence into the register and back: workbooks of every
format, what is no sheet, faults as a workbook, undo, exports that import again and change nothing."""
import io
import json
import pathlib
import sys
import traceback
import zipfile

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from matrix_world import PASSWORD, PDF, Steady  # noqa: E402
from platform_driver import NAME, Platform, audit, on_a_desk, refusal  # noqa: E402
from postgres_driver import with_stores  # noqa: E402
from tap import case, end  # noqa: E402

GRIDS = pathlib.Path(__file__).resolve().parents[1] / "unit" / "grid" / "data"
SHEET = ("信息资产一览\n序号,系统名称,责任部门,责任人,联系电话,IP地址\n1,教务系统,教务处,张三,13800000001,10.1.2.3、10.1.2.4\n"
         "2,图书系统,图书馆（档案馆）,李四 13800000002,,10.1.2.8-11\n3,坏的,教务处,,,10.1.2.999\n")


def send(person, name, octets):
    status, _, data = person.raw("POST", f"/imports?name={name}", octets, media="application/octet-stream")
    return status, json.loads(data)


def fetched(person, path):
    status, answer, data = person.raw("GET", path)
    return status, data, answer.getheader("Content-Disposition") or ""


def refused(person):
    """What is no sheet gets its own word, and the next is read all the same."""
    files = {"dtd.xlsx": "import.unsafe", "entity.xlsx": "import.unsafe", "cut.xlsx": "import.broken", "bomb.xlsx": "import.too_large",
             "letter.docx": "import.type", "blank.xlsx": "import.empty", "cut.xls": "import.broken", "vast.xls": "import.broken",
             "password.xls": "import.password"}
    for name, code in files.items():
        status, problem = send(person, name, (GRIDS / name).read_bytes())
        case(f"{name} is refused as {code}", status == 422 and problem.get("code") == code, (status, problem))
    for name, octets, code in (("scan.pdf", PDF, "import.type"), ("x.svg", b"<svg onload='x'/>", None), ("x.csv", b"a,\xff\xff\n", "import.charset"),
                               ("x.xlsx", b"PK\x03\x04" + b"\0" * 100, "import.broken")):
        status, problem = send(person, name, octets)
        case(f"{name} of {len(octets)} octets is refused or read as text", (status == 422 and problem.get("code") == code)
             or (code is None and status == 200), (status, problem))


def imported(operator):
    centre = operator.get("/units")["items"]
    case("the school has its units", len(centre) == 3, centre)
    done = send(operator, "assets.csv", SHEET.encode("gb18030"))[1]
    way = f"/imports/{done['id']}"
    report = operator.post(way + "/run", {"kind": "asset", "dry_run": True})["report"]
    case("headings are found below the title", report["heading_row"] == 2, report)
    case("a name that is not quite one of the school's is asked about",
         [(u["text"], u["candidates"][0]["name"]) for u in report["units"]] == [("图书馆（档案馆）", "图书馆")], report["units"])
    library = report["units"][0]["candidates"][0]["id"]
    say = {"kind": "asset", "units": [{"text": "图书馆（档案馆）", "unit_id": library, "remember": True}]}
    case("bad rows are not passed over unasked", refusal(operator.post, way + "/run", {**say, "dry_run": False}) == (422, "import.bad_rows"))
    report = operator.post(way + "/run", {**say, "dry_run": True})["report"]
    status, data, name = fetched(operator, way + "/errors")
    inside = zipfile.ZipFile(io.BytesIO(data)).read("xl/worksheets/sheet1.xml").decode()
    case("the faults come as a workbook with the row as it came", status == 200 and "10.1.2.999" in inside and "格式有误" in inside
         and "教务系统" not in inside and ".xlsx" in name, (status, inside[:600]))
    report = operator.post(way + "/run", {**say, "dry_run": False, "skip_bad": True})["report"]
    case("the rest goes in at once", (report["added"], report["refused"], report["people"]) == (2, 1, 2), report)
    people = {p["name"]: p for p in operator.get("/people?limit=200")["items"]}
    case("a name and a number in one cell are two", people["李四"]["phone"] == "13800000002", people.get("李四"))
    return done["id"]


def round_trip(operator):
    for kind in ("asset", "unit", "person"):
        path = {"asset": "/assets/export", "unit": "/units/export", "person": "/people/export"}[kind]
        for form in ("xlsx", "csv"):
            status, data, _ = fetched(operator, f"{path}?format={form}")
            sent = send(operator, f"again.{form}", data)
            report = operator.post(f"/imports/{sent[1]['id']}/run", {"kind": kind, "dry_run": True})["report"]
            case(f"the {form} of every {kind} imports again and changes nothing", status == 200 and report["rows"] > 0
                 and report["same"] == report["rows"], report)
    for path in ("/findings/export", "/notices/export", "/alerts/export"):
        status, data, _ = fetched(operator, path + "?format=xlsx")
        case(f"{path} is a workbook", status == 200 and data[:2] == b"PK", status)


def undone(operator, made):
    way = f"/imports/{made}/undo"
    asset = next(a for a in operator.get("/assets?limit=200")["items"] if a["name"] == "图书系统")
    operator.call("PATCH", f"/assets/{asset['id']}", {"note": "有人改过"})
    report = operator.post(way, {"dry_run": True})["report"]
    case("what was touched since is named", [e["value"] for e in report["errors"]] == ["图书系统"], report)
    operator.post(way, {"dry_run": False})
    left = [a["name"] for a in operator.get("/assets?limit=200")["items"]]
    case("the rest is as if it had never come", "图书系统" in left and "教务系统" not in left, left)
    case("only once", refusal(operator.post, way, {"dry_run": False}) == (409, "import.not_done"))
    case("and it is listed as undone", operator.get("/imports")["items"][0]["state"] == "undone", operator.get("/imports"))


def walk(platform):
    admin = Steady()
    admin.first_login("admin", platform.admin, PASSWORD)
    for name in ("信息技术中心", "教务处", "图书馆"):
        admin.post("/units", {"name": name, "kind": "department"})
    account = admin.post("/users", {"account": "wu", "name": "吴运行", "roles": [{"role": "operator"}]})
    operator = Steady()
    operator.first_login("wu", account["secret"], PASSWORD)
    refused(operator)
    status, done = send(operator, "school.xlsx", (GRIDS / "school.xlsx").read_bytes())
    report = operator.post(f"/imports/{done['id']}/run", {"kind": "asset", "dry_run": True})["report"]
    case("an .xlsx is read inside the fence", status == 200 and report["columns"][0]["field"] == "name"
         and report["columns"][0]["samples"][0] == "教务系统", report)
    status, done = send(operator, "old.et", (GRIDS / "old.xls").read_bytes())
    case("an .xls is opened inside the fence", status == 200, (status, done))
    report = operator.post(f"/imports/{done['id']}/run", {"kind": "unit", "dry_run": True})["report"]
    case("an .xls is read inside the fence", status == 200 and report["rows"] == 2 and report["same"] == 2, report)
    made = imported(operator)
    round_trip(operator)
    undone(operator, made)


def on_the_desk(stores):
    platform = Platform(stores.fresh(), NAME)
    try:
        platform.start()
        walk(platform)
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
