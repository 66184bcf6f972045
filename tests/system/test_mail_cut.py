#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""One row, one Message-ID, whatever becomes of the connection: the mail server hangs up at every place of the
conversation, or waits there while courier is stopped, and in the end has accepted each mail once for every time it
could say so, each under the Message-ID of its row.  Waiting, it keeps nobody else's mail waiting."""
import collections
import email
import email.policy
import pathlib
import signal
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import test_line as line  # noqa: E402
from platform_driver import NAME, campus, on_a_desk, until, with_platform  # noqa: E402
from postgres_driver import with_stores  # noqa: E402
from tap import case  # noqa: E402

INFLIGHT_MAX = 8  # of src/courier/smtp.h
PLACES = ("GREETING", "EHLO", "MAIL", "RCPT", "DATA", "BODY", "DOT", "KEPT")


def kept():
    """Message-ID of every mail the server kept, in order; a mail without one is shown whole."""
    found = []
    for mail in line.mails():
        octets = pathlib.Path(mail["file"]).read_bytes()
        name = email.message_from_bytes(octets, policy=email.policy.default)["Message-ID"]
        found.append(name.strip("<>").split("@")[0] if name else repr(octets))
    return found


class Post:
    def __init__(self, platform):
        self.platform = platform
        self.cast = line.setup(platform, "five")
        self.admin = self.cast.admin

    def send(self, to="zhou@campus.test"):
        """A test mail on its way; its row."""
        return int(self.admin.post("/settings/mail/test", {"to": to})["id"])

    def send_fresh(self, *mode):
        """The same to a server that has no connection from before, and does so."""
        campus(NAME, "stop", "mail")
        campus(NAME, "mail", *mode)
        campus(NAME, "start", "mail")
        return self.send()

    def row(self, mail):
        state, attempts, name, effect = self.platform.rows(
            f"SELECT d.state, d.live_attempts, d.message_id, o.effect FROM delivery d JOIN outbox o ON o.id = d.id WHERE d.id = {mail}")[0]
        return state, int(attempts), name, effect

    def sent(self, mail):
        until(lambda: self.row(mail)[0] == "sent", 60)


def cut(post):
    for place in PLACES:
        mail = post.send_fresh("cut", place)
        until(lambda: post.row(mail)[1] > 0, 20, 0.05)
        campus(NAME, "mail", "accept")
        post.platform.change(f"UPDATE outbox SET due_at_ms = 1 WHERE id = {mail} AND state = 'waiting'")  # the pause is over
        post.sent(mail)
        _, _, name, effect = post.row(mail)
        times = kept().count(name)
        case(f"cut off at {place} it is there {'again, under the same' if place == 'KEPT' else 'once, under its'} Message-ID",
             times == (2 if place == "KEPT" else 1) and name == effect, (times, name, effect))
    names = {r[0] for r in post.platform.rows("SELECT message_id FROM delivery")}
    case("the server knows no Message-ID but those of rows", set(kept()) == names, set(kept()) ^ names)


def silent(post):
    """The server says nothing after the final dot of as many mails as may be under way but one."""
    slow = "wu@campus.test"
    campus(NAME, "mail", "hold", "KEPT", slow)
    held = [post.send(slow) for _ in range(INFLIGHT_MAX - 1)]
    until(lambda: {post.row(mail)[2] for mail in held} <= set(kept()), 20)
    post.sent(post.send())
    case("a server silent about seven mails takes the eighth", [post.row(mail)[0] for mail in held] == ["queued"] * len(held),
         [post.row(mail) for mail in held])
    campus(NAME, "mail", "accept")
    for mail in held:
        post.sent(mail)
    times = collections.Counter(kept())
    case("and those it has taken are not sent again", all(times[post.row(mail)[2]] == 1 for mail in held), times)


def stopped(post):
    """The platform ends while a conversation waits at each place; the server goes on a moment later."""
    platform = post.platform
    for place in PLACES[:6]:
        before = collections.Counter(kept())
        mail = post.send_fresh("hold", place)
        time.sleep(1)
        platform.process.send_signal(signal.SIGINT)
        time.sleep(0.3)
        campus(NAME, "mail", "accept")
        platform.stop()
        platform.start()
        # What was under way is leased for a minute: a mail may have left already.
        platform.change(f"UPDATE outbox SET lease_until_ms = 1 WHERE id = {mail} AND state = 'leased'")
        platform.change(f"UPDATE outbox SET due_at_ms = 1 WHERE id = {mail} AND state = 'waiting'")
        post.sent(mail)
        new = collections.Counter(kept()) - before
        case(f"stopped at {place} it is there once, whole", new == {post.row(mail)[2]: 1}, new)


def again(post):
    """Refused for good, and sent again by a person: a row and a Message-ID of its own."""
    campus(NAME, "mail", "reject", "550")
    mail = post.send()
    until(lambda: post.row(mail)[0] == "failed_permanent", 30)
    campus(NAME, "mail", "accept")
    before = len(kept())
    post.cast["operator"].post(f"/deliveries/{mail}/resend")
    until(lambda: len(kept()) > before, 30)
    last = kept()[-1]
    rows = post.platform.rows(f"SELECT d.id FROM delivery d JOIN outbox o ON o.id = d.id WHERE o.effect = '{last}'")
    case("a test mail sent again has a row and a Message-ID of its own", len(rows) == 1 and int(rows[0][0]) > mail, (last, rows))


def on_the_desk(platform):
    post = Post(platform)
    cut(post)
    again(post)
    silent(post)
    stopped(post)


if __name__ == "__main__":
    on_a_desk(with_stores(lambda stores: with_platform(on_the_desk, stores.fresh()), "postgresql" in sys.argv[1:]))
