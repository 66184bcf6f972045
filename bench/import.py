#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A workbook of 10,000 assets with 300 bad rows from its octets to the register: sent in, read in paper's fence,
looked at, imported in one transaction; beside Python's openpyxl, which only reads its cells.  As written here and as
LibreOffice writes it again.  Then the sheet of faults, row by row, and what is exported, which must import again
and change nothing.
bench/run import [sqlite|postgresql] [ROWS [PAIRS]]"""
import io
import json
import pathlib
import subprocess
import sys
import tempfile
import time
import zipfile
from xml.sax.saxutils import escape

import ground

ROWS, BAD_OF, PAIRS = 10_000, (3, 100), 5
HEAD = ["资产名称", "类型", "IP地址", "域名", "责任单位", "责任人", "等保级别", "备注"]
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def bad_rows(rows):
    """Which rows hold no address: three of a hundred."""
    return [n for n in range(rows) if n % BAD_OF[1] < BAD_OF[0]]


def workbook(run, count):
    rows, wrong = [HEAD], set(bad_rows(count))
    for n in range(count):
        bad = n in wrong
        rows.append([f"业务系统{run}-{n:05d}", "信息系统", "10.1.2.999" if bad else f"10.{n // 65536}.{n // 256 % 256}.{n % 256}",
                     f"s{run}-{n:05d}.example.edu.cn", f"学院{n % 50:02d}", "", "二级" if n % 3 == 0 else "", "批量导入"])
    cells = "".join("<row>" + "".join(f'<c t="inlineStr"><is><t>{escape(c)}</t></is></c>' for c in row) + "</row>" for row in rows)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/workbook.xml", f'<workbook {MAIN} xmlns:r="{REL}"><sheets><sheet name="资产" sheetId="1" r:id="r1"/></sheets></workbook>')
        book.writestr("xl/_rels/workbook.xml.rels", '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
                      f'<Relationship Id="r1" Type="{REL}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>')
        book.writestr("xl/worksheets/sheet1.xml", f"<worksheet {MAIN}><sheetData>{cells}</sheetData></worksheet>")
    return out.getvalue()


def written_again(octets, folder):
    """The same workbook as LibreOffice Calc writes it."""
    (folder / "ours.xlsx").write_bytes(octets)
    (folder / "out").mkdir()
    subprocess.run(["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML",
                    "--outdir", folder / "out", folder / "ours.xlsx"], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return (folder / "out" / "ours.xlsx").read_bytes()


def sent(person, octets, name="assets.xlsx"):
    status, _, data = person.raw("POST", f"/imports?name={name}", octets, media="application/octet-stream")
    if status != 200:
        raise RuntimeError(f"{status} {data[:300]}")
    return f"/imports/{json.loads(data)['id']}"


def cells_of(octets):
    """Every row as openpyxl reads it, and the seconds that took; a process of its own, as a person's script is."""
    program = ("import json, sys, time; import openpyxl; b = time.monotonic();"
               "s = openpyxl.load_workbook(sys.argv[1], read_only=True).active;"
               "r = [list(row) for row in s.iter_rows(values_only=True)];"
               "print(json.dumps([r, time.monotonic() - b]))")
    with tempfile.NamedTemporaryFile(suffix=".xlsx") as file:
        file.write(octets)
        file.flush()
        done = subprocess.run(["/usr/bin/python3", "-c", program, file.name], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def faults_checked(person, way, count):
    """The workbook of faults names exactly the bad rows, as they came."""
    status, _, data = person.raw("GET", way + "/errors")
    rows, _ = cells_of(data)
    found = {str(c) for row in rows for c in row if c is not None}
    told = [str(row[0]) for row in rows if any("10.1.2.999" in str(c) for c in row)]
    wanted = len(bad_rows(count))
    names = {c for c in found if c.startswith("业务系统")}
    if status != 200 or len(told) != wanted or len(names) != wanted:
        raise RuntimeError(f"{status}: {len(told)} rows of faults, {len(names)} names, not {wanted}")


def measured(person, octets, count):
    began = time.monotonic()
    way = sent(person, octets)
    dry = person.post(way + "/run", {"kind": "asset", "dry_run": True})["report"]
    looked = time.monotonic()
    faults_checked(person, way, count)
    checked = time.monotonic() - looked
    done = person.post(way + "/run", {"kind": "asset", "dry_run": False, "skip_bad": True})["report"]
    took = time.monotonic() - began - checked
    wanted = len(bad_rows(count))
    if (dry["refused"], done["added"]) != (wanted, count - wanted):
        raise RuntimeError(f"{dry['refused']} refused, {done['added']} added")
    _, peer = cells_of(octets)
    print(f"# {took:.2f} s, openpyxl {peer:.2f} s", flush=True)
    return took, peer


def round_trip(person):
    """What is exported imports again and changes nothing."""
    status, _, octets = person.raw("GET", "/assets/export?format=xlsx")
    if status != 200:
        raise RuntimeError(f"export: {status} {octets[:300]}")
    report = person.post(sent(person, octets) + "/run", {"kind": "asset", "dry_run": True})["report"]
    if not report["rows"] or report["same"] != report["rows"]:
        raise RuntimeError(f"{report['same']} of {report['rows']} exported rows are the same")
    print(f"# {report['rows']} exported rows import again, all the same", flush=True)


def run(store, count, pairs):
    platform = ground.Platform(store)
    kind = "PostgreSQL" if store else "SQLite"
    try:
        platform.start()
        admin, operator = ground.set_up(platform)
        for n in range(50):
            admin.post("/units", {"name": f"学院{n:02d}", "kind": "faculty"})
        values = [measured(operator, workbook(0, count), count)]
        round_trip(operator)
        values += [measured(operator, workbook(n, count), count) for n in range(1, pairs)]
        ground.pairs("import", f"workbook of {count} rows with {len(bad_rows(count))} bad ones, sent to written", "lower", "s", values,
                     "openpyxl reading its cells", target=5, store=kind)
        with tempfile.TemporaryDirectory(prefix="fengsui-bench-sheet-") as folder:
            octets = written_again(workbook(pairs, count), pathlib.Path(folder))
        ground.pairs("import", "the same as LibreOffice writes it", "lower", "s", [measured(operator, octets, count)],
                     "openpyxl reading its cells", target=5, store=kind)
    finally:
        platform.stop()
        platform.remove()


def main():
    ground.own_network()
    kind, numbers = ground.words(sys.argv[1:], [ROWS, PAIRS])
    ground.on_stores(kind, lambda store: run(store, *numbers))


if __name__ == "__main__":
    main()
