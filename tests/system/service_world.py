# SPDX-License-Identifier: Apache-2.0
"""Real servers of Debian's, each from a folder of its own, in a network namespace made for them."""
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
SERVER, CLIENT = "10.77.0.2", "10.77.0.1"
READY_S = 20


def run(*words, **more):
    done = subprocess.run([str(w) for w in words], capture_output=True, text=True, **more)
    if done.returncode:
        raise RuntimeError(f"{' '.join(map(str, words))}: {done.stdout}{done.stderr}")
    return done.stdout


class Net:
    """Client and servers in two namespaces, the wire between them in lab/relay.py's hands."""

    def __init__(self, folder):
        self.folder = folder
        tag = f"svc{os.getpid()}"
        self.spaces = {name: f"{tag}-{name}" for name in ("client", "server", "relay")}
        for space in self.spaces.values():
            run("ip", "netns", "add", space)
            run("ip", "-n", space, "link", "set", "lo", "up")
        for end, space, address in (("a-svc", "client", CLIENT), ("b-svc", "server", SERVER)):
            run("ip", "-n", self.spaces["relay"], "link", "add", end, "type", "veth", "peer", "name", "eth0",
                "netns", self.spaces[space])
            run("ip", "-n", self.spaces["relay"], "link", "set", end, "up")
            run("ip", "-n", self.spaces[space], "addr", "add", address + "/24", "dev", "eth0")
            run("ip", "-n", self.spaces[space], "link", "set", "eth0", "up")
            # Frames pass through a program, so checksums must be whole.
            run("ip", "netns", "exec", self.spaces[space], sys.executable, ROOT / "lab/offload.py", "eth0")
        self.relay = self.start("relay", sys.executable, ROOT / "lab/relay.py", folder, "svc")

    def start(self, space, *words, **more):
        log = open(self.folder / f"{pathlib.Path(str(words[0])).name}.log", "ab")
        return subprocess.Popen(["ip", "netns", "exec", self.spaces[space], *map(str, words)], stdin=subprocess.DEVNULL,
                                stdout=log, stderr=subprocess.STDOUT, start_new_session=True, **more)

    def delay(self, ms):
        (self.folder / "svc.link").write_text(f"delay_ms {ms}\n")
        time.sleep(0.3)

    def close(self):
        stop(self.relay)
        for space in self.spaces.values():
            subprocess.run(["ip", "netns", "del", space], capture_output=True)


def stop(child, pid_file=None):
    """The whole session that was started, and nothing else; pid_file names a daemon that left it."""
    if pid_file and pid_file.exists():
        os.kill(int(pid_file.read_text()), signal.SIGTERM)
        pid_file.unlink()
    if child.poll() is None:
        os.killpg(child.pid, signal.SIGTERM)
        try:
            child.wait(5)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()


