#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""flip_permissions.py [--built] [--every N]: no cell of schema/permissions.toml can change unseen.

Each cell of the table, every route for every role, is changed in turn to each of the other scopes, and each of the two
tables written by hand must differ from it every time: tests/matrix/expected.txt, which the test of access/ reads, and
tests/system/matrix.toml, which the walk over HTTP reads.  With --built the chain itself is shown for every N-th change:
the changed table goes through scripts/gen_api.py, and the test of access/ is built from it and must fail.
"""
import argparse
import pathlib
import subprocess
import sys
import tempfile
import tomllib

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCOPES = ["none", "self", "own", "all"]
LETTER = {"none": "-", "self": "S", "own": "O", "all": "A"}


def table_read(permissions, api):
    """{route: {role: scope}} of every route that needs a login, as gen_api.py understands it."""
    closed = [r["name"] for r in api["route"] if not r.get("open")]
    table = {name: dict.fromkeys(permissions["roles"], "none") for name in closed}
    for name, row in permissions["allow"].items():
        for scope, words in row.items():
            for word in words:
                for role in permissions["groups"].get(word, [word]):
                    if table[name][role] == "none":
                        table[name][role] = scope
    return table


def expected_read(text):
    """{route: {role: letter}} of the second table."""
    columns, table = [], {}
    for line in text.splitlines():
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        if words[0] == "columns":
            columns = words[1:]
        else:
            table[words[0]] = dict(zip(columns, "".join(words[1:]), strict=True))
    return table


def walked_read(matrix):
    """The same of the table of the walk over HTTP; routes that need no login are left out."""
    def of(words):
        return {role for word in words.split() for role in matrix["people"].get(word, word).split()}
    table = {}
    for route, row in matrix["route"].items():
        if row["act"] != "open":
            scopes = {scope: of(words) for scope, words in matrix["act"][row["act"]].items()}
            roles = {role for words in matrix["people"].values() for role in of(words)}
            table[route] = {role: next((LETTER[s] for s, who in scopes.items() if role in who), "-") for role in roles}
    return table


def seconds():
    """Both tables written by hand."""
    return [expected_read((ROOT / "tests/matrix/expected.txt").read_text()),
            walked_read(tomllib.loads((ROOT / "tests/system/matrix.toml").read_text()))]


def differences(table, expected):
    found = [(route, role) for route, row in table.items() for role, scope in row.items()
             if expected.get(route, {}).get(role) != LETTER[scope]]
    return found + [(route, None) for route in expected if route not in table]


def flips(table):
    """(route, role, scope now, another scope) of all there are."""
    for route, row in table.items():
        for role, scope in row.items():
            for other in SCOPES:
                if other != scope:
                    yield route, role, scope, other


def toml_of(permissions, table):
    """The table as permissions.toml would say it, without groups."""
    lines = [f"roles = {permissions['roles']!r}".replace("'", '"'), "[groups]", "[second_factor]",
             f"asks = {permissions['second_factor']['asks']!r}".replace("'", '"'), "[allow]"]
    for route, row in table.items():
        scopes = {s: [role for role, have in row.items() if have == s] for s in SCOPES[1:]}
        said = ", ".join(f"{s} = {roles!r}".replace("'", '"') for s, roles in scopes.items() if roles)
        lines.append(f'"{route}" = {{ {said} }}')
    return "\n".join(lines) + "\n"


class Chain:
    """Generator and test of access/ from a changed table, in a folder of their own; the build stays as it is."""

    def __init__(self, permissions):
        self.permissions = permissions
        self.folder = tempfile.TemporaryDirectory(prefix="fengsui-flip-")
        self.out = pathlib.Path(self.folder.name)
        (self.out / "schema").mkdir()
        self.generate(ROOT / "schema/permissions.toml")
        subprocess.run([sys.executable, ROOT / "scripts/gen_check_kinds.py", ROOT / "schema/check_kinds.toml",
                        self.out / "schema/check_kinds.h", self.out / "schema/check_kinds.c"], check=True)
        same = [ROOT / "tests/unit/access/matrix.c", ROOT / "src/access/access.c", self.out / "schema/routes.c",
                *sorted((ROOT / "src/model").glob("*.c")), *sorted((ROOT / "src/base").glob("*.c"))]
        parts = [self.compile(source, f"{i}.o") for i, source in enumerate(same)]
        # As a library: what the test does not use is left out.
        subprocess.run(["ar", "rc", self.out / "same.a", *parts[1:]], check=True)
        self.test = parts[0]

    def generate(self, toml):
        subprocess.run([sys.executable, ROOT / "scripts/gen_api.py", ROOT / "schema/api.toml", toml, self.out / "schema", "0"], check=True)

    def compile(self, source, name):
        subprocess.run(["gcc", "-std=c17", "-D_GNU_SOURCE", "-O0", "-w", f"-I{self.out}", f"-I{ROOT / 'src'}", "-c", source, "-o",
                        self.out / name], check=True)
        return self.out / name

    def passes(self, table):
        """Does the test of access/ pass with this table?"""
        toml, program = self.out / "permissions.toml", self.out / "test-matrix"
        toml.write_text(toml_of(self.permissions, table))
        self.generate(toml)
        changed = self.compile(self.out / "schema/permissions.c", "permissions.o")
        subprocess.run(["gcc", "-o", program, self.test, changed, self.out / "same.a", "-lcmocka", "-lcrypto", "-lxxhash", "-lm"], check=True)
        done = subprocess.run([program], env={"FENGSUI_MATRIX": str(ROOT / "tests/matrix/expected.txt")}, capture_output=True)
        return done.returncode == 0


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--built", action="store_true")
    parser.add_argument("--every", type=int, default=1)
    options = parser.parse_args()
    permissions = tomllib.loads((ROOT / "schema/permissions.toml").read_text())
    table = table_read(permissions, tomllib.loads((ROOT / "schema/api.toml").read_text()))
    for expected in seconds():
        if differences(table, expected):
            sys.exit(f"the tables differ as they are: {differences(table, expected)[:5]}")
    chain = Chain(permissions) if options.built else None
    if chain and not chain.passes(table):
        sys.exit("the test of access/ fails with the table as it is")
    unseen, tried, tables = [], 0, seconds()
    for i, (route, role, scope, other) in enumerate(flips(table)):
        if options.built and i % options.every:
            continue
        tried += 1
        table[route][role] = other
        passed = chain.passes(table) if chain else not all(differences(table, t) for t in tables)
        table[route][role] = scope
        if passed:
            unseen.append(f"{route} for {role}: {scope} -> {other}")
    for line in unseen:
        print(f"unseen: {line}")
    print(f"{tried} changes of {len(table)} routes x {len(permissions['roles'])} roles, {len(unseen)} unseen")
    return 1 if unseen else 0


if __name__ == "__main__":
    sys.exit(main())
