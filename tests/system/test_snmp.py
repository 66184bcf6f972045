#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""SNMP over real sockets: `fengsui probe snmp` and `decode trap` against the simulated devices of
the lab, and against net-snmp's agent and tools, which are not ours.  Loopback only."""
import contextlib
import json
import os
import pathlib
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from tap import case, end  # noqa: E402

HOUSE = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("FENGSUI_BUILD", HOUSE / "build-test"))
RECORDINGS = pathlib.Path(os.environ.get("FENGSUI_RECORDINGS", HOUSE.parent / "shared" / "data")) / "snmprec"
ENV = {**os.environ, "MIBS": ""}
PROGRAMS = "1.3.6.1.2.1.25.6.3.1"
AUTH, PRIV = "auth password", "priv password"


def free_port():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def probe(*words, env=None):
    done = subprocess.run([BUILD / "fengsui", "probe", "snmp", *map(str, words)], capture_output=True, text=True,
                          env={**ENV, **(env or {})}, timeout=60)
    return done.returncode, json.loads(done.stdout) if done.stdout else {}, done.stderr


class Lab:
    """snmp-lab with a script; `say` is a line of its control."""

    def __init__(self, folder, lines):
        self.folder, self.port = folder, free_port()
        script = folder / "lab.sim"
        script.write_text("".join(line + "\n" for line in lines))
        self.process = subprocess.Popen([BUILD / "lab/snmp/snmp-lab", "--port", str(self.port), "--control",
                                         folder / "lab.sock", script], stdout=subprocess.PIPE, text=True)
        if self.process.stdout.readline() != "ready\n":
            raise RuntimeError("snmp-lab did not start")
        self.control = socket.socket(socket.AF_UNIX)
        self.control.connect(str(folder / "lab.sock"))

    def say(self, line):
        self.control.sendall(line.encode() + b"\n")
        return self.control.recv(4096).decode().strip()

    def close(self):
        self.process.terminate()
        self.process.wait()


@contextlib.contextmanager
def agent(folder, boots=1, addresses=1):
    """net-snmp's own at 127.0.0.1 and so on, with four users of version 3; its engine says so many boots."""
    port = free_port()
    (folder / "state").mkdir(parents=True)
    config = folder / "snmpd.conf"
    config.write_text(f'''agentaddress {",".join(f"udp:127.0.0.{n}:{port}" for n in range(1, addresses + 1))}
rocommunity public
createUser watcher SHA-256 "{AUTH}" AES "{PRIV}"
rouser watcher priv
createUser signer SHA "{AUTH}"
rouser signer auth
createUser strong SHA-512 "{AUTH}" AES256 "{PRIV}"
rouser strong priv
createUser open
rouser open noauth
sysName campus-agent
exactEngineID 0x8000000001020305
engineBoots {boots - 1}
oldEngineID 0x8000000001020305
''')
    process = subprocess.Popen(["/usr/sbin/snmpd", "-f", "-Lf", folder / "snmpd.log", "-C", "-c", config, "-p",
                                folder / "snmpd.pid"], env={**ENV, "SNMP_PERSISTENT_DIR": str(folder / "state")})
    try:
        for _ in range(50):
            if probe(f"127.0.0.1:{port}", "--timeout", 200)[0] == 0:
                break
            time.sleep(0.1)
        yield port, process
    finally:
        process.terminate()
        process.wait()


def capture(path, datagrams):
    """A capture of raw IPv4 packets."""
    with open(path, "wb") as file:
        file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 101))
        for octets in datagrams:
            udp = struct.pack(">HHHH", 40000, 162, 8 + len(octets), 0) + octets
            packet = struct.pack(">BBHIBBH", 0x45, 0, 20 + len(udp), 0, 64, 17, 0) + bytes([127, 1, 1, 1, 127, 0, 0, 1]) + udp
            file.write(struct.pack("<IIII", 1700000000, 0, len(packet), len(packet)) + packet)


def decode(path):
    done = subprocess.run([BUILD / "fengsui", "decode", "trap", path], capture_output=True, text=True)
    return done.returncode, [json.loads(text) for text in done.stdout.splitlines()], done.stderr


