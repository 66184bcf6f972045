#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""messages.toml -> messages.h, messages.c: structs, encoders, bounded decoders, entitlement table."""
import pathlib
import sys
import tomllib

HEAD = "/* SPDX-License-Identifier: Apache-2.0 */\n/* Generated from schema/messages.toml; do not edit. */\n"
C_TYPE = {"u8": "uint8_t", "u32": "uint32_t", "u64": "uint64_t", "i64": "int64_t", "bool": "bool"}


def fields_of(message):
    for text in message["fields"]:
        name, kind = text.split()
        kind, _, limit = kind.partition(":")
        yield name, kind, int(limit or 0)


def header(roles, messages):
    out = [HEAD, "#pragma once\n\n#include <stdbool.h>\n#include <stdint.h>\n\n",
           '#include "base/attr.h"\n#include "base/buf.h"\n#include "base/slice.h"\n\n', "enum ipc_role {\n"]
    out += [f"\tIPC_{r.upper()},\n" for r in roles]
    out += ["\tIPC_ROLE_COUNT_,\n};\n\nenum msg_type {\n"]
    out += [f"\tMSG_{n.upper()} = {m['id']},\n" for n, m in messages]
    out += ["\tMSG_TYPE_COUNT_ = 64,\n};\n\n",
            "/** Role by number, and the name of a message; \"?\" when unknown. */\n",
            "const char *ipc_role_name(enum ipc_role role);\n",
            "/** Number of a role by name, or IPC_ROLE_COUNT_. */\n",
            "enum ipc_role ipc_role_of(struct slice name);\n",
            "const char *msg_name(enum msg_type type);\n",
            "/** May this role send this message to that one, and may a descriptor go with it? */\n",
            "bool msg_allowed(enum msg_type type, enum ipc_role from, enum ipc_role to);\n",
            "bool msg_may_carry_fd(enum msg_type type);\n\n"]
    for name, message in messages:
        out.append(f"struct msg_{name} {{\n")
        fields = list(fields_of(message))
        for field, kind, limit in fields:
            c_type = C_TYPE.get(kind, "struct slice")
            note = f" /* {'text' if kind == 'str' else 'octets'}, at most {limit} */" if limit else ""
            out.append(f"\t{c_type} {field};{note}\n")
        if not fields:
            out.append("\tuint8_t nothing; /* C has no empty struct */\n")
        out.append("};\n")
        out.append(f"/** Append the payload; an over-long slice sets out->failed. */\n"
                   f"void msg_{name}_encode(const struct msg_{name} *msg, struct buf *out);\n")
        out.append(f"/** Slices borrow from payload.  Returns: 0, E_SHORT, E_LIMIT, E_UTF8, or E_FORMAT for octets left over. */\n"
                   f"NODISCARD int msg_{name}_decode(struct slice payload, struct msg_{name} *ret_msg);\n\n")
    return "".join(out)


