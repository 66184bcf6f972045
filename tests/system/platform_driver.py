# SPDX-License-Identifier: Apache-2.0
"""Starts the platform on the desk of a campus of its own and speaks its API, for system tests."""
import ctypes
import http.client
import json
import os
import pathlib
import queue
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import traceback

import tap
from postgres_driver import ask

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("FENGSUI_BUILD", ROOT / "build-test"))
CAMPUS = str(ROOT / "lab" / "campus")
PORT = 8640
NAME = f"{pathlib.Path(sys.argv[0]).stem.removeprefix('test_').replace('_', '-')}-{os.getpid()}"  # of this program's campus
CLONE_NEWNET = 0x40000000


def campus(name, *words):
    done = subprocess.run([CAMPUS, words[0], name, *words[1:]], capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"campus {words}: {done.stderr}")
    return done.stdout


def enter_the_desk():
    """This process, from now on, is on the desk's network."""
    with open(f"/run/netns/fengsui-{NAME}-desk", "rb") as file:
        if ctypes.CDLL(None, use_errno=True).setns(file.fileno(), CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), "setns")


def on_a_desk(run):
    """run() in a process on the desk of a campus made for it; this one ends with its result.

    Taking the campus down ends whatever is on its hosts, so the one on the desk is a child, and it
    never comes back here."""
    if os.geteuid() != 0:
        tap.skip("network namespaces need root")
    # Whoever took too long is told to end: the campus goes, and with it what runs there.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    campus(NAME, "up", "bare")
    try:
        child = os.fork()
        if child == 0:
            code = 1
            try:
                enter_the_desk()
                code = run()
            except BaseException:
                tap.case("it runs to its end", False, traceback.format_exc())
            finally:
                sys.stdout.flush()
                os._exit(code)
        _, status = os.waitpid(child, 0)
    finally:
        campus(NAME, "down")
    sys.exit(os.waitstatus_to_exitcode(status))


class Refused(Exception):
    def __init__(self, status, problem):
        super().__init__(f"{status} {problem}")
        self.status = status
        self.problem = problem


def refusal(call, *words):
    """(status, code) by which it is refused; (None, None) when it is not."""
    try:
        call(*words)
    except Refused as problem:
        return problem.status, problem.problem.get("code")
    return None, None


class Person:
    """One browser: a cookie, the highest seq seen, and the versions it was told."""

    def __init__(self, address=("127.0.0.1", PORT)):
        self.address = address
        self.cookie = None
        self.seq = 0

    def raw(self, method, path, body=None, headers=None, media="application/json"):
        connection = http.client.HTTPConnection(*self.address, timeout=40)
        send = {"Sec-Fetch-Site": "same-origin", **(headers or {})}
        if self.cookie:
            send["Cookie"] = f"fengsui={self.cookie}"
        if self.seq:
            send["Fengsui-Seq"] = str(self.seq)
        if body is not None:
            send["Content-Type"] = media
        connection.request(method, "/api/v1" + path, body=body, headers=send)
        answer = connection.getresponse()
        data = answer.read()
        self.seq = max(self.seq, int(answer.getheader("Fengsui-Seq") or 0))
        cookie = answer.getheader("Set-Cookie") or ""
        found = re.match(r"fengsui=([^;]*)", cookie)
        if found:
            self.cookie = found[1] or None
        connection.close()
        return answer.status, answer, data

    def call(self, method, path, body=None, **more):
        text = None if body is None else json.dumps(body)
        status, answer, data = self.raw(method, path, text, **more)
        value = json.loads(data) if data and "json" in (answer.getheader("Content-Type") or "") else data
        if status >= 400:
            raise Refused(status, value)
        return value

    def get(self, path):
        return self.call("GET", path)

    def post(self, path, body=None):
        return self.call("POST", path, {} if body is None else body)

    def put(self, path, body):
        return self.call("PUT", path, body)

    def login(self, account, password):
        self.post("/session", {"account": account, "password": password})
        return self

    def first_login(self, account, one_time, password):
        self.login(account, one_time)
        self.post("/session/password", {"old": one_time, "new": password})
        return self

    def act_as(self, role):
        grants = self.get("/session")["grants"]
        grant = next(g for g in grants if g["role"] == role)
        self.post("/session/role", {"grant_id": grant["id"]})
        return self


