#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""check_kinds.toml -> the enums, and the tables behind model/check_kind.h, in C; or one JSON for the interface.

    gen_check_kinds.py check_kinds.toml OUT.h OUT.c
    gen_check_kinds.py check_kinds.toml
"""
import json
import pathlib
import sys
import tomllib

HEAD = "/* Generated from schema/check_kinds.toml; do not edit. */\n"
TYPES = ("int", "text", "name", "flag", "choice", "secret", "kept")
TARGETS = ("host", "place", "service", "server", "url", "own")


def load(source):
    """kind -> its table, every parameter complete and in order."""
    data = tomllib.loads(source.read_text(encoding="utf-8"))
    shared = data.get("shared", {})
    for name, kind in data["kinds"].items():
        for param, said in kind["params"].items():
            kind["params"][param] = found = dict(said or shared[param])
            if found["type"] not in TYPES or kind["target"] not in TARGETS:
                sys.exit(f"{source}: {name}.{param}: no such type or target")
            if (found["type"] == "choice") != ("choices" in found) or (found["type"] == "int") != ("max" in found):
                sys.exit(f"{source}: {name}.{param}: choices belong to choice, min and max to int")
    return data["kinds"]


def text(value):
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"' if value is not None else "NULL"


def enum(name, words):
    return f"enum {name} {{\n" + "".join(f"\t{word},\n" for word in words) + "};\n"


def own(kind):
    return [name for name, param in kind["params"].items() if "member" not in param]


def header(kinds):
    members = dict.fromkeys(p["member"] for kind in kinds.values() for p in kind["params"].values() if "member" in p)
    out = [HEAD, "#pragma once\n",
           enum("check_kind", [f"CHECK_{name.upper()}" for name in kinds]),
           f"#define CHECK_KIND_COUNT {len(kinds)}\n",
           "/* Where a parameter of several kinds is kept. */",
           enum("check_member", ["CHECK_MEMBER_NONE"] + [f"CHECK_MEMBER_{m.upper()}" for m in members]),
           f"#define CHECK_VALUES_MAX {max(1, *(len(own(kind)) for kind in kinds.values()))}\n"]
    for name, kind in kinds.items():
        if own(kind):
            out += [f"/* Parameters that only {name} has. */",
                    enum(f"check_{name}_value", [f"{name.upper()}_{p.upper()}" for p in own(kind)])]
        for param, said in kind["params"].items():
            if said["type"] == "choice" and "member" not in said:
                out.append(enum(f"check_{name}_{param}",
                                [f"{name.upper()}_{param.upper()}_{c.upper()}" for c in said["choices"]]))
    return "\n".join(out)


def default(param):
    value = param.get("default", 0)
    if param["type"] == "choice":
        value = param["choices"].index(value) if value else 0
    number, words = (0, value or None) if param["type"] in ("text", "name") else (int(value), None)
    return f".number = {number}, .text = {text(words)}"


def param_row(name, param, place):
    member = f"CHECK_MEMBER_{param['member'].upper()}" if "member" in param else "CHECK_MEMBER_NONE"
    zh, en = param["words"]
    choices = f"choices_{name[0]}_{name[1]}" if "choices" in param else "NULL"
    option = param.get("option", name[1].replace("_", "-")) + ("-file" if param["type"] == "secret" else "")
    return (f"\t{{ .name = {text(name[1])}, .option = {text(option)}, .zh = {text(zh)}, .en = {text(en)},\n"
            f"\t\t.type = CHECK_PARAM_{param['type'].upper()}, .member = {member}, .value = {max(place, 0)},\n"
            f"\t\t.needed = {'true' if param.get('needed') else 'false'}, .min = {param.get('min', 0)},"
            f" .max = {param.get('max', 0)}, .choices = {choices}, {default(param)} }},\n")


def tables(kinds):
    out = [HEAD, '#include "model/check_kind.h"\n']
    for name, kind in kinds.items():
        values = own(kind)
        for param, said in kind["params"].items():
            if "choices" in said:
                out.append(f"static const char *const choices_{name}_{param}[] = {{ "
                           + ", ".join(text(c) for c in said["choices"]) + ", NULL };\n")
        rows = [param_row((name, p), said, values.index(p) if p in values else -1)
                for p, said in kind["params"].items()]
        out.append(f"static const struct check_param params_{name}[] = {{\n" + "".join(rows) + "};\n")
    out.append("const struct check_form check_forms[CHECK_KIND_COUNT] = {\n")
    for name, kind in kinds.items():
        out.append(f"\t[CHECK_{name.upper()}] = {{ .target = CHECK_TARGET_{kind['target'].upper()},"
                   f" .port = {kind.get('port', 0)}, .tls_port = {kind.get('tls_port', 0)},"
                   f" .value_count = {len(own(kind))},\n\t\t.params = params_{name}, .param_count = {len(kind['params'])} }},\n")
    out.append("};\n\nstatic const struct name_row rows[] = {\n")
    for name, kind in kinds.items():
        zh, en = kind["words"]
        out.append(f"\t{{ {text(name)}, {text(zh)}, {text(en)} }},\n")
    out.append("};\nconst char *const check_kind_ids[CHECK_KIND_COUNT + 1] = { " + ", ".join(map(text, kinds)) + ", NULL };\n")
    out.append("const struct name_table check_kind_names = { \"kind of check\", rows, CHECK_KIND_COUNT };\n")
    return "".join(out)


def main():
    source, *out = map(pathlib.Path, sys.argv[1:])
    kinds = load(source)
    if not out:
        json.dump(kinds, sys.stdout, ensure_ascii=False)
        return
    to_header, to_tables = out
    to_header.write_text(header(kinds), encoding="utf-8")
    to_tables.write_text(tables(kinds), encoding="utf-8")


if __name__ == "__main__":
    main()
