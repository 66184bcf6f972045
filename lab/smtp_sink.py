#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A mail server that keeps every message as a file and fails as it is told.

    smtp_sink.py --dir DIR [--listen ADDR:PORT] [--cert PEM --key PEM]

Prints `listening ADDR:PORT`.  A message becomes DIR/NNNNNN.eml (octets as sent, dots
unstuffed) and DIR/NNNNNN.json (from, to, peer, port, at_unix_ms of the 250).  DIR/mode, read
before every command, says what to do; absent means accept:

    accept             take everything
    reject CODE [AT]   answer CODE at MAIL, RCPT or DATA (default RCPT): 550 for good, 451 for now
    busy               421 at the greeting
    blackhole          accept the connection and say nothing
    slow MS            wait before each answer
    cut AT [TO]        close the connection at AT
    hold AT [TO]       do nothing more at AT until the mode is another
    drop               cut DOT

AT is GREETING, EHLO, MAIL, RCPT, DATA or QUIT (heard, not answered), BODY (in the midst of the
message), DOT (all of it heard, not kept) or KEPT (kept, and the 250 not sent).  With TO, an
address, only where that is a recipient: of DATA and later.
"""
import argparse
import json
import pathlib
import re
import socket
import socketserver
import ssl
import sys
import threading
import time

LINE_OCTETS_MAX = 4096
MESSAGE_OCTETS_MAX = 32 << 20
COUNT = threading.Lock()


class Store:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        taken = [int(p.stem) for p in self.folder.glob("[0-9]*.eml")]
        self.last = max(taken, default=0)

    def mode(self):
        try:
            words = (self.folder / "mode").read_text().split()
        except OSError:
            words = []
        return ["cut", "DOT"] if words == ["drop"] else words or ["accept"]

    def keep(self, envelope, data):
        with COUNT:
            self.last += 1
            number = self.last
        name = f"{number:06d}"
        envelope["at_unix_ms"] = time.time_ns() // 1_000_000
        (self.folder / f".{name}.eml").write_bytes(data)
        (self.folder / f".{name}.json").write_text(json.dumps(envelope))
        (self.folder / f".{name}.json").rename(self.folder / f"{name}.json")
        (self.folder / f".{name}.eml").rename(self.folder / f"{name}.eml")
        return name


class Cut(ConnectionError):
    """The script says to hang up here."""


class Session(socketserver.StreamRequestHandler):
    timeout = 300
    disable_nagle_algorithm = True

    def say(self, text):
        mode = self.server.store.mode()
        if mode[0] == "slow":
            time.sleep(int(mode[1]) / 1000)
        self.request.sendall(text.encode() + b"\r\n")

    def at(self, place):
        """Where a script may hang up or wait."""
        if self.told("cut", place):
            raise Cut
        while self.told("hold", place):
            time.sleep(0.02)

    def told(self, verb, place):
        mode = self.server.store.mode()
        return mode[:2] == [verb, place] and (len(mode) == 2 or mode[2] in self.rcpt)

    def refused(self, command):
        mode = self.server.store.mode()
        if mode[0] != "reject":
            return False
        if command != (mode[2].upper() if len(mode) > 2 else "RCPT"):
            return False
        self.say(f"{mode[1]} as the script says")
        return True

    def handle(self):
        mode = self.server.store.mode()[0]
        if mode == "blackhole":
            while self.rfile.readline(LINE_OCTETS_MAX):
                pass
            return
        if mode == "busy":
            self.say("421 too busy, try later")
            return
        self.sender, self.rcpt = None, []
        self.at("GREETING")
        self.say("220 mail.campus.test ESMTP")
        while True:
            line = self.rfile.readline(LINE_OCTETS_MAX)
            if not line:
                return
            word, _, rest = line.decode(errors="replace").strip().partition(" ")
            if self.command(word.upper(), rest) == "end":
                return

    def command(self, word, rest):
        self.at(word)
        if word in ("EHLO", "HELO"):
            self.hello(word)
        elif word == "STARTTLS" and self.server.tls:
            self.say("220 go ahead")
            self.request = self.server.tls.wrap_socket(self.request, server_side=True)
            self.rfile = self.request.makefile("rb")
        elif word == "AUTH":
            self.auth(rest)
        elif word in ("MAIL", "RCPT"):
            self.envelope(word, rest)
        elif word == "DATA":
            return self.data()
        elif word == "RSET":
            self.sender, self.rcpt = None, []
            self.say("250 forgotten")
        elif word == "NOOP":
            self.say("250 fine")
        elif word == "QUIT":
            self.say("221 good-bye")
            return "end"
        else:
            self.say("500 unknown command")
        return None

    def hello(self, word):
        if word == "HELO":
            self.say("250 mail.campus.test")
            return
        able = ["PIPELINING", "8BITMIME", "SMTPUTF8", f"SIZE {MESSAGE_OCTETS_MAX}",
                "AUTH PLAIN LOGIN"]
        if self.server.tls and not isinstance(self.request, ssl.SSLSocket):
            able.append("STARTTLS")
        lines = ["mail.campus.test"] + able
        self.say("\r\n".join(f"250{' ' if i == len(lines) - 1 else '-'}{x}"
                             for i, x in enumerate(lines)))

    def auth(self, rest):
        """Any name and password will do; what was sent is not kept."""
        kind, _, first = rest.partition(" ")
        for _ in range({"PLAIN": 1, "LOGIN": 2}.get(kind.upper(), 0) - (1 if first else 0)):
            self.say("334 ")
            self.rfile.readline(LINE_OCTETS_MAX)
        self.say("235 welcome")

    def envelope(self, word, rest):
        if self.refused(word):
            return
        hit = re.match(r"(?:FROM|TO):\s*<([^>]*)>", rest, re.I)
        if not hit:
            self.say("501 no address")
        elif word == "MAIL":
            self.sender, self.rcpt = hit.group(1), []
            self.say("250 ok")
        elif self.sender is None:
            self.say("503 MAIL first")
        else:
            self.rcpt.append(hit.group(1))
            self.say("250 ok")

    def data(self):
        if self.refused("DATA"):
            return None
        if not self.rcpt:
            self.say("503 RCPT first")
            return None
        self.say("354 go ahead, end with a dot")
        lines, octets = [], 0
        while True:
            line = self.rfile.readline(LINE_OCTETS_MAX)
            if not line:
                return "end"
            if line in (b".\r\n", b".\n"):
                break
            if octets == 0:
                self.at("BODY")
            octets += len(line)
            if octets <= MESSAGE_OCTETS_MAX:
                lines.append(line[1:] if line.startswith(b".") else line)
        self.at("DOT")
        if octets > MESSAGE_OCTETS_MAX:
            self.say("552 too large")
            return None
        peer, port = self.client_address[:2]
        name = self.server.store.keep({"from": self.sender, "to": self.rcpt, "peer": peer,
                                       "port": port}, b"".join(lines))
        self.at("KEPT")
        self.sender, self.rcpt = None, []
        self.say(f"250 kept as {name}")
        return None


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request, client_address):
        wrong = sys.exc_info()[1]
        if not isinstance(wrong, (ConnectionError, TimeoutError, socket.timeout, ssl.SSLError)):
            super().handle_error(request, client_address)


def main():
    ask = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    ask.add_argument("--dir", required=True)
    ask.add_argument("--listen", default="127.0.0.1:0")
    ask.add_argument("--cert")
    ask.add_argument("--key")
    args = ask.parse_args()
    host, _, port = args.listen.rpartition(":")
    server = Server((host, int(port)), Session)
    server.store = Store(args.dir)
    server.tls = None
    if args.cert:
        server.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        server.tls.load_cert_chain(args.cert, args.key)
    print(f"listening {host}:{server.server_address[1]}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
