#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""door.py NAMESPACE PORT: 127.0.0.1:PORT of this machine leads to 127.0.0.1:PORT of NAMESPACE.

The listening socket is opened here, then the process enters the namespace: a socket stays
where it was made, so no interface, address or rule of the machine changes.
"""
import ctypes
import os
import socket
import sys
import threading

CLONE_NEWNET = 0x40000000
CONNECTIONS_MAX = 64


def enter(namespace):
    libc = ctypes.CDLL(None, use_errno=True)
    with open(f"/run/netns/{namespace}", "rb") as where:
        if libc.setns(where.fileno(), CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def pump(source, sink):
    try:
        while octets := source.recv(65536):
            sink.sendall(octets)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        for end in (source, sink):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


def carry(outer, port, slots):
    with slots, outer:
        try:
            inner = socket.create_connection(("127.0.0.1", port), 5)
        except OSError:
            return
        inner.settimeout(None)
        with inner:
            back = threading.Thread(target=pump, args=(inner, outer), daemon=True)
            back.start()
            pump(outer, inner)
            back.join()


def main():
    namespace, port = sys.argv[1], int(sys.argv[2])
    listener = socket.create_server(("127.0.0.1", port), backlog=64)
    enter(namespace)
    slots = threading.Semaphore(CONNECTIONS_MAX)
    while True:
        outer, _ = listener.accept()
        threading.Thread(target=carry, args=(outer, port, slots), daemon=True).start()


if __name__ == "__main__":
    main()
