# SPDX-License-Identifier: Apache-2.0
"""What the benchmarks of the whole platform share: a network of their own, the platform set up
in it, and the line of figures.  Run as root; nothing leaves the machine."""
import ctypes
import http.client
import json
import os
import pathlib
import socket
import statistics
import subprocess
import sys
import time

HOUSE = pathlib.Path(__file__).resolve().parents[1]
os.environ.setdefault("FENGSUI_BUILD", str(HOUSE / "build"))
sys.path.insert(0, str(HOUSE / "tests" / "system"))
from platform_driver import CLONE_NEWNET, PORT, Person, Platform  # noqa: E402
from postgres_driver import Postgres, programs  # noqa: E402

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


def near(*words):
    """A command on the first core, where what comes over the cable is received too (Far)."""
    return [*(["taskset", "-c", "0"] if os.cpu_count() > 1 else []), *words]


class Far:
    """Another machine at the other end of a cable: a network of its own that has every address of
    prefix.  What it does for its packets is done on the second core, as if it had one of its own, and
    what comes back is received on the first; on loopback both would be charged to whoever sends.
    Each packet that finds the other core idle costs an interrupt between the two, which under a
    hypervisor is dearer than the packet: not steered, a packet is the sender's work at either end."""

    def __init__(self, prefix, steered=True):
        self.holder = subprocess.Popen(["unshare", "--net", "sleep", "infinity"])
        deadline = time.monotonic() + 10
        mine = os.readlink("/proc/self/ns/net")
        while os.readlink(f"/proc/{self.holder.pid}/ns/net") == mine and time.monotonic() < deadline:
            time.sleep(0.01)
        self.ip("link", "set", "lo", "up")
        subprocess.run(["ip", "link", "add", "near", "type", "veth", "peer", "name", "far", "netns", str(self.holder.pid)], check=True)
        self.ip("address", "add", "10.99.0.2/30", "dev", "far")
        self.ip("link", "set", "far", "up")
        self.ip("route", "add", "local", prefix, "dev", "lo")
        for words in (["address", "add", "10.99.0.1/30", "dev", "near"], ["link", "set", "near", "up"],
                      ["route", "add", prefix, "via", "10.99.0.2"]):
            subprocess.run(["ip", *words], check=True)
        if steered and os.cpu_count() > 1:
            self.received_by([], "near", 1)
            self.received_by(self.inside(), "far", 2)

    def inside(self):
        return ["nsenter", "--net", "--target", str(self.holder.pid)]

    def ip(self, *words):
        subprocess.run([*self.inside(), "ip", *words], check=True)

    @staticmethod
    def received_by(inside, device, cores):
        """cores is a mask; a network's /sys is seen only by who mounts it from within."""
        path = f"/sys/class/net/{device}/queues/rx-0/rps_cpus"
        subprocess.run([*inside, "unshare", "--mount", "sh", "-c", f"mount -t sysfs none /sys && echo {cores} >{path}"], check=True)

    def start(self, words, **more):
        core = ["taskset", "-c", "1"] if os.cpu_count() > 1 else []
        return subprocess.Popen([*self.inside(), *core, *words], stdout=subprocess.DEVNULL, **more)

    def replies_discarded(self):
        """Replies to echo requests that the far end's own kernel has thrown away so far (ICMP-MIB icmpOutErrors)."""
        text = subprocess.run([*self.inside(), "cat", "/proc/net/snmp"], capture_output=True, text=True, check=True).stdout
        names, values = [line.split()[1:] for line in text.splitlines() if line.startswith("Icmp:")]
        return int(values[names.index("OutErrors")])

    def end(self):
        self.holder.terminate()
        self.holder.wait()


def wait_port(host, port, wait_s=20):
    deadline = time.monotonic() + wait_s
    while True:
        try:
            socket.create_connection((host, port), 1).close()
            return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


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


def second(admin, account):
    """One of PEOPLE at a machine of their own, with a new password."""
    person = next(u for u in admin.get("/users?limit=200")["items"] if u["account"] == account)
    secret = admin.post(f"/users/{person['id']}/reset-password")["secret"]
    return Person().first_login(account, secret, PASSWORD)


def words(argv, numbers):
    """(store or None, numbers as given): what a benchmark's command line says."""
    kind = argv[0] if argv and argv[0] in ("sqlite", "postgresql") else None
    given = [int(w) for w in argv[1 if kind else 0:]]
    return kind, given + numbers[len(given):]


def on_stores(kind, run):
    """run(store) on SQLite (store None), then on a PostgreSQL server of its own, or on the one asked for."""
    if kind != "postgresql":
        run(None)
    if kind == "sqlite" or (kind is None and programs() is None):
        return
    server = Postgres().start(shared_buffers="128MB")
    try:
        run(server.database())
    finally:
        server.remove()


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


def pairs(bench, metric, better, unit, values, peer_name, **more):
    """The line of one figure beside its peer's; values are (ours, peer's), a run each."""
    ours, peer = (statistics.median(v[i] for v in values) for i in (0, 1))
    ratio = statistics.median(a / b for a, b in values)
    print(json.dumps({"bench": bench, "metric": metric, "better": better, "ours": round(ours, 2), "peer": round(peer, 2),
                      "peer_name": peer_name, "ratio": round(ratio, 3), "unit": unit, "runs": len(values), **more}), flush=True)


def figure(bench, metric, better, ours, peer, unit, runs, peer_name="target"):
    """The line and the table of one figure; ours is one value a run."""
    middle = statistics.median(ours)
    print(json.dumps({"bench": bench, "metric": metric, "better": better, "ours": round(middle, 3), "peer": peer_name,
                      "peer_value": peer, "ratio": round(middle / peer, 3), "unit": unit, "runs": runs}))
    print(f"{metric:40} {middle:12,.2f} {unit:10} {peer_name} {peer:,} {unit}", flush=True)
