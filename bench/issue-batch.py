#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Sixty notices issued one after the other through HTTP until each one's PDF is stored, in seconds, beside
LibreOffice making PDFs of the sixty Word files of the same notices in one go.
bench/run issue-batch [sqlite|postgresql] [NOTICES [PAIRS]]"""
import pathlib
import subprocess
import sys
import tempfile
import time

import ground

NOTICES, PAIRS, WAIT_S, UNTIL_S = 60, 5, 0.02, 120
GROUP = 60  # findings confirmed or drafted by one command, at most


def school(admin, notices):
    """A unit with its officer for each notice."""
    units = [admin.post("/units", {"name": f"二级学院{n:02d}", "kind": "faculty"})["id"] for n in range(notices)]
    for n, unit in enumerate(units):
        admin.post("/users", {"account": f"wx{n:02d}", "name": f"信息员{n:02d}", "unit_id": unit, "mail": f"wx{n:02d}@campus.test",
                              "roles": [{"role": "officer", "unit_id": unit}]})
    return units


def in_review(operator, units, run):
    """Drafts that wait to be issued, one a unit."""
    findings = [operator.post("/findings", {
        "title": f"门户网站存在弱口令（第 {run} 批）", "kind": "weak_password", "grade": "medium", "unit_id": unit,
        "description": "管理后台使用默认口令，可被远程登录。", "advice": "修改口令，启用双因素登录，关闭公网入口。"})["id"] for unit in units]
    for at in range(0, len(findings), GROUP):
        ids = findings[at:at + GROUP]
        report = operator.post("/findings/confirm", {"ids": ids})["report"]
        if report["refused"]:
            raise RuntimeError(report)
    made = operator.post("/notices/drafts", {"finding_ids": findings, "requirement": "请在限期内完成整改，提交加盖公章的整改报告。"})["report"]
    notices = [row["made"] for row in made["preview"]]
    for notice in notices:
        operator.post(f"/notices/{notice}/review")
    return notices


def left(platform, notices):
    ids = ",".join(map(str, notices))
    return len(notices) - int(platform.rows("SELECT count(*) FROM document WHERE about = 'notice' AND kind = 'notice' AND format = 'pdf'"
                                            f" AND state = 'ready' AND about_id IN ({ids})")[0][0])


def issued(platform, director, notices):
    began = time.monotonic()
    for notice in notices:
        director.post(f"/notices/{notice}/issue", {})
    answered = time.monotonic() - began
    while left(platform, notices):
        if time.monotonic() - began > UNTIL_S:
            raise TimeoutError(f"{left(platform, notices)} papers missing: {platform.log_tail()}")
        time.sleep(WAIT_S)
    return time.monotonic() - began, answered


def word_files(platform, person, notices, folder):
    ids = ",".join(map(str, notices))
    sql = ("SELECT id FROM document WHERE about = 'notice' AND kind = 'notice' AND format = 'docx' AND state = 'ready'"
           f" AND about_id IN ({ids})")
    deadline = time.monotonic() + UNTIL_S
    while len(rows := platform.rows(sql)) < len(notices) and time.monotonic() < deadline:
        time.sleep(0.1)
    for n, (document,) in enumerate(rows):
        status, _, octets = person.raw("GET", f"/documents/{document}")
        if status != 200 or octets[:2] != b"PK":
            raise RuntimeError(f"document {document}: {status}")
        (folder / f"{n:02d}.docx").write_bytes(octets)


def converted(folder):
    """What has no PDF of each is no peer."""
    began = time.monotonic()
    subprocess.run(["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", "pdf", "--outdir", folder,
                    *sorted(folder.glob("*.docx"))], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    took = time.monotonic() - began
    if len(list(folder.glob("*.pdf"))) != len(list(folder.glob("*.docx"))):
        raise RuntimeError("LibreOffice made too few")
    return took


def measured(platform, people, units, run):
    notices = in_review(people["operator"], units, run)
    took, answered = issued(platform, people["director"], notices)
    with tempfile.TemporaryDirectory(prefix="fengsui-bench-word-") as folder:
        word_files(platform, people["operator"], notices, pathlib.Path(folder))
        peer = converted(pathlib.Path(folder))
    print(f"# {took:.2f} s ({answered:.2f} s until the last was answered), LibreOffice {peer:.2f} s", flush=True)
    return took, peer


def run(store, notices, pairs):
    platform = ground.Platform(store)
    try:
        platform.start()
        admin, operator = ground.set_up(platform)
        director = ground.second(admin, "lin")
        units = school(admin, notices)
        values = [measured(platform, {"operator": operator, "director": director}, units, n) for n in range(pairs)]
        ground.pairs("issue-batch", f"{notices} notices issued until every PDF is stored", "lower", "s", values,
                     "soffice --convert-to pdf of their Word files", target=5, store="PostgreSQL" if store else "SQLite")
    finally:
        platform.stop()
        platform.remove()


def main():
    ground.own_network()
    kind, numbers = ground.words(sys.argv[1:], [NOTICES, PAIRS])
    ground.on_stores(kind, lambda store: run(store, *numbers))


if __name__ == "__main__":
    main()
