#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The wires of the lab's campus: frames pass between a-HOST and b-HOST, late or not at all.

    relay.py FOLDER HOST...

Runs in the namespace that holds both ends.  FOLDER/HOST.link, read when it changes, holds
`delay_ms N`, `jitter_ms N`, `loss_percent N`, `cut 1`, one a line.  The kernel's own netem is
not in every kernel; this needs nothing but packet sockets.
"""
import heapq
import pathlib
import random
import selectors
import socket
import sys
import time

ETH_P_ALL = 3
SOL_PACKET, PACKET_IGNORE_OUTGOING = 263, 23
FRAME_OCTETS_MAX = 65535
HELD_MAX = 20000
READ_AGAIN_S = 0.1


class Wire:
    def __init__(self, folder, host):
        self.path = pathlib.Path(folder, host + ".link")
        self.seen = None
        self.delay = self.jitter = self.loss = 0.0
        self.cut = False
        self.ends = [self.open("a-" + host), self.open("b-" + host)]

    @staticmethod
    def open(name):
        end = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
        end.setsockopt(SOL_PACKET, PACKET_IGNORE_OUTGOING, 1)
        end.bind((name, ETH_P_ALL))
        end.setblocking(False)
        return end

    def read(self):
        try:
            stamp = self.path.stat().st_mtime_ns
        except OSError:
            stamp = 0
        if stamp == self.seen:
            return
        said = {}
        if stamp:
            for line in self.path.read_text().splitlines():
                key, _, value = line.partition(" ")
                if value:
                    said[key] = float(value)
        self.seen = stamp
        self.delay = said.get("delay_ms", 0) / 1000
        self.jitter = said.get("jitter_ms", 0) / 1000
        self.loss = said.get("loss_percent", 0) / 100
        self.cut = bool(said.get("cut", 0))


def send(end, frame):
    try:
        end.send(frame)
    except (BlockingIOError, OSError):
        pass  # a full or downed interface loses the frame, as a wire would


def take(wire, from_end, to_end, held, now):
    while True:
        try:
            frame = from_end.recv(FRAME_OCTETS_MAX)
        except (BlockingIOError, OSError):
            return
        if wire.cut or (wire.loss and random.random() < wire.loss) or len(held) >= HELD_MAX:
            continue
        wait = wire.delay + (random.random() * wire.jitter if wire.jitter else 0)
        if wait <= 0:
            send(to_end, frame)
        else:
            heapq.heappush(held, (now + wait, id(frame), to_end, frame))


def main():
    folder, *hosts = sys.argv[1:]
    wires = [Wire(folder, host) for host in hosts]
    watch = selectors.DefaultSelector()
    for wire in wires:
        a, b = wire.ends
        watch.register(a, selectors.EVENT_READ, (wire, b))
        watch.register(b, selectors.EVENT_READ, (wire, a))
    pathlib.Path(folder, "relay.ready").touch()
    held, next_read = [], 0.0
    while True:
        now = time.monotonic()
        if now >= next_read:
            for wire in wires:
                wire.read()
            next_read = now + READ_AGAIN_S
        until = min(next_read, held[0][0] if held else next_read)
        for key, _ in watch.select(max(0, until - now)):
            wire, to_end = key.data
            take(wire, key.fileobj, to_end, held, time.monotonic())
        now = time.monotonic()
        while held and held[0][0] <= now:
            _, _, to_end, frame = heapq.heappop(held)
            send(to_end, frame)


if __name__ == "__main__":
    main()
