# SPDX-License-Identifier: Apache-2.0
"""A school with one person of every role and, for two units, a record of every kind: what test_matrix walks over.

Words tell whose a thing is: alpha7a the first unit's, zeta7b the second's, hidden9a what the first unit may not
know (drafts, briefs, remarks of leaders), geschaeft3d what is business and no affair of the administrator's."""
import http.client
import json
import pathlib
import socket
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from annex_forms import book_form  # noqa: E402
from platform_driver import PORT, Person, campus, until  # noqa: E402
from word_file import paragraph, word  # noqa: E402

PASSWORD = "Kuangye-2026-dengta"
ALONE = ["operator", "verifier", "director", "vice_president", "auditor"]
# One person's: whoever holds many roles may in each what that role may, and no more.
TOGETHER = ["reviewer", "security_admin", "response_lead", "leading_group", "publicity", "security_office", "school_office",
            "contractor"]
CENTRAL = ALONE + TOGETHER
OF_UNIT = ["officer", "specialist", "unit_head"]
PDF = (b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
       b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\nxref\n0 4\n0000000000 65535 f \n"
       b"0000000009 00000 n \n0000000052 00000 n \n0000000101 00000 n \ntrailer<</Size 4/Root 1 0 R>>\nstartxref\n170\n%%EOF\n")


class Steady(Person):
    """A person at a machine of his own, who keeps his connection."""
    count = 0

    def __init__(self):
        super().__init__()
        Steady.count += 1
        self.source = (f"127.0.7.{Steady.count}", 0)
        self.token = None
        self.link = None

    def send(self, method, path, body=None, headers=None, media="application/json"):
        """(status, headers, octets); headers is a dict with small names."""
        send = {"Sec-Fetch-Site": "same-origin", **(headers or {})}
        if self.token:
            send["Authorization"] = f"Bearer {self.token}"
        elif self.cookie:
            send["Cookie"] = f"fengsui={self.cookie}"
        if self.seq:
            send["Fengsui-Seq"] = str(self.seq)
        if body is not None:
            send["Content-Type"] = media
        for attempt in range(2):
            if self.link is None:
                self.link = http.client.HTTPConnection(*self.address, timeout=60, source_address=self.source)
            try:
                self.link.request(method, "/api/v1" + path, body=body, headers=send)
                answer = self.link.getresponse()
                data = answer.read()
                break
            except (http.client.HTTPException, ConnectionError):
                self.link = None  # the server ended an idle connection
                if attempt:
                    raise
        if answer.getheader("Connection") == "close":
            self.link = None
        return answer, data

    def raw(self, method, path, body=None, headers=None, media="application/json"):
        answer, data = self.send(method, path, body, headers, media)
        self.seq = max(self.seq, int(answer.getheader("Fengsui-Seq") or 0))
        cookie = answer.getheader("Set-Cookie") or ""
        if cookie.startswith("fengsui="):
            self.cookie = cookie[8:].split(";")[0] or None
        return answer.status, answer, data


class Listener(threading.Thread):
    """Reads one person's stream and keeps its events: [(topic, id, version)]."""

    def __init__(self, person):
        super().__init__(daemon=True)
        self.events = []
        self.open = threading.Event()
        self.socket = socket.create_connection(("127.0.0.1", PORT), timeout=120, source_address=person.source)
        self.socket.sendall(f"GET /api/v1/stream HTTP/1.1\r\nHost: x\r\nCookie: fengsui={person.cookie}\r\n\r\n".encode())

    def run(self):
        file = self.socket.makefile("rb")
        try:
            for line in file:
                if b"event: hello" in line:
                    self.open.set()
                if line.startswith(b"data: ") and b'"topic"' in line:
                    value = json.loads(line[6:])
                    self.events.append((value["topic"], value["id"], value["version"]))
        except (OSError, ValueError):
            pass  # closed by stop()

    def stop(self):
        try:
            self.socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.join(10)