def devices(lab):
    at = f"127.10.0.3:{lab.port}"
    code, said, _ = probe(at)
    names = {v["oid"]: v["value"] for v in said["values"]}
    case("a device says what it is and how long it is up", code == 0 and names.get("1.3.6.1.2.1.1.5.0") == "access-001"
         and "1.3.6.1.2.1.1.3.0" in names, said)
    code, said, _ = probe(at, "--walk", "--oid", "1.3.6.1.2.1.31.1.1.1.6", "--oid", "1.3.6.1.2.1.2.2.1.8")
    case("a walk of two columns brings every port of both", code == 0 and len(said["values"]) == 104, said)
    code, said, _ = probe(at, "--v1", "--oid", "1.3.6.1.2.1.1.5.0", "--oid", "1.3.6.1.2.1.1.77.0")
    case("by version 1 a missing object costs only itself", code == 0 and len(said["values"]) == 1
         and "partial" in said["detail"], said)
    code, said, _ = probe(at, "--community", "wrong", "--timeout", 200)
    case("a wrong community is silence", code == 1 and said["code"] == "snmp.timeout", said)
    lab.say("set 127.10.0.3 garbage 1")
    code, said, _ = probe(at, "--timeout", 200)
    case("answers that are none are called so", code == 1 and said["code"] == "snmp.garbage", said)
    lab.say("set 127.10.0.3 garbage 0")
    lab.say("reboot 127.10.0.3")
    _, said, _ = probe(at, "--oid", "1.3.6.1.2.1.1.3.0", "--oid", "1.3.6.1.6.3.10.2.1.2.0")
    uptime, boots = (v["value"] for v in said["values"])
    case("after a restart uptime is small and boots are one more", uptime < 1000 and boots == 4, said)


def traps_of_the_lab(lab, folder):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sink:
        sink.bind(("127.0.0.1", 0))
        sink.settimeout(5)
        got = []
        for version in ("v1", "v2c"):
            lab.say(f"sink 127.0.0.1:{sink.getsockname()[1]} {version}")
            lab.say("port 127.10.0.3 7 down")
            lab.say("port 127.10.0.3 7 up")
            got += [sink.recv(2048), sink.recv(2048)]
    capture(folder / "lab.pcap", got)
    code, lines, why = decode(folder / "lab.pcap")
    said = [(line["version"], line["name"]) for line in lines]
    case("the traps of a port going down and up are read in both versions", code == 0 and said == [
        ("1", "linkDown"), ("1", "linkUp"), ("2c", "linkDown"), ("2c", "linkUp")], (said, why))
    ports = {line["varbinds"][0]["value"] for line in lines}
    case("and say which port, and no community", ports == {7} and "public" not in json.dumps(lines), lines)


def secured(folder):
    if not shutil.which("/usr/sbin/snmpd"):
        print("# net-snmp's agent is not installed: version 3 is not tried")
        return
    with agent(folder) as (port, process):
        at = f"127.0.0.1:{port}"
        secret = {"FENGSUI_SNMP_AUTH": AUTH, "FENGSUI_SNMP_PRIV": PRIV}
        for user, words in (("watcher", ("--auth", "sha256", "--priv", "aes128")), ("signer", ("--auth", "sha1")),
                            ("strong", ("--auth", "sha512", "--priv", "aes256"))):
            code, said, why = probe(at, "--v3", user, *words, "--oid", "1.3.6.1.2.1.1.5.0", env=secret)
            case(f"version 3 with {' '.join(words[1::2])} is answered by net-snmp's agent",
                 code == 0 and said["values"][0]["value"] == "campus-agent", (said, why))
        # Installed programs: many rows, and the same ones however busy the machine is.
        code, said, _ = probe(at, "--v3", "watcher", "--auth", "sha256", "--priv", "aes128", "--walk", "--oid", PROGRAMS,
                              env=secret)
        theirs = subprocess.run(["snmpbulkwalk", "-v3", "-l", "authPriv", "-u", "watcher", "-a", "SHA-256", "-A", AUTH, "-x",
                                 "AES", "-X", PRIV, "-On", at, PROGRAMS], capture_output=True, text=True, env=ENV).stdout
        case("a walk by version 3 brings as much as net-snmp's own",
             code == 0 and len(said["values"]) == theirs.count("." + PROGRAMS + ".") > 100,
             (len(said["values"]), theirs[:300]))
        code, said, _ = probe(at, "--v3", "watcher", "--auth", "sha256", "--priv", "aes128",
                              env={**secret, "FENGSUI_SNMP_AUTH": "another password"})
        case("a wrong password is told from silence", code == 1 and said["code"] == "snmp.denied", said)
        code, said, _ = probe(at, "--v3", "nobody", env=secret)
        case("so is a user who is not there", code == 1 and said["code"] == "snmp.denied", said)


