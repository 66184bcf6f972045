#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""check_limits.py [ROOT]: sizes a reader can hold in mind.

Exceptions, one line with a reason each, are in scripts/limits-allow.txt.
"""
import pathlib
import re
import sys
import unicodedata

import csource

FUNCTION_LINES = 80
PARAMS = 6
NESTING = 3  # one more in a test, whose table loop is a level of its own
COMPLEXITY = 12
FILE_LINES = 800
UI_FILE_LINES = 400
OWN_HEADERS = 40
PROTOTYPES = 12
MAIN_FILE_LINES = 300
COLUMNS_IN_TESTS = 140  # a case's sentence and its data stand on one line
COLUMNS = 120  # the formatter breaks at 96; a table row may run on

C_FOLDERS = ("src", "tests", "fuzz", "bench", "lab")
UI_FOLDERS = ("ui/src", "tests/ui")
PROTOTYPE = re.compile(r"^(?!\s|#|typedef|static|struct\s+\w+\s*\{|enum\s+\w*\s*\{|extern\b|\})"
                       r"[^;{}=]*?\b(\w+)\s*\([^;{}]*\)[^;{}]*;", re.M)
OWN = re.compile(r'^[ \t]*#[ \t]*include[ \t]*"([^"]+)"', re.M)


def width(line):
    line = line.expandtabs(8)
    if line.isascii():
        return len(line)
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)


def check_functions(rel, text):
    for fun in csource.functions(text):
        where = f"{rel}:{fun.first}: {fun.name}"
        if fun.lines > FUNCTION_LINES:
            yield "function", fun.name, f"{where}: {fun.lines} lines (most {FUNCTION_LINES})"
        if len(fun.params) > PARAMS:
            yield "params", fun.name, f"{where}: {len(fun.params)} parameters (most {PARAMS})"
        depth = fun.nesting()
        most = NESTING + rel.startswith("tests/")
        if depth > most:
            yield "nesting", fun.name, f"{where}: blocks nested {depth} deep (most {most})"
        branches = fun.complexity()
        if branches > COMPLEXITY and rel.startswith("src/"):
            yield "complexity", fun.name, f"{where}: complexity {branches} (most {COMPLEXITY})"


def file_limit(rel, text):
    if rel.startswith("ui/") or rel.startswith("tests/ui/"):
        return UI_FILE_LINES
    if rel.startswith("src/role/") and "\nint main(" in text:
        return MAIN_FILE_LINES  # wiring only
    return FILE_LINES


def check_file(rel, text):
    lines = text.count("\n")
    most = file_limit(rel, text)
    if lines > most:
        yield "file", "", f"{rel}: {lines} lines (most {most})"
    if not rel.endswith((".c", ".h")):
        return
    for number, line in enumerate(text.splitlines(), 1):
        if width(line) > (COLUMNS_IN_TESTS if rel.startswith("tests/") else COLUMNS):
            yield "columns", "", f"{rel}:{number}: {width(line)} columns (most {COLUMNS})"
    yield from check_functions(rel, text)
    if rel.startswith("src/") and rel.endswith(".h") and not rel.endswith("_priv.h"):
        code = csource.no_preprocessor(csource.code_only(text))
        count = len(PROTOTYPE.findall(code))
        if count > PROTOTYPES:
            yield "prototypes", "", f"{rel}: {count} functions in one header (most {PROTOTYPES})"


def own_headers(rel, graph):
    seen, todo = set(), [rel]
    while todo:
        for inc in graph.get(todo.pop(), ()):
            if inc not in seen:
                seen.add(inc)
                todo.append(inc)
    return len(seen)


def read_allowed(path):
    """{(path, rule, function): line} of the allow file, and what is wrong with it."""
    allowed, bad = {}, []
    for number, line in enumerate(path.read_text().splitlines() if path.exists() else [], 1):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        what, _, reason = line.partition(": ")
        words = what.split()
        if len(words) not in (2, 3) or len(reason) < 8:
            bad.append(f"{path.name}:{number}: wants PATH RULE [FUNCTION]: reason")
            continue
        allowed[(words[0], words[1], words[2] if len(words) > 2 else "")] = number
    return allowed, bad


def check(root):
    found, graph, count = [], {}, 0
    paths = csource.files(root, ".c", ".h", below=C_FOLDERS) \
        + csource.files(root, ".ts", ".vue", ".css", ".mjs", below=UI_FOLDERS) \
        + csource.files(root, ".py", below=("scripts", "schema", "tests", "lab", "bench"))
    for path in paths:
        rel = path.relative_to(root).as_posix()
        if rel.endswith(("schema.d.ts", "/sentences.ts", "/results.ts")):
            continue
        count += 1
        text = path.read_text(errors="replace")
        found += [(rel, *hit) for hit in check_file(rel, text)]
        if rel.startswith("src/"):
            graph[rel[4:]] = OWN.findall(text)
    for rel in graph:
        if rel.endswith(".c") and not rel.startswith("role/"):
            headers = own_headers(rel, graph)
            if headers > OWN_HEADERS:
                found.append(("src/" + rel, "includes", "",
                              f"src/{rel}: {headers} own headers behind it (most {OWN_HEADERS})"))
    allowed, bad = read_allowed(root / "scripts" / "limits-allow.txt")
    used = {(rel, rule, name) for rel, rule, name, _ in found}
    bad += [said for rel, rule, name, said in found if (rel, rule, name) not in allowed]
    bad += [f"limits-allow.txt:{number}: {' '.join(key).strip()} is not needed"
            for key, number in allowed.items() if key not in used]
    return bad, f"limits: {count} files clean"


if __name__ == "__main__":
    base = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent.parent)
    wrong, fine = check(base)
    print("\n".join(wrong) if wrong else fine)
    sys.exit(bool(wrong))
