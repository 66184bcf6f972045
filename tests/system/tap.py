# SPDX-License-Identifier: Apache-2.0
"""The Test Anything Protocol, as scripts/suite.py counts it."""
import sys

WHY_MAX = 2000
count = 0
failed = []


def case(name, good, why=""):
    """One line; why is said where it is not good."""
    global count
    count += 1
    print(f"{'ok' if good else 'not ok'} {count} - {name}", flush=True)
    if not good:
        failed.append(name)
        print("# " + str(why)[:WHY_MAX].replace("\n", "\n# "), flush=True)


def end():
    """The plan, and the exit code of what was said."""
    print(f"1..{count}", flush=True)
    return 1 if failed else 0


def skip(why):
    """Nothing here can be tested on this machine; does not return."""
    print(f"1..0 # skip: {why}")
    sys.exit(77)