class Platform:
    def __init__(self, store=None, campus_name=None):
        self.campus = campus_name
        self.store = store
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="fengsui-system-"))
        self.data = self.folder / "data"
        self.config = self.folder / "fengsui.yaml"
        self.config.write_text(f"store: {store}\n" if store else "sandbox: strict\n")
        self.lines = queue.Queue()
        self.process = None
        self.admin = None
        shutil.chown(self.folder, "fengsui", "fengsui")
        self.folder.chmod(0o755)
        self.data.mkdir(mode=0o750)
        shutil.chown(self.data, "fengsui", "fengsui")

    def start(self, wait_s=90, port=PORT):
        self.log = open(self.folder / "log", "ab")
        # By way of the lab, so that the desk has its own resolver too.
        desk = [CAMPUS, "exec", self.campus, "desk"] if self.campus else []
        self.process = subprocess.Popen(
            [*desk, BUILD / "fengsui", "serve", "-c", self.config, "--data", self.data, "--listen", f"127.0.0.1:{port}"],
            stdout=subprocess.PIPE, stderr=self.log, text=True, start_new_session=True)
        threading.Thread(target=self._read, daemon=True).start()
        deadline = time.monotonic() + wait_s
        while time.monotonic() < deadline:
            try:
                line = self.lines.get(timeout=0.5)
            except queue.Empty:
                if self.process.poll() is not None:
                    raise RuntimeError("the platform ended: " + self.log_tail())
                continue
            found = re.search(r"one-time password:\s*(\S+)", line)
            if found:
                self.admin = found[1]
            if "http://" in line:
                return self
        raise RuntimeError("the platform did not come up: " + self.log_tail())

    def _read(self):
        for line in self.process.stdout:
            self.lines.put(line)

    def log_tail(self):
        return (self.folder / "log").read_text(errors="replace")[-3000:]

    def roles(self):
        done = subprocess.run([BUILD / "fengsui", "status", "--data", self.data, "--json"], capture_output=True, text=True)
        return {r["role"]: r for r in json.loads(done.stdout)["roles"]}

    def where(self):
        """Words by which a command finds this platform's data and records."""
        return ["--data", self.data, *(["--db", self.store] if self.store else [])]

    def rows(self, sql):
        """What the store holds, every row a list of texts."""
        if self.store:
            return ask(self.store, sql)
        connection = sqlite3.connect(f"file:{self.data}/records.db?mode=ro", uri=True, timeout=20)
        try:
            return [["" if v is None else str(v) for v in row] for row in connection.execute(sql)]
        finally:
            connection.close()

    def change(self, sql):
        """As nobody but a test does."""
        if self.store:
            ask(self.store, sql)
            return
        with sqlite3.connect(self.data / "records.db", timeout=20) as db:
            db.execute(sql)

    def kill(self, role):
        os.kill(self.roles()[role]["pid"], signal.SIGKILL)

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(timeout=30)
        self.log.close()

    def remove(self):
        shutil.rmtree(self.folder, ignore_errors=True)


def until(what, timeout_s=60, every_s=0.2):
    """The first true value of what(); refusals count as not yet."""
    deadline = time.monotonic() + timeout_s
    last = None
    while time.monotonic() < deadline:
        try:
            value = what()
            if value:
                return value
        except Refused as problem:
            last = problem
        time.sleep(every_s)
    raise TimeoutError(f"{getattr(what, '__name__', what)}: {last}")


def audit(platform):
    done = subprocess.run([BUILD / "fengsui", "audit", "verify", *platform.where()], capture_output=True, text=True)
    tap.case("audit verify finds nothing changed", done.returncode == 0, done.stdout + done.stderr)


def with_platform(work, store=None):
    """work(platform) on one made for it, and its audit log verified when it has stopped; the exit code."""
    platform = Platform(store, NAME)
    try:
        platform.start()
        work(platform)
        platform.stop()
        audit(platform)
    except Exception:
        tap.case("it runs to its end", False, traceback.format_exc()[-1500:])
        print("# " + platform.log_tail().replace("\n", "\n# "))
        platform.stop()
    finally:
        platform.remove()
    return tap.end()
