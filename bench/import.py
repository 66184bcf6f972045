#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A workbook of 10,000 assets with 300 bad rows from its octets to the register: sent in, read in paper's fence,
looked at, imported in one transaction, against the five seconds asked for."""
import io
import json
import statistics
import time
import zipfile
from xml.sax.saxutils import escape

import ground

ROWS, BAD, RUNS = 10_000, 300, 3
HEAD = ["资产名称", "类型", "IP地址", "域名", "责任单位", "责任人", "等保级别", "备注"]
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def workbook(run):
    rows = [HEAD]
    for n in range(ROWS):
        bad = n % (ROWS // BAD) == 0 and n // (ROWS // BAD) < BAD
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


def measured(person, run):
    octets = workbook(run)
    began = time.monotonic()
    status, _, data = person.raw("POST", "/imports?name=assets.xlsx", octets, media="application/octet-stream")
    if status != 200:
        raise RuntimeError(f"{status} {data[:300]}")
    way = f"/imports/{json.loads(data)['id']}/run"
    dry = person.post(way, {"kind": "asset", "dry_run": True})["report"]
    done = person.post(way, {"kind": "asset", "dry_run": False, "skip_bad": True})["report"]
    took = time.monotonic() - began
    if (dry["refused"], done["added"]) != (BAD, ROWS - BAD):
        raise RuntimeError(f"{dry['refused']} refused, {done['added']} added")
    return took


def main():
    ground.own_network()
    platform = ground.Platform()
    try:
        platform.start()
        admin, operator = ground.set_up(platform)
        for n in range(50):
            admin.post("/units", {"name": f"学院{n:02d}", "kind": "faculty"})
        seconds = []
        for run in range(RUNS):
            seconds.append(measured(operator, run))
            print(f"# {seconds[-1]:.2f} s", flush=True)
        print(f"# median {statistics.median(seconds):.2f} s")
        ground.figure("import", "workbook of 10,000 rows with 300 bad ones, sent to written", "lower", seconds, 5.0, "s", RUNS)
    finally:
        platform.stop()
        platform.remove()


if __name__ == "__main__":
    main()
