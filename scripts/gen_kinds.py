#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""finding_kinds.toml -> the table of kinds in C."""
import pathlib
import sys
import tomllib


def main():
    source, out = map(pathlib.Path, sys.argv[1:3])
    kinds = tomllib.loads(source.read_text(encoding="utf-8"))["kinds"]
    rows = "".join(f'\t{{ "{kind}", "{zh}", "{en}" }},\n' for kind, (zh, en) in kinds.items())
    out.write_text("/* Generated from schema/finding_kinds.toml; do not edit. */\n"
                   '#include "model/finding.h"\n\nstatic const struct name_row rows[] = {\n' + rows + "};\n"
                   f'const struct name_table finding_kind_names = {{ "finding kind", rows, {len(kinds)} }};\n',
                   encoding="utf-8")


main()
