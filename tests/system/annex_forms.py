# SPDX-License-Identifier: Apache-2.0
"""Forms as superiors send them 附件, made part by part: a Word file and a workbook whose octets are known."""
import io
import re
import zipfile

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
SEAL = b"\x89PNG\r\n\x1a\n as it came"


def packed(parts):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in parts.items():
            file.writestr(name, data)
    return out.getvalue()


def types(**overrides):
    rows = "".join(f'<Override PartName="{name}" ContentType="{kind}"/>' for name, kind in overrides.items())
    return (f'{HEAD}<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.'
            f'relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Default Extension="bin" ContentType='
            f'"application/octet-stream"/>{rows}</Types>')


def relations(*rows):
    return f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">' + "".join(
        f'<Relationship Id="{name}" Type="{OFFICE}/{kind}" Target="{target}"/>' for name, kind, target in rows) + "</Relationships>"


def paragraph(text):
    return f"<w:p><w:pPr><w:rPr><w:sz w:val=\"21\"/></w:rPr></w:pPr><w:r><w:rPr><w:sz w:val=\"21\"/></w:rPr><w:t>{text}</w:t></w:r></w:p>" \
        if text else '<w:p><w:pPr><w:rPr><w:sz w:val="21"/></w:rPr></w:pPr></w:p>'


def row(*cells):
    return "<w:tr>" + "".join(f'<w:tc><w:tcPr><w:tcW w:w="{1800 * span}" w:type="dxa"/><w:gridSpan w:val="{span}"/></w:tcPr>{paragraph(text)}</w:tc>'
                              for text, span in (c if isinstance(c, tuple) else (c, 1) for c in cells)) + "</w:tr>"


def word_form():
    """A head of facts, a list of two empty rows, a note below it, and a line to write on."""
    rows = (row("填报单位", ("", 2), "来文文号", "") + row("是否全部整改", ("□是 □否", 4)) +
            row("序号", "责任单位", "问题", "整改措施", "联系电话") + row("1", "", "", "", "") + row("2", "", "", "", "") + row("备注", ("", 4)))
    grid = '<w:gridCol w:w="1800"/>' * 5
    border = "".join(f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="auto"/>' for side in ("top", "left", "bottom", "right", "insideH", "insideV"))
    body = (f'{paragraph("整改情况反馈表")}<w:tbl><w:tblPr><w:tblW w:w="9000" w:type="dxa"/><w:tblBorders>{border}</w:tblBorders></w:tblPr>'
            f'<w:tblGrid>{grid}</w:tblGrid>{rows}</w:tbl>'
            f'{paragraph("填表人：________ 日期：________")}<w:sectPr/>')
    return packed({
        "[Content_Types].xml": types(**{"/word/document.xml":
                                        "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"}),
        "_rels/.rels": relations(("rId1", "officeDocument", "word/document.xml")),
        "word/document.xml": f"{HEAD}<w:document {W}><w:body>{body}</w:body></w:document>",
        "word/_rels/document.xml.rels": relations(),
        "customXml/kept.xml": "<kept   by='nobody' />",
    })


def book_form():
    """A title, a heading row over two bordered rows, and a note that has to move down."""
    def cell(at, text="", style=1):
        return f'<c r="{at}" s="{style}" t="inlineStr"><is><t>{text}</t></is></c>' if text else f'<c r="{at}" s="{style}"/>'
    heads = "".join(cell(f"{c}3", t) for c, t in zip("ABCDEF", ("序号", "单位", "问题", "发现时间", "是否整改", "复核结论")))
    free = "".join(f'<row r="{r}" ht="24" customHeight="1">' + "".join(cell(f"{c}{r}") for c in "ABCDEF") + "</row>" for r in (4, 5))
    sheet = (f'{HEAD}<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><dimension ref="A1:F6"/><cols>'
             '<col min="1" max="6" width="16" customWidth="1"/></cols><sheetData>'
             f'<row r="1" ht="30" customHeight="1"><c r="A1" s="0" t="s"><v>0</v></c></row><row r="2">{cell("A2", "来文文号", 0)}{cell("B2")}'
             f'{cell("D2", "填报人", 0)}{cell("E2")}</row><row r="3">{heads}</row>{free}<row r="6"><c r="A6" s="0" t="s"><v>1</v></c></row>'
             '</sheetData><mergeCells count="2"><mergeCell ref="A1:F1"/><mergeCell ref="A6:F6"/></mergeCells></worksheet>')
    styles = (f'{HEAD}<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><fonts count="1"><font><sz val="11"/>'
              '<name val="SimSun"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill '
              'patternType="gray125"/></fill></fills><borders count="2"><border/><border><left style="thin"/><right style="thin"/>'
              '<top style="thin"/><bottom style="thin"/></border></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="2">'
              '<xf/><xf borderId="1" applyBorder="1"><alignment wrapText="1"/></xf></cellXfs></styleSheet>')
    main = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    return packed({
        "[Content_Types].xml": types(**{"/xl/workbook.xml": f"{main}.sheet.main+xml", "/xl/worksheets/sheet1.xml": f"{main}.worksheet+xml",
                                        "/xl/styles.xml": f"{main}.styles+xml", "/xl/sharedStrings.xml": f"{main}.sharedStrings+xml"}),
        "_rels/.rels": relations(("rId1", "officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": f'{HEAD}<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" {R}><sheets>'
                           '<sheet name="反馈表" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": relations(("rId1", "worksheet", "worksheets/sheet1.xml"), ("rId2", "styles", "styles.xml"),
                                                ("rId3", "sharedStrings", "sharedStrings.xml")),
        "xl/worksheets/sheet1.xml": sheet,
        "xl/styles.xml": styles,
        "xl/sharedStrings.xml": f'{HEAD}<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" count="2" uniqueCount="2"><si><t>'
                                '隐患整改情况反馈表</t></si><si><t>填表说明：一事一行。</t></si></sst>',
        "xl/media/seal.png": SEAL,
    })


def parts(data):
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        return {name: file.read(name) for name in file.namelist()}


def word_rows(data):
    """The texts of a Word file's table, row by row."""
    text = parts(data)["word/document.xml"].decode()
    return [["".join(re.findall(r"<w:t(?: [^>]*)?>([^<]*)</w:t>", c)) for c in re.findall(r"<w:tc>(.*?)</w:tc>", r, re.S)]
            for r in re.findall(r"<w:tr>(.*?)</w:tr>", text, re.S)]


def book_cells(data):
    """Inline texts of the first sheet by their cell; shared ones as their number."""
    text = parts(data)["xl/worksheets/sheet1.xml"].decode()
    return {at: re.sub("<[^>]*>", "", inner) for at, inner in re.findall(r'<c r="([A-Z]+\d+)"[^>/]*>(.*?)</c>', text, re.S)}
