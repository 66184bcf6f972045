#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""sentences.toml -> sentences.c (sorted table) and sentences.json for the UI."""
import json
import pathlib
import sys
import tomllib


def literal(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def main():
    source, c_path, json_path = map(pathlib.Path, sys.argv[1:4])
    table = tomllib.loads(source.read_text(encoding="utf-8"))["sentences"]
    rows = "".join(f"\t{{ {literal(code)}, {{ {literal(zh)}, {literal(en)} }} }},\n" for code, (zh, en) in sorted(table.items()))
    c_path.write_text("/* Generated from schema/sentences.toml; do not edit. */\n"
                      '#include "model/sentence_table.h"\n\nconst struct sentence_row sentence_rows[] = {\n' + rows +
                      f"}};\nconst size_t sentence_row_count = {len(table)};\n", encoding="utf-8")
    json_path.write_text(json.dumps(table, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


main()
