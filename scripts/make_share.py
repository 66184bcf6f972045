#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Lay the packs and the built interface out below BUILD/share/fengsui, as an installed tree has them."""
import filecmp
import pathlib
import shutil
import sys

PACKS = ["policy", "decoders", "rules", "profiles", "templates"]


def sync(source, target):
    wanted = {p.relative_to(source) for p in source.rglob("*") if p.is_file()}
    for name in wanted:
        to = target / name
        to.parent.mkdir(parents=True, exist_ok=True)
        if not to.exists() or not filecmp.cmp(source / name, to, shallow=False):
            shutil.copyfile(source / name, to)
    for old in [p for p in target.rglob("*") if p.is_file() and p.relative_to(target) not in wanted]:
        old.unlink()


def main():
    root, share = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    for pack in PACKS:
        if (root / pack).is_dir():
            sync(root / pack, share / pack)
    if (root / "ui" / "dist" / "index.html").exists():
        sync(root / "ui" / "dist", share / "ui")
    pathlib.Path(sys.argv[3]).touch()


main()
