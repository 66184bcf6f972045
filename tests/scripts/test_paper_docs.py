#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""docs/paper.md says of each kind of paper what the kind's own file says, and each kind has an example."""
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
kinds = sorted(p.stem for p in (ROOT / "templates/paper/kinds").glob("*.json"))
made = subprocess.run([sys.executable, ROOT / "scripts/gen_paper_docs.py", ROOT], capture_output=True, text=True, check=True).stdout
build = (ROOT / "src/paper/meson.build").read_text(encoding="utf-8")
lacking = [k for k in kinds if not (ROOT / "docs/examples/paper" / f"{k}.json").exists()]
unbuilt = [k for k in kinds if f"'{k}'" not in build]
results = [("the tables of docs/paper.md are those that scripts/gen_paper_docs.py prints",
            (ROOT / "docs/paper.md").read_text(encoding="utf-8").endswith(made), "run it again"),
           ("every kind has an example", not lacking, lacking), ("every kind is built in", not unbuilt, unbuilt)]
print(f"1..{len(results)}")
for number, (name, good, why) in enumerate(results, 1):
    print(f"{'ok' if good else 'not ok'} {number} - {name}{'' if good else f' # {why}'}")
sys.exit(not all(good for _, good, _ in results))
