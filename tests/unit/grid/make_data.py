#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""make_data.py: the workbooks in data/, invented.  Run by hand (python3-xlwt for the .xls); what it
writes is committed, because the tests read it without either."""
import pathlib
import struct
import zipfile

HERE = pathlib.Path(__file__).parent / "data"
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELS = ('<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="r1" Type="{REL}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="r2" Type="{REL}/worksheet" Target="/xl/worksheets/sheet2.xml"/>'
        f'<Relationship Id="r3" Type="{REL}/styles" Target="styles.xml"/>'
        f'<Relationship Id="r4" Type="{REL}/sharedStrings" Target="sharedStrings.xml"/></Relationships>')
BOOK = (f'<workbook {MAIN} xmlns:r="{REL}"><sheets><sheet name="资产" sheetId="1" r:id="r1"/>'
        '<sheet name="旧" sheetId="2" state="hidden" r:id="r2"/></sheets></workbook>')
STYLES = (f'<styleSheet {MAIN}><numFmts><numFmt numFmtId="170" formatCode="yyyy&quot;年&quot;m"/>'
          '<numFmt numFmtId="171" formatCode="[Red]0.00&quot;d&quot;"/></numFmts>'
          '<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/>'
          '<xf numFmtId="170"/><xf numFmtId="171"/></cellXfs></styleSheet>')
STRINGS = (f'<sst {MAIN}><si><t>名称</t></si><si><r><t>教务</t></r><r><t>系统</t></r><rPh sb="0" eb="1">'
           '<t>jiaowu</t></rPh></si><si><t xml:space="preserve"> 信息&amp;中心 </t></si></sst>')
SHEET = (f'<worksheet {MAIN}><sheetData>'
         '<row r="1"><c r="A1" t="inlineStr"><is><t>2026 年资产</t></is></c></row>'
         '<row r="3"><c r="A3" t="s"><v>0</v></c><c r="B3" t="inlineStr"><is><t>单位</t></is></c></row>'
         '<row r="4"><c r="A4" t="s"><v>1</v></c><c r="B4" t="s"><v>2</v></c><c r="C4"><v>13800000000</v></c>'
         '<c r="D4" s="1"><v>46568</v></c><c r="E4" s="2"><v>46568.354166667</v></c><c r="F4" s="3"><v>2.5</v></c></row>'
         '<row><c t="str"><f>A1</f><v>图书馆</v></c><c/><c><v>1.38E10</v></c><c t="b"><v>1</v></c></row>'
         '<row r="9"><c r="A9" t="s"><v>9999</v></c></row>'
         '</sheetData><mergeCells><mergeCell ref="B4:B5"/><mergeCell ref="A1:F1"/></mergeCells></worksheet>')
HIDDEN = f'<worksheet {MAIN}><sheetData><row r="1"><c r="A1"><v>1</v></c></row></sheetData></worksheet>'
DTD = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'


def book(name, **parts):
    kept = {"xl/workbook.xml": BOOK, "xl/_rels/workbook.xml.rels": RELS, "xl/styles.xml": STYLES,
            "xl/sharedStrings.xml": STRINGS, "xl/worksheets/sheet1.xml": SHEET, "xl/worksheets/sheet2.xml": HIDDEN}
    kept.update(parts)
    with zipfile.ZipFile(HERE / name, "w", zipfile.ZIP_DEFLATED) as out:
        for path, text in kept.items():
            if text is not None:
                info = zipfile.ZipInfo(path, (1980, 1, 1, 0, 0, 0))
                info.compress_type = zipfile.ZIP_DEFLATED
                out.writestr(info, text)


def vast(octets):
    """The sheet says again and again how large it is: 65,535 rows of 256 cells (BIFF8's DIMENSION, 0x0200)."""
    first = octets.rindex(b"\x00\x02\x0e\x00")
    said = struct.pack("<HHIIHHH", 0x0200, 14, 0, 65535, 0, 256, 0) * 60 + b"\x0a\x00\x00\x00"
    return octets[:first] + said + octets[first + len(said):]


def main():
    HERE.mkdir(exist_ok=True)
    sheet1 = "xl/worksheets/sheet1.xml"
    book("school.xlsx")
    book("dtd.xlsx", **{sheet1: DTD + SHEET.replace("图书馆", "&b;")})
    book("entity.xlsx", **{sheet1: SHEET.replace("图书馆", "&nbsp;")})
    book("cut.xlsx", **{sheet1: SHEET[:-40]})
    book("gone.xlsx", **{sheet1: None})
    blank = f'<worksheet {MAIN}><sheetData><row r="1"><c r="A1"><v> </v></c></row></sheetData></worksheet>'
    book("blank.xlsx", **{sheet1: blank})
    book("bomb.xlsx", **{sheet1: f'<worksheet {MAIN}><sheetData>' + " " * (97 << 20)})
    with zipfile.ZipFile(HERE / "letter.docx", "w") as out:
        out.writestr(zipfile.ZipInfo("word/document.xml", (1980, 1, 1, 0, 0, 0)), "<a/>")
    import xlwt
    old = xlwt.Workbook(encoding="utf-8")
    sheet = old.add_sheet("单位")
    for r, row in enumerate([["单位名称", "电话", "日期"], ["教务处", 13800000000, 46568], ["图书馆", "0571-0000000", 0.5]]):
        for c, cell in enumerate(row):
            style = xlwt.easyxf(num_format_str="YYYY-MM-DD") if (r, c) == (1, 2) else xlwt.Style.default_style
            sheet.write(r, c, cell, style)
    old.save(str(HERE / "old.xls"))
    octets = (HERE / "old.xls").read_bytes()
    (HERE / "cut.xls").write_bytes(octets[:700])
    name = "EncryptedPackage".encode("utf-16-le")
    (HERE / "vast.xls").write_bytes(vast(octets))
    (HERE / "password.xls").write_bytes(octets[:512] + name + b"\0" * (512 - len(name)))


main()