def source(roles, messages):
    out = [HEAD, '#include "schema/messages.h"\n\n#include "base/err.h"\n#include "base/rd.h"\n#include "base/utf8.h"\n\n',
           "static const char *const role_names[] = {\n"]
    out += [f'\t"{r}",\n' for r in roles]
    out += ["};\n\nconst char *ipc_role_name(enum ipc_role role)\n{\n",
            "\treturn (unsigned)role < IPC_ROLE_COUNT_ ? role_names[role] : \"?\";\n}\n\n",
            "enum ipc_role ipc_role_of(struct slice name)\n{\n",
            "\tfor (unsigned i = 0; i < IPC_ROLE_COUNT_; i++) {\n",
            "\t\tif (slice_is(name, role_names[i])) {\n\t\t\treturn (enum ipc_role)i;\n\t\t}\n\t}\n",
            "\treturn IPC_ROLE_COUNT_;\n}\n\n",
            "static const struct {\n\tconst char *name;\n\tbool fd;\n\tuint32_t to[IPC_ROLE_COUNT_]; /* bit r: role r may send it there */\n",
            "} messages[MSG_TYPE_COUNT_] = {\n"]
    for name, message in messages:
        to = {r: 0 for r in roles}
        for sender, receiver in message["pass"]:
            senders = [r for r in roles if r != "parent"] if sender == "*" else [sender]
            receivers = [r for r in roles if r != "parent"] if receiver == "*" else [receiver]
            for r in receivers:
                for s in senders:
                    to[r] |= 1 << roles.index(s)
        cells = ", ".join(f"[IPC_{r.upper()}] = {v:#x}" for r, v in to.items() if v)
        out.append(f'\t[MSG_{name.upper()}] = {{ "{name}", {"true" if message.get("fd") else "false"}, {{ {cells} }} }},\n')
    out += ["};\n\nconst char *msg_name(enum msg_type type)\n{\n",
            "\treturn (unsigned)type < MSG_TYPE_COUNT_ && messages[type].name != NULL ? messages[type].name : \"?\";\n}\n\n",
            "bool msg_allowed(enum msg_type type, enum ipc_role from, enum ipc_role to)\n{\n",
            "\treturn (unsigned)type < MSG_TYPE_COUNT_ && (unsigned)to < IPC_ROLE_COUNT_ && (unsigned)from < IPC_ROLE_COUNT_ &&\n",
            "\t\t(messages[type].to[to] >> from & 1) != 0;\n}\n\n",
            "bool msg_may_carry_fd(enum msg_type type)\n{\n",
            "\treturn (unsigned)type < MSG_TYPE_COUNT_ && messages[type].fd;\n}\n\n",
            "static void put_slice(struct buf *out, struct slice text, size_t limit)\n{\n",
            "\tif (text.n > limit) {\n\t\tout->failed = true;\n\t\treturn;\n\t}\n",
            "\tbuf_put_u32(out, (uint32_t)text.n);\n\tbuf_put(out, text);\n}\n\n",
            "static int take_slice(struct rd *rd, size_t limit, bool text, struct slice *ret_value)\n{\n",
            "\tuint32_t n = rd_u32(rd);\n\tif (!rd->failed && n > limit) {\n\t\treturn E_LIMIT;\n\t}\n",
            "\tstruct slice value = rd_take(rd, n);\n\tif (text && !utf8_valid(value)) {\n\t\treturn E_UTF8;\n\t}\n",
            "\t*ret_value = value;\n\treturn 0;\n}\n\n"]
    put = {"u8": "buf_put_u8(out, msg->{f})", "u32": "buf_put_u32(out, msg->{f})", "u64": "buf_put_u64(out, msg->{f})",
           "i64": "buf_put_u64(out, (uint64_t)msg->{f})", "bool": "buf_put_u8(out, msg->{f} ? 1 : 0)"}
    take = {"u8": "rd_u8(&rd)", "u32": "rd_u32(&rd)", "u64": "rd_u64(&rd)", "i64": "(int64_t)rd_u64(&rd)", "bool": "rd_u8(&rd) != 0"}
    for name, message in messages:
        fields = list(fields_of(message))
        out.append(f"void msg_{name}_encode(const struct msg_{name} *msg, struct buf *out)\n{{\n")
        if not fields:
            out.append("\t(void)msg;\n\t(void)out;\n")
        for field, kind, limit in fields:
            out.append("\t" + (put[kind].format(f=field) if kind in put else f"put_slice(out, msg->{field}, {limit})") + ";\n")
        out.append(f"}}\n\nint msg_{name}_decode(struct slice payload, struct msg_{name} *ret_msg)\n{{\n")
        out.append("\tstruct rd rd = rd_of(payload);\n")
        out.append(f"\tstruct msg_{name} msg = {{ 0 }};\n")
        if any(k not in take for _, k, _ in fields):
            out.append("\tint error = 0;\n")
        for field, kind, limit in fields:
            if kind in take:
                out.append(f"\tmsg.{field} = {take[kind]};\n")
            else:
                text = "true" if kind == "str" else "false"
                out.append(f"\terror = take_slice(&rd, {limit}, {text}, &msg.{field});\n\tif (error < 0) {{\n\t\treturn error;\n\t}}\n")
        out.append("\tif (rd.failed) {\n\t\treturn E_SHORT;\n\t}\n\tif (rd.left.n != 0) {\n\t\treturn E_FORMAT;\n\t}\n")
        out.append("\t*ret_msg = msg;\n\treturn 0;\n}\n\n")
    return "".join(out)


def main():
    source_path, header_path, c_path = map(pathlib.Path, sys.argv[1:4])
    tables = tomllib.loads(source_path.read_text())
    roles = tables.pop("roles")["names"]
    messages = sorted(tables.items(), key=lambda item: item[1]["id"])
    ids = [m["id"] for _, m in messages]
    if len(set(ids)) != len(ids) or max(ids) >= 64:
        sys.exit("messages.toml: ids must be unique and below 64")
    header_path.write_text(header(roles, messages))
    c_path.write_text(source(roles, messages))


main()
