#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""api.toml + permissions.toml -> openapi.json, routes.[ch] and permissions.[ch]."""
import json
import pathlib
import re
import sys
import tomllib

HEAD = "/* SPDX-License-Identifier: Apache-2.0 */\n/* Generated from schema/; do not edit. */\n"
SCALAR = {"id": {"type": "integer", "format": "int64"}, "int": {"type": "integer", "format": "int64"},
          "ms": {"type": "integer", "format": "int64", "description": "unix milliseconds"},
          "bool": {"type": "boolean"}, "text": {"type": "string"}, "json": {},
          "num": {"type": ["number", "null"], "description": "null where it is not known"}}
ROOT = pathlib.Path(__file__).resolve().parents[1]
CHECK_KINDS = []  # of check_kinds.toml
KINDS = ["command", "view", "page", "upload", "download", "stream", "local"]


def schema_of(kind, models):
    if kind in SCALAR:
        return dict(SCALAR[kind])
    word, _, rest = kind.partition(":")
    if word == "list":
        return {"type": "array", "items": schema_of(rest, models)}
    if kind == "check_kind":
        return {"type": "string", "enum": CHECK_KINDS}
    if word == "enum":
        return {"type": "string", "enum": rest.split("|")}
    if word == "model":
        if rest not in models:
            sys.exit(f"api.toml: no model '{rest}'")
        return {"$ref": f"#/components/schemas/{rest}"}
    sys.exit(f"api.toml: unknown type '{kind}'")


def model_schema(fields, models):
    properties, required = {}, []
    for name, kind in fields.items():
        optional = kind.endswith("?")
        value = schema_of(kind.rstrip("?"), models)
        if optional and value:
            value = {"anyOf": [value, {"type": "null"}]}
        properties[name] = value
        if not optional:
            required.append(name)
    return {"type": "object", "properties": properties, **({"required": required} if required else {})}


