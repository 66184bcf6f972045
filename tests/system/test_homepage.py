#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A site's home page is held against the one a person confirmed: a hidden link, another title and
another text each raise an alert that says so; confirming the page as it is now ends it."""
import http.server
import pathlib
import sys
import threading
import time
import traceback

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import test_line as line  # noqa: E402
from platform_driver import NAME, Platform, on_a_desk, refusal, until  # noqa: E402
from postgres_driver import with_stores  # noqa: E402
from tap import case, end  # noqa: E402

NEWS = "".join(f"<p>{text}</p>" for text in (
    "学院召开下半年网络安全工作会议", "图书馆寒假开放时间调整", "机电工程系学生在技能大赛中获奖", "期末考试工作安排",
    "新生报到须知与宿舍安排", "后勤服务中心食堂开放时间", "校企合作签约仪式举行", "优秀毕业生回校交流"))
HOME = f"<html><title>示例学院</title>{NEWS}<a href='https://www.moe.example/'>上级</a></html>"
HIDDEN = HOME.replace("</html>", "<div style='display:none'><a href='http://bet.example/x'>彩</a></div></html>")


class Site:
    """One page on loopback, which changes as it is told."""

    def __init__(self):
        self.page = HOME
        site = self

        class Answer(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                body = site.page.encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/"


def walked(cast, site):
    operator = cast["operator"]
    check = operator.post("/checks", {"name": "学院主页", "kind": "http", "target": site.url, "interval_s": 1, "retries": 0,
                                      "params": {"compare": True}})["id"]
    way = f"/checks/{check}/page"
    refused = refusal(operator.call, "PATCH", f"/checks/{check}", {"params": {"compare": True, "baseline": "AAAA"}})
    case("people do not write the mark themselves", refused and refused[1] == "check.param", refused)

    def page(is_so):
        return until(lambda: next((p for p in [operator.get(way)] if p["seen"] and is_so(p)), None))

    def shown(state, code=None):
        return until(lambda: next((c for c in [operator.get(f"/checks/{check}")]
                                   if c["state"] == state and (code is None or c["detail"]["code"] == code)), None))

    first = page(lambda p: True)
    case("what is seen can be read before anybody confirms it",
         first["confirmed"] is None and first["seen"]["title"] == "示例学院" and first["seen"]["hosts"] == ["www.moe.example"]
         and "图书馆寒假开放时间调整" in first["seen"]["text"], first)
    case("unconfirmed, the site is up", shown("up")["state"] == "up")
    site.page = HIDDEN
    hidden = page(lambda p: "bet.example" in p["seen"]["hosts"])
    case("without a confirmed page nothing is judged", shown("up")["state"] == "up")
    case("what was looked at is confirmed, not what came meanwhile",
         refusal(operator.post, way + "/confirm", {"mark": first["seen"]["mark"]}) == (409, "page.changed_meanwhile"))
    case("whoever only reads confirms nothing", refusal(cast["verifier"].post, way + "/confirm", {"mark": hidden["seen"]["mark"]})[0] == 403)
    site.page = HOME
    again = page(lambda p: p["seen"]["mark"] == first["seen"]["mark"])
    operator.post(way + "/confirm", {"mark": again["seen"]["mark"]})
    confirmed = operator.get(way)["confirmed"]
    case("confirmed by whom and when", confirmed["by"] and confirmed["at"] and confirmed["title"] == "示例学院", confirmed)

    for name, text, code in (("a hidden link", HIDDEN, "page.new_hosts"),
                             ("another title", HOME.replace("示例学院", "Hacked by x"), "page.title_changed"),
                             ("another text", "<title>示例学院</title><p>精彩赛事直播注册即送彩金</p>", "page.text_changed")):
        site.page = text
        case(f"{name} is told as that", bool(shown("degraded", code)))
        if code != "page.text_changed":
            site.page = HOME
            shown("up")
    alert = until(lambda: next((a for a in operator.get("/alerts?state=open")["items"] if a["check_id"] == check), None))
    case("and raises one alert, as grave as the check", alert["severity"] == "major", alert)

    def carried():
        until(lambda: all(d["state"] != "queued" for d in operator.get("/deliveries?limit=200")["items"]))
        return len(line.mails())
    mails = carried()
    site.page = HOME.replace("示例学院", "Hacked by y")

    def now_because():
        seen = operator.get(f"/alerts/{alert['id']}")
        steps = [s for s in operator.get(f"/incidents/{alert['incident_id']}")["timeline"] if s["code"] == "reason_changed"]
        return seen["title"]["args"]["code"] == "page.title_changed" and steps and (seen, steps)
    seen, steps = until(now_because)
    case("degraded for another reason, the same alert says so, and the incident's history", seen["state"] == "firing"
         and seen["severity"] == "major" and steps[-1]["args"]["args"]["code"] == "page.title_changed", steps)
    other = "<title>示例学院</title><p>精彩赛事直播注册即送彩金</p>"
    for text, code in ((other, "page.text_changed"), (HOME.replace("示例学院", "Hacked by y"), "page.title_changed"), (other, "page.text_changed")):
        site.page = text
        shown("degraded", code)
    steps = [s for s in operator.get(f"/incidents/{alert['incident_id']}")["timeline"] if s["code"] == "reason_changed"]
    case("what swings between two reasons is told once each", [s["args"]["args"]["code"] for s in steps]
         == ["page.title_changed", "page.text_changed"], steps)
    case("which wakes nobody again", carried() == mails, len(line.mails()))
    site.page = HOME + "<p>另有一条新的通知</p>"
    case("an article more is no difference", bool(shown("up")))
    site.page = HIDDEN
    shown("degraded", "page.new_hosts")
    changed = page(lambda p: "bet.example" in p["seen"]["hosts"])
    operator.post(way + "/confirm", {"mark": changed["seen"]["mark"]})
    case("confirmed as it is now, it is up again", bool(shown("up")))
    case("the log says who confirmed", any(e["kind"] == "check" and e["id"] == check
                                           for e in cast["auditor"].get("/audit?act=check.page_confirm")["items"]))
    operator.call("PATCH", f"/checks/{check}", {"target": site.url + "other"})
    case("a check that looks elsewhere has no confirmed page", operator.get(way)["confirmed"] is None)


DAY_MS = 86400000


def todo(person, act):
    return [x["id"] for x in person.get("/todo")["items"] if x["act"] == act]


def renewals(cast):
    """Domain name and ICP registration of a site, typed in; the unit's officer is to renew them."""
    operator, officer = cast["operator"], cast["officer"]
    now = int(time.time() * 1000)
    asset = operator.post("/assets", {"name": "教务网", "kind": "site", "domain": "jw.example", "owner_unit_id": cast.unit,
                                      "domain_end": now + 10 * DAY_MS, "icp_number": "鄂ICP备00000001号", "icp_end": now - 2 * DAY_MS})["id"]
    text = line.wait_mail("wang@campus.test", "教务网 的域名")
    case("ten days before the end, past the step of thirty, the unit's officer is reminded at once",
         "还有 10 天到期" in text and "jw.example" in text and f"/assets/{asset}" in text, text)
    text = line.wait_mail("wang@campus.test", "教务网 的ICP 备案")
    case("and told what is over already", "已过期 2 天" in text and "鄂ICP备00000001号" in text, text)
    case("it is the unit's to do, and the desk's", all(todo(p, act) == [asset] for p in (operator, officer)
         for act in ("renew_domain", "renew_icp")), (todo(operator, "renew_domain"), todo(officer, "renew_icp")))
    before = len(line.mails())
    seen = operator.get(f"/assets/{asset}")
    operator.call("PATCH", f"/assets/{asset}", {"name": "教务网", "kind": "site", "domain_end": now + 375 * DAY_MS, "icp_end": now + 800 * DAY_MS})
    case("a new date clears it", todo(officer, "renew_domain") == [] and todo(operator, "renew_icp") == []
         and seen["icp_number"] == operator.get(f"/assets/{asset}")["icp_number"])
    admin = cast.admin
    case("the days are a setting, and numbers", refusal(admin.put, "/settings/expiry", {"value": {"days": "30, bald"}})[0] == 422)
    admin.put("/settings/expiry", {"value": {"days": "400、90、7"}})
    text = until(lambda: next((line.mail_text(m) for m in line.mails()[before:] if "教务网" in line.mail_text(m)), None))
    case("and count for what is typed in already", "还有 375 天到期" in text and todo(officer, "renew_domain") == [asset], text)


