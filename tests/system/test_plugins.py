#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Plugins of others in the cage: those of monitoring-plugins say by hand and through us the same, in
all four states; what hangs, floods, dies or leaves children behind; and where a plugin may not go."""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import cage_ground  # noqa: E402
from cage_ground import PLUGINS  # noqa: E402
from tap import case, end  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("FENGSUI_BUILD", ROOT / "build-test"))
NAME = f"fsp{os.getpid()}"
OURS, SERVER, OTHER = "10.86.77.1", "10.86.77.2", "10.86.77.3"
DOOR = BUILD / "bench" / "cage-door"
MEASURED_TIMES = re.compile(r"('?(?:time|rta|rtmin|rtmax|offset|age|load\d+|time_\w+)'?)=-?[0-9.]+")
SAID_TIMES = re.compile(r"-?\d+\.\d+|\d+(?= seconds?\b)")
HOURS = "86397"

SERVERS = '''
import socketserver, threading, http.server, struct, time
TALK = {21: b"220 files ready\\r\\n", 22: b"SSH-2.0-OpenSSH_9.2p1 Debian\\r\\n", 110: b"+OK POP3 ready\\r\\n",
        143: b"* OK IMAP4 ready\\r\\n", 119: b"200 news ready\\r\\n", 7001: b"hello there\\r\\n",
        37: struct.pack(">I", int(time.time()) + 2208988800)}
ANSWER = {25: (b"220 mail ready\\r\\n", b"250 mail\\r\\n"), 3310: (b"", b"PONG\\r\\n"), 5222: (b"", b"<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>"),
          2000: (b"", b"load nothing\\r\\n"), 3493: (b"", b"OK\\n")}
class Talk(socketserver.BaseRequestHandler):
    def handle(self):
        port = self.server.server_address[1]
        first, then = ANSWER.get(port, (TALK.get(port), b""))
        self.request.settimeout(3)
        self.request.sendall(first)
        try:
            while self.request.recv(4096) and then:
                self.request.sendall(then)
        except OSError:
            pass
class Echo(socketserver.BaseRequestHandler):
    def handle(self):
        self.request[1].sendto(b"pong", self.client_address)
class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = b"campus home page"
        self.send_response({"/gone": 404, "/broken": 500}.get(self.path, 200))
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    do_HEAD = do_GET
    def log_message(self, *words): pass
socketserver.ThreadingTCPServer.allow_reuse_address = True
for port in [*TALK, *ANSWER]:
    threading.Thread(target=socketserver.ThreadingTCPServer(("", port), Talk).serve_forever).start()
threading.Thread(target=socketserver.ThreadingUDPServer(("", 7002), Echo).serve_forever).start()
print("ready", flush=True)
http.server.ThreadingHTTPServer(("", 80), Page).serve_forever()
'''

# plugin, arguments, the state it must come to
RUNS = [
    ("check_dummy", ["0", "fine"], "up"),
    ("check_dummy", ["1", "so so"], "degraded"),
    ("check_dummy", ["2", "bad"], "down"),
    ("check_dummy", ["3", "who knows"], "unknown"),
    ("check_tcp", ["-H", SERVER, "-p", "7001", "-e", "hello"], "up"),
    ("check_tcp", ["-H", SERVER, "-p", "7001", "-e", "goodbye"], "degraded"),
    ("check_tcp", ["-H", SERVER, "-p", "9"], "down"),
    ("check_tcp", ["-H"], "unknown"),
    ("check_udp", ["-H", SERVER, "-p", "7002", "-s", "ping", "-e", "pong"], "up"),
    ("check_udp", ["-H", SERVER, "-p", "7002", "-s", "ping", "-e", "none", "-M", "crit"], "down"),
    ("check_http", ["-H", SERVER], "up"),
    ("check_http", ["-H", SERVER, "-u", "/gone"], "degraded"),
    ("check_http", ["-H", SERVER, "-u", "/broken"], "down"),
    ("check_http", ["-H", SERVER, "-s", "somebody else"], "down"),
    ("check_http", ["--nonsense"], "unknown"),
    ("check_ssh", [SERVER], "up"),
    ("check_ssh", ["-p", "9", SERVER], "down"),
    ("check_smtp", ["-H", SERVER], "up"),
    ("check_smtp", ["-H", SERVER, "-e", "250 never"], "degraded"),
    ("check_ftp", ["-H", SERVER], "up"),
    ("check_imap", ["-H", SERVER], "up"),
    ("check_pop", ["-H", SERVER], "up"),
    ("check_pop", ["-H", SERVER, "-p", "9"], "down"),
    ("check_nntp", ["-H", SERVER], "up"),
    ("check_clamd", ["-H", SERVER], "up"),
    ("check_jabber", ["-H", SERVER], "up"),
    ("check_time", ["-H", SERVER, "-W", "100000", "-C", "200000"], "up"),
    ("check_time", ["-H", SERVER, "-p", "9"], "unknown"),
    ("check_ping", ["-H", SERVER, "-w", "1000,50%", "-c", "2000,80%", "-p", "2"], "up"),
    ("check_ups", ["-H", SERVER, "-u", "ups1"], None),
    ("check_overcr", ["-H", SERVER, "-v", "LOAD", "-p", "9"], None),
    ("check_nt", ["-H", SERVER, "-v", "CLIENTVERSION", "-p", "9"], None),
    ("check_real", ["-H", SERVER, "-p", "9"], None),
    ("check_nwstat", ["-H", SERVER, "-p", "9"], None),
    ("check_pgsql", ["-H", SERVER, "-P", "9"], "down"),
    ("check_mysql", ["-H", SERVER, "-P", "9"], None),
    ("check_ldap", ["-H", SERVER, "-p", "9", "-b", "dc=x"], None),
    ("check_cluster", ["-h", "-l", "lines", "-d", "0,1,0", "-w", "0", "-c", "2"], "degraded"),
    ("check_file_age", ["-w", "1", "-c", "2", "-f", "/usr/lib/os-release"], "down"),
    ("check_load", ["-w", "1000,1000,1000", "-c", "2000,2000,2000"], "up"),
    ("check_load", [], "unknown"),
    ("negate", [str(PLUGINS / "check_dummy"), "2", "turned"], "up"),
]

OWN = {
    "hang": "#!/bin/sh\nsleep 300 &\nsleep 300\n",
    "flood": "#!/bin/sh\necho 'first line | n=1'\nhead -c 3000000 /dev/zero\necho >&2 all said\nexit 1\n",
    "dies": "#!/bin/sh\necho gone\nkill -SEGV $$\n",
    "stays": "#!/usr/bin/python3\nimport os, time\nif os.fork() == 0:\n    os.setsid()\n"
             f"    if os.fork() == 0:\n        os.execv('/bin/sleep', ['sleep', '{HOURS}'])\n    os._exit(0)\n"
             "time.sleep(0.3)\nprint('left somebody')\n",
    "group": f"#!/bin/sh\nsleep {HOURS} &\necho went\nexit 2\n",
    "ptrace": "#!/usr/bin/python3\nimport ctypes\nctypes.CDLL(None).ptrace(0, 0, 0, 0)\nprint('still here')\n",
    "words": "#!/bin/sh\nfor w in \"$@\"; do printf '<%s>' \"$w\"; done\necho\n",
    "environment": "#!/bin/sh\nenv | sort | tr '\\n' ' '\n",
    "memory": "#!/usr/bin/python3\nx = bytearray(2 << 30)\nprint('held it')\n",
    "reach": "#!/usr/bin/python3\nimport socket, sys\ns = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n"
             "try:\n    s.sendto(b'out', (sys.argv[1], 9))\n    print('sent')\nexcept OSError as e:\n    print('refused', e.errno)\n",
    "refusals": '''#!/usr/bin/python3
import ctypes, os, socket, subprocess, sys
libc = ctypes.CDLL(None, use_errno=True)
def read(path):
    return lambda: open(path, "rb").read(1)
def call(good):
    if not good:
        raise OSError("refused")
tries = {
    "machine": read("/etc/machine-id"), "accounts": lambda: call(b"root" in open("/etc/passwd", "rb").read()), "secret": read(sys.argv[1]), "environ": read(f"/proc/{os.getppid()}/environ"),
    "tmp": lambda: open("/tmp/made", "wb"), "shm": lambda: open("/dev/shm/made", "wb"),
    "own": lambda: open("made", "wb"), "packet": lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW),
    "raw": lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, 1),
    "unshare": lambda: call(libc.unshare(0x10000000) == 0), "kill": lambda: os.kill(os.getppid(), 0),
    "root": lambda: os.setuid(0), "owner": lambda: os.setuid(int(sys.argv[2])),
    "nft": lambda: subprocess.run(["/usr/sbin/nft", "flush", "ruleset"], check=True, capture_output=True),
    "link": lambda: subprocess.run(["/usr/sbin/ip", "link", "set", "lo", "down"], check=True, capture_output=True),
}
done = []
for name, work in tries.items():
    try:
        work()
        done.append(name)
    except (OSError, subprocess.SubprocessError):
        pass
print(f"{len(tries)} tried, done: {' '.join(done) or 'none'}")
''',
}


def net(space, *words, **more):
    return subprocess.run(["ip", "netns", "exec", f"{NAME}-{space}", *words], check=True, capture_output=True, text=True, **more)


def ip(*words):
    subprocess.run(["ip", *words], check=True)


class World:
    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="fengsui-plugins-"))
        self.spaces, self.server = [], None
        for space in ("ours", "theirs"):
            ip("netns", "add", f"{NAME}-{space}")
            self.spaces.append(f"{NAME}-{space}")
        ip("link", "add", "way0", "netns", self.spaces[0], "type", "veth", "peer", "name", "way0", "netns", self.spaces[1])
        for space, addresses in zip(self.spaces, ([OURS], [SERVER, OTHER])):
            for address in addresses:
                ip("-n", space, "addr", "add", f"{address}/24", "dev", "way0")
            ip("-n", space, "link", "set", "way0", "up")
            ip("-n", space, "link", "set", "lo", "up")
        self.server = subprocess.Popen(["ip", "netns", "exec", self.spaces[1], "/usr/bin/python3", "-c", SERVERS],
                                       stdout=subprocess.PIPE, text=True)
        self.server.stdout.readline()
        self.site()

    def site(self):
        """A data folder others may not enter, with the school's own plugins."""
        (self.folder / "secret").write_text("of the platform")
        self.plugins = self.folder / "site" / "plugins"
        self.plugins.mkdir(parents=True)
        for name, text in OWN.items():
            (self.plugins / name).write_text(text)
            (self.plugins / name).chmod(0o755)
        shutil.copy("/bin/true", self.plugins / "suid")
        (self.plugins / "plain").write_text("no program")
        (self.plugins / "out").symlink_to("/bin/true")
        (self.plugins / "within").symlink_to("words")
        for path in [self.folder, *self.folder.rglob("*")]:
            os.chown(path, 0x70660000, 0x70660000, follow_symlinks=False)
        (self.folder / "site").chmod(0o750)
        (self.folder / "secret").chmod(0o600)
        (self.plugins / "suid").chmod(0o4755)

    def door(self, lines, **more):
        """The answers, one a line, and the counters at the end."""
        done = subprocess.run(["ip", "netns", "exec", self.spaces[0], DOOR, BUILD / "libexec/fengsui/cage", PLUGINS,
                               self.folder / "site"], input="\n".join(lines) + "\n", capture_output=True, text=True, timeout=300, **more)
        if done.returncode != 0:
            raise RuntimeError(f"{done.returncode}: {done.stderr}")
        return [json.loads(line) for line in done.stdout.splitlines()]

    def close(self):
        if self.server is not None:
            self.server.terminate()
            self.server.wait()
        for space in self.spaces:
            subprocess.run(["ip", "netns", "del", space], check=False)
        shutil.rmtree(self.folder)


