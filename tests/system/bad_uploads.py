# SPDX-License-Identifier: Apache-2.0
"""A table of what should not come in, through every door that takes a file: kept as it is or refused with a word of
its own, nothing of what is refused stays, and no role that serves grows by it."""
import hashlib
import io
import json
import pathlib
import re
import subprocess
import urllib.parse
import zipfile

from annex_forms import W, packed, types, word_form
from platform_driver import BUILD
from tap import case

MIB = 1 << 20
GROWTH_MIB = 64
PAGE = b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\n"
HEAD = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n" + PAGE
TAIL = b"trailer<</Size 4/Root 1 0 R>>\nstartxref\n0\n%%EOF\n"
PDF = HEAD + TAIL
SAID = pathlib.Path(__file__).resolve().parents[2] / "ui" / "src" / "i18n" / "zh"


def word(document):
    return packed({"[Content_Types].xml": types(), "word/document.xml": document})


def scan():
    """A scan of a little less than 20 MiB, which does not pack."""
    noise = bytearray()
    seed = b"scan"
    while len(noise) < 20 * MIB - 4096:
        seed = hashlib.sha256(seed).digest()
        noise += seed * 64
    stream = b"4 0 obj<</Length %d>>stream\n%s\nendstream endobj\n" % (len(noise), bytes(noise).replace(b"endstream", b"endstrean"))
    return HEAD + stream + TAIL


def bomb():
    """A Word file of some KiB whose text is a gibibyte, if its word is taken."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as file:
        file.writestr("[Content_Types].xml", types())
        with file.open("word/document.xml", "w", force_zip64=True) as part:
            part.write(f"<w:document {W}><w:body>".encode())
            for _ in range(100):
                part.write(b" " * MIB)
    return out.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + "EncryptedPackage".encode("utf-16-le") + bytes(1024)
FILES = {
    "a page that is also an archive": PDF.replace(TAIL, b"") + b"PK\x05\x06" + bytes(18) + TAIL,
    "an archive that is also a page": word_form() + PDF,
    "a web page that is also a PDF": b"<!doctype html><script>alert(1)</script>" + PDF,
    "a Word file that unpacks to 100 MiB": bomb(),
    "a drawing with a script": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    "a PDF with a password": HEAD + b"trailer<</Root 1 0 R/Encrypt 9 0 R>>\nstartxref\n0\n%%EOF\n",
    "a PDF with a script": HEAD + b"5 0 obj<</S/JavaScript/JS(app.alert\\(1\\))>>endobj\n" + TAIL,
    "a Word file with a password": OLE,
    "an entity that grows": word('<!DOCTYPE a [<!ENTITY b "' + "c" * 1000 + f'">]><w:document {W}>&b;</w:document>'),
    "parts that lead out": packed({"[Content_Types].xml": types(), "word/document.xml": "<a/>", "../../../tmp/out.xml": "<a/>"}),
    "a program": b"\x7fELF" + bytes(200),
    "nothing": b"",
    "half a PDF": PDF[:-40],
    "half a Word file": word_form()[:900],
}


def doors(people, notice, paper):
    """Who brings a file where, and whether a scan is what is wanted there."""
    return {"notice": (people["officer"], f"/notices/{notice}/attachments", True),
            "incoming": (people["school_office"], f"/incoming/{paper}/attachments", True),
            "template": (people["director"], "/paper-templates/notice", False),
            "sheet": (people["operator"], "/imports", False),
            "annex": (people["operator"], f"/incoming/{paper}/annexes", False)}


def sent(door, data, name):
    person, path, _ = door
    status, _, answer = person.raw("POST", f"{path}?name={urllib.parse.quote(name, safe='')}", data, media="application/octet-stream")
    return status, json.loads(answer or b"{}")


def sentences():
    return set(re.findall(r"'problem\.([a-z_.]+)'", "".join(f.read_text() for f in SAID.glob("*.ts"))))


def kept(platform):
    """What was taken from people; papers of our own are made meanwhile."""
    return platform.rows("SELECT (SELECT count(*) FROM blob WHERE kind = 'attachment'), (SELECT count(*) FROM attachment),"
                         " (SELECT count(*) FROM paper_template), (SELECT count(*) FROM annex)")[0]


def serving(platform):
    """The most KiB that those that stay ever held: a worker of paper ends after each file."""
    found = {}
    for role, about in platform.roles().items():
        if role in ("core", "web", "query"):
            text = pathlib.Path(f"/proc/{about['pid']}/status").read_text()
            found[role] = int(re.search(r"VmHWM:\s+(\d+)", text)[1])
    return found


def is_instrumented():
    return b"libasan" in subprocess.run(["ldd", BUILD / "libexec" / "fengsui" / "core"], capture_output=True).stdout


def table(people, platform, notice, paper):
    known = sentences()
    ways = doors(people, notice, paper)
    before, files = serving(platform), kept(platform)
    for what, data in FILES.items():
        wrong = {}
        for door, way in ways.items():
            status, answer = sent(way, data, "file.pdf" if way[2] else "file.docx")
            # A sheet of text is whatever can be read as one: that a drawing is, does no harm.
            text = door == "sheet" and status == 200 and data.startswith((b"<svg", b"<!doctype"))
            if not text and (status not in (400, 413, 415, 422) or answer.get("code") not in known):
                wrong[door] = (status, answer.get("code"))
        case(f"{what} is refused at every door with a word of its own", not wrong, wrong)
    case("and nothing of them is kept", kept(platform) == files, (files, kept(platform)))
    large = scan()
    for door in ("notice", "incoming"):
        status, answer = sent(ways[door], large, "大扫描.pdf")
        case(f"a scan of 20 MiB is taken at the door {door}", status == 200, (status, answer))
    got = people["school_office"].raw("GET", f"/incoming/{paper}/attachments/{answer.get('id')}")
    case("and comes back byte for byte, for no browser to run", got[0] == 200 and got[2] == large and
         (got[1].getheader("Content-Disposition") or "").startswith("attachment;") and got[1].getheader("X-Content-Type-Options") == "nosniff" and
         "sandbox; default-src 'none'" in (got[1].getheader("Content-Security-Policy") or ""), (got[0], dict(got[1].getheaders())))
    for door in ("template", "sheet", "annex"):
        status, answer = sent(ways[door], large, "大扫描.pdf")
        case(f"and is not at the door {door}", status in (413, 422) and answer.get("code") in known, (status, answer.get("code")))
    outside = set(platform.folder.parent.glob("out*"))
    names = {door: sent(ways[door], PDF if ways[door][2] else word_form(), "../../../tmp/out.pdf") for door in ("notice", "incoming", "annex")}
    case("a name that leads out is no name", all(s in (400, 422) and a.get("code") in known for s, a in names.values()), names)
    case("and leads nowhere", set(platform.folder.parent.glob("out*")) == outside)
    growth = {role: (now - before[role]) / 1024 for role, now in serving(platform).items()}
    words = " ".join(f"{role} {mib:+.1f} MiB" for role, mib in growth.items())
    print(f"# most resident KiB before {before}, after {serving(platform)}")
    print(f"# growth over the table: {words}{' (sanitizers keep what was freed)' if is_instrumented() else ''}")
    if not is_instrumented():
        case(f"no serving role grew by {GROWTH_MIB} MiB", max(growth.values()) <= GROWTH_MIB, words)