class World:
    def __init__(self, name, platform):
        self.name = name
        self.admin = Steady().first_login("admin", platform.admin, PASSWORD)
        self.people = {"sysadmin": self.admin}
        self.persons = {}
        self.accounts = {}
        self.account_of = {"sysadmin": "admin"}
        self.listeners = {}
        self.fixtures = {}  # kind -> {"own", "other", …: id}

    def keep(self, kind, **ids):
        self.fixtures.setdefault(kind, {}).update(ids)

    def add(self, account, name, roles, unit_id, grant_unit):
        """One person, logged in once for each of the roles."""
        body = {"account": account, "name": name, "unit_id": unit_id, "mail": f"{account}@campus.test", "phone": "13800000000",
                "roles": [{"role": role, "unit_id": grant_unit} for role in roles]}
        done = self.admin.post("/users", body)
        self.accounts[account] = done["id"]
        for i, role in enumerate(roles):
            self.account_of[role] = account
            person = Steady()
            if i == 0:
                person.first_login(account, done["secret"], PASSWORD)
            else:
                person.login(account, PASSWORD).act_as(role)
            self.people.setdefault(role, person)
        return person

    def settle(self):
        """Settings, units and a person of every role."""
        admin = self.admin
        admin.put("/settings/school", {"value": {"name": "湖北示例职业学院", "short": "示例学院", "number_prefix": "网安通报"}})
        admin.put("/settings/mail", {"value": {"host": "10.20.25.25", "port": 25, "tls": "none", "from": "fengsui@campus.test"}})
        self.centre = admin.post("/units", {"name": "信息技术中心", "kind": "centre", "is_centre": True})["id"]
        own = admin.post("/units", {"name": "教务处alpha7a", "kind": "department"})["id"]
        other = admin.post("/units", {"name": "图书馆zeta7b", "kind": "department"})["id"]
        self.keep("unit", own=own, other=other)
        for role in ALONE:
            self.add(role.replace("_", "-"), f"甲{role}", [role], self.centre, None)
        self.add("many", "周多能", TOGETHER, self.centre, None)
        for role in OF_UNIT:
            self.add(role.replace("_", "-"), f"王{role}alpha7a", [role], own, own)
        self.people["stranger"] = self.add("stranger", "李zeta7b", ["officer"], other, other)
        self.account_of["officer"] = "officer"
        for n, unit in (("own", own), ("other", other)):
            done = admin.post("/users", {"account": f"victim-{n}", "name": f"赵{n}", "unit_id": self.centre,
                                         "mail": f"victim-{n}@campus.test", "roles": [{"role": "contractor", "unit_id": unit}]})
            self.keep("victim", **{n: done["id"]})
        self.persons = {role: p.get("/session")["person"]["id"] for role, p in self.people.items()}
        self.keep("person", own=self.persons["officer"], other=self.persons["stranger"])
        self.keep("user", own=self.accounts["officer"], other=self.accounts["stranger"])
        admin.put("/settings/duty", {"value": {"person_id": self.persons["operator"]}})
        kept = admin.get("/policies")["items"]
        self.keep("policy", own=kept[0]["id"], other=kept[-1]["id"])
        admin.post("/setup/finish")

    def listen(self):
        for role, person in self.people.items():
            self.listeners[role] = Listener(person)
            self.listeners[role].start()
        for role, listener in self.listeners.items():
            if not listener.open.wait(60):
                raise TimeoutError(f"no stream for {role}")

    # ---- the line, for two units at once

    def watch(self):
        operator = self.people["operator"]
        kinds = {"own": ("教务网站alpha7a", "10.20.11.10", "http", "http://10.20.11.10/"),
                 "other": ("书目服务zeta7b", "10.20.12.10", "tcp", "10.20.12.10:22")}
        for n, (name, address, kind, target) in kinds.items():
            asset = operator.post("/assets", {"name": name, "kind": "server", "address": address, "importance": "core",
                                              "owner_unit_id": self.fixtures["unit"][n]})["id"]
            check = operator.post("/checks", {"asset_id": asset, "name": name, "kind": kind, "target": target, "interval_s": 1,
                                              "retries": 1, "severity": "critical"})["id"]
            self.keep("asset", **{n: asset})
            self.keep("check", **{n: check})
            # Far off, so that it keeps nothing quiet here.
            window = operator.post("/maintenance", {"reason": f"{name}检修", "kind": "once", "from": 4102444800000, "to": 4102448400000,
                                                    "scope": "check", "scope_ids": [check]})["id"]
            self.keep("maintenance", **{n: window})
            self.keep("circuit", **{n: operator.post("/circuits", {"name": f"专线{name}", "operator": "电信", "unit_id": self.fixtures["unit"][n],
                                                                   "check_ids": [check]})["id"]})
            rule = operator.post("/rules", {"name": name, "definition": {
                "metric": "latency", "kind": "threshold", "limit": 1e12, "severity": "minor",
                "scope": {"kind": "check", "id": check}}})["id"]
            self.keep("rule", **{n: rule})
        self.sheet()
        self.find()
        for n in kinds:
            until(lambda: operator.get(f"/checks/{self.fixtures['check'][n]}")["state"] == "up", 90)

    def sheet(self):
        """A sheet of units, sent in and not imported."""
        status, _, data = self.people["operator"].raw("POST", "/imports?name=units.csv", "名称\n示例处\n".encode(),
                                                      media="application/octet-stream")
        if status != 200:
            raise RuntimeError(f"sheet: {status} {data[:300]}")
        made = json.loads(data)["id"]
        self.keep("sheet", own=made, other=made)

    def regulate(self):
        """A revision the units are asked about, and what two of them say to it; two entries of knowledge."""
        operator = self.people["operator"]
        ids = []
        for n in ("own", "other"):
            made = operator.post("/regulations", {"title": f"实施办法修订{n}"})["id"]
            operator.post(f"/regulations/{made}/consult", {})
            ids.append(made)
        self.keep("regulation", own=ids[0], other=ids[1])
        self.keep("clause", own=self.people["officer"].post("/clauses/suggestions", {"article": 15, "question": "期限太短alpha7a"})["id"],
                  other=self.people["stranger"].post("/clauses/suggestions", {"article": 15, "question": "期限太长zeta7b"})["id"])
        known = operator.get("/knowledge")["items"]
        self.keep("knowledge", own=known[0]["id"], other=known[-1]["id"])

    def find(self):
        """A device in no register for each unit, which it is asked about; a freeze that is far off."""
        operator = self.people["operator"]
        for n, address in (("own", "10.20.11.1"), ("other", "10.20.12.1")):
            subnet = operator.post("/subnets", {"name": f"网段{n}", "network": address, "mode": "active"})["id"]
            self.keep("subnet", **{n: subnet})
            freeze = operator.post("/freezes", {"reason": f"考试{n}", "from": 4102444800000, "to": 4102448400000})["id"]
            self.keep("freeze", **{n: freeze})
            device = until(lambda: next((d["id"] for d in operator.get(f"/discovered?q={address}")["items"]), None))
            operator.post(f"/discovered/{device}/hand", {"unit_id": self.fixtures["unit"][n]})
            self.keep("discovered", **{n: device})

    def fail(self):
        operator = self.people["operator"]
        campus(self.name, "stop", "web")
        campus(self.name, "stop", "ssh")

        def both():
            alerts = {a["check_id"]: a for a in operator.get("/alerts?state=all&limit=200")["items"]}
            return [alerts.get(self.fixtures["check"][n]) for n in ("own", "other")]
        own, other = until(lambda: all(both()) and both(), 90)
        self.keep("alert", own=own["id"], other=other["id"])
        self.keep("incident", own=own["incident_id"], other=other["incident_id"])
        operator.post(f"/incidents/{own['incident_id']}/ack", {"note": "hidden9a"})
        sent = until(lambda: [d["id"] for d in operator.get("/deliveries")["items"]][:2], 60)
        self.keep("delivery", own=sent[0], other=sent[-1])

    def finding(self, title, unit, **more):
        operator = self.people["operator"]
        body = {"title": title, "kind": "service_fault", "grade": "medium", "description": f"{title}：首页无法访问",
                "advice": "恢复服务", "unit_id": self.fixtures["unit"][unit], **more}
        made = operator.post("/findings", body)["id"]
        value = operator.get(f"/findings/{made}")
        operator.post(f"/findings/{made}/confirm", {"title": title, "kind": "service_fault", "grade": "medium",
                                                    "asset_id": (value["asset"] or {}).get("id"), "unit_id": body["unit_id"]})
        return made

    def notice(self, title, finding, unit):
        return self.people["operator"].post("/notices", {
            "title": title, "unit_id": self.fixtures["unit"][unit], "grade": "medium", "finding_ids": [finding],
            "requirement": f"{title}：限期恢复服务，提交整改报告。"})["id"]

    def issue(self):
        """A notice to each unit, one more to the own, and one that is still being written."""
        operator, director = self.people["operator"], self.people["director"]
        words = {"own": "alpha7a", "other": "zeta7b"}
        for n, word in words.items():
            finding = self.finding(f"服务中断{word} geschaeft3d", n, incident_id=self.fixtures["incident"][n])
            notice = self.notice(f"关于服务中断的通报{word} geschaeft3d", finding, n)
            self.keep("finding", **{n: finding})
            self.keep("notice", **{n: notice})
            operator.post(f"/notices/{notice}/review")
            director.post(f"/notices/{notice}/reject", {"reason": "hidden9a 措辞不当，请修改后再报"})
            operator.post(f"/notices/{notice}/review")
        self.written = operator.get(f"/notices/{self.fixtures['notice']['own']}")["version"]
        for n in words:
            director.post(f"/notices/{self.fixtures['notice'][n]}/issue", {})
        more = self.finding("口令策略alpha7a geschaeft3d", "own")
        again = self.notice("关于口令策略的通报alpha7a geschaeft3d", more, "own")
        operator.post(f"/notices/{again}/review")
        director.post(f"/notices/{again}/issue", {})
        draft = self.notice("关于日志留存的通报hidden9a geschaeft3d", self.finding("日志留存alpha7a geschaeft3d", "own"), "own")
        self.keep("notice", draft=draft)
        self.keep("open_notice", own=again)
        self.keep("open_finding", own=more)

    def office(self):
        """Papers, what the leading group decided, and guidance, a unit's own and another's."""
        office = self.people["school_office"]
        for n, word in (("own", "alpha7a"), ("other", "zeta7b")):
            superior = office.post("/superiors", {"name": f"示例教育厅{n}"})["id"]
            paper = office.post("/incoming", {"secrecy": "public", "title": f"关于隐患整改的通知{n}", "superior_id": superior})["id"]
            status, _, data = office.raw("POST", f"/incoming/{paper}/attachments?name=paper.pdf", PDF, media="application/octet-stream")
            if status != 200:
                raise RuntimeError(f"upload: {status} {data[:300]}")
            status, _, form = office.raw("POST", f"/incoming/{paper}/annexes?name=form.xlsx", book_form(), media="application/octet-stream")
            if status != 200:
                raise RuntimeError(f"form: {status} {form[:300]}")
            self.keep("annex", **{n: json.loads(form)["id"]})
            meeting = office.post("/meetings", {"title": f"例会{n}", "day": int(time.time() * 1000)})["id"]
            task = office.post("/tasks", {"title": f"落实制度{word}", "unit_id": self.fixtures["unit"][n], "meeting_id": meeting, "rule": "5 wd"})["id"]
            guidance = office.post("/guidance", {"title": f"指导意见{word}", "text": "请落实。", "unit_ids": [self.fixtures["unit"][n]]})["id"]
            now = int(time.time() * 1000)
            holiday = self.people["operator"].post("/shutdowns", {
                "name": f"国庆{word}", "from": now + 86400000, "to": now + 8 * 86400000, "answer_by": now + 3600000,
                "asset_ids": [self.fixtures["asset"][n]]})["id"]
            self.keep("shutdown", **{n: holiday})
            self.keep("selfcheck", **{n: self.people["operator"].post("/selfchecks", {"unit_id": self.fixtures["unit"][n]})["id"]})
            self.keep("important", **{n: self.people["operator"].post("/important-periods", {
                "name": f"开学重保{n}", "from": now + 86400000, "to": now + 3 * 86400000, "daily": True})["id"]})
            for kind, made in (("superior", superior), ("incoming", paper), ("paper_file", json.loads(data)["id"]),
                               ("meeting", meeting), ("task", task), ("guidance", guidance)):
                self.keep(kind, **{n: made})

    def happen(self):
        """An event of each unit, graded so that it goes up; what is written of that is not the unit's."""
        operator = self.people["operator"]
        for n, role, word in (("own", "officer", "alpha7a"), ("other", "stranger", "zeta7b")):
            person = self.people[role]
            event = person.post("/events/report", {"title": f"首页被篡改{word} geschaeft3d", "place": "机房"})["id"]
            status, _, data = person.raw("POST", f"/events/{event}/attachments?name=scene-{n}.pdf", PDF, media="application/octet-stream")
            if status != 200:
                raise RuntimeError(f"upload: {status} {data[:300]}")
            operator.post(f"/events/{event}/grade", {"grade": "iii", "reason": "首页挂出半小时", "class": "destruction"})
            operator.post(f"/events/{event}/comments", {"text": "hidden9a 请先不要告诉单位"})
            value = operator.get(f"/events/{event}")
            operator.post(f"/events/{event}/ups/{value['ups'][0]['id']}", {"act": "draft", "text": "hidden9a 上报稿"})
            for kind, made in (("event", event), ("event_file", json.loads(data)["id"]), ("event_report", value["reports"][0]["id"]),
                               ("event_up", value["ups"][0]["id"])):
                self.keep(kind, **{n: made})

    def rectify(self):
        now = int(time.time() * 1000)
        steps = (("own", "officer", "notice"), ("other", "stranger", "notice"), ("again", "unit_head", "open_notice"))
        for n, role, kind in steps:
            person, notice = self.people[role], self.fixtures[kind]["other" if n == "other" else "own"]
            person.post(f"/notices/{notice}/sign")
            person.post(f"/notices/{notice}/plan", {"responsible": "王倩", "plan": "重启服务", "planned_at": now + 3600000})
            if n != "again":
                status, _, data = person.raw("POST", f"/notices/{notice}/attachments?name=scan-{n}.pdf", PDF,
                                             media="application/octet-stream")
                if status != 200:
                    raise RuntimeError(f"upload: {status} {data[:300]}")
                self.keep("attachment", **{n: json.loads(data)["id"]})
        campus(self.name, "start", "web")
        self.people["officer"].post(f"/notices/{self.fixtures['notice']['own']}/submit", {
            "items": [{"finding_id": self.fixtures["finding"]["own"], "cause": "进程退出", "measure": "重启", "done_at": now}],
            "attachment_id": self.fixtures["attachment"]["own"]})

    def settle_own(self):
        """The first unit's notice is verified and briefed; what the leader is told and says is not the unit's."""
        notice = self.fixtures["notice"]["own"]
        verifier, leader = self.people["verifier"], self.people["vice_president"]
        verifier.post(f"/notices/{notice}/verify")
        until(lambda: [p for v in verifier.get(f"/notices/{notice}")["verifications"] for p in v["probes"] if p["state"] == "up"], 90)
        verifier.post(f"/notices/{notice}/pass", {"opinion": "复测正常，同意通过", "method": "probe"})
        self.people["operator"].post(f"/notices/{notice}/brief", {"text": "hidden9a 请领导知悉", "leader_id": self.persons["vice_president"]})
        leader.post(f"/notices/{notice}/brief/mark", {"remark": "hidden9a 请加强管理"})
        self.people["director"].post(f"/notices/{notice}/upreport", {"decision": "not_needed", "reason": "hidden9a 影响不大，无需上报"})

    def papers(self):
        """The documents that paper made meanwhile."""
        operator = self.people["operator"]

        def ready(n):
            documents = operator.get(f"/notices/{self.fixtures['notice'][n]}")["documents"]
            return documents and all(d["state"] == "ready" for d in documents) and {d["kind"]: d["id"] for d in documents}
        own, other = until(lambda: ready("own"), 90), until(lambda: ready("other"), 90)
        self.keep("document", own=own["notice"], other=other["notice"], brief=own["brief"])
        status, _, data = self.people["director"].raw("POST", "/paper-templates/return?name=ours.docx", word(paragraph("致{{unit}}")),
                                                      media="application/octet-stream")
        if status != 200:
            raise RuntimeError(f"template: {status} {data[:300]}")
        self.keep("paper_template", own=json.loads(data)["id"], other=json.loads(data)["id"])

    def answer_for(self):
        """For each unit a filing, somebody who may have left, a deputy, a word to the centre, what was passed on, a helper."""
        operator, now = self.people["operator"], int(time.time() * 1000)
        review = operator.post("/term-reviews", {"name": "秋季学期"})["id"]
        self.keep("term_review", own=review, other=review)
        for n, role, word in (("own", "officer", "alpha7a"), ("other", "stranger", "zeta7b")):
            unit, person = self.fixtures["unit"][n], self.people[role]
            self.keep("victim_person", **{n: operator.get(f"/people?q=%E8%B5%B5{n}")["items"][0]["id"]})
            made = person.post("/filings", {"post": "leader", "name": f"孙{word}", "phone": "13900000001", "phone2": "13900000002",
                                            "mail": f"sun-{n}@campus.test", "reason": "增设"})["id"]
            person.post(f"/filings/{made}/submit")
            self.keep("filing", **{n: made})
            for account, kind in ((f"deputy-{n}", "contractor"), (f"leaver-{n}", "officer")):
                self.admin.post("/users", {"account": account, "name": f"{account}{word}", "unit_id": unit, "roles": [{"role": kind, "unit_id": unit}]})
            ids = {p["account"]: p["id"] for p in operator.get(f"/people?unit_id={unit}&limit=200")["items"]}
            self.keep("delegation", **{n: person.post("/delegations", {"deputy_id": ids[f"deputy-{n}"], "from": now, "to": now + 9 * 86400000,
                                                                       "reason": "出差"})["id"]})
            operator.post("/doubts", {"person_id": ids[f"leaver-{n}"], "unit_id": unit, "evidence": f"同事反映{word}"})
            self.keep("doubt", **{n: operator.get("/doubts?state=open")["items"][0]["id"]})
            self.keep("unit_note", **{n: person.post("/unit-notes", {"text": f"请登记打印机{word}"})["id"]})
            self.keep("pass_on", **{n: person.post(f"/notices/{self.fixtures['notice'][n]}/pass-on", {"text": f"请注意{word}"})["id"]})
        for n, role, kind in (("own", "officer", "open_finding"), ("other", "stranger", "finding")):
            finding = self.fixtures[kind]["other" if n == "other" else "own"]
            self.keep("helper_link", **{n: self.people[role].post(f"/findings/{finding}/helpers", {"helper": "张工"})["id"]})

    def drive(self):
        for step in (self.watch, self.regulate, self.fail, self.issue, self.office, self.happen, self.rectify, self.settle_own, self.papers, self.answer_for):
            began = time.monotonic()
            step()
            print(f"# {step.__name__}: {time.monotonic() - began:.0f} s", flush=True)

    # ---- whose a record is, for the stream

    def units_of(self):
        """{topic: {id: unit}} by what the operator and the administrator read."""
        operator = self.people["operator"]
        assets = {a["id"]: (a["owner_unit"] or {}).get("id") for a in operator.get("/assets?limit=200")["items"]}
        checks = {c["id"]: assets.get((c["asset"] or {}).get("id")) for c in operator.get("/checks?limit=200")["items"]}
        people = {p["id"]: (p["unit"] or {}).get("id") for p in self.admin.get("/people?limit=200")["items"]}
        findings = {f["id"]: (f["unit"] or {}).get("id") for f in operator.get("/findings?limit=200")["items"]}
        events = {e["id"]: e["unit"]["id"] for e in operator.get("/events?limit=200")["items"]}
        notices = {n["id"]: n["unit"]["id"] for n in operator.get("/notices?limit=200")["items"]}
        tasks = {t["id"]: t["unit"]["id"] for t in operator.get("/tasks?limit=200")["items"]}
        units = {u["id"]: u["id"] for u in self.admin.get("/units?limit=200")["items"]}
        lines = {c["id"]: (c["unit"] or {}).get("id") for c in operator.get("/circuits?limit=200")["items"]}
        found = {d["id"]: (d["unit"] or {}).get("id") for d in operator.get("/discovered?state=all&limit=200")["items"]}
        clauses = {c["id"]: (c["unit"] or {}).get("id") for c in operator.get("/clauses?limit=200")["items"]}
        lists = {"filing": "/filings", "doubt": "/doubts", "delegation": "/delegations", "unit_note": "/unit-notes", "selfcheck": "/selfchecks"}
        said = {topic: {x["id"]: x["unit"]["id"] for x in operator.get(f"{way}?limit=200")["items"]} for topic, way in lists.items()}
        return {**said, "clause": clauses, "asset": assets, "check": checks, "circuit": lines, "discovered": found, "person": people, "event": events, "finding": findings, "notice": notices, "task": tasks, "unit": units}
