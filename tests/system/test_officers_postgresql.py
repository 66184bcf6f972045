#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""test_officers.py with the records in a PostgreSQL of the test's own."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import test_officers  # noqa: E402

if __name__ == "__main__":
    test_officers.main(postgresql=True)