def a_contract(cast):
    """Of a line: as domain names are."""
    operator, officer = cast["operator"], cast["officer"]
    body = {"name": "教务专线", "operator": "中国移动", "number": "ZX-0716-0002", "unit_id": cast.unit,
            "contract_end": int(time.time() * 1000) + 5 * DAY_MS}
    made = operator.post("/circuits", body)["id"]
    text = line.wait_mail("wang@campus.test", "教务专线 的线路合同")
    case("before the contract of a line ends its unit is reminded", "还有 5 天到期" in text and "ZX-0716-0002" in text
         and f"/net?tab=lines&line={made}" in text, text)
    case("and has it to do, as the desk has", todo(officer, "renew_contract") == todo(operator, "renew_contract") == [made],
         (todo(officer, "renew_contract"), todo(operator, "renew_contract")))
    operator.call("PATCH", f"/circuits/{made}", {**body, "contract_end": int(time.time() * 1000) + 700 * DAY_MS})
    case("until the new day is typed in", todo(officer, "renew_contract") == [])


def certificates(cast):
    """What ends first is first; what has no certificate comes behind."""
    operator = cast["operator"]
    made = [operator.post("/checks", {"name": f"证书{n}", "kind": "tls", "target": target, "interval_s": 5})["id"]
            for n, target in enumerate(("127.0.0.1:9", "10.20.13.10:443"))]
    days = until(lambda: operator.get(f"/checks/{made[1]}")["certificate_days"])
    case("a check of a certificate says how many days it has left", 27 <= days <= 30, days)
    seen, cursor = [], ""
    while cursor is not None:
        page = operator.get(f"/checks?sort=certificate&limit=2{cursor and '&cursor=' + cursor}")
        seen += page["items"]
        cursor = page["next_cursor"]
    ids = [c["id"] for c in seen]
    case("sorted by it, page by page, each check once", ids[:2] == [made[1], made[0]] and len(set(ids)) == len(ids) == page["total"]
         and seen[1]["certificate_days"] is None, [(c["name"], c["certificate_days"]) for c in seen])


def on_the_desk(stores):
    platform = Platform(stores.fresh(), NAME)
    try:
        platform.start()
        cast = line.setup(platform, "five")
        cast.add("zheng", "郑审", [("auditor", None)])
        walked(cast, Site())
        renewals(cast)
        a_contract(cast)
        certificates(cast)
        platform.stop()
        line.audit(platform)
    except Exception as problem:
        case("it runs to its end", False, "".join(traceback.format_exception(problem))[-1500:].replace("\n", "\n# "))
        print("# " + platform.log_tail().replace("\n", "\n# "))
        platform.stop()
    finally:
        platform.remove()
    return end()


def main(postgresql=False):
    on_a_desk(with_stores(on_the_desk, postgresql))


if __name__ == "__main__":
    main()