def traps_of_others(folder):
    if not shutil.which("snmptrap"):
        print("# net-snmp's tools are not installed: their traps are not tried")
        return
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sink:
        sink.bind(("127.0.0.1", 0))
        sink.settimeout(5)
        at = f"127.0.0.1:{sink.getsockname()[1]}"
        port = ["1.3.6.1.2.1.2.2.1.1.3", "i", "3"]
        commands = [["-v1", "-c", "public", at, "1.3.6.1.4.1.2011.2", "127.9.9.9", "6", "17", "123", *port],
                    ["-v2c", "-c", "secret", at, "123", "1.3.6.1.6.3.1.1.5.4", *port],
                    ["-v3", "-e", "0x8000000001020304", "-u", "signer", "-l", "authNoPriv", "-a", "SHA", "-A", AUTH, at, "123",
                     "1.3.6.1.6.3.1.1.5.3", *port],
                    ["-v3", "-e", "0x8000000001020304", "-u", "sealer", "-l", "authPriv", "-a", "SHA", "-A", AUTH, "-x", "AES",
                     "-X", PRIV, at, "123", "1.3.6.1.6.3.1.1.5.3", *port]]
        state = {**ENV, "SNMP_PERSISTENT_DIR": str(folder / "trap-state")}
        got = []
        for words in commands:
            subprocess.run(["snmptrap", *words], env=state, check=True, capture_output=True)
            got.append(sink.recv(4096))
    capture(folder / "theirs.pcap", got)
    code, lines, why = decode(folder / "theirs.pcap")
    case("net-snmp's traps of all versions are read", code == 0 and [line["version"] for line in lines] == ["1", "2c", "3", "3"],
         (lines, why))
    case("an enterprise's own trap of version 1 gets its name of version 2", lines[0]["trap"] == "1.3.6.1.4.1.2011.2.0.17"
         and lines[0]["agent"] == "127.9.9.9", lines[0])
    case("of an encrypted one engine and user are known", lines[3]["encrypted"] and lines[3]["user"] == "sealer"
         and lines[3]["engine_id"] == "8000000001020304", lines[3])


def recordings(folder):
    if not RECORDINGS.is_dir():
        print(f"# {RECORDINGS} is absent: real devices' recordings are not walked")
        return
    files = sorted(RECORDINGS.glob("*.snmprec"))
    lab = Lab(folder, [f"add 127.11.0.{n} {path}" for n, path in enumerate(files, 1)])
    try:
        wrong = []
        for n, path in enumerate(files, 1):
            code, said, _ = probe(f"127.11.0.{n}:{lab.port}", "--walk", "--oid", "1.3", "--oid", "1.0")
            theirs = subprocess.run(["snmpbulkwalk", "-v2c", "-c", "public", "-OnQ", "-Cc", f"127.11.0.{n}:{lab.port}", "1.3"],
                                    capture_output=True, text=True, env=ENV, errors="replace").stdout
            mine = [v["oid"] for v in said["values"] if v["oid"].startswith("1.3.")]
            yours = [text.split(" ")[0][1:] for text in theirs.splitlines() if text.startswith(".1.3.") and " = " in text and "No more variables" not in text]
            if code != 0 or mine != yours:
                wrong.append(f"{path.name}: {len(mine)}, by snmpbulkwalk {len(yours)}")
        case(f"{len(files)} real devices' recordings are walked as snmpbulkwalk walks them", not wrong, "\n".join(wrong))
    finally:
        lab.close()


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        subprocess.run([HOUSE / "lab/snmp/campus.py", folder / "campus", "--access", "2"], check=True)
        lab = Lab(folder, (folder / "campus/campus.sim").read_text().splitlines())
        try:
            devices(lab)
            traps_of_the_lab(lab, folder)
        finally:
            lab.close()
        secured(folder)
        traps_of_others(folder)
        (folder / "real").mkdir()
        recordings(folder / "real")
    return end()


if __name__ == "__main__":
    sys.exit(main())
