#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Every code a check may end with has its sentence, and every kind of check has its codes."""
import pathlib
import re
import sys
import tomllib

ROOT = pathlib.Path(__file__).resolve().parents[2]
# A result before anything is known; never told.
NEVER_TOLD = {"check.none"}


def main():
    said = set(tomllib.loads((ROOT / "schema/sentences.toml").read_text(encoding="utf-8"))["sentences"])
    kinds = list(tomllib.loads((ROOT / "schema/check_kinds.toml").read_text(encoding="utf-8"))["kinds"])
    code = re.compile(r'"((?:%s|check|resolve)\.[a-z_0-9]+)"' % "|".join(kinds))
    given = set()
    for path in (ROOT / "src/probe").rglob("*.c"):
        given |= set(code.findall(path.read_text(encoding="utf-8")))
    first = {c.split(".")[0] for c in given}
    cases = [("the engines are read", len(given) > 100, len(given)),
             ("every code has its sentence", given - NEVER_TOLD <= said, sorted(given - NEVER_TOLD - said)),
             ("no sentence of a kind is left over", {c for c in said if c.split(".")[0] in kinds} <= given,
              sorted(c for c in said if c.split(".")[0] in kinds and c not in given)),
             ("every kind has codes of its own", set(kinds) <= first, sorted(set(kinds) - first))]
    for n, (name, good, why) in enumerate(cases, start=1):
        print(f"{'ok' if good else 'not ok'} {n} - {name}")
        if not good:
            print(f"# {why}")
    print(f"1..{len(cases)}")
    return 0 if all(good for _, good, _ in cases) else 1


if __name__ == "__main__":
    sys.exit(main())
