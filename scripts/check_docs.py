#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""check_docs.py [ROOT]: are the headers documented, and do the pages name what exists?

A prototype needs a comment in its paragraph (lines without an empty one between) or in that of
the macro which calls it; internal headers (x_priv.h), inline code, verb pairs and plain getters
speak for themselves.  Headers of proto/ name their standard (`Source:`).  In README, ARCHITECTURE, CONTRIBUTING and
docs/ every relative link and every path in backquotes exists; docs/tour.md also names only
functions that exist, and where it says "`f()` in `path`", path has f.  What meson links and what
scripts/packages.txt installs has its line in docs/adr, and docs/adr names nothing beyond.
"""
import pathlib
import re
import sys

import csource

# What these do is said by the verb pair, or by the name and the type of a plain getter.
OBVIOUS = re.compile(r"_(init|fini|destroy|close|free|clear|eq)$")
GETTER = re.compile(r"^(?!NODISCARD)[^(]*\(\s*(?:enum \w+ \w+|const struct \w+ \*\w+)\s*\);$")
PROTOTYPE = re.compile(r"^(?:[A-Z_]+(?:\([^)]*\))? )*[a-z][\w\s*]*?\b(\w+)\([^;{}]*\)"
                       r"(?:\s+[A-Z_]+(?:\([^)]*\))?)*;$", re.S)
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
QUOTED = re.compile(r"`([^`\n]+)`")
FUNCTION = re.compile(r"`(\w+)\(\)`")
PLACED = re.compile(r"`(\w+)\(\)`(?:\s+and\s+`\w+\(\)`)?(?:\s+(?:in|of)\s+|\s+\()`([\w./-]+\.\w+)`")
# meson's own names for what comes with the C library.
OWN_DEPENDENCIES = {"threads", "m", ""}
ADR_DEPENDENCIES = "docs/adr/0009-dependencies.md"
MADE = ("build", "ui/dist", "ui/node_modules", ".cache")
FENCE = re.compile(r"^```.*?^```", re.M | re.S)


def paragraphs(text):
    """(line, text) of each stretch between empty lines; a comment counts as one with what
    follows it."""
    start, lines = 1, []
    inside = False
    for number, line in enumerate(text.splitlines(), 1):
        opened = "/*" in line and "*/" not in line[line.rfind("/*"):]
        if not inside and (not line.strip() or line == "#pragma once"):
            if lines:
                yield start, "\n".join(lines)
            lines = []
            continue
        if not lines:
            start = number
        inside = opened or (inside and "*/" not in line)
        lines.append(line)
    if lines:
        yield start, "\n".join(lines)


def statements(code):
    """(offset, text) of each top-level declaration of a header."""
    depth, start = 0, 0
    for at, char in enumerate(code):
        if char in "{(":
            depth += 1
        elif char in "})":
            depth -= 1
            if char == "}" and depth == 0 and not re.match(r"\s*;", code[at + 1:]):
                start = at + 1
        elif char == ";" and depth == 0:
            yield start, code[start:at + 1]
            start = at + 1


def check_header(rel, text):
    if "/**" not in text.split("#pragma", 1)[0]:
        yield f"{rel}:1: no file comment before #pragma once"
    if rel.startswith("src/proto/") and not rel.endswith("_priv.h") and "Source:" not in text:
        yield f"{rel}:1: a proto/ header names its standard and section (Source:)"
    commented, behind_macros = {}, set()
    for line, part in paragraphs(text):
        has = "/*" in part or "//" in part
        if has and "#define" in part:
            behind_macros.update(re.findall(r"\b(\w+)\(", part))
        for number in range(line, line + part.count("\n") + 1):
            commented[number] = has
    code = csource.no_preprocessor(csource.code_only(text))
    for at, said in statements(code):
        hit = PROTOTYPE.match(said.strip())
        if not hit:
            continue
        if rel.endswith("_priv.h") or said.strip().startswith(("static", "typedef")) \
                or OBVIOUS.search(hit.group(1)) or GETTER.match(said.strip()):
            continue
        line = text.count("\n", 0, at + len(said) - len(said.lstrip())) + 1
        if not commented.get(line) and hit.group(1) not in behind_macros:
            yield f"{rel}:{line}: {hit.group(1)} has no comment"


def pages(root):
    return [p for p in sorted(root.glob("*.md"))] + csource.files(root, ".md", below=("docs",))


def looks_like_path(word, tops):
    """A path of this tree; not a pattern (src/LAYER/NAME.c) and not what a build makes."""
    if not re.fullmatch(r"\.?[\w./-]+", word) or "/" not in word.strip("/"):
        return False
    if re.search(r"(?:^|/)(?:NAME|LAYER|ROLE)\b", word) or word.startswith(MADE):
        return False
    return word.lstrip("./").split("/")[0] in tops


def check_page(root, path, tops, layers, functions):
    rel = path.relative_to(root).as_posix()
    text = FENCE.sub(lambda h: re.sub(r"[^\n]", " ", h.group(0)), path.read_text())
    for hit in LINK.finditer(text):
        target = hit.group(1)
        if "://" in target or target.startswith("mailto:"):
            continue
        if not (path.parent / target).exists():
            yield f"{rel}:{text.count(chr(10), 0, hit.start()) + 1}: link to {target}, not there"
    for hit in QUOTED.finditer(text):
        word = hit.group(1).split(" ")[0].rstrip(":,")
        if looks_like_path(word, tops) and word.strip("/") not in layers \
                and not (root / word).exists():
            yield f"{rel}:{text.count(chr(10), 0, hit.start()) + 1}: names {word}, not there"
    if rel == "docs/tour.md":
        for hit in FUNCTION.finditer(text):
            if hit.group(1) not in functions:
                yield (f"{rel}:{text.count(chr(10), 0, hit.start()) + 1}: names "
                       f"{hit.group(1)}(), which no source has")
        for hit in PLACED.finditer(text):
            place = root / hit.group(2)
            if place.is_file() and hit.group(1) in functions \
                    and not re.search(rf"\b{hit.group(1)}\s*\(", place.read_text(errors="replace")):
                yield (f"{rel}:{text.count(chr(10), 0, hit.start()) + 1}: says {hit.group(1)}() is in "
                       f"{hit.group(2)}, it is not")


def all_functions(root):
    found = set()
    for path in csource.files(root, ".c", ".h", ".ts", ".vue", ".py", below=("src", "ui", "schema")):
        found.update(re.findall(r"\b(\w+)\s*\(", path.read_text(errors="replace")))
    return found


def dependencies(root):
    """What meson asks for and what apt installs: name -> where it is said."""
    asked, installed = {}, {}
    for path in sorted(root.rglob("meson.build")):
        rel = path.relative_to(root).as_posix()
        if rel.startswith(MADE):
            continue
        for name in re.findall(r"\bdependency\('([^']*)'", path.read_text()):
            asked.setdefault(name, rel)
    for line in (root / "scripts/packages.txt").read_text().splitlines():
        if not line.startswith("#") and ":" in line:
            installed.update(dict.fromkeys(line.split(":", 1)[1].split(), "scripts/packages.txt"))
    return {n: w for n, w in asked.items() if n not in OWN_DEPENDENCIES}, installed


def check_dependencies(root):
    page = root / ADR_DEPENDENCIES
    if not page.exists():
        return
    rows = [line for line in page.read_text().splitlines() if line.startswith("|")]
    asked, installed = dependencies(root)
    named = {n for row in rows for cell in row.split("|")[1:3] for n in re.findall(r"`([^`]+)`", cell)}
    for name, where in {**asked, **installed}.items():
        if name not in named:
            yield f"{where}: {name} has no line in {ADR_DEPENDENCIES}"
    for name in sorted(named - set(asked) - set(installed)):
        yield f"{ADR_DEPENDENCIES}: {name} is neither asked for by meson nor installed"


def check(root):
    bad = list(check_dependencies(root))
    headers = csource.files(root, ".h", below=("src",))
    for path in headers:
        bad += check_header(path.relative_to(root).as_posix(), path.read_text(errors="replace"))
    tops = {p.name for p in root.iterdir() if p.is_dir()} \
        | {"src", "ui", "docs", "lab", "bench", "tests", "fuzz", "schema", "policy", "profiles",
           "decoders", "rules", "templates", "packaging", "scripts"}
    layers = set(re.findall(r"^(\w+):", (root / "scripts" / "layers.txt").read_text(), re.M))
    layers = {f"src/{name}" for name in layers}
    functions = all_functions(root) if (root / "docs" / "tour.md").exists() else set()
    for path in pages(root):
        bad += check_page(root, path, tops, layers, functions)
    return bad, f"docs: {len(headers)} headers and {len(pages(root))} pages clean"


if __name__ == "__main__":
    base = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent.parent)
    wrong, fine = check(base)
    print("\n".join(wrong) if wrong else fine)
    sys.exit(bool(wrong))
