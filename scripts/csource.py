# SPDX-License-Identifier: Apache-2.0
"""What the checkers need to know about files: which there are, and the shape of C text."""
import os
import pathlib
import re

SKIP_FOLDERS = {".git", ".cache", "node_modules", "dist", "var", "var-demo", "shots", "__pycache__"}
KEYWORDS = {"if", "for", "while", "switch", "return", "sizeof", "do", "else", "case",
            "_Alignof", "_Static_assert", "defined"}


def files(root, *suffixes, below=()):
    """Every file of the tree with one of these suffixes (all when none), sorted."""
    root = pathlib.Path(root)
    found = []
    for start in [root / b for b in below] if below else [root]:
        for folder, names, leaves in os.walk(start):
            names[:] = sorted(n for n in names if n not in SKIP_FOLDERS
                              and not n.startswith("build"))
            found += [pathlib.Path(folder, leaf) for leaf in leaves
                      if not suffixes or leaf.endswith(suffixes)]
    return sorted(found)


_NOISE = re.compile(r"""
    /\*.*?\*/ | //[^\n]* | "(?:\\.|[^"\\\n])*" | '(?:\\.|[^'\\\n])*' """, re.S | re.X)


def code_only(text):
    """Comments and the inside of literals blanked out; every offset and line stays."""
    def blank(hit):
        found = hit.group(0)
        if found[0] == "/":
            return re.sub(r"[^\n]", " ", found)
        return found[0] + re.sub(r"[^\n]", "_", found[1:-1]) + found[-1]
    return _NOISE.sub(blank, text)


def no_preprocessor(code):
    """Directive lines (with their continuations) blanked out as well."""
    return re.sub(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", lambda h: re.sub(r"[^\n]", " ", h.group(0)),
                  code, flags=re.M)


def _matching_open(code, close):
    depth = 0
    for at in range(close, -1, -1):
        if code[at] == ")":
            depth += 1
        elif code[at] == "(":
            depth -= 1
            if depth == 0:
                return at
    return -1


def _word_before(code, at):
    hit = re.search(r"(\w+)\s*$", code[max(0, at - 120):at])
    return hit.group(1) if hit else ""


def split_params(inside):
    """Parameters of a list, split at top-level commas; (void) and () have none."""
    inside = inside.strip()
    if inside in ("", "void"):
        return []
    depth, start, out = 0, 0, []
    for at, char in enumerate(inside):
        if char in "([{":
            depth += 1
        elif char in ")]}":
            depth -= 1
        elif char == "," and depth == 0:
            out.append(inside[start:at])
            start = at + 1
    return out + [inside[start:]]


class Function:
    """One function definition: name, first and last line, parameters, measured depth."""

    def __init__(self, name, first, last, params, body):
        self.name, self.first, self.last, self.params, self.body = name, first, last, params, body
        self.lines = last - first + 1

    def complexity(self):
        """Branches; a switch counts once, and so does a condition, however many terms it has."""
        return 1 + len(re.findall(r"\b(?:if|for|while|switch)\b|\?", self.body))

    def nesting(self):
        """Deepest control block inside the body; initialisers and literals do not count."""
        code, depth, deepest, stack = self.body, 0, 0, []
        for hit in re.finditer(r"[{}]", code):
            if hit.group(0) == "}":
                if stack and stack.pop():
                    depth -= 1
                continue
            before = code[:hit.start()].rstrip()
            control = before.endswith((";", "{", "}", ":")) \
                or re.search(r"\b(else|do)$", before) is not None
            if before.endswith(")"):
                word = _word_before(code, _matching_open(code, len(before) - 1))
                control = word != "" and word not in ("return", "sizeof")
            # The body itself is no block; what stands in an initialiser is none either.
            control = control and bool(stack) and (stack[-1] or len(stack) == 1)
            stack.append(control)
            if control:
                depth += 1
                deepest = max(deepest, depth)
        return deepest


def functions(text):
    """The function definitions of a C file, in order."""
    code = no_preprocessor(code_only(text))
    out, depth, start = [], 0, None
    for hit in re.finditer(r"[{}]", code):
        at = hit.start()
        if hit.group(0) == "{":
            if depth == 0:
                before = code[:at].rstrip()
                start = (at, before) if before.endswith(")") else None
            depth += 1
            continue
        depth -= 1
        if depth != 0 or start is None:
            continue
        begin, before = start
        start = None
        open_at = _matching_open(code, len(before) - 1)
        name = _word_before(code, open_at)
        if not name or name in KEYWORDS:
            continue
        head = max(code.rfind(c, 0, open_at) for c in ";}")
        first_char = head + 1 + len(code[head + 1:]) - len(code[head + 1:].lstrip())
        out.append(Function(name, code.count("\n", 0, first_char) + 1,
                            code.count("\n", 0, at) + 1,
                            split_params(before[open_at + 1:-1]), code[begin:at + 1]))
    return out
