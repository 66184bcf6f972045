#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""test_kill.py with the records in PostgreSQL, whose backends are ended too."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import test_kill  # noqa: E402

if __name__ == "__main__":
    test_kill.main("postgresql", *sys.argv[1:])
