#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What each kind of paper may be told, as Markdown: gen_paper_docs.py [ROOT] > table.

docs/paper.md holds what this prints below its last heading; tests/scripts/test_paper_docs.py compares."""
import json
import pathlib
import re
import sys

WORDS = {"text": "text", "int": "number", "bool": "true or false", "list": "list"}


def names(root):
    """Kind -> its Chinese name, as src/model/paper.c has it."""
    text = (root / "src" / "model" / "paper.c").read_text(encoding="utf-8")
    return dict(re.findall(r'\{ "(\w+)", "([^"]+)",\s*"[^"]+" \}', text))


def rows(fields, indent=""):
    for name, (kind, words, *inner) in fields.items():
        need = "" if kind.endswith("?") else "yes"
        yield f"| {indent}`{name}` | {WORDS[kind.rstrip('?')]} | {need} | {words} |"
        if inner:
            yield from rows(inner[0], f"`{name}`[]. ")


def table(fields):
    return ["| member | is | needed | says |", "|---|---|---|---|", *rows(fields)]


def document(root):
    folder = root / "templates" / "paper"
    out = ["### Every kind", ""]
    out += table(json.loads((folder / "common.json").read_text(encoding="utf-8"))["fields"])
    titles = names(root)
    for path in sorted((folder / "kinds").glob("*.json")):
        kind = json.loads(path.read_text(encoding="utf-8"))
        page = ", exactly one page" if kind.get("pages") == 1 else ""
        out += ["", f"### `{path.stem}` {titles[path.stem]}{page}", "", *table(kind["fields"])]
    return "\n".join(out) + "\n"


if __name__ == "__main__":
    sys.stdout.write(document(pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".")))