def certificates(folder):
    """An authority, and from it a good certificate and one that has ended."""
    key = ("openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
    run(*key, "-x509", "-days", "30", "-subj", "/CN=Test authority", "-keyout", "ca.key", "-out", "ca.pem", cwd=folder)
    (folder / "ext").write_text(f"subjectAltName=IP:{SERVER}\n")
    for name, days in (("good", 300), ("ended", 0)):
        run(*key, "-subj", "/CN=svc.test", "-keyout", f"{name}.key", "-out", f"{name}.csr", cwd=folder)
        run("openssl", "x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial",
            "-days", days, "-extfile", "ext", "-out", f"{name}.pem", cwd=folder)
    for file in folder.glob("*.key"):
        file.chmod(0o644)


def write(folder, name, text):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def named(f):
    write(f, "db", "$TTL 60\n@ SOA ns.svc.test. a.svc.test. 1 60 60 60 60\n@ NS ns\nns A 10.77.0.2\nwww A 10.77.0.9\nmoved A 10.77.0.66\n")
    conf = write(f, "named.conf", f'options {{ directory "{f}"; listen-on {{ {SERVER}; }}; listen-on-v6 {{ none; }}; pid-file none;'
                 ' session-keyfile none; recursion no; dnssec-validation no; };\ncontrols { };\n'
                 f'zone "svc.test" {{ type primary; file "{f}/db"; }};\n'
                 f'zone "closed.test" {{ type primary; file "{f}/db"; allow-query {{ none; }}; }};\n')
    return ["/usr/sbin/named", "-g", "-n", "1", "-c", conf]


def dnsmasq(f):
    return ["/usr/sbin/dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--port=0", "--no-ping", "--interface=eth0",
            "--dhcp-range=10.77.0.100,10.77.0.150,255.255.255.0,1h", "--dhcp-authoritative", f"--dhcp-leasefile={f}/leases",
            f"--pid-file={f}/pid", "--user=root"]


def freeradius(f):
    write(f, "users", 'alice Cleartext-Password := "right"\n    Reply-Message := "hello"\n'
          'carol Cleartext-Password := "right", Expiration := "1 Jan 2020"\n')
    write(f, "radiusd.conf", f"""
prefix = /usr
libdir = /usr/lib/freeradius
logdir = {f}
run_dir = {f}
name = radiusd
security {{ reject_delay = 0
 status_server = yes }}
thread pool {{ start_servers = 1
 max_servers = 2
 min_spare_servers = 1
 max_spare_servers = 2 }}
client desk {{ ipaddr = {CLIENT}
 secret = shared-words }}
modules {{ files {{ usersfile = {f}/users }}
 pap {{ }}
 chap {{ }}
 expiration {{ }} }}
server default {{ listen {{ type = auth
  ipaddr = {SERVER}
  port = 1812 }}
 authorize {{
  chap
  files
  expiration
  pap
 }}
 authenticate {{
  Auth-Type PAP {{
   pap
  }}
  Auth-Type CHAP {{
   chap
  }}
 }}
}}
""")
    return ["/usr/sbin/freeradius", "-f", "-l", f / "radius.log", "-d", f]


def chronyd(f, port=123, more="local stratum 5\nallow 10.77.0.0/24"):
    conf = write(f, "chrony.conf", f"{more}\nport {port}\nbindaddress {SERVER}\ncmdport 0\nbindcmdaddress /\npidfile {f}/pid\n")
    return ["/usr/sbin/chronyd", "-d", "-x", "-u", "root", "-f", conf]


def postfix(f, tls):
    for name in ("queue", "data", "conf"):
        (f / name).mkdir(parents=True, exist_ok=True)
    shutil.chown(f / "data", "postfix")
    common = (f"compatibility_level = 3.6\nqueue_directory = {f}/queue\ndata_directory = {f}/data\nmyhostname = mail.svc.test\n"
              f"inet_interfaces = {SERVER}\ninet_protocols = ipv4\nmaillog_file = {f}/mail.log\nmaillog_file_prefixes = /tmp\n"
              "smtpd_tls_security_level = may\nsmtpd_tls_loglevel = 0\nalias_maps =\nalias_database =\n"
              f"smtpd_tls_cert_file = {tls}/good.pem\nsmtpd_tls_key_file = {tls}/good.key\nlocal_recipient_maps =\n")
    write(f / "conf", "main.cf", common)
    smtpd = "{} inet n - n - - smtpd\n"
    write(f / "conf", "master.cf", smtpd.format(25)
          + smtpd.format(2525) + f"  -o smtpd_tls_cert_file={tls}/ended.pem -o smtpd_tls_key_file={tls}/ended.key\n"
          + smtpd.format(2526) + "  -o smtpd_client_restrictions=reject -o smtpd_delay_reject=no\n"
          + smtpd.format(2527) + "  -o smtpd_tls_security_level=none\n"
          "postlog unix-dgram n - n - 1 postlogd\nanvil unix - - n - 1 anvil\ntlsmgr unix - - n 1000? 1 tlsmgr\n"
          "rewrite unix - - n - - trivial-rewrite\nproxymap unix - - n - - proxymap\n")
    subprocess.run(["postfix", "-c", f / "conf", "check"], capture_output=True)
    return ["postfix", "-c", f / "conf", "start-fg"]


def dovecot(f, tls):
    write(f, "users", "alice:{PLAIN}right::::::\n")
    conf = write(f, "dovecot.conf", f"""
base_dir = {f}/run
state_dir = {f}/run
log_path = {f}/log
protocols = imap pop3
listen = {SERVER}
ssl = yes
ssl_cert = <{tls}/good.pem
ssl_key = <{tls}/good.key
disable_plaintext_auth = yes
mail_location = maildir:{f}/mail
first_valid_uid = 1
passdb {{
  driver = passwd-file
  args = {f}/users
}}
userdb {{
  driver = static
  args = uid=nobody gid=nogroup home={f}/mail
}}
local_name ended.test {{
  ssl_cert = <{tls}/ended.pem
  ssl_key = <{tls}/ended.key
}}
service imap-login {{
  chroot =
}}
service pop3-login {{
  chroot =
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
auth_failure_delay = 0
""")
    (f / "mail").mkdir(exist_ok=True)
    shutil.chown(f / "mail", "nobody")
    return ["/usr/sbin/dovecot", "-F", "-c", conf]


def slapd(f, tls):
    (f / "db").mkdir(parents=True, exist_ok=True)
    conf = write(f, "slapd.conf", f"""
include /etc/ldap/schema/core.schema
pidfile {f}/pid
modulepath /usr/lib/ldap
moduleload back_mdb
TLSCACertificateFile {tls}/ca.pem
TLSCertificateFile {tls}/good.pem
TLSCertificateKeyFile {tls}/good.key
database mdb
suffix "dc=svc,dc=test"
rootdn "cn=admin,dc=svc,dc=test"
rootpw right
directory {f}/db
""")
    return ["/usr/sbin/slapd", "-d", "0", "-f", conf, "-h", f"ldap://{SERVER}/ ldaps://{SERVER}/"]


def nginx(f, tls):
    write(f, "html/index.html", "学校首页 正常")
    write(f, "html/cas/login", '<form method="post"><input name="username"><input type="password" name="password">'
          '<input type="hidden" name="execution" value="e1s1"></form>')
    write(f, "html/cas/broken", "<form><input name='username'><input type='password' name='password'></form>")
    write(f, "html/cas/empty", "<p>维护中</p>")
    server = ("server {{ listen " + SERVER + ":{} ssl; root " + f"{f}/html; default_type text/html; ssl_certificate {tls}/" + "{}.pem;"
              " ssl_certificate_key " + f"{tls}/" + "{}.key; location /closed {{ return 403; }} }}\n")
    conf = write(f, "nginx.conf", f"pid {f}/pid;\nerror_log {f}/error.log;\nuser root;\nevents {{ }}\nhttp {{ access_log off;\n"
                 f"client_body_temp_path {f}/t1; proxy_temp_path {f}/t2; fastcgi_temp_path {f}/t3; uwsgi_temp_path {f}/t4;"
                 f" scgi_temp_path {f}/t5;\n" + server.format(443, "good", "good") + server.format(8443, "ended", "ended") + "}\n")
    return ["/usr/sbin/nginx", "-c", conf, "-g", "daemon off;"]


def cas(tls):
    return [sys.executable, pathlib.Path(__file__).parent / "cas_server.py", SERVER, "9443", tls / "good.pem", tls / "good.key"]


def sshd(f, port=22, more=""):
    if not (f / "key").exists():
        run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", f / "key")
    pathlib.Path("/run/sshd").mkdir(exist_ok=True)
    conf = write(f, f"sshd{port}.conf", f"ListenAddress {SERVER}:{port}\nHostKey {f}/key\nPidFile {f}/pid{port}\nUsePAM no\n{more}\n")
    return ["/usr/sbin/sshd", "-D", "-e", "-f", conf]


def listening(net, port, kind):
    """Is the port there?  From the servers' own side, without a word to the service."""
    seen = subprocess.run(["ip", "netns", "exec", net.spaces["server"], "cat", f"/proc/net/{kind}"], capture_output=True, text=True).stdout
    return any(line.split()[1].endswith(f":{port:04X}") for line in seen.splitlines()[1:] if line.split()[3] in ("0A", "07"))


def wait_ready(net, ports):
    deadline = time.monotonic() + READY_S
    missing = list(ports)
    while missing and time.monotonic() < deadline:
        missing = [(port, kind) for port, kind in missing if not listening(net, port, kind)]
        time.sleep(0.05)
    return missing
