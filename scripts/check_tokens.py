#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""check_tokens.py [ROOT]: words that must not stand in this tree.

C calls that cannot be used safely, unfinished-work markers, a political term, package-registry
hosts, and in the web interface: static styles, v-html, ASCII punctuation between Han, and a
word of one of the four scales under the name of another.  Every source file says its licence.
"""
import pathlib
import re
import sys

import csource

C_BANNED = {
    "strcpy": "", "strcat": "", "sprintf": "", "vsprintf": "", "strncpy": "", "strncat": "",
    "strtok": "", "strtok_r": "", "atoi": "", "atol": "", "atoll": "", "atof": "", "gets": "",
    "scanf": "", "sscanf": "", "fscanf": "", "gmtime": "", "localtime": "", "ctime": "",
    "asctime": "", "alloca": "", "system": "", "popen": "", "rand": "", "srand": "",
    "random": "", "srandom": "", "tmpnam": "", "mktemp": "", "strdupa": "",
    # allowed where the reason lives
    "getenv": r"src/(role|cli)/|tests/|bench/|lab/",
    "secure_getenv": r"src/(role|cli)/|tests/|bench/|lab/",
    "strtol": r"src/base/num\.c", "strtoul": r"src/base/num\.c", "strtoll": r"src/base/num\.c",
    "strtoull": r"src/base/num\.c", "strtod": r"src/base/num\.c",
}
C_CALL = re.compile(r"(?<![\w.>])(" + "|".join(C_BANNED) + r")\s*\(")

# Put together here so that this file does not contain what it forbids.
MARKERS = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK)\b")
POLITICAL = "\u4e09\u6743\u5206\u7acb"
REGISTRY = re.compile(
    r"\bregistry\.[a-z][a-z0-9-]*\.[a-z]{2,}|\b(?:npmjs|pypi|rubygems|crates|pythonhosted)\."
    r"(?:org|com|io)\b|\bdeb\.debian\.(?:org|net)\b|\bpkg\.dev\b|\bproxy\.golang\b", re.I)

HAN = "\u3400-\u9fff"
ASCII_BETWEEN_HAN = re.compile(f"[{HAN}][,;:!?][{HAN}]")
STATIC_STYLE = re.compile(r"(?<![:\w.-])style\s*=\s*[\"']")
V_HTML = re.compile(r"\bv-html\b|\binnerHTML\b|\bouterHTML\b|\binsertAdjacentHTML\b")

# The four scales; a word of one must not stand under the name of another.
SCALES = {
    "alert": "紧急 重要 次要 提示",
    "finding": "紧急 高危 中危 低危 超危",
    "notice": "紧急 高危 中危 低危",
    "event": "特别重大 重大 较大 一般 Ⅰ级 Ⅱ级 Ⅲ级 Ⅳ级",
    "warning": "红色 橙色 黄色 蓝色",
}
ALL_SCALE_WORDS = {w for words in SCALES.values() for w in words.split()}
# `alertSeverity: {…}`, `"notice.severity.high": "…"`, `event_level: …`
SCALE_KEY = re.compile(r"\b(alert|finding|notice|event|warning)[._-]?"
                       r"(?:severity|level|grade|scale|colou?r)\b", re.I)
SCALE_TEXT = re.compile(r"[\"'`>]\s*([" + HAN + r"Ⅰ-Ⅳ]{2,4})\s*[\"'`<]")

TEXT = (".c", ".h", ".py", ".sh", ".ts", ".vue", ".css", ".mjs", ".js", ".html", ".md", ".txt",
        ".build", ".yaml", ".yml", ".toml", ".json", ".sql", ".conf", ".service", ".svg")
LICENSED = (".c", ".h", ".py", ".sh", ".ts", ".vue", ".css", ".mjs", ".js", ".html", ".build",
            ".sql", ".yaml", ".toml")
NO_LICENCE = re.compile(r"(^|/)(corpus|golden|fixtures|data)/|schema\.d\.ts$")


def line_of(text, at):
    return text.count("\n", 0, at) + 1


def check_c(rel, text):
    code = csource.code_only(text)
    for hit in C_CALL.finditer(code):
        where = C_BANNED[hit.group(1)]
        if not (where and re.match(where, rel)):
            yield f"{rel}:{line_of(text, hit.start())}: {hit.group(1)}() is banned here"


def check_anywhere(rel, text):
    for pattern, why in ((MARKERS, "unfinished work is not committed"),
                         (REGISTRY, "a package registry's host name")):
        for hit in pattern.finditer(text):
            yield f"{rel}:{line_of(text, hit.start())}: {hit.group(0)}: {why}"
    at = text.find(POLITICAL)
    if at >= 0:
        yield f"{rel}:{line_of(text, at)}: a political term; the word is 三员分立"
    if rel.endswith(LICENSED) and "SPDX-License-Identifier: Apache-2.0" not in text[:400]:
        if not NO_LICENCE.search(rel):
            yield f"{rel}:1: no SPDX licence line"


def scale_blocks(text):
    """(scale, offset, text) after each key that names a scale, to the end of its value."""
    for hit in SCALE_KEY.finditer(text):
        rest = text[hit.end():hit.end() + 600]
        opened = re.match(r"[\w.'\"\]]*\s*[:=]\s*(?:\w[\w<>,\s]*=\s*)?([{\[]?)", rest)
        if not opened:
            continue
        if opened.group(1):
            closing = "}" if opened.group(1) == "{" else "]"
            rest = rest[:rest.find(closing, opened.end()) + 1 or len(rest)]
        else:
            rest = rest.split("\n", 1)[0]
        yield hit.group(1).lower(), hit.end(), rest


def check_ui(rel, text):
    for hit in ASCII_BETWEEN_HAN.finditer(text):
        yield f"{rel}:{line_of(text, hit.start())}: ASCII punctuation in 「{hit.group(0)}」"
    if rel.endswith((".vue", ".html")):
        for hit in STATIC_STYLE.finditer(text):
            yield f"{rel}:{line_of(text, hit.start())}: a static style; the CSP refuses it"
    for hit in V_HTML.finditer(text):
        yield f"{rel}:{line_of(text, hit.start())}: {hit.group(0)} lets text become markup"
    for scale, at, block in scale_blocks(text):
        own = set(SCALES[scale].split())
        for word in SCALE_TEXT.finditer(block):
            said = word.group(1)
            if said in ALL_SCALE_WORDS and said not in own:
                yield (f"{rel}:{line_of(text, at + word.start())}: {said} is no word of the "
                       f"{scale} scale")


def check(root):
    bad, count = [], 0
    for path in csource.files(root):
        rel = path.relative_to(root).as_posix()
        named = path.suffix == "" and "/" not in rel.replace(".ci/", "")
        if not (rel.endswith(TEXT) or named) or rel == "LICENSE" or "/corpus/" in rel:
            continue
        if rel.endswith(("package-lock.json", "schema.d.ts", "sentences.ts", "results.ts")) or path.stat().st_size > 2 << 20:
            continue
        count += 1
        text = path.read_text(errors="replace")
        bad += check_anywhere(rel, text)
        if rel.endswith((".c", ".h")):
            bad += check_c(rel, text)
        if rel.startswith(("ui/src/", "ui/index.html")):
            bad += check_ui(rel, text)
    return bad, f"tokens: {count} files clean"


if __name__ == "__main__":
    base = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent.parent)
    wrong, fine = check(base)
    print("\n".join(wrong) if wrong else fine)
    sys.exit(bool(wrong))