def line(plugin, *args, to=SERVER, named=False, timeout_ms=20000):
    return "\t".join([to, "named" if named else "plain", str(timeout_ms), plugin, *args])


STATES = {0: "up", 1: "degraded", 2: "down", 3: "unknown"}


def by_hand(plugin, args):
    done = subprocess.run(["ip", "netns", "exec", f"{NAME}-ours", PLUGINS / plugin, *args], capture_output=True, text=True,
                          env={"PATH": os.environ["PATH"], "LC_ALL": "C"}, timeout=60)
    first = done.stdout.split("\n", 1)[0]
    return STATES.get(done.returncode, "unknown"), done.returncode == 127, first.partition("|")


def blurred(text):
    """Without what a clock measured; nothing else may differ."""
    return SAID_TIMES.sub("#", MEASURED_TIMES.sub(r"\1=#", text.strip()))


def same_by_hand_and_through_us(world):
    answers = world.door([f"hosts {SERVER}", *[line(plugin, *args) for plugin, args, _ in RUNS]])
    seen = set()
    for (plugin, args, wanted), answer in zip(RUNS, answers):
        state, broken, (text, _, perf) = by_hand(plugin, args)
        ours, _, measured = answer["stdout"].split("\n", 1)[0].partition("|")
        good = answer["state"] == state and wanted in (None, state) and blurred(perf) == blurred(measured)
        # The name a program is called by stands in some usages.
        good = good and (blurred(text) == blurred(ours) or state == "unknown")
        case(f"{plugin} {' '.join(args)}: {state}, the same by hand and in the cage", good,
             f"by hand {state} {text!r} {perf!r}\nin the cage {answer}")
        if not broken:  # a library of its is not installed
            seen.add((plugin, state))
    case("twenty programs of monitoring-plugins and more have run", len({p for p, _ in seen}) >= 20, sorted(seen))
    case("each of the four states was seen", {s for _, s in seen} == set(STATES.values()), sorted(seen))
    parsed = next(a for (p, g, _), a in zip(RUNS, answers) if p == "check_http" and len(g) == 2)
    case("what was measured is read with its unit", parsed["perfdata"].get("size", {}).get("unit") == "B"
         and parsed["perfdata"]["time"]["unit"] == "s", parsed)


