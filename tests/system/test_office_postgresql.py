#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The papers of test_office.py, with the records in a PostgreSQL of the test's own."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import test_office  # noqa: E402

if __name__ == "__main__":
    test_office.main(postgresql=True)
