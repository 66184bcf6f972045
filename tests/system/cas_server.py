#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""cas_server.py ADDRESS PORT CERT KEY: a small CAS server, as the protocol 3.0 has it, to log in to.

alice has the password `right`, carol's account is locked.  A log-in needs the session's cookie and
the token of its page, once; a ticket is good once, for the service it was made for.  Services below
https://app.svc.test/ are registered, https://other.svc.test/ gets tickets and no validation,
https://mute.svc.test/ gets no ticket.  /spoon/login is a portal whose script encrypts passwords.
"""
import http.server
import secrets
import ssl
import sys
import urllib.parse

FORM = ('<html><body>{}<form method="post" id="fm1"><input name="username"><input type="password" name="password">'
        '<input type="hidden" name="execution" value="{}"><input type="hidden" name="_eventId" value="submit"></form>'
        '连续输错 5 次须等待</body></html>')
SALT = '<input type="hidden" id="pwdEncryptSalt" value="x">'
sessions, signed_on, tickets = {}, set(), {}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, text, **heads):
        body = text.encode()
        self.send_response(status)
        for name, value in heads.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def parts(self):
        url = urllib.parse.urlsplit(self.path)
        return url.path, dict(urllib.parse.parse_qsl(url.query))

    def cookies(self):
        return dict(pair.split("=", 1) for pair in (self.headers["Cookie"] or "").split("; ") if "=" in pair)

    def page(self, status, words="", salt=""):
        """A fresh page: the token is as long as real ones, and has what HTML writes otherwise."""
        session, token = secrets.token_hex(8), "e1+s1/" + secrets.token_hex(4000) + "=="
        sessions[session] = token
        self.answer(status, FORM.format(words + salt, token.replace("+", "&#43;").replace("=", "&#x3D;")),
                    Set_Cookie=f"SESSION={session}; Path=/cas; Secure; HttpOnly")

    def do_GET(self):
        path, query = self.parts()
        if path.endswith("/login"):
            self.page(200, salt=SALT if path.startswith("/spoon") else "")
        elif path == "/cas/serviceValidate":
            self.validate(query)
        elif path == "/cas/logout":
            signed_on.discard(self.cookies().get("TGC"))
            self.answer(200, "再见")
        elif path == "/count":
            self.answer(200, str(len(signed_on)))
        else:
            self.answer(404, "")

    def validate(self, query):
        service = tickets.pop(query.get("ticket"), None)
        good = service == query.get("service") and service is not None and service.startswith("https://app.svc.test/")
        why = "INVALID_TICKET" if service is None else "INVALID_SERVICE"
        inner = ("<cas:authenticationSuccess><cas:user>alice</cas:user></cas:authenticationSuccess>" if good else
                 f'<cas:authenticationFailure code="{why}">no</cas:authenticationFailure>')
        self.answer(200, f'<cas:serviceResponse xmlns:cas="http://www.yale.edu/tp/cas">{inner}</cas:serviceResponse>')

    def do_POST(self):
        path, query = self.parts()
        form = dict(urllib.parse.parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode()))
        token = sessions.pop(self.cookies().get("SESSION"), None)
        if token is None or form.get("execution") != token or form.get("_eventId") != "submit":
            self.page(200, "会话已失效")
        elif form.get("username") == "carol":
            self.page(401, "账号已被锁定")
        elif (form.get("username"), form.get("password")) != ("alice", "right"):
            self.page(401, "用户名或密码有误")
        else:
            self.sign_on(query.get("service"))

    def sign_on(self, service):
        granting = "TGT-" + secrets.token_hex(16)
        signed_on.add(granting)
        cookie = f"TGC={granting}; Path=/cas; Secure; HttpOnly"
        if service is None:
            self.answer(200, "登录成功", Set_Cookie=cookie)
            return
        ticket = "ST-1-" + secrets.token_urlsafe(24)
        tickets[ticket] = service
        more = "" if service.startswith("https://mute.") else f"{'&' if '?' in service else '?'}ticket={ticket}"
        self.answer(302, "", Set_Cookie=cookie, Location=service + more)


def main():
    address, port, cert, key = sys.argv[1:]
    server = http.server.ThreadingHTTPServer((address, int(port)), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    server.serve_forever()


if __name__ == "__main__":
    main()
