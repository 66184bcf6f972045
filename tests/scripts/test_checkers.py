#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Each checker passes a clean small tree and names every violation planted into it."""
import pathlib
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))

import check_docs  # noqa: E402
import check_format  # noqa: E402
import check_layers  # noqa: E402
import check_limits  # noqa: E402
import check_tokens  # noqa: E402

C = "/* SPDX-License-Identifier: Apache-2.0 */\n"
H = C + "/**\n * Widgets.\n *\n * Layer: base.\n */\n#pragma once\n"
CLEAN = {
    ".clang-format": (ROOT / ".clang-format").read_text(),
    "scripts/layers.txt": "base:\nproto: base\nsys: base\ncollect: base proto sys\n",
    "src/base/a.h": H + "/** Adds. */\nint a_add(int x);\n",
    "src/base/a.c": C + '#include "base/a.h"\n\nint a_add(int x)\n{\n\treturn x;\n}\n',
    "src/proto/p.h": H.replace("Layer", "Source: RFC 1 2.\n * Layer") + '#include "base/a.h"\n',
    "ui/src/a.vue": "<!-- SPDX-License-Identifier: Apache-2.0 -->\n<p :style=\"s\">甲，乙</p>\n",
    "ui/src/scale.ts": "// SPDX-License-Identifier: Apache-2.0\n"
                       "const alertSeverity = { a: '紧急', b: '提示' }\n",
    "README.md": "[a](src/base/a.h) and `src/base/a.c`\n",
}
BODY = "\tx++;\n"
DEEP = "\tif (x) {\n\t\twhile (x) {\n\t\t\tfor (;;) {\n\t\t\t\tif (x) {\n\t\t\t\t\tx = 0;\n" \
       "\t\t\t\t}\n\t\t\t}\n\t\t}\n\t}\n"
TO_DO = "TO" + "DO"


def fun(body, params="int x"):
    return C + '#include "base/a.h"\n\nint a_add(' + params + ")\n{\n" + body + "\treturn x;\n}\n"


