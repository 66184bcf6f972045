#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The lab itself: what its campus promises the tests that stand on it."""
import json
import os
import pathlib
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from tap import case, end, skip  # noqa: E402

BUILD = pathlib.Path(os.environ.setdefault("FENGSUI_BUILD", str(pathlib.Path(__file__).resolve().parents[2] / "build-test")))
CAMPUS = str(pathlib.Path(__file__).resolve().parents[2] / "lab" / "campus")
NAME = f"lab-{os.getpid()}"
MESSAGE = "Subject: =?UTF-8?Q?a?=\r\n\r\n.leading dot\r\n..\r\n某处告警\r\n".encode()


def campus(*words, name=NAME):
    return subprocess.run([CAMPUS, words[0], name, *words[1:]], capture_output=True, text=True)


def desk(*words):
    return campus("exec", "desk", *words)


def send_mail():
    path = pathlib.Path(campus("dir").stdout.strip(), "message")
    path.write_bytes(MESSAGE)
    return desk("curl", "-sS", "--max-time", "5", "--mail-from", "a@campus.test", "--mail-rcpt",
                "b@campus.test", "-T", str(path), "smtp://mail.campus.test")


def ping_ms():
    before = time.monotonic()
    done = desk("ping", "-c1", "-W2", "10.20.11.10")
    return done.returncode == 0, (time.monotonic() - before) * 1000


def services():
    done = desk("curl", "-sS", "--max-time", "5", "http://www.campus.test/")
    case("the web service answers by name", "正常" in done.stdout, done.stderr)
    folder = campus("dir").stdout.strip()
    done = desk("curl", "-sS", "--max-time", "5", "--cacert", folder + "/ca.pem", "-o",
                "/dev/null", "-w", "%{http_code}", "https://site.campus.test/")
    case("the site's certificate is good under the campus authority", done.stdout == "200",
         done.stderr)
    done = desk("bash", "-c", "exec 3<>/dev/tcp/ssh.campus.test/22; head -c 8 <&3")
    case("the ssh service says its banner", done.stdout == "SSH-2.0-", done.stderr)


def value(address, oid):
    done = desk(str(BUILD / "fengsui"), "probe", "snmp", address, "--oid", oid)
    return json.loads(done.stdout)["values"][0]["value"] if done.stdout else done.stderr


def network():
    if not (BUILD / "lab/snmp/snmp-lab").exists():
        print("# snmp-lab is not built: the devices are not tried")
        return
    case("a device of the network says its name by SNMP", value("10.20.8.10", "1.3.6.1.2.1.1.5.0") == "core-01")
    case("and answers pings", desk("ping", "-c1", "-W5", "10.20.8.24").returncode == 0)
    campus("snmp", "port", "10.20.8.21", "3", "down")
    case("a plug can be pulled", value("10.20.8.21", "1.3.6.1.2.1.2.2.1.8.3") == 2)
    campus("snmp", "value", "10.20.8.41", "1.3.6.1.2.1.33.1.2.4.0", "61")
    case("a sensor can be told what to show", value("10.20.8.41", "1.3.6.1.2.1.33.1.2.4.0") == 61)
    case("and what the device does not have is refused",
         campus("snmp", "value", "10.20.8.41", "1.3.6.1.2.1.33.1.2.99.0", "61").returncode == 3)
    port = "1.3.6.1.2.1.31.1.1.1.{}.1"
    campus("snmp", "rate", "10.20.8.21", "1", "50000000", "0")
    out, before = value("10.20.8.21", port.format(10)), value("10.20.8.21", port.format(6))
    time.sleep(0.2)
    more = value("10.20.8.21", port.format(6)) - before
    case("a port carries in what it is told, and nothing out",
         more >= 10_000_000 and value("10.20.8.21", port.format(10)) == out, more)


def failures():
    campus("service", "web", "error", "503")
    done = desk("curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "http://10.20.11.10/")
    case("a service can be told to answer 503", done.stdout == "503", done.stdout)
    campus("stop", "web")
    done = desk("curl", "-s", "--max-time", "3", "http://10.20.11.10/")
    case("a stopped service refuses the connection", done.returncode == 7, str(done.returncode))
    campus("start", "web")
    campus("service", "web", "ok")
    case("a started one serves again",
         desk("curl", "-sf", "--max-time", "3", "http://10.20.11.10/").returncode == 0)


def wires():
    campus("link", "web", "delay_ms", "150")
    good, ms = ping_ms()
    case("a slow wire delays both ways", good and ms >= 300, f"{good} {ms} ms")
    campus("link", "web", "cut", "1")
    case("a cut wire carries nothing", not ping_ms()[0])
    campus("link", "web")
    # A busy machine may be slow once; a slow wire always is.
    quick = next((ms for good, ms in (ping_ms() for _ in range(30)) if good and ms < 200), None)
    case("a mended wire is quick again", quick is not None)
    case("an unknown property of a wire is refused",
         campus("link", "web", "colour", "1").returncode == 3)


def mail():
    done = send_mail()
    kept = [json.loads(x) for x in campus("mails").stdout.splitlines()]
    case("a mail is kept with its envelope", len(kept) == 1 and kept[0]["to"] == ["b@campus.test"],
         done.stderr)
    body = pathlib.Path(kept[0]["file"]).read_bytes() if kept else b""
    case("the kept octets are the sent ones, leading dots too", body == MESSAGE, repr(body))
    for words, code in (("reject 550", "550"), ("reject 451 DATA", "451"), ("busy", "421")):
        campus("mail", *words.split())
        done = send_mail()
        case(f"the sink answers {code} when told `{words}`",
             done.returncode != 0 and len(campus("mails").stdout.splitlines()) == 1, done.stderr)
    campus("mail", "accept")
    send_mail()
    case("it accepts again", len(campus("mails").stdout.splitlines()) == 2)


def isolation():
    host = {x.split(":")[1].strip() for x in
            subprocess.run(["ip", "-o", "link"], capture_output=True, text=True).stdout.splitlines()}
    other = NAME + "b"
    done = campus("up", name=other)
    case("a second campus stands beside the first", done.returncode == 0, done.stderr)
    case("a name is not taken twice", campus("up", name=other).returncode == 3)
    campus("down", name=other)
    case("the first still works", ping_ms()[0])
    after = {x.split(":")[1].strip() for x in
             subprocess.run(["ip", "-o", "link"], capture_output=True, text=True).stdout.splitlines()}
    case("the machine's own interfaces are as before", host == after, str(host ^ after))


def main():
    if os.geteuid() != 0:
        skip("network namespaces need root")
    done = campus("up")
    case("a campus comes up", done.returncode == 0, done.stderr)
    try:
        if done.returncode == 0:
            for part in (services, network, failures, wires, mail, isolation):
                part()
    finally:
        campus("down")
    left = subprocess.run(["ip", "netns", "list"], capture_output=True, text=True).stdout
    case("nothing of it stays", NAME not in left, left)
    return end()


if __name__ == "__main__":
    sys.exit(main())