def left_behind():
    found = []
    for path in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if path.read_bytes() == f"sleep\0{HOURS}\0".encode():
                found.append(path)
        except OSError:
            pass
    return found


def what_misbehaves(world):
    began = time.monotonic()
    hang, flood, dies, group, stays, _memory, _ = world.door([
        f"hosts {SERVER}", line("hang", timeout_ms=700), line("flood"), line("dies"), line("group"), line("stays"), line("memory"),
        "wait 2500"])
    case("a plugin that hangs is killed and unknown", hang["code"] == "plugin.timeout" and hang["state"] == "unknown"
         and 600000 < hang["latency_us"] < 3000000, hang)
    case("of a flood 64 KiB are kept and the rest is said", flood["code"] == "plugin.warning" and flood["perfdata"]["n"]["value"] == 1
         and flood["args"]["discarded"] > 2900000 and flood["octets"] <= 65536 + 9, flood["args"])
    case("one that dies by a signal is unknown and says which", dies["code"] == "plugin.signal" and dies["args"]["signal"] == 11, dies)
    case("children in its group do not hold it up", group["code"] == "plugin.critical" and group["latency_us"] < 5000000, group)
    case("nor do those that leave the group", stays["code"] == "plugin.ok" and stays["latency_us"] < 5000000, stays)
    case("nobody stays behind", not left_behind(), left_behind())
    case("two gigabytes are more than a plugin may have", _memory["state"] == "degraded" and "held" not in _memory["stdout"], _memory)
    case("the whole took no longer than its parts", time.monotonic() - began < 60)