# checker, what the case says, file planted, its text, part of the report expected (None: clean)
CASES = [
    (check_layers, "a clean tree passes", None, None, None),
    (check_layers, "a lower layer may not include a higher one", "src/base/b.c",
     C + '#include "proto/p.h"\n', "layer 'base' may not include"),
    (check_layers, "a folder without a line is refused", "src/odd/o.c", C, "has no line"),
    (check_layers, "the own header comes first", "src/proto/p.c",
     C + '#include "base/a.h"\n#include "proto/p.h"\n', "first own include"),
    (check_layers, "an include is a path below src", "src/base/b.c",
     C + '#include "a.h"\n', "not a path below"),
    (check_layers, "generated tables may be included anywhere", "src/base/b.c",
     C + '#include "schema/messages.h"\n', None),
    (check_layers, "a private header stays in its folder",
     {"src/base/a_priv.h": H, "src/proto/p.c": C + '#include "proto/p.h"\n'
      '#include "base/a_priv.h"\n'}, None, "private to its folder"),
    (check_layers, "one collector may not include another",
     {"src/collect/x/x.h": H, "src/collect/y/y.c": C + '#include "collect/x/x.h"\n'}, None,
     "another protocol"),
    (check_layers, "collectors may share a header of their layer",
     {"src/collect/sink.h": H, "src/collect/y/y.c": C + '#include "collect/sink.h"\n'}, None,
     None),
    (check_layers, "what stands above the collectors may include each",
     {"src/collect/x/x.h": H, "src/collect/all.c": C + '#include "collect/x/x.h"\n'}, None, None),
    (check_layers, "a header cycle is found",
     {"src/base/b.h": H + '#include "base/c.h"\n', "src/base/c.h": H + '#include "base/b.h"\n'},
     None, "header cycle"),
    (check_layers, "a parser does no I/O", "src/proto/p.c",
     C + '#include "proto/p.h"\n#include <sys/socket.h>\n', "does I/O"),
    (check_layers, "a catch-all header is refused", "src/base/util.h", H, "invites everything"),

    (check_format, "a clean tree passes", None, None, None),
    (check_format, "a line laid out otherwise is named", "src/base/b.c",
     C + "int b;\nint  c;\n", "src/base/b.c:3"),

    (check_limits, "a clean tree passes", None, None, None),
    (check_limits, "a function of 81 lines is too long", "src/base/a.c", fun(BODY * 77),
     "81 lines"),
    (check_limits, "a function of 80 lines is not", "src/base/a.c", fun(BODY * 76), None),
    (check_limits, "seven parameters are too many", "src/base/a.c",
     fun("", "int x, int b, int c, int d, int e, int (*f)(int, int), int g"), "7 parameters"),
    (check_limits, "a function pointer is one parameter", "src/base/a.c",
     fun("", "int x, int b, int c, int d, int e, int (*f)(int, int)"), None),
    (check_limits, "four nested blocks are too deep", "src/base/a.c", fun(DEEP), "nested 4"),
    (check_limits, "literals with braces are no blocks", "src/base/a.c",
     fun("\tif (x) {\n\t\twhile (x) {\n\t\t\tfor (;;) {\n\t\t\t\tuse((struct a){ { 1 } });\n"
         "\t\t\t}\n\t\t}\n\t}\n"), None),
    (check_limits, "braces in strings and comments are no blocks", "src/base/a.c",
     fun("\t/* { { { */\n\tuse(\"{{{{\", '{');\n"), None),
    (check_limits, "thirteen branches are too many", "src/base/a.c",
     fun("\tif (x && x) {\n\t}\n" * 11 + "\tx = x ? 1 : 2;\n"), "complexity 13"),
    (check_limits, "a file of 801 lines is too long", "src/base/a.c", C + "\n" * 800,
     "801 lines"),
    (check_limits, "a main of 301 lines does more than wiring", "src/role/r.c",
     C + "\n" * 299 + "\nint main(void)\n", "302 lines"),
    (check_limits, "a screen of 401 lines is too long", "ui/src/b.vue", "<!-- -->\n" * 401,
     "401 lines"),
    (check_limits, "a line of 121 columns is too long", "src/base/a.c", C + "\t" * 15 + "/",
     "121 columns"),
    (check_limits, "a header with 13 functions says too much", "src/base/b.h",
     H + "".join(f"int b_{n}(void);\n" for n in "abcdefghijklm"), "13 functions"),
    (check_limits, "41 own headers behind a file are too many",
     {**{f"src/base/h{n}.h": H for n in range(41)},
      "src/base/b.c": C + "".join(f'#include "base/h{n}.h"\n' for n in range(41))}, None,
     "41 own headers"),
    (check_limits, "an allowed exception passes",
     {"src/base/a.c": fun(BODY * 77),
      "scripts/limits-allow.txt": "src/base/a.c function a_add: one state a line\n"}, None, None),
    (check_limits, "an exception without a reason is refused", "scripts/limits-allow.txt",
     "src/base/a.c function a_add\n", "reason"),
    (check_limits, "an exception that is no longer needed is refused",
     "scripts/limits-allow.txt", "src/base/a.c function a_add: it was long once\n",
     "is not needed"),

    (check_tokens, "a clean tree passes", None, None, None),
    (check_tokens, "strcpy is refused", "src/base/a.c", fun("\tstrcpy(a, b);\n"), "strcpy()"),
    (check_tokens, "a banned name in a comment or string passes", "src/base/a.c",
     fun('\t/* strcpy() */\n\tuse("system(1)");\n'), None),
    (check_tokens, "a member of that name passes", "src/base/a.c", fun("\tx->random(1);\n"),
     None),
    (check_tokens, "getenv outside a main is refused", "src/base/a.c", fun("\tgetenv(a);\n"),
     "getenv()"),
    (check_tokens, "strtol outside base/num is refused", "src/base/a.c",
     fun("\tstrtol(a, b, 10);\n"), "strtol()"),
    (check_tokens, "an unfinished-work marker is refused", "docs/a.md", TO_DO + ": later\n",
     "unfinished"),
    (check_tokens, "the political term is refused", "docs/a.md", "三权" + "分立\n", "三员分立"),
    (check_tokens, "a registry host is refused", "docs/a.md", "https://registry" + ".foo.org\n",
     "registry"),
    (check_tokens, "a file without a licence line is refused", "src/base/b.c", "int b;\n",
     "SPDX"),
    (check_tokens, "a static style is refused", "ui/src/a.vue",
     CLEAN["ui/src/a.vue"] + "<b style=\"color:red\">", "static style"),
    (check_tokens, "v-html is refused", "ui/src/a.vue", CLEAN["ui/src/a.vue"] + "<b v-html=x>",
     "markup"),
    (check_tokens, "an ASCII comma between Han is refused", "ui/src/a.vue",
     CLEAN["ui/src/a.vue"] + "甲,乙", "ASCII punctuation"),
    (check_tokens, "a finding's word on an alert is refused", "ui/src/scale.ts",
     CLEAN["ui/src/scale.ts"].replace("提示", "高危"), "alert scale"),
    (check_tokens, "a colour on an event is refused", "ui/src/scale.ts",
     CLEAN["ui/src/scale.ts"] + "const eventGrade: Record<string, string> = { a: '红色' }\n",
     "event scale"),

    (check_docs, "a clean tree passes", None, None, None),
    (check_docs, "a prototype without a comment is named", "src/base/b.h",
     H + "int b_one(int x);\n", "b_one has no comment"),
    (check_docs, "a comment covers its paragraph", "src/base/b.h",
     H + "/** Ones. */\nint b_one(int x);\nint b_two(int x);\n", None),
    (check_docs, "a comment ends with its paragraph", "src/base/b.h",
     H + "/** One. */\nint b_one(int x);\n\nNODISCARD int b_two(int x);\n",
     "b_two has no comment"),
    (check_docs, "the comment of a macro covers what it calls", "src/base/b.h",
     H + "/** One. */\n#define B(x) b_two((x), 1)\n\nNODISCARD int b_two(int x, int y);\n", None),
    (check_docs, "a closing verb speaks for itself", "src/base/b.h",
     H + "\nvoid b_fini(struct b *b);\n", None),
    (check_docs, "a header without a file comment is named", "src/base/b.h",
     C + "#pragma once\n", "no file comment"),
    (check_docs, "a wire format names its standard", "src/proto/q.h", H, "Source:"),
    (check_docs, "a dead link is named", "README.md", "[x](src/none.h)\n", "not there"),
    (check_docs, "a path that is gone is named", "docs/x.md", "`src/base/none.c`\n", "not there"),
    (check_docs, "a function of the tour exists", "docs/tour.md", "`a_add()` `a_gone()`\n",
     "a_gone()"),
    (check_docs, "a file the tour names exists", "docs/tour.md", "`src/base/none.c`\n", "none.c, not there"),
    (check_docs, "a function of the tour is where it says", "docs/tour.md",
     "`b_add()` in `src/base/a.c`, `a_add()` (`src/base/a.c`)\n", "which no source has"),
    (check_docs, "a function that moved is named",
     {"src/base/b.c": C + "int b_add(void);\n", "docs/tour.md": "`b_add()` in `src/base/a.c`\n"}, None,
     "says b_add() is in src/base/a.c"),
    (check_docs, "what meson and apt bring has its reason",
     {"src/meson.build": "x = dependency('libx')\n", "scripts/packages.txt": "build: libx-dev\n",
      "docs/adr/0009-dependencies.md": "| `libx` | `libx-dev` | for `x` |\n"}, None, None),
    (check_docs, "a library without a reason is named",
     {"src/meson.build": "x = dependency('libx')\n", "scripts/packages.txt": "build: libx-dev\n",
      "docs/adr/0009-dependencies.md": "| - | `libx-dev` | x |\n"}, None, "libx has no line"),
    (check_docs, "a package without a reason is named",
     {"scripts/packages.txt": "build: liby-dev\n", "docs/adr/0009-dependencies.md": "| - | - | - |\n"}, None,
     "liby-dev has no line"),
    (check_docs, "a reason for what nobody uses is named",
     {"scripts/packages.txt": "\n", "docs/adr/0009-dependencies.md": "| `libz` | - | - |\n"}, None, "libz is neither"),
]


def run_case(checker, planted, text):
    if isinstance(planted, str):
        planted = {planted: text}
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        for rel, content in {**CLEAN, **(planted or {})}.items():
            path = root / rel
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content)
        return checker.check(root)[0]


def main():
    failed = 0
    print(f"1..{len(CASES)}")
    for number, (checker, name, planted, text, wanted) in enumerate(CASES, 1):
        said = run_case(checker, planted, text)
        good = not said if wanted is None else len(said) == 1 and wanted in said[0]
        failed += not good
        print(f"{'ok' if good else 'not ok'} {number} - {checker.__name__}: {name}")
        if not good:
            print(f"# wanted {wanted!r}, got {said}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
