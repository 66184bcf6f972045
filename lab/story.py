#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""story.py CAMPUS PORT TOLD DATA PROGRAM: what has happened at the invented school of ./run --demo.

TOLD is where the platform's own words go, one-time password included; DATA is its folder.  On a
fresh folder every record is made the way a person makes it, by requests of that person's session;
nothing is written past the platform.  Then, every time, what is broken on campus is broken again
and the accounts are printed.
"""
import concurrent.futures
import http.client
import json
import pathlib
import re
import secrets
import subprocess
import sys
import time
import urllib.parse

import school

LAB = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(LAB / "past"))
import before  # noqa: E402
WAIT_S = 120
DAY_MS = 86_400_000


class Refused(Exception):
    pass


class Person:
    """One browser: a cookie and the highest commit seen."""

    def __init__(self, port):
        self.port, self.cookie, self.seq = port, "", 0

    def send(self, method, path, data, media):
        """The answer; asked again under the same key while the machine is too busy to give one."""
        head = {"Sec-Fetch-Site": "same-origin", "Idempotency-Key": secrets.token_hex(16)}
        late = time.monotonic() + WAIT_S
        while (answer := self.send_once(method, path, data, media, head)) is None:
            if time.monotonic() > late:
                raise Refused(f"{method} {path}: busy for {WAIT_S} s")
            time.sleep(1)
        return answer

    def send_once(self, method, path, data, media, head):
        head.update({"Cookie": self.cookie, "Fengsui-Seq": str(self.seq)})
        if data is not None:
            head["Content-Type"] = media
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        line.request(method, "/api/v1" + path, body=data, headers=head)
        answer = line.getresponse()
        text = answer.read()
        self.seq = max(self.seq, int(answer.getheader("Fengsui-Seq") or 0))
        found = re.match(r"fengsui=[^;]+", answer.getheader("Set-Cookie") or "")
        self.cookie = found[0] if found else self.cookie
        line.close()
        if answer.status == 503:
            return None
        if answer.status >= 400:
            raise Refused(f"{method} {path}: {answer.status} {text[:600].decode(errors='replace')}")
        return json.loads(text) if text else {}

    def get(self, path):
        return self.send("GET", path, None, "")

    def post(self, path, **body):
        return self.send("POST", path, json.dumps(body), "application/json")

    def put(self, path, value):
        return self.send("PUT", path, json.dumps({"value": value}), "application/json")

    def enter(self, account, one_time, password):
        self.post("/session", account=account, password=one_time)
        self.post("/session/password", old=one_time, new=password)
        return self

    def act_as(self, role):
        grant = next(g for g in self.get("/session")["grants"] if g["role"] == role)
        self.post("/session/role", grant_id=grant["id"])
        return self


def until(what, saying):
    """The first true value of what()."""
    late = time.monotonic() + WAIT_S
    while time.monotonic() < late:
        value = what()
        if value:
            return value
        time.sleep(0.2)
    raise Refused(f"{saying}: waited {WAIT_S} s")


def campus(name, verb, *words):
    subprocess.run([LAB / "campus", verb, name, *words], check=True, stdout=subprocess.DEVNULL)


class Story:
    def __init__(self, name, port, folder, data, program, password):
        self.name, self.port, self.folder, self.data = name, port, folder, data
        self.program, self.password = program, password
        self.admin, self.people = Person(port), {}
        self.unit, self.asset, self.check = {}, {}, {}

    # -- the school

    def found(self, one_time):
        """What the wizard asks for: school, mail, accounts, duty."""
        admin = self.admin.enter("admin", one_time, self.password)
        admin.put("/settings/school", school.SCHOOL)
        admin.put("/settings/address", {"base_url": f"http://127.0.0.1:{self.port}"})
        admin.put("/settings/mail", {"host": "10.20.25.25", "port": 25, "tls": "none",
                                     "from": "fengsui@campus.test"})
        for name, kind in school.UNITS:
            done = admin.post("/units", name=name, kind=kind, is_centre=name == school.CENTRE)
            self.unit[name] = done["id"]
        # Two at a time: passwords are hashed one after another, and an answer is not waited for forever.
        with concurrent.futures.ThreadPoolExecutor(2) as entering:
            people = [entering.submit(self.join, row, self.invite(row)) for row in school.PEOPLE]
        for person in people:
            person.result()
        for name, unit, title in school.FILED:
            account = f"officer{self.unit[unit]}"
            person = admin.post("/people", name=name, unit_id=self.unit[unit], title=title,
                                mail=f"{account}@campus.test", phone="13900000000")["id"]
            admin.post(f"/people/{person}/grants", role="officer", unit_id=self.unit[unit])
        duty = self.people["sunyue"].get("/session")["person"]["id"]
        admin.put("/settings/duty", {"person_id": duty})
        admin.post("/setup/finish")

    def invite(self, row):
        account, name, unit, title, roles = row
        grants = [{"role": r, "unit_id": self.unit[unit] if r in school.UNIT_ROLES else None} for r in roles]
        done = self.admin.post("/users", account=account, name=name, unit_id=self.unit[unit], title=title,
                               mail=f"{account}@campus.test", phone="13900000000", roles=grants)
        return done["secret"]

    def join(self, row, one_time):
        self.people[row[0]] = Person(self.port).enter(row[0], one_time, self.password)

    def register(self):
        """Assets by the sheet, as one imports them; then what is asked of them."""
        operator = self.people["zhoumin"]
        operator.post("/assets/import", text=school.ASSETS, format="csv", dry_run=False)
        self.asset = {a["name"]: a for a in operator.get("/assets?limit=100")["items"]}
        for key, asset, name, kind, target, severity, params in school.CHECKS:
            done = operator.post("/checks", asset_id=self.asset[asset]["id"], name=name, kind=kind, target=target,
                                 params=params, interval_s=5, retries=1, severity=severity)
            self.check[key] = done["id"]
        self.watch_network(operator)

    def watch_network(self, operator):
        """Devices, the core first; sensors every minute, so that a visitor sees them move."""
        for key, asset, address, severity, above in school.DEVICES:
            done = operator.post("/checks", asset_id=self.asset[asset]["id"], name=f"{asset} SNMP", kind="snmp",
                                 target=address, params={"community": "public", "inventory_s": 60}, interval_s=10,
                                 retries=1, severity=severity, parents=[self.check[above]] if above else [])
            self.check[key] = done["id"]
        address, port = before.way_out()
        firewall = next(key for key, _, at, *_ in school.DEVICES if at == address)
        operator.post("/circuits", **school.LINE, device_id=self.check[firewall], port=port, check_ids=[self.check["egress"]],
                      unit_id=self.unit[school.CENTRE])

    def state(self, key):
        return self.people["zhoumin"].get(f"/checks/{self.check[key]}")["state"]

    # -- acts

    def finding(self, title, kind, grade, unit, asset, description, advice, **more):
        return self.people["zhoumin"].post(
            "/findings", title=title, kind=kind, grade=grade, unit_id=self.unit[unit],
            asset_id=self.asset[asset]["id"], description=description, advice=advice, **more)["id"]

    def confirm(self, finding):
        value = self.people["zhoumin"].get(f"/findings/{finding}")
        self.people["zhoumin"].post(f"/findings/{finding}/confirm", title=value["title"], kind=value["kind"],
                                    grade=value["grade"], asset_id=value["asset"]["id"],
                                    unit_id=value["unit"]["id"])
        return finding

    def draft(self, title, grade, unit, finding):
        notice = self.people["zhoumin"].post(
            "/notices", title=title, unit_id=self.unit[unit], grade=grade, finding_ids=[self.confirm(finding)],
            requirement="请在规定期限内完成整改，举一反三排查同类问题，提交加盖公章的整改报告。")["id"]
        self.people["zhoumin"].post(f"/notices/{notice}/review")
        return notice

    def issue(self, notice):
        self.people["lintao"].act_as("reviewer").post(f"/notices/{notice}/issue")
        return notice

    def plan(self, notice, officer, responsible, plan):
        self.people[officer].post(f"/notices/{notice}/sign")
        self.people[officer].post(f"/notices/{notice}/plan", responsible=responsible, plan=plan,
                                  planned_at=int(time.time() * 1000) + DAY_MS)

    def scan(self, unit, title, cause, measure):
        """A report as it comes off the scanner; the paper's own maker prints it."""
        paper = json.loads((LAB.parent / "docs/examples/paper/report.json").read_text())
        paper.update(school=school.SCHOOL["name"], unit=unit, title=title)
        paper["items"] = [{**paper["items"][0], "problem": title, "cause": cause, "measure": measure}]
        source, page = self.folder / "report.json", self.folder / "report.pdf"
        source.write_text(json.dumps(paper, ensure_ascii=False))
        subprocess.run([self.program, "paper", "render", "report", source, "-o", page], check=True)
        return page.read_bytes()

    def submit(self, notice, officer, cause, measure):
        person = self.people[officer]
        value = person.get(f"/notices/{notice}")
        scan = self.scan(value["unit"]["name"], value["title"], cause, measure)
        name = urllib.parse.quote("盖章整改报告.pdf")
        done = person.send("POST", f"/notices/{notice}/attachments?name={name}", scan, "application/octet-stream")
        now = int(time.time() * 1000)
        items = [{"finding_id": f["id"], "cause": cause, "measure": measure, "done_at": now}
                 for f in value["findings"]]
        person.post(f"/notices/{notice}/submit", items=items, attachment_id=done["id"], lesson="已排查本单位同类问题。")

    def settle(self, notice, word, method, opinion):
        self.people["hejing"].post(f"/notices/{notice}/{word}", opinion=opinion, method=method)

    # -- what happened

    def outage(self):
        """The portal fell, was seen, noticed, mended, verified, briefed and archived."""
        operator = self.people["sunyue"]
        until(lambda: self.state("portal") == "up", "the portal is seen up")
        campus(self.name, "stop", "web")
        incident = until(lambda: next((a["incident_id"] for a in operator.get("/alerts?state=open")["items"]
                                       if a["check_id"] == self.check["portal"]), None), "the portal is seen down")
        operator.post(f"/incidents/{incident}/ack", note="网站服务器进程退出，已联系宣传部。")
        finding = self.finding("门户网站服务中断", "service_fault", "medium", "宣传部", "学校门户网站",
                               "首页无法打开，服务器上网站进程已退出。", "恢复服务，配置进程守护，查明退出原因。",
                               incident_id=incident)
        notice = self.issue(self.draft("关于学校门户网站存在「服务异常」网络安全隐患的通报", "medium", "宣传部", finding))
        self.plan(notice, "chenli", "陈立", "重启网站进程，增加进程守护和每日检查。")
        campus(self.name, "start", "web")
        self.submit(notice, "chenli", "内存耗尽，网站进程被系统终止。", "扩大内存，配置进程守护，异常退出后自动拉起。")
        self.people["hejing"].post(f"/notices/{notice}/verify")
        until(lambda: any(p["state"] == "up" for v in self.people["hejing"].get(f"/notices/{notice}")["verifications"]
                          for p in v["probes"]), "the retest sees the portal up")
        self.settle(notice, "pass", "probe", "复测正常，报告逐项回应，同意通过。")
        self.people["zhoumin"].post(f"/notices/{notice}/brief")
        self.people["hansong"].post(f"/notices/{notice}/brief/mark", remark="请信息技术中心举一反三，排查其他网站。")
        director = self.people["lintao"].act_as("director")
        director.post(f"/notices/{notice}/upreport", decision="not_needed", reason="一般性服务中断，未造成数据损失。")
        director.post(f"/notices/{notice}/close", reason="整改完成，材料齐全。")

    def rectifying(self):
        finding = self.finding("教务管理系统存在弱口令账号", "weak_password", "high", "教务处", "教务管理系统",
                               "两个管理账号命中常见口令规则。", "停用或改密，启用口令策略。")
        notice = self.issue(self.draft("关于教务管理系统存在「弱口令」网络安全隐患的通报", "high", "教务处", finding))
        self.plan(notice, "wangqian", "王倩", "停用测试账号，管理账号改密并绑定经办人。")
        officer = self.people["wangqian"]
        due = officer.get(f"/notices/{notice}")["due_at"]
        officer.post(f"/notices/{notice}/extensions", reason="开学补选期间不能停机，厂商承诺两日内完成改造。",
                     control="测试账号已停用，后台仅限校内访问。", until=due + 24 * 3600 * 1000)
        officer.post(f"/notices/{notice}/comments", text="厂商后天上午到校，改完后请安排复测。")
        self.people["zhoumin"].post(f"/notices/{notice}/comments", text="收到，已通知复核人。")

    def unsigned(self):
        finding = self.finding("阅览室查询机可访问内网管理地址", "exposure", "medium", "图书馆", "图书馆阅览室网段",
                               "公共查询机可打开交换机管理页面。", "按网段限制访问，只放行检索服务。")
        self.issue(self.draft("关于图书馆阅览室网段存在「暴露面」网络安全隐患的通报", "medium", "图书馆", finding))

    def failed_once(self):
        finding = self.finding("学生工作网公示含完整身份证号", "info_leak", "high", "学生工作处", "学生工作网",
                               "资助公示附件含完整身份证号，已通知先行下线。", "删除附件，重新公示时脱敏，清理缓存。",
                               source="public")
        notice = self.issue(self.draft("关于学生工作网存在「信息泄露」网络安全隐患的通报", "high", "学生工作处", finding))
        self.plan(notice, "zhaonan", "赵楠", "下线附件，脱敏后重新公示。")
        self.submit(notice, "zhaonan", "公示前未脱敏。", "已删除页面上的链接。")
        self.people["hejing"].post(f"/notices/{notice}/verify")
        self.settle(notice, "fail", "manual", "链接已删除，但附件原地址仍可下载，请删除文件并清理缓存。")

    def submitted(self):
        finding = self.finding("图书馆网站后台登录页对互联网开放", "exposure", "low", "图书馆", "图书馆网站",
                               "后台登录页可从互联网访问。", "限制为校内访问。")
        notice = self.issue(self.draft("关于图书馆网站存在「暴露面」网络安全隐患的通报", "low", "图书馆", finding))
        self.plan(notice, "gaoyuan", "高远", "后台限制为校内访问。")
        self.submit(notice, "gaoyuan", "建站时未限制来源。", "后台路径已限制为校内地址访问。")

    def waiting(self):
        """What lies on the desk: a notice to issue, findings to judge, one that was none."""
        finding = self.finding("数控实训平台组件版本过低", "vulnerability", "medium", "机电工程学院", "数控实训平台",
                               "Web 组件已停止维护。", "升级组件或隔离到实训专网。")
        self.draft("关于数控实训平台存在「系统漏洞」网络安全隐患的通报", "medium", "机电工程学院", finding)
        self.confirm(self.finding("办公自动化系统使用不受信任的证书", "certificate", "low", "学校办公室",
                                  "办公自动化系统", "检测发现证书链不受信任。", "更换为受信任机构签发的证书。"))
        self.finding("一卡通系统未见异地备份记录", "backup", "medium", "后勤保障处", "一卡通系统",
                     "单位自查上报。", "建立异地备份并每学期恢复演练一次。", source="unit")
        false = self.finding("财务管理系统疑似开放远程桌面", "exposure", "high", "财务处", "财务管理系统",
                             "外部线索。", "核实后处理。", source="public")
        self.people["zhoumin"].post(f"/findings/{false}/false-positive",
                                    reason="经现场核实，该地址不属于本校，线索中的域名为他校所有。")
        self.people["sunyue"].post(f"/findings/{false}/second")

    def regulation(self):
        """How an article is read; a revision the units are asked about, and one that answered."""
        director = self.people["lintao"].act_as("director")
        director.post("/clauses/interpretations", article=15, question="寒暑假期间整改期限怎样计算？",
                      answer="按工作日计算，法定节假日顺延，寒暑假不顺延。", decided_by="网络安全和信息化领导小组")
        draft = self.people["zhoumin"].post("/regulations", title="网络安全监测预警和信息通报实施办法（修订）",
                                            note="缩短紧急、高危隐患的整改期限。",
                                            parameters={"remediation.urgent": "2 wd", "remediation.high": "3 wd"})["id"]
        self.people["zhoumin"].post(f"/regulations/{draft}/consult")
        self.people["gaoyuan"].post("/clauses/suggestions", article=15,
                                    question="系统由外包公司维护，三个工作日偏紧，建议可申请延期一次。")

    def posts(self):
        """A unit files a second officer, whose contacts are being tested; others have nobody; a term's lists are asked for."""
        made = self.people["wangqian"].post(
            "/filings", post="backup", name="方圆", title="科员", staff_no="2026018", phone="13900000011", phone2="027-00000012",
            mail="fangyuan@campus.test", in_post=True, reason="增设备用网络安全员，假期可互为替补。")["id"]
        self.people["wangqian"].post(f"/filings/{made}/submit")
        self.people["duheng"].post(f"/filings/{made}/sign")
        operator = self.people["zhoumin"]
        operator.post(f"/filings/{made}/heard", channel="phone")
        operator.post("/term-reviews", name="2026 年秋季学期")
        review = operator.get("/term-reviews")["items"][0]["id"]
        self.people["gaoyuan"].post(f"/term-reviews/{review}/confirm")

    def past(self):
        """Fourteen days of measurements, in the platform's own rows; of four bad nights who kept watch closes three."""
        operator = self.people["zhoumin"]
        kinds = {key: kind for key, _, _, kind, *_ in school.CHECKS} | {key: "snmp" for key, *_ in school.DEVICES}
        devices = {address: self.check[key] for key, _, address, *_ in school.DEVICES}
        known = [(check, s["metric"], s["instance"], s["unit"], s["value"]) for check in devices.values()
                 for s in operator.get(f"/checks/{check}/series")["items"]]
        before.write(self.program, self.data, "demo-past", before.answers((self.check[key], kind) for key, kind in kinds.items())
                     + before.traffic(devices) + before.shares(known))

        def over():
            bursts = [a for a in operator.get("/alerts?state=all&limit=100")["items"] if a["class"] == "login.burst"]
            return len(bursts) >= len(before.NIGHTS) and all(a["state"] == "resolved" for a in bursts) and bursts
        incidents = sorted({a["incident_id"] for a in until(over, "the nights of the past are told")})
        for incident in incidents[:-1]:
            operator.post(f"/incidents/{incident}/close", code="other", note="演示数据：已封禁来源地址并提醒当事人。")

    def office(self):
        """A superior's paper being handled, a meeting's task, guidance, and the school's own day off."""
        office, now = self.people["zhengwen"], int(time.time() * 1000)
        superior = office.post("/superiors", name=school.SUPERIOR)["id"]
        paper = office.post("/incoming", **school.PAPER, superior_id=superior, received_at=now, due_at=now + school.PAPER_HOURS * 3_600_000)["id"]
        office.post(f"/incoming/{paper}/propose", proposal="拟请信息技术中心牵头办理，宣传部配合。")
        self.people["hansong"].post(f"/incoming/{paper}/words", words="请信息技术中心抓紧办理，按时反馈。")
        handler = self.people["zhoumin"].get("/session")["person"]["id"]
        office.post(f"/incoming/{paper}/assign", handler_id=handler)
        finding = self.finding("学校门户网站存在过期外链", "other", "low", "宣传部", "学校门户网站", "上级通知附件所列，已核实。",
                               "清除失效外链，建立外链清单。", incoming_id=paper)
        self.issue(self.draft("关于学校门户网站存在过期外链的通报", "low", "宣传部", finding))
        meeting = office.post("/meetings", title="领导小组本季度例会", day=now, place="行政楼会议室")["id"]
        office.post("/tasks", title="完成各单位弱口令清理", unit_id=self.unit["教务处"], meeting_id=meeting, rule="10 wd")
        task = office.post("/tasks", title="更新网站外链清单", unit_id=self.unit["宣传部"], meeting_id=meeting, rule="5 wd")["id"]
        self.people["chenli"].post(f"/tasks/{task}/reports", text="已核对 42 条外链，清除 5 条。")
        office.post("/guidance", title="关于做好假期网络安全值守的意见", text="请各单位安排专人值守，保持电话畅通，无人运维的系统放假前关停。")
        day = time.strftime("%Y-%m-%d", time.localtime(time.time() + 20 * 86400))
        self.people["zhoumin"].post("/calendars", spans=[{"from": day, "to": day, "kind": "off", "reason": "校庆"}])

    def tell(self, one_time):
        for saying, act in (
                ("units, people and accounts", lambda: self.found(one_time)),
                ("assets and checks", self.register),
                ("a portal that fell and was mended", self.outage),
                ("a notice being rectified", self.rectifying),
                ("a notice nobody signed for yet", self.unsigned),
                ("a notice whose verification failed", self.failed_once),
                ("a notice waiting to be verified", self.submitted),
                ("a superior's paper and the leading group", self.office),
                ("what waits on the desk", self.waiting),
                ("a revision of the regulation", self.regulation),
                ("a filing under way, the lists of a term", self.posts),
                ("fourteen days before today", self.past)):
            print(f"  {saying}", flush=True)
            act()


