#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Checks of pages a second, a connection each, beside prometheus-blackbox-exporter; see tcp.py."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from tcp import main  # noqa: E402

main("http")
