#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What is under way when a worker ends goes on with the next one at once, and what cannot be sent for
a while is sent later: documents, uploads, checks asked for, mails."""
import collections
import email
import email.policy
import os
import pathlib
import signal
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import test_line as line  # noqa: E402
from platform_driver import NAME, campus, on_a_desk, until, with_platform  # noqa: E402
from tap import case  # noqa: E402

PERIOD_S = 60


class School:
    def __init__(self, platform):
        self.platform = platform
        self.cast = line.setup(platform, "five")
        operator = self.cast["operator"]
        self.asset = operator.post("/assets", {"name": "门户网站", "kind": "server", "address": "10.20.11.10",
                                               "owner_unit_id": self.cast.unit, "importance": "core"})["id"]
        self.check = operator.post("/checks", {"asset_id": self.asset, "name": "门户首页", "kind": "http", "interval_s": 1,
                                               "target": "http://10.20.11.10/", "retries": 1, "severity": "minor"})["id"]
        self.made = 0

    def issue(self):
        """A notice on its way to the unit."""
        self.made += 1
        operator = self.cast["operator"]
        # A check of its own: the same kind found by the same check would be the same finding.
        check = operator.post("/checks", {"asset_id": self.asset, "name": f"门户首页 {self.made}", "kind": "http", "interval_s": 60,
                                          "target": "http://10.20.11.10/", "retries": 1, "severity": "minor"})["id"]
        of = {"title": f"弱口令 {self.made}", "kind": "weak_password", "grade": "medium", "unit_id": self.cast.unit,
              "asset_id": self.asset, "check_id": check}
        finding = operator.post("/findings", {**of, "description": "存在弱口令", "advice": "修改口令"})["id"]
        operator.post(f"/findings/{finding}/confirm", of)
        notice = operator.post("/notices", {"title": f"关于弱口令的通报 {self.made}", "unit_id": self.cast.unit, "grade": "medium",
                                            "finding_ids": [finding], "requirement": "限期整改。"})["id"]
        operator.post(f"/notices/{notice}/review")
        self.cast["reviewer"].post(f"/notices/{notice}/issue", {})
        return notice

    def upload(self, notice, name):
        return self.cast["officer"].raw("POST", f"/notices/{notice}/attachments?name={name}.pdf", line.PDF,
                                        media="application/octet-stream")

    def sign(self, notice):
        officer = self.cast["officer"]
        officer.post(f"/notices/{notice}/sign")
        officer.post(f"/notices/{notice}/plan", {"responsible": "王倩", "plan": "修改", "planned_at": int(time.time() * 1000) + 3600000})
        return officer

    def submitted(self):
        notice = self.issue()
        officer = self.sign(notice)
        status, _, data = self.upload(notice, "report")
        case("a report is uploaded while documents are made", status == 200, (status, data[:200]))
        attachment = officer.get(f"/notices/{notice}")["attachments"][0]["id"]
        items = [{"finding_id": f["id"], "cause": "弱口令", "measure": "已改", "done_at": int(time.time() * 1000)}
                 for f in officer.get(f"/notices/{notice}")["findings"]]
        officer.post(f"/notices/{notice}/submit", {"items": items, "attachment_id": attachment, "lesson": "已排查"})
        return notice

    def stop_worker(self, role):
        """It takes what it is sent and does nothing about it; its number."""
        pid = until(lambda: self.platform.roles()[role]["state"] == "up" and self.platform.roles()[role]["pid"])
        os.kill(pid, signal.SIGSTOP)
        return pid

    def leased(self, kind):
        rows = until(lambda: self.platform.rows(
            f"SELECT id, lease_until_ms FROM outbox WHERE kind = '{kind}' AND state = 'leased' ORDER BY id"), PERIOD_S)
        # Of a document the PDF comes first, and is what the worker is at.
        return rows[0 if kind == "render" else -1]

    def ended(self, outbox_id):
        return until(lambda: self.platform.rows(
            f"SELECT state, ended_at_ms, attempts FROM outbox WHERE id = {outbox_id} AND ended_at_ms IS NOT NULL"), 3 * PERIOD_S)[0]


def documents(school):
    pid = school.stop_worker("paper")
    notice = school.issue()
    row, lease_until = school.leased("render")
    os.kill(pid, signal.SIGKILL)
    state, ended, attempts = school.ended(row)
    case("a document whose worker was killed is made before its lease ends", state == "done" and int(ended) < int(lease_until),
         (state, ended, lease_until))
    case("it was leased once to each worker", int(attempts) == 2, attempts)
    ready = [d["state"] for d in school.cast["operator"].get(f"/notices/{notice}")["documents"]]
    case("the notice has its document", ready == ["ready"], ready)
    return notice


def uploads(school, notice):
    school.sign(notice)
    pid = school.stop_worker("paper")
    answers = []
    asking = threading.Thread(target=lambda: answers.append(school.upload(notice, "held")))
    asking.start()
    time.sleep(1)
    os.kill(pid, signal.SIGKILL)
    asking.join()
    case("an upload whose worker was killed is looked at by the next", answers[0][0] == 200, (answers[0][0], answers[0][2][:200]))
    states = [school.upload(notice, f"n{i}")[0] for i in range(4)]
    case("uploads right after one another are all taken", states == [200] * 4, states)


def checks(school):
    notice = school.submitted()
    pid = school.stop_worker("probe")
    school.cast["verifier"].post(f"/notices/{notice}/verify")
    row, lease_until = school.leased("probe")
    os.kill(pid, signal.SIGKILL)
    state, ended, _ = school.ended(row)
    case("a check whose worker was killed is made before its lease ends", state == "done" and int(ended) < int(lease_until),
         (state, ended, lease_until))
    proofs = [p for v in school.cast["verifier"].get(f"/notices/{notice}")["verifications"] for p in v["probes"]]
    case("and by a probe that knows the check", [p["state"] for p in proofs] == ["up"], proofs)


def message_ids():
    """How often each Message-ID was accepted."""
    seen = collections.Counter()
    for mail in line.mails():
        octets = pathlib.Path(mail["file"]).read_bytes()
        message = email.message_from_bytes(octets, policy=email.policy.default)
        name = message["Message-ID"]
        # One without is a stranger to every delivery, and shown whole.
        seen[name.strip("<>").split("@")[0] if name else repr(octets)] += 1
    return seen


def mail_down(school):
    rows = school.platform.rows
    until(lambda: not rows("SELECT id FROM outbox WHERE kind = 'mail' AND state IN ('waiting', 'leased')"), 2 * PERIOD_S)
    campus(NAME, "stop", "mail")
    for _ in range(3):
        school.issue()
    tried = until(lambda: rows("SELECT id FROM delivery WHERE state = 'queued' AND live_attempts > 0"), 2 * PERIOD_S)
    case("mails that cannot be sent wait", len(tried) > 0 and not rows("SELECT id FROM delivery WHERE state NOT IN ('queued', 'sent')"))
    campus(NAME, "start", "mail")
    campus(NAME, "mail", "busy")
    school.issue()
    until(lambda: rows("SELECT id FROM delivery WHERE live_error LIKE '4%' OR live_attempts > 1"), 2 * PERIOD_S)
    campus(NAME, "mail", "accept")
    until(lambda: not rows("SELECT id FROM delivery WHERE state = 'queued'"), 4 * PERIOD_S)
    wanted = {r[0] for r in rows("SELECT message_id FROM delivery")}
    unsent = rows("SELECT id, state FROM delivery WHERE state <> 'sent'")
    seen = message_ids()
    case("with the mail server back each is sent", not unsent and wanted == set(seen), (unsent, wanted ^ set(seen)))
    case("and none of them twice", set(seen.values()) == {1}, seen)


def on_the_desk(platform):
    school = School(platform)
    notice = documents(school)
    uploads(school, notice)
    checks(school)
    mail_down(school)


if __name__ == "__main__":
    on_a_desk(lambda: with_platform(on_the_desk))
