# SPDX-License-Identifier: Apache-2.0
"""What the benchmarks of the whole platform share: a network of their own, the platform set up
in it, and the line of figures.  Run as root; nothing leaves the machine."""
import ctypes
import http.client
import json
import os
import pathlib
import statistics
import subprocess
import sys
import time

HOUSE = pathlib.Path(__file__).resolve().parents[1]
os.environ.setdefault("FENGSUI_BUILD", str(HOUSE / "build"))
sys.path.insert(0, str(HOUSE / "tests" / "system"))
from platform_driver import CLONE_NEWNET, PORT, Person, Platform  # noqa: E402

PASSWORD = "Kuangye-2026-dengta"
PEOPLE = [("zhou", "周敏", ["operator"]), ("lin", "林涛", ["director", "reviewer"]), ("he", "何静", ["verifier"]),
          ("liu", "刘建国", ["vice_president"])]


def own_network():
    """From here on only a loopback of our own: no gateway and no resolver to bother."""
    if os.geteuid() != 0:
        sys.exit("bench: a network of its own needs root")
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)


def set_up(platform, mail_port=25):
    """The first day done: a centre, an operator on duty.  Returns (administrator, operator)."""
    admin = Person().first_login("admin", platform.admin, PASSWORD)
    admin.put("/settings/school", {"value": {"name": "湖北示例职业学院", "short": "示例学院", "number_prefix": "网安通报"}})
    admin.put("/settings/mail", {"value": {"host": "127.0.0.1", "port": mail_port, "tls": "none", "from": "fengsui@campus.test"}})
    centre = admin.post("/units", {"name": "信息技术中心", "kind": "centre", "is_centre": True})["id"]
    secret = {}
    for account, name, roles in PEOPLE:
        secret[account] = admin.post("/users", {
            "account": account, "name": name, "unit_id": centre, "mail": f"{account}@campus.test", "phone": "13800000000",
            "roles": [{"role": role, "unit_id": None} for role in roles]})["secret"]
    operator = Person().first_login("zhou", secret["zhou"], PASSWORD)
    admin.put("/settings/duty", {"value": {"person_id": operator.get("/session")["person"]["id"]}})
    admin.post("/setup/finish")
    return admin, operator


def healthy(wait_s=60):
    """Seconds until core, query and web serve."""
    begin = time.monotonic()
    while time.monotonic() - begin < wait_s:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=5)
            connection.request("GET", "/healthz")
            status = connection.getresponse().status
            connection.close()
            if status == 200:
                return time.monotonic() - begin
        except (OSError, http.client.HTTPException):
            pass
        time.sleep(0.005)
    raise TimeoutError("the platform does not become healthy")


def percentile(values, share):
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def figure(bench, metric, better, ours, peer, unit, runs, peer_name="target"):
    """The line and the table of one figure; ours is one value a run."""
    middle = statistics.median(ours)
    print(json.dumps({"bench": bench, "metric": metric, "better": better, "ours": round(middle, 3), "peer": peer_name,
                      "peer_value": peer, "ratio": round(middle / peer, 3), "unit": unit, "runs": runs}))
    print(f"{metric:40} {middle:12,.2f} {unit:10} {peer_name} {peer:,} {unit}", flush=True)
