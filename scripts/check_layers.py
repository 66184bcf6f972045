#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""check_layers.py [ROOT]: does src/ keep to scripts/layers.txt?

Also: a .c includes its own header first; every include is a path below src/ (or a table
generated into schema/); x_priv.h stays in its folder; no header cycle; the protocols of
collect/ and probe/ (one sub-folder each) do not see one another, only the files directly in
collect/ and probe/ see them all; the pure layers include no system header that does I/O; no
header has a name that invites everything.
"""
import pathlib
import re
import sys

import csource

BLIND = ("collect", "probe", "scan", "intel")
PURE = ("proto", "model", "workflow", "detect", "access")
IO_HEADERS = re.compile(r"^(unistd|fcntl|poll|dirent|pthread|threads|spawn|uv|sqlite3|libpq-fe"
                        r"|microhttpd|curl/curl|sys/(socket|stat|epoll|mman|ioctl|uio|wait|un))\.h$")
CATCH_ALL = ("common.h", "util.h", "utils.h", "misc.h", "helpers.h")
OWN = re.compile(r'^[ \t]*#[ \t]*include[ \t]*"([^"]+)"', re.M)
SYSTEM = re.compile(r"^[ \t]*#[ \t]*include[ \t]*<([^>]+)>", re.M)


def read_rules(path):
    rules = {}
    for line in path.read_text().splitlines():
        line = line.split("#")[0].strip()
        if line:
            name, _, may = line.partition(":")
            rules[name.strip()] = set(may.split()) | {name.strip()}
    return rules


def check_file(src, rel, text, rules):
    parts = rel.split("/")
    layer = parts[0]
    if len(parts) == 1 or layer not in rules:
        yield f"{rel}: folder '{layer}' has no line in scripts/layers.txt"
        return
    if parts[-1] in CATCH_ALL:
        yield f"{rel}: a name that invites everything; name the subject"
    own = OWN.findall(text)
    header = rel[:-2] + ".h"
    if rel.endswith(".c") and (src / header).exists() and own[:1] != [header]:
        yield f'{rel}: the first own include must be "{header}"'
    for inc in own:
        to = inc.split("/")
        if to[0] == "schema":
            continue
        if not (src / inc).exists():
            yield f'{rel}: "{inc}" is not a path below src/'
        elif to[0] not in rules[layer]:
            yield f"{rel}: layer '{layer}' may not include \"{inc}\""
        elif inc.endswith("_priv.h") and to[:-1] != parts[:-1]:
            yield f'{rel}: "{inc}" is private to its folder'
        elif layer in BLIND and to[0] == layer and len(to) > 2 and len(parts) > 2 \
                and to[1] != parts[1]:
            yield f'{rel}: "{inc}" belongs to another protocol of {layer}/'
    if layer in PURE:
        for inc in SYSTEM.findall(text):
            if IO_HEADERS.match(inc):
                yield f"{rel}: <{inc}> does I/O, which '{layer}' may not"


def cycles(graph):
    done = set()

    def visit(node, trail):
        if node in trail:
            yield "header cycle: " + " -> ".join(trail[trail.index(node):] + [node])
            return
        if node in done:
            return
        for inc in graph.get(node, ()):
            yield from visit(inc, trail + [node])
        done.add(node)

    for node in graph:
        yield from visit(node, [])


def check(root):
    src = root / "src"
    rules = read_rules(root / "scripts" / "layers.txt")
    graph, bad = {}, []
    for path in csource.files(src, ".c", ".h"):
        rel = path.relative_to(src).as_posix()
        text = path.read_text(errors="replace")
        graph[rel] = OWN.findall(text)
        bad += check_file(src, rel, text, rules)
    bad += cycles(graph)
    return bad, f"layers: {len(graph)} files clean"


if __name__ == "__main__":
    base = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent.parent)
    wrong, fine = check(base)
    print("\n".join(wrong) if wrong else fine)
    sys.exit(bool(wrong))
