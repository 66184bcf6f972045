#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""living.py SOCKET [--pace N]: life on the simulated network of network.py.

SOCKET is snmp-lab's control.  Traffic follows the hour of the day: what people behind the access
switches fetch adds up on every uplink, at the core and at the firewall's way out, each in its own
direction.  Now and then something happens by itself and is over again: a port flaps, a backup
fills a link, the mains fail at a UPS, a switch starts anew, a server grows warm.  --pace 5 lets
it happen five times as fast, for tests.
"""
import argparse
import heapq
import itertools
import math
import random
import socket
import time

import network

TICK_S = 10
CAMPUS_ZONE_S = 8 * 3600  # the campus is in China, wherever the machine is
UPS, SERVER, NAS = (f"{network.NET}.{last}" for last in (41, 51, 52))
BATTERY, OUTPUT = "1.3.6.1.2.1.33.1.2", "1.3.6.1.2.1.33.1.4"
MAINS_VOLTAGE, SOURCE_MAINS, SOURCE_BATTERY = 228, 3, 5
SERVER_CPUS = ("1.3.6.1.2.1.25.3.3.1.2.196608", "1.3.6.1.2.1.25.3.3.1.2.196609")
NAS_TEMPERATURE = "1.3.6.1.4.1.6574.1.2.0"


def share_of_day(hour):
    """How busy the campus is, 0.1 at night to 1 in the evening, with the lessons' two humps before it."""
    humps = ((10.5, 1.8, 0.55), (15.5, 2.0, 0.6), (21.2, 1.9, 0.9))
    return 0.1 + sum(height * math.exp(-(((hour - at + 12) % 24 - 12) / width) ** 2) for at, width, height in humps)


class Campus:
    """Who fetches how much through which port."""

    def __init__(self, dice):
        self.dice = dice
        self.switches, self.links, _ = network.build()
        self.extra = {}  # (switch, port) → octets a second which something puts there

    def flows(self, busy):
        """(switch, port) → octets a second into that port and out of it, busy being share_of_day."""
        flows, total = {}, {}
        for name in reversed(self.switches):
            s = self.switches[name]
            fetched = given = 0
            for port, who in s.hosts.items():
                each = network.PEOPLE[name][3] if who == "people" else 40_000
                down = each * busy * self.dice.uniform(0.3, 1.7)
                up = down * self.dice.uniform(0.08, 0.2)
                flows[name, port] = (up + self.extra.get((who, "in"), 0), down + self.extra.get((who, "out"), 0))
                fetched, given = fetched + down, given + up
            down, up = total.get(name, (0, 0))
            fetched, given = fetched + down, given + up
            if name == "fw-01" or not s.above:
                continue
            flows[name, s.up()] = (fetched, given)
            flows[s.above, s.at] = (given, fetched)
            above = total.get(s.above, (0, 0))
            total[s.above] = (above[0] + fetched, above[1] + given)
        fetched, given = total["core-01"]
        fw = self.switches["fw-01"]
        flows["core-01", fw.at] = flows["fw-01", network.WAN_PORT] = (fetched, given)
        flows["fw-01", fw.up()] = (given, fetched)
        return flows


