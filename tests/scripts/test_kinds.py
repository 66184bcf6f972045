#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The interface offers the finding kinds the server takes, in their order and words."""
import pathlib
import re
import sys
import tomllib

ROOT = pathlib.Path(__file__).resolve().parents[2]


def main():
    kinds = tomllib.loads((ROOT / "schema/finding_kinds.toml").read_text(encoding="utf-8"))["kinds"]
    line = re.search(r"FINDING_KINDS = \[(.*?)\]", (ROOT / "ui/src/model/kinds.ts").read_text(encoding="utf-8"))[1]
    failed = 0
    cases = [("the same kinds in the same order", re.findall(r"'(\w+)'", line), list(kinds))]
    for n, language in enumerate(("zh", "en")):
        text = (ROOT / f"ui/src/i18n/{language}/alerts.ts").read_text(encoding="utf-8")
        said = dict(re.findall(r"'finding\.kind\.(\w+)': '(.*?)'", text))
        cases.append((f"the same words ({language})", said, {kind: words[n] for kind, words in kinds.items()}))
    for n, (name, got, want) in enumerate(cases, start=1):
        print(f"{'ok' if got == want else 'not ok'} {n} - {name}")
        if got != want:
            failed += 1
            print(f"# {got}\n# {want}")
    print(f"1..{len(cases)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
