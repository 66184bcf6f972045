#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Is every C file laid out as .clang-format says?  Names each line that is not.

    check_format.py [ROOT]

Debian 12's clang-format (14) is the measure; another version may lay some lines out otherwise.
`git ls-files '*.[ch]' | xargs clang-format -i` puts a tree right.
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys

import csource

PROGRAM = "clang-format-14"
COMPLAINT = re.compile(r"^(.+?):(\d+):\d+: error: .*\[-Wclang-format-violations\]")


def formatter():
    """The house's version of clang-format, or None."""
    for name in (PROGRAM, "clang-format"):
        path = shutil.which(name)
        if path and b"version 14." in subprocess.run([path, "--version"], check=True,
                                                     capture_output=True).stdout:
            return path
    return None


def check(root):
    program = formatter()
    if program is None:
        return [f"{PROGRAM} is not installed"], ""
    files = [file for folder in ("src", "tests", "fuzz", "bench")
             for file in csource.files(root / folder, ".c", ".h")]
    share = max(1, -(-len(files) // (os.cpu_count() or 1)))
    running = [subprocess.Popen([program, "--dry-run", "-Werror", *files[at:at + share]],
                                stderr=subprocess.PIPE, text=True, cwd=root)
               for at in range(0, len(files), share)]
    bad = set()
    for child in running:
        for line in child.communicate()[1].splitlines():
            hit = COMPLAINT.match(line)
            if hit:
                name = pathlib.Path(hit.group(1)).relative_to(root).as_posix()
                bad.add((name, int(hit.group(2))))
    wrong = [f"{name}:{line}: not as .clang-format lays it out" for name, line in sorted(bad)]
    return wrong, f"format: {len(files)} files clean"


if __name__ == "__main__":
    base = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent.parent)
    wrong, fine = check(base.resolve())
    print("\n".join(wrong) if wrong else fine)
    sys.exit(bool(wrong))