class Life(Campus):
    def __init__(self, path, pace):
        super().__init__(random.Random(8640))
        self.pace = pace
        self.down = set()  # addresses that do not answer
        self.line = socket.socket(socket.AF_UNIX)
        self.line.connect(path)

    def say(self, *lines):
        """Each is answered; what is refused here is a mistake of ours."""
        self.line.sendall("".join(line + "\n" for line in lines).encode())
        told = b""
        while told.count(b"\n") < len(lines):
            part = self.line.recv(65536)
            if not part:
                raise SystemExit(0)  # the campus is gone
            told += part
        for line, answer in zip(lines, told.decode().splitlines()):
            if not answer.startswith("ok"):
                raise RuntimeError(f"{line}: {answer}")

    # -- traffic

    def traffic(self):
        lines = []
        now = time.gmtime(time.time() + CAMPUS_ZONE_S)
        busy = share_of_day(now.tm_hour + now.tm_min / 60)
        for (name, port), (octets_in, octets_out) in self.flows(busy).items():
            lines.append(f"rate {self.switches[name].address} {port} {int(octets_in)} {int(octets_out)}")
        lines.append(f"rate {NAS} 1 {30_000 + self.extra.get(('nas-backup', 'out'), 0)} 20000")
        for s in self.switches.values():
            busy = 10 + s.number % 12 + self.dice.randrange(8)
            oid = next((oid for oid, _, value in network.health_rows(s) if value == 8 + s.number % 20), None)
            if oid and s.address not in self.down:
                lines.append(f"value {s.address} {oid} {busy}")
        for begin in range(0, len(lines), 32):  # the control takes lines of 4 KiB at once
            self.say(*lines[begin:begin + 32])

    # -- what happens; each tells how long until its next step

    def port_flaps(self):
        """A plug that is loose: a port of the library's switch, three times."""
        self.say(f"flap {self.switches['acc-lib'].address} 5 {max(500, int(8000 / self.pace))} 3")
        yield 60

    def port_down(self):
        """An access point that is without power for a while."""
        at = self.switches["acc-dorm1"].address
        self.say(f"port {at} 7 down")
        yield 90
        self.say(f"port {at} 7 up")

    def link_fills(self):
        """A backup that takes all of the storage's link; rules wait five minutes before they speak."""
        self.extra["nas-backup", "out"] = self.extra["jw-db01", "in"] = 119_000_000
        yield 480
        self.extra.clear()

    def on_battery(self):
        """The mains fail at the library's UPS; charge and time left sink, then it loads again."""
        empties, fills = ((c, False) for c in range(97, 64, -4)), ((c, True) for c in range(68, 101, 4))
        for charge, mains in (*empties, *fills):
            self.say(f"value {UPS} {BATTERY}.4.0 {charge}", f"value {UPS} {BATTERY}.3.0 {47 * charge // 100}",
                     f"value {UPS} {BATTERY}.2.0 {0 if mains else (97 - charge) * 5 + 20}",
                     f"value {UPS} {BATTERY}.1.0 {2 if charge > 70 else 3}",
                     f"value {UPS} {OUTPUT}.1.0 {SOURCE_MAINS if mains else SOURCE_BATTERY}",
                     f"value {UPS} 1.3.6.1.2.1.33.1.3.3.1.3.1 {MAINS_VOLTAGE if mains else 0}")
            yield 20

    def restarts(self):
        """A switch that loses its power and comes back with counters from 0."""
        at = self.switches["acc-lab"].address
        self.down.add(at)
        self.say(f"set {at} dead 1")
        yield 75
        self.say(f"set {at} dead 0", f"reboot {at}")
        self.down.discard(at)

    def grows_warm(self):
        """The storage's fan is slow: beyond the rule's 70 °C for some minutes."""
        for degrees in (48, 58, 67, 74, 76, 77, 76, 74, 66, 55, 45, 41):
            self.say(f"value {NAS} {NAS_TEMPERATURE} {degrees}")
            yield 40

    def works_hard(self):
        """A query that keeps the database server busy; nobody is told, the charts show it."""
        for busy in (35, 62, 88, 91, 74, 40, 18):
            self.say(*(f"value {SERVER} {cpu} {busy}" for cpu in SERVER_CPUS))
            yield 30

    def breathe(self):
        while True:
            self.traffic()
            yield TICK_S * self.pace

    def run(self):
        """The first things come soon, so that who has just come sees something."""
        order = itertools.cycle((self.port_flaps, self.on_battery, self.link_fills, self.restarts, self.grows_warm,
                                 self.port_down, self.works_hard))
        count = itertools.count()
        now = time.monotonic()
        due = [(now, next(count), self.breathe()), (now + 25 / self.pace, next(count), None)]
        while True:
            at, _, story = heapq.heappop(due)
            time.sleep(max(0, at - time.monotonic()))
            if story is None:
                heapq.heappush(due, (at + self.dice.uniform(100, 160) / self.pace, next(count), None))
                story = next(order)()
            wait_s = next(story, None)
            if wait_s is not None:
                heapq.heappush(due, (at + wait_s / self.pace, next(count), story))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("socket")
    parser.add_argument("--pace", type=float, default=1)
    options = parser.parse_args()
    Life(options.socket, options.pace).run()


if __name__ == "__main__":
    main()