def operation(route, models):
    method, path = route["http"].split()
    parameters = [{"name": p, "in": "path", "required": True,
                   "schema": SCALAR["id"] if p in ("id", "sub") else SCALAR["text"]}
                  for p in re.findall(r"{(\w+)}", path)]
    for text in route.get("query", []):
        parameters.append({"name": text.rstrip("?"), "in": "query", "required": not text.endswith("?"), "schema": {"type": "string"}})
    if route["kind"] == "command":
        parameters += [{"name": "Idempotency-Key", "in": "header", "schema": {"type": "string"}},
                       {"name": "If-Match", "in": "header", "schema": {"type": "string"}}]
    op = {"operationId": route["name"], "parameters": parameters, "tags": [route["name"].split(".")[0]]}
    if "body" in route:
        op["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema_of("model:" + route["body"], models)}}}
    if route["kind"] == "upload":
        op["requestBody"] = {"required": True, "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}
    kind = route["kind"]
    answer = route.get("answer", "done")
    if kind == "page":
        body = {"type": "object", "required": ["items"], "properties": {
            "items": {"type": "array", "items": schema_of("model:" + answer, models)},
            "next_cursor": {"anyOf": [{"type": "string"}, {"type": "null"}]},
            "total": {"anyOf": [SCALAR["int"], {"type": "null"}]}}}
    elif kind in ("command", "upload", "view") or (kind == "local" and "answer" in route):
        body = schema_of(answer if answer == "json" else "model:" + answer, models)
    else:
        body = None
    media = {"stream": "text/event-stream", "download": "application/octet-stream"}.get(kind, "application/json")
    op["responses"] = {"200": {"description": "done", "content": {media: {"schema": body or {"type": "string"}}}},
                       "default": {"description": "problem", "content": {"application/problem+json": {"schema": schema_of("model:problem", models)}}}}
    if route.get("open"):
        op["security"] = []
    return method.lower(), path, op


def openapi(tables, version):
    models = tables["model"]
    paths = {}
    for route in tables["route"]:
        method, path, op = operation(route, models)
        paths.setdefault("/api/v1" + path, {})[method] = op
    return {"openapi": "3.1.0", "info": {"title": "Fengsui", "version": version, "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"}},
            "paths": paths, "security": [{"cookie": []}, {"bearer": []}],
            "components": {"schemas": {n: model_schema(f, models) for n, f in models.items()},
                           "securitySchemes": {"cookie": {"type": "apiKey", "in": "cookie", "name": "fengsui"},
                                               "bearer": {"type": "http", "scheme": "bearer"}}}}


def ident(name):
    return name.upper().replace(".", "_")


def routes_c(routes):
    h = [HEAD, "#pragma once\n\n#include <stdbool.h>\n\nenum route_kind {\n"]
    h += [f"\tROUTE_KIND_{k.upper()},\n" for k in KINDS]
    h += ["};\n\nenum route_id {\n"]
    h += [f"\tROUTE_{ident(r['name'])},\n" for r in routes]
    h += ["\tROUTE_COUNT_,\n};\n\nstruct route {\n\tconst char *name;\n\tconst char *method;\n",
          "\tconst char *path; /* below /api/v1, with {id}, {sub}, {key}, {kind} */\n\tenum route_kind kind;\n",
          "\tbool open; /* needs no login */\n};\n\n/** In the order of enum route_id. */\nextern const struct route routes[ROUTE_COUNT_];\n"]
    c = [HEAD, '#include "schema/routes.h"\n\nconst struct route routes[ROUTE_COUNT_] = {\n']
    for r in routes:
        method, path = r["http"].split()
        c.append(f'\t[ROUTE_{ident(r["name"])}] = {{ "{r["name"]}", "{method}", "{path}", ROUTE_KIND_{r["kind"].upper()}, {"true" if r.get("open") else "false"} }},\n')
    c.append("};\n")
    return "".join(h), "".join(c)


def permissions_c(routes, perm):
    roles, groups, allow = perm["roles"], perm["groups"], perm["allow"]
    names = {r["name"] for r in routes}
    closed = [r["name"] for r in routes if not r.get("open")]
    missing = [n for n in closed if n not in allow]
    stray = [n for n in allow if n not in names]
    if missing or stray:
        sys.exit(f"permissions.toml: routes without a row: {missing}; rows without a route: {stray}")
    asks = perm["second_factor"]["asks"]
    if not set(asks) <= set(closed) or len(set(asks)) != len(asks):
        sys.exit(f"permissions.toml: second_factor: no such route, or twice: {sorted(n for n in asks if n not in closed or asks.count(n) > 1)}")
    table = {}
    for name, row in allow.items():
        for scope, who in row.items():
            if scope not in ("all", "own", "self"):
                sys.exit(f"permissions.toml: {name}: unknown scope '{scope}'")
            for word in who:
                for role in groups.get(word, [word]):
                    if role not in roles:
                        sys.exit(f"permissions.toml: {name}: unknown role '{role}'")
                    if table.setdefault(name, {}).setdefault(role, scope) != scope:
                        sys.exit(f"permissions.toml: {name}: '{role}' has two scopes")
    h = [HEAD, '#pragma once\n\n#include <stdbool.h>\n#include <stdint.h>\n\n#include "schema/routes.h"\n\n',
         "enum { PERMISSION_ROLE_COUNT = %d };\n\nenum scope { SCOPE_NONE, SCOPE_SELF, SCOPE_OWN, SCOPE_ALL };\n\n" % len(roles),
         "/** Role ids in the order of the table's columns. */\nextern const char *const permission_roles[PERMISSION_ROLE_COUNT];\n",
         "/** enum scope of a route (row) for a role (column). */\nextern const uint8_t permission_scopes[ROUTE_COUNT_][PERMISSION_ROLE_COUNT];\n",
         "/** Is it a dangerous act, before which a second factor is asked? */\nextern const bool permission_asks_second[ROUTE_COUNT_];\n"]
    c = [HEAD, '#include "schema/permissions.h"\n\nconst char *const permission_roles[PERMISSION_ROLE_COUNT] = {\n']
    c += [f'\t"{r}",\n' for r in roles]
    c += ["};\n\nconst uint8_t permission_scopes[ROUTE_COUNT_][PERMISSION_ROLE_COUNT] = {\n"]
    for name, row in table.items():
        cells = ", ".join(f"[{roles.index(r)}] = SCOPE_{s.upper()}" for r, s in row.items())
        c.append(f"\t[ROUTE_{ident(name)}] = {{ {cells} }},\n")
    c.append("};\n\nconst bool permission_asks_second[ROUTE_COUNT_] = {\n")
    c += [f"\t[ROUTE_{ident(name)}] = true,\n" for name in asks]
    c.append("};\n")
    return "".join(h), "".join(c)


def main():
    api_path, perm_path, out, version = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3]), sys.argv[4]
    tables = tomllib.loads(api_path.read_text())
    kinds = tomllib.loads((ROOT / "schema/check_kinds.toml").read_text(encoding="utf-8"))
    CHECK_KINDS.extend(kinds["kinds"])
    perm = tomllib.loads(perm_path.read_text())
    (out / "openapi.json").write_text(json.dumps(openapi(tables, version), ensure_ascii=False, indent=1) + "\n")
    for name, (h, c) in {"routes": routes_c(tables["route"]), "permissions": permissions_c(tables["route"], perm)}.items():
        (out / f"{name}.h").write_text(h)
        (out / f"{name}.c").write_text(c)


main()