def what_is_refused(world):
    suid, out, within, plain, folder, up, absent, ptrace, refusals, environment, words = world.door([
        f"hosts {SERVER}", line("suid"), line("out"), line("within", "a"), line("plain"), line("../suid"), line(".."), line("nothing"),
        line("ptrace"), line("refusals", str(world.folder / "secret"), str(0x70660000)), line("environment"),
        line("words", "a b", "$(id)", "`id`; *", "")])[:11]
    case("a set-uid plugin is refused and said so", suid["code"] == "plugin.setuid", suid)
    case("a link out of the folder is refused", out["code"] == "plugin.outside", out)
    case("a link within is followed", within["code"] == "plugin.ok", within)
    case("a file that is no program is none", plain["code"] == "plugin.absent", plain)
    case("no name leads out of the folder", folder["code"] == up["code"] == "plugin.outside", [folder, up])
    case("what is absent is said to be", absent["code"] == "plugin.absent", absent)
    case("reaching for ptrace kills", ptrace["code"] == "plugin.signal" and ptrace["args"]["signal"] == 31, ptrace)
    case("files, rights, processes and rules outside are out of reach", refusals["stdout"].endswith("done: none\n"), refusals)
    case("the environment is bare", environment["stdout"].strip().startswith("LC_ALL=C PATH=/usr/local/sbin:")
         and len(environment["stdout"].split()) <= 3, environment["stdout"])
    case("arguments are words, whatever a shell would make of them", words["stdout"] == "<a b><$(id)><`id`; *><>\n"
         or words["stdout"] == "<a b><$(id)><`id`; *>\n", words)


