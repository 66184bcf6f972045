#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""One watched service of the lab's campus.

    service.py http ADDR:PORT MODE_FILE
    service.py https ADDR:PORT MODE_FILE CERT KEY
    service.py banner ADDR:PORT MODE_FILE        (what an SSH server says first)

MODE_FILE is read for every connection; absent means ok:
    ok | error CODE | slow MS | silent (accepts, never answers) | close (hangs up at once)
"""
import http.server
import pathlib
import socketserver
import ssl
import sys
import time

PAGE = """<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>校园服务</title>
<h1>校园服务运行正常</h1></html>
""".encode()


def mode(path):
    try:
        words = pathlib.Path(path).read_text().split()
    except OSError:
        words = []
    return words or ["ok"]


def behave(words):
    """Wait as told; False when the connection gets no answer."""
    if words[0] == "slow":
        time.sleep(int(words[1]) / 1000)
    elif words[0] == "silent":
        time.sleep(120)
        return False
    return words[0] != "close"


class Web(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "campus"
    sys_version = ""

    def answer(self, with_body):
        words = mode(self.server.mode_file)
        if not behave(words):
            self.close_connection = True
            return
        body = PAGE if words[0] != "error" else b"out of order\n"
        self.send_response(int(words[1]) if words[0] == "error" else 200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if with_body:
            self.wfile.write(body)

    def do_GET(self):  # noqa: N802, the base class names it
        self.answer(True)

    def do_HEAD(self):  # noqa: N802
        self.answer(False)

    def log_message(self, *_):
        pass


class Banner(socketserver.StreamRequestHandler):
    timeout = 60

    def handle(self):
        if behave(mode(self.server.mode_file)):
            self.wfile.write(b"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n")
            self.rfile.readline(512)


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    tls = None

    def finish_request(self, request, client_address):
        # The handshake belongs to the connection's thread: a silent client blocks nobody.
        if self.tls:
            request.settimeout(30)
            request = self.tls.wrap_socket(request, server_side=True)
        super().finish_request(request, client_address)

    def handle_error(self, request, client_address):
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


def main():
    kind, listen, mode_file, *pair = sys.argv[1:]
    host, _, port = listen.rpartition(":")
    server = Server((host, int(port)), Banner if kind == "banner" else Web)
    server.mode_file = mode_file
    if kind == "https":
        server.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        server.tls.load_cert_chain(*pair)
    server.serve_forever()


if __name__ == "__main__":
    main()
