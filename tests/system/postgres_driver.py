# SPDX-License-Identifier: Apache-2.0
"""A PostgreSQL of the test's own: a data folder in /tmp, no root, loopback of the network it is started on."""
import os
import pathlib
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time

import tap

USER = "postgres"


def programs():
    """The folder of the newest server installed, None without one."""
    found = [p.parent for p in pathlib.Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    return max(found, key=lambda p: int(p.parent.name), default=None)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def ask(uri, sql):
    """Every row as a list of texts."""
    done = subprocess.run([programs() / "psql", "-X", "-q", "-A", "-t", "-F", "\t", "-v", "ON_ERROR_STOP=1", "-c", sql, uri],
                          capture_output=True, text=True, cwd="/")
    if done.returncode != 0:
        raise RuntimeError(f"{sql}: {done.stderr}")
    return [line.split("\t") for line in done.stdout.splitlines()]


class Postgres:
    """fsync and the rest stay as they are by default: durability is what is tested."""

    def __init__(self, prepare=None):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="fengsui-postgres-"))
        if prepare:
            prepare(self.folder)
        self.data = self.folder / "data"
        self.password = secrets.token_hex(12)
        self.bin = programs()
        self.process = None
        self.made = 0
        # Root may not run it; an ordinary user runs it as themselves.
        self.user = {"user": USER, "group": pwd.getpwnam(USER).pw_gid, "extra_groups": []} if os.geteuid() == 0 else {}
        if self.user:
            shutil.chown(self.folder, USER, self.user["group"])
        secret = self.folder / "password"
        secret.write_text(self.password)
        secret.chmod(0o644)
        self._run("initdb", "-D", self.data, "-U", "tester", "-A", "scram-sha-256", f"--pwfile={secret}", "-E", "UTF8",
                  "--locale=C.UTF-8")

    def _run(self, program, *words):
        done = subprocess.run([self.bin / program, *words], capture_output=True, text=True, cwd="/", **self.user)
        if done.returncode != 0:
            raise RuntimeError(f"{program}: {done.stderr or done.stdout}")

    def start(self, **settings):
        self.port = getattr(self, "port", None) or free_port()
        words = [w for k, v in settings.items() for w in ("-c", f"{k}={v}")]
        self.log = open(self.folder / "log", "ab")
        self.process = subprocess.Popen(
            [self.bin / "postgres", "-D", self.data, "-k", self.folder, "-p", str(self.port), "-c",
             "listen_addresses=127.0.0.1", "-c", "shared_buffers=16MB", "-c", "max_connections=40", *words],
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log, cwd="/", start_new_session=True, **self.user)
        self.wait()
        return self

    def wait(self, wait_s=60):
        """It answers questions, after a start or after a crash of its own."""
        deadline = time.monotonic() + wait_s
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                break
            try:
                ask(self.uri("postgres"), "SELECT 1")
                return
            except RuntimeError:
                time.sleep(0.1)
        raise RuntimeError("PostgreSQL did not come up: " + (self.folder / "log").read_text()[-2000:])

    def uri(self, database):
        return f"postgresql://tester:{self.password}@127.0.0.1:{self.port}/{database}"

    def rows(self, database, sql):
        return ask(self.uri(database), sql)

    def database(self):
        """A fresh one; its address."""
        self.made += 1
        self.rows("postgres", f"CREATE DATABASE t{self.made}")
        return self.uri(f"t{self.made}")

    def stop(self, how=signal.SIGINT):
        if self.process and self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait(timeout=60)
        if self.process:
            self.log.close()
        self.process = None

    def remove(self):
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


class Stores:
    """Where the platforms of a program keep their records: a file of each one's own, or databases of one server."""

    def __init__(self, postgresql):
        self.server = Postgres().start() if postgresql else None

    def fresh(self):
        """An empty store's address; None is the platform's own file."""
        return self.server.database() if self.server else os.environ.get("FENGSUI_STORE")

    def remove(self):
        if self.server:
            self.server.remove()


def with_stores(run, postgresql):
    """What on_a_desk is to run: run(stores), the stores gone afterwards."""
    if postgresql and programs() is None:
        tap.skip("PostgreSQL is not installed")

    def inside():
        stores = Stores(postgresql)
        try:
            return run(stores)
        finally:
            stores.remove()
    return inside