LOGINS = """
import socket, sys, time
way = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for n in range(24):
    at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    way.sendto(f"<38>1 {at} ssh.campus.test sshd 811 - - Failed password for root from 10.20.70.21 "
               f"port {50000 + n} ssh2".encode(), ("127.0.0.1", 5514))
"""


def break_things(name):
    """What stays broken for the visitor: a service, and somebody at the bastion's door."""
    campus(name, "stop", "ssh")
    campus(name, "exec", "desk", sys.executable, "-c", LOGINS)


def accounts(port, password):
    names = {"operator": "值班员", "director": "信息技术中心主任", "reviewer": "审核人", "verifier": "复核人",
             "security_admin": "安全管理员", "auditor": "审计管理员", "vice_president": "分管校领导",
             "officer": "网络安全员", "school_office": "学校办公室", "unit_head": "单位负责人"}
    rows = [("admin", "系统管理员", "系统管理员")]
    rows += [(a, n, "、".join(names[r] for r in roles) + (f"（{unit}）" if set(roles) & set(school.UNIT_ROLES) else ""))
             for a, n, unit, _, roles in school.PEOPLE]
    lines = [f"演示 DEMO  {school.SCHOOL['name']}：学校、人员、地址均为虚构 an invented school",
             f"  http://127.0.0.1:{port}/    手机 phone: /m    领导 leader: /lead",
             f"  所有账号的口令 password of every account: {password}"]
    return "\n".join(lines + [f"  {account:10} {name}  {role}" for account, name, role in rows])


def main():
    name, port, told, data, program = sys.argv[1:]
    told, data = pathlib.Path(told), pathlib.Path(data)
    memory = data / "demo.json"
    until(lambda: "http://" in told.read_text(), "the platform starts")
    if not memory.exists():
        print("telling the school's story", flush=True)
        found = until(lambda: re.search(r"one-time password:\s*(\S+)", told.read_text()), "the first password")
        password = f"Yanshi-{secrets.token_hex(3)}-{secrets.token_hex(2)}"
        Story(name, int(port), told.parent, data, program, password).tell(found[1])
        memory.touch(mode=0o600)
        memory.write_text(json.dumps({"password": password}))
    break_things(name)
    print(accounts(port, json.loads(memory.read_text())["password"]), flush=True)


if __name__ == "__main__":
    try:
        main()
    except (Refused, OSError, subprocess.SubprocessError) as wrong:
        print(f"demo: {wrong}", file=sys.stderr)
        sys.exit(3)