def where_it_may_go(world):
    reached, before, elsewhere, after, unregistered, named, loopback, six, gone, status = world.door([
        f"hosts {SERVER}", line("check_http", "-H", SERVER), "status", line("reach", OTHER), "status",
        line("check_http", "-H", OTHER, to=OTHER), line("check_http", "-H", OTHER, to=OTHER, named=True),
        line("check_dummy", "0", to="127.0.0.1"), line("check_dummy", "0", to="2001:db8::1"),
        f"hosts {OURS}", line("check_dummy", "0")])
    case("a registered address is reached", reached["code"] == "plugin.ok", reached)
    case("nothing was dropped until then", before["packets_refused"] == 0, before)
    case("a packet to another address is dropped", elsewhere["stdout"].startswith("refused"), elsewhere)
    case("and counted where status shows it", after["packets_refused"] == 1, after)
    case("no plugin is run for an address that is not registered", unregistered["code"] == "plugin.unregistered", unregistered)
    case("where a registered name has led is let through", named["code"] == "plugin.ok", named)
    case("loopback and IPv6 have no way and say so", loopback["code"] == six["code"] == "plugin.unreached", [loopback, six])
    case("what is registered no more is not reached", gone["code"] == "plugin.unregistered" and status["registered"] == 1, [gone, status])
    case("the kernel took every change", status["rules_failed"] == 0 and status["malformed"] == 0, status)


def without_root(_):
    done = subprocess.run([DOOR, BUILD / "libexec/fengsui/cage", PLUGINS, "/usr/share"], input=line("check_dummy", "0") + "\n",
                          capture_output=True, text=True, timeout=60, user=65534, group=65534, extra_groups=[], check=True)
    answer, status = [json.loads(text) for text in done.stdout.splitlines()]
    case("without root a plugin check is unknown and says why", answer["code"] == "plugin.unavailable" and answer["state"] == "unknown", answer)
    case("and the role's status says so", status["available"] is False and status["why"] == "cage.not_root", status)


def on_the_command_line(_):
    for words, code, said in ((["check_dummy", "--", "1", "so so"], 0, "degraded"), (["check_dummy", "--", "2"], 1, "down"),
                              (["check_dummy", "--", "3"], 3, "unknown"), (["nothing"], 3, "unknown")):
        done = subprocess.run([BUILD / "fengsui", "probe", "plugin", *words], capture_output=True, text=True, timeout=60)
        case(f"fengsui probe plugin {' '.join(words)}: {said}", done.returncode == code and json.loads(done.stdout)["state"] == said,
             [done.returncode, done.stdout, done.stderr])


def main():
    cage_ground.want()
    world = World()
    try:
        for part in (same_by_hand_and_through_us, what_misbehaves, what_is_refused, where_it_may_go, without_root,
                     on_the_command_line):
            part(world)
    finally:
        world.close()
    sys.exit(end())


if __name__ == "__main__":
    main()
