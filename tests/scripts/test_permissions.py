#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""No cell of the permission table changes unseen, and no route goes without a row."""
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
API = (ROOT / "schema/api.toml").read_text()
PERMISSIONS = (ROOT / "schema/permissions.toml").read_text()
NEW_ROUTE = '\n[[route]]\nname = "papers.get"\nhttp = "GET /papers/{id}"\nkind = "view"\nanswer = "json"\n'

# what the case says, api.toml, permissions.toml, part of the complaint (None: accepted)
CASES = [
    ("the tables as they are make code", API, PERMISSIONS, None),
    ("a route without a row makes none", API + NEW_ROUTE, PERMISSIONS, "routes without a row: ['papers.get']"),
    ("but a route with a row does", API + NEW_ROUTE, PERMISSIONS + '"papers.get" = { all = ["auditor"] }\n', None),
    ("a route that is open needs none", API + NEW_ROUTE + "open = true\n", PERMISSIONS, None),
    ("a row without a route makes none", API, PERMISSIONS + '"papers.get" = { all = ["auditor"] }\n', "rows without a route: ['papers.get']"),
    ("nor does a role nobody knows", API, PERMISSIONS.replace('"audit.list" = { all = ["auditor"] }',
                                                              '"audit.list" = { all = ["auditors"] }'), "unknown role 'auditors'"),
    ("nor a scope nobody knows", API, PERMISSIONS.replace('"audit.list" = { all', '"audit.list" = { any'), "unknown scope 'any'"),
    ("nor two scopes for one role", API, PERMISSIONS.replace('"audit.list" = { all = ["auditor"] }',
                                                             '"audit.list" = { all = ["auditor"], own = ["auditor"] }'),
     "'auditor' has two scopes"),
    ("a dangerous act that is no route makes none", API, PERMISSIONS.replace('"people.erase", "regulations.adopt"', '"people.eraze"'), "['people.eraze']"),
]
FLIPS = [
    ("every cell of the table that changes differs from both tables written by hand", []),
    ("what is generated from a changed table fails the test of access/", ["--built", "--every", "240"]),
]


def generate(api, permissions):
    with tempfile.TemporaryDirectory() as folder:
        out = pathlib.Path(folder)
        (out / "api.toml").write_text(api)
        (out / "permissions.toml").write_text(permissions)
        return subprocess.run([sys.executable, ROOT / "scripts/gen_api.py", out / "api.toml", out / "permissions.toml", out, "0"],
                              capture_output=True, text=True)


def main():
    wrong = number = 0
    print(f"1..{len(CASES) + len(FLIPS)}", flush=True)
    for number, (name, api, permissions, complaint) in enumerate(CASES, 1):
        done = generate(api, permissions)
        good = done.returncode == 0 if complaint is None else done.returncode != 0 and complaint in done.stderr
        wrong += not good
        print(f"{'ok' if good else 'not ok'} {number} - {name}" + ("" if good else f"\n# {done.returncode} {done.stderr[-300:]}"), flush=True)
    for name, options in FLIPS:
        number += 1
        done = subprocess.run([sys.executable, ROOT / "tests/scripts/flip_permissions.py", *options], capture_output=True, text=True)
        wrong += done.returncode != 0
        said = (done.stdout + done.stderr).strip().replace("\n", "\n# ")[-1000:]
        print(f"{'ok' if done.returncode == 0 else 'not ok'} {number} - {name}\n# {said}", flush=True)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
