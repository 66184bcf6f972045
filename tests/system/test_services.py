#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Nine services as Debian has them, good and in four faults each: what `fengsui probe` says of them
names the cause.  A fault is stopped, a wrong answer, slow, or refused (an account, an end of term).

FENGSUI_SOAK_SECONDS=3600 asks the good ones for so long instead, every SOAK_EVERY_S, and counts what
is not good: each is an alarm nobody should have had, told with its cause as it comes."""
import concurrent.futures
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import traceback

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import service_world as world  # noqa: E402
from tap import case, end, skip  # noqa: E402

BUILD = pathlib.Path(os.environ.get("FENGSUI_BUILD", world.ROOT / "build-test"))
PROGRAMS = ["named", "dnsmasq", "freeradius", "chronyd", "postfix", "dovecot", "slapd", "nginx", "sshd"]
SLOW_MS, DELAY_MS = "100", 90
SOAK_EVERY_S = 2
AT = world.SERVER
LDAP_USER = ["--user", "cn=admin,dc=svc,dc=test"]


class Bench:
    def __init__(self, folder):
        self.folder = folder
        self.net = world.Net(folder)
        self.children = {}
        for name, text in {"right": "right", "wrong": "wrong", "secret": "shared-words", "other": "another"}.items():
            world.write(folder, name, text + "\n")

    def start(self, name, words):
        self.children[name] = self.net.start("server", *words)

    def probe(self, words):
        done = subprocess.run(["ip", "netns", "exec", self.net.spaces["client"], BUILD / "fengsui", "probe", *words],
                              capture_output=True, text=True)
        try:
            return json.loads(done.stdout)
        except ValueError:
            return {"code": f"exit {done.returncode}", "detail": done.stderr}

    def judge(self, cases):
        """(sentence, words, expected code) … asked side by side, told in order."""
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            for (name, _, code), got in zip(cases, pool.map(lambda c: self.probe(c[1]), cases)):
                case(name, got["code"] == code, f"wanted {code}, got {got}")

    def close(self):
        self.stop()
        self.net.close()

    def stop(self):
        for child in self.children.values():
            world.stop(child)
        world.stop(self.children["postfix"], self.folder / "postfix/queue/pid/master.pid")


def asks(b):
    """How each service is asked when all is well."""
    right, secret = ["--password-file", b.folder / "right"], ["--secret-file", b.folder / "secret"]
    ca = ["--ca", b.folder / "tls/ca.pem"]
    return {
        "dns": ["dns", AT, "--query", "www.svc.test", "--expect", "10.77.0.9"],
        "dhcp": ["dhcp", AT, "--relay", world.CLIENT, "--servers", AT, "--network", "10.77.0.0/24"],
        "radius": ["radius", AT, *secret, "--method", "pap", "--user", "alice", *right],
        "ntp": ["ntp", AT],
        "smtp": ["smtp", AT, "--encrypt", "starttls", "--expect", "mail.svc.test", *ca],
        "imap": ["imap", AT, "--encrypt", "starttls", "--user", "alice", *right, *ca],
        "pop3": ["pop3", AT, "--encrypt", "tls", "--user", "alice", *right, *ca],
        "ldap": ["ldap", AT, "--encrypt", "starttls", *LDAP_USER, *right, "--expect", "dc=svc,dc=test", *ca],
        "http": ["http", f"https://{AT}/", "--expect", "正常", *ca],
        "cas": ["cas", f"https://{AT}/cas/login", *ca],
        "cas-login": ["cas", CAS + "/cas/login", *ca, "--user", "alice", *right, "--service", "https://app.svc.test/in?a=1"],
        "ssh": ["ssh", AT, "--expect", "OpenSSH"],
    }


CAS = f"https://{AT}:9443"
OK = {name: name + ".ok" for name in ("dns", "dhcp", "radius", "ntp", "smtp", "imap", "pop3", "ldap", "http", "cas", "ssh")} | {"cas-login": "cas.ticket_good"}


def good(b, ask):
    key = world.run("ssh-keygen", "-lf", b.folder / "sshd/key.pub").split()[1]
    b.judge([(f"{name}: a good service is good", words, OK[name]) for name, words in ask.items()] + [
        ("radius: CHAP is accepted as PAP is", [w if w != "pap" else "chap" for w in ask["radius"]], "radius.ok"),
        ("radius: a server that is there says so without an account",
         ["radius", AT, "--secret-file", b.folder / "secret"], "radius.alive"),
        ("dhcp: by broadcast the server of the link is heard",
         ["dhcp", "255.255.255.255", "--interface", "eth0", "--servers", AT], "dhcp.ok"),
        ("cas: a log-in without a service", ask["cas-login"][:-2], "cas.logged_in"),
        ("ldap: anybody may ask for the root entry", ["ldap", AT], "ldap.ok"),
        ("ldap: TLS from the first octet", [w if w != "starttls" else "tls" for w in ask["ldap"]], "ldap.ok"),
        ("ssh: the host key is the one it was", [*ask["ssh"], "--fingerprint", key], "ssh.ok"),
    ])
    b.judge([("cas: no session is left behind", ["http", CAS + "/count", "--ca", b.folder / "tls/ca.pem", "--expect", "0"], "http.ok")])


def wrong(b, ask):
    c = {name: [str(w) for w in words] for name, words in ask.items()}

    def other(name, old, new):
        return [new if w == old else w for w in c[name]]
    b.judge([
        ("dns: another address is a wrong answer", other("dns", "www.svc.test", "moved.svc.test"), "dns.wrong_answer"),
        ("dns: a name that is gone", other("dns", "www.svc.test", "gone.svc.test"), "dns.rcode"),
        ("dhcp: an address of another network", other("dhcp", "10.77.0.0/24", "10.99.0.0/16"), "dhcp.wrong_network"),
        ("radius: another service on its port", ["radius", f"{AT}:123", *c["radius"][2:]], "radius.timeout"),
        ("ntp: a server that has no time itself", ["ntp", f"{AT}:124"], "ntp.unsynchronised"),
        ("smtp: another server greets", other("smtp", "mail.svc.test", "mx.else.test"), "smtp.greeting_wrong"),
        ("smtp: TLS is not offered", [c["smtp"][0], f"{AT}:2527", *c["smtp"][2:]], "smtp.no_tls"),
        ("smtp: what is there is SSH", ["smtp", f"{AT}:22"], "smtp.malformed"),
        ("imap: what is there is POP3", ["imap", f"{AT}:110"], "imap.malformed"),
        ("pop3: what is there is IMAP", ["pop3", f"{AT}:143"], "pop3.malformed"),
        ("ldap: the naming context is another", other("ldap", "dc=svc,dc=test", "dc=else"), "ldap.context_missing"),
        ("ldap: what is there is SSH", ["ldap", f"{AT}:22"], "ldap.malformed"),
        ("http: the page is another", other("http", "正常", "开学典礼"), "http.content_missing"),
        ("cas: the form is not there", other("cas", f"https://{AT}/cas/login", f"https://{AT}/cas/empty"), "cas.no_form"),
        ("cas: the form lacks its token", other("cas", f"https://{AT}/cas/login", f"https://{AT}/cas/broken"), "cas.no_token"),
        ("cas: a log-in that brings no ticket", other("cas-login", "https://app.svc.test/in?a=1", "https://mute.svc.test/"), "cas.no_ticket"),
        ("cas: a page whose script encrypts the password", other("cas-login", CAS + "/cas/login", CAS + "/spoon/login"), "cas.encrypted"),
        ("ssh: the host key has changed", [*c["ssh"], "--fingerprint", "SHA256:" + "A" * 43], "ssh.host_key_changed"),
        ("ssh: what is there is SMTP", ["ssh", f"{AT}:25", "--timeout", "1000"], "ssh.malformed"),
    ])


def refused(b, ask):
    c = {name: [str(w) for w in words] for name, words in ask.items()}
    no = str(b.folder / "wrong")

    def other(name, *pairs):
        words = c[name]
        for old, new in pairs:
            words = [new if w == old else w for w in words]
        return words
    right = str(b.folder / "right")
    b.judge([
        ("dns: a server that will not answer us", other("dns", ("www.svc.test", "www.closed.test")), "dns.rcode"),
        ("dhcp: a server nobody allowed", other("dhcp", ("--servers", "--servers"), (AT, AT))[:4] + ["--servers", "10.77.0.7"], "dhcp.rogue"),
        ("radius: a wrong password", other("radius", (right, no)), "radius.rejected"),
        ("radius: an account that has expired", other("radius", ("alice", "carol")), "radius.rejected"),
        ("radius: a wrong secret is met with silence", [*other("radius", (str(b.folder / "secret"), str(b.folder / "other"))), "--timeout", "800"],
         "radius.timeout"),
        ("ntp: a server that does not serve us", ["ntp", f"{AT}:125", "--timeout", "800"], "ntp.timeout"),
        ("smtp: a server that will not serve", ["smtp", f"{AT}:2526"], "smtp.unavailable"),
        ("smtp: a certificate that has ended", [c["smtp"][0], f"{AT}:2525", *c["smtp"][2:]], "tls.expired"),
        ("imap: a wrong password", other("imap", (right, no)), "imap.login_refused"),
        ("pop3: a wrong password", other("pop3", (right, no)), "pop3.login_refused"),
        ("ldap: a wrong password", other("ldap", (right, no)), "ldap.login_refused"),
        ("http: a certificate that has ended", other("http", (f"https://{AT}/", f"https://{AT}:8443/")), "tls.expired"),
        ("cas: a page that is closed", other("cas", (f"https://{AT}/cas/login", f"https://{AT}/closed")), "cas.status"),
        ("cas: a wrong password", other("cas-login", (right, no)), "cas.login_refused"),
        ("cas: an account that is locked", other("cas-login", ("alice", "carol")), "cas.locked"),
        ("cas: a service whose ticket is refused", other("cas-login", ("https://app.svc.test/in?a=1", "https://other.svc.test/")), "cas.ticket_refused"),
        ("cas: no password goes unencrypted", other("cas-login", (CAS + "/cas/login", f"http://{AT}:9443/cas/login")), "check.needs_tls"),
        ("ssh: a server that takes no more", ["ssh", f"{AT}:2222"], "ssh.closed"),
        ("imap: no password goes to a certificate nobody vouches for", [w for w in c["imap"] if w != "--ca" and not w.endswith("ca.pem")],
         "tls.untrusted"),
        ("imap: no password goes unencrypted", other("imap", ("starttls", "plain")), "check.needs_tls"),
    ])


def slow(b, ask):
    b.net.delay(DELAY_MS)
    b.judge([(f"{name}: a slow wire makes it slow", [*words, "--warn-ms", SLOW_MS], name.split("-")[0] + ".slow") for name, words in ask.items()])
    b.net.delay(0)


def stopped(b, ask):
    b.stop()
    udp = {name: name + ".refused" for name in ("dns", "dhcp", "radius", "ntp")}
    b.judge([(f"{name}: a stopped service is named as stopped", words, udp.get(name, "tcp.refused")) for name, words in ask.items()])


def soak(b, ask, seconds):
    end_at, probes, alarms = time.monotonic() + seconds, 0, []
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        while (began := time.monotonic()) < end_at:
            for name, got in zip(ask, pool.map(b.probe, ask.values())):
                probes += 1
                if got["code"] != OK[name]:
                    alarms.append(name)
                    print(f"# {time.strftime('%H:%M:%S')} false alarm of {name}: {json.dumps(got, ensure_ascii=False)}", flush=True)
            time.sleep(max(0, SOAK_EVERY_S - (time.monotonic() - began)))
    print(f"# soak: {seconds} s, {probes} probes of {len(ask)} services, {len(alarms)} false alarms", flush=True)
    case(f"{seconds} s without a fault invent none", probes > 0 and not alarms, alarms)


def servers(b):
    f, tls = b.folder, b.folder / "tls"
    for name, words in {
            "named": world.named(f / "named"), "dnsmasq": world.dnsmasq(f / "dnsmasq"), "freeradius": world.freeradius(f / "radius"),
            "chronyd": world.chronyd(f / "chrony"), "postfix": world.postfix(f / "postfix", tls),
            "chrony-unset": world.chronyd(f / "chrony2", 124, "allow 10.77.0.0/24"), "chrony-closed": world.chronyd(f / "chrony3", 125, "local stratum 5\nallow 10.88.0.0/24"),
            "dovecot": world.dovecot(f / "dovecot", tls), "slapd": world.slapd(f / "slapd", tls), "nginx": world.nginx(f / "nginx", tls),
            "sshd": world.sshd(f / "sshd"), "cas": world.cas(tls), "sshd-full": world.sshd(f / "sshd", 2222, "PerSourceMaxStartups 0")}.items():
        b.start(name, words)
    return world.wait_ready(b.net, [(53, "udp"), (67, "udp"), (1812, "udp"), (123, "udp"), (124, "udp"), (125, "udp"), (25, "tcp"), (2527, "tcp"),
                                    (143, "tcp"), (110, "tcp"), (995, "tcp"), (389, "tcp"), (636, "tcp"), (443, "tcp"), (9443, "tcp"), (22, "tcp"), (2222, "tcp")])


def main():
    if os.geteuid() != 0:
        skip("namespaces take root")
    missing = [p for p in PROGRAMS if shutil.which(p, path=os.environ.get("PATH", "") + ":/usr/sbin") is None]
    if missing:
        skip("not installed: " + " ".join(missing))
    folder = pathlib.Path(tempfile.mkdtemp(prefix="fengsui-svc-", dir="/tmp"))
    folder.chmod(0o755)
    bench = None
    try:
        for name in ("tls", "named", "dnsmasq", "radius", "chrony", "chrony2", "chrony3", "postfix", "dovecot", "slapd", "nginx", "sshd"):
            (folder / name).mkdir()
        world.certificates(folder / "tls")
        bench = Bench(folder)
        late = servers(bench)
        case("every server is there", late == [], late)
        ask = asks(bench)
        seconds = int(os.environ.get("FENGSUI_SOAK_SECONDS", "0"))
        if seconds > 0:
            soak(bench, ask, seconds)
        for part in (good, wrong, refused, slow, stopped) if seconds == 0 else ():
            began = time.monotonic()
            part(bench, ask)
            print(f"# {part.__name__}: {time.monotonic() - began:.1f} s", flush=True)
    except Exception:  # pylint: disable=broad-except
        case("the test itself", False, traceback.format_exc())
    finally:
        if bench:
            bench.close()
        if not os.environ.get("FENGSUI_KEEP"):
            shutil.rmtree(folder, ignore_errors=True)
    return end()


if __name__ == "__main__":
    sys.exit(main())
