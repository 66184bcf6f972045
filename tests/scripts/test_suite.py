#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The counting of tests is itself counted right."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "scripts"))

import suite  # noqa: E402

# what the case says, output, exit code, timed out, (passed, failed, skipped)
CASES = [
    ("every line of TAP is a case", "1..2\nok 1 - a\nnot ok 2 - b\n", 1, False, (1, 1, 0)),
    ("a skipped line is neither", "1..2\nok 1 - a\nok 2 - b # SKIP no data\n", 0, False, (1, 0, 1)),
    ("a case which says it was skipped has not failed", "1..1\nnot ok 1 # SKIP no data\n", 0, False, (0, 0, 1)),
    ("two groups in one program add up", "1..1\nok 1 - a\n1..2\nok 1 - b\nok 2 - c\n", 0, False,
     (3, 0, 0)),
    ("a case that was planned and never ran has failed", "1..3\nok 1 - a\n", 0, False, (1, 2, 0)),
    ("a crash after good cases is a failure", "1..1\nok 1 - a\n", 99, False, (1, 1, 0)),
    ("a time-out is a failure", "ok 1 - a\n", -15, True, (1, 1, 0)),
    ("a plain program is one case", "hello\n", 0, False, (1, 0, 0)),
    ("a plain program that fails is one failure", "hello\n", 1, False, (0, 1, 0)),
    ("exit 77 is a skip", "no root\n", 77, False, (0, 0, 1)),
    ("a program that skips all its TAP is a skip", "1..0 # skip no root\n", 77, False, (0, 0, 1)),
    ("prose that begins with ok is no case", "okay then\n", 0, False, (1, 0, 0)),
]


def main():
    wrong = 0
    print(f"1..{len(CASES) + 2}")
    for number, (name, text, code, late, wanted) in enumerate(CASES, 1):
        got = suite.count(text, code, late)
        wrong += got != wanted
        print(f"{'ok' if got == wanted else 'not ok'} {number} - {name}")
        if got != wanted:
            print(f"# wanted {wanted}, got {got}")
    many = "not ok 1 - a\n# why\n" + "".join(f"ok {n} - b\n" for n in range(2, 100))
    got = suite.telling(many, 60)
    wrong += got != ["not ok 1 - a", "# why"]
    print(f"{'ok' if got == ['not ok 1 - a', '# why'] else 'not ok'} {len(CASES) + 1}"
          " - a failure is shown however many cases passed after it")
    got = suite.ordered(["a=x", "b=y", "c=z=1"], ["c", "gone", "b"])
    wrong += got != ["c=z=1", "b=y", "a=x"]
    print(f"{'ok' if got == ['c=z=1', 'b=y', 'a=x'] else 'not ok'} {len(CASES) + 2}"
          " - the longest are started first, and none is lost")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
