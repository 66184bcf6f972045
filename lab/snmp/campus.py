#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""campus.py FOLDER [--access N] [--per-distribution N] [--hosts N] [--silent N]

Writes the switches of a made-up three-tier campus as recordings for snmp-lab: one core, a
distribution switch for so many access switches of 52 ports, their neighbour tables (LLDP),
forwarding tables and the core's ARP.  Beside them campus.sim, the lines that add them from
127.10.0.1 on (core first, then distribution, then access), and links.json, the true links.
Every access switch's --silent'th neighbour table is empty, as of a device with LLDP off.
"""
import argparse
import json
import pathlib

INT, OCT, OID, IP, C32, GAUGE, TICKS, C64 = "2", "4", "6", "64", "65", "66", "67", "70"
IF, IFX, LLDP = "1.3.6.1.2.1.2.2.1", "1.3.6.1.2.1.31.1.1.1", "1.0.8802.1.1.2.1"
FDB, BASE_PORT, ARP = "1.3.6.1.2.1.17.7.1.2.2.1", "1.3.6.1.2.1.17.1.4.1.2", "1.3.6.1.2.1.4.22.1"
ENTITY, H3C = "1.3.6.1.2.1.47.1.1.1.1", "1.3.6.1.4.1.25506.2.6.1.1.1.1"

MODELS = {
    "core": ("S10508", "1.3.6.1.4.1.25506.1.700", "Ten-GigabitEthernet", 48, 10000),
    "dist": ("S6520X-54QC", "1.3.6.1.4.1.25506.1.2188", "Ten-GigabitEthernet", 48, 10000),
    "access": ("S5130S-52S", "1.3.6.1.4.1.25506.1.2118", "GigabitEthernet", 48, 1000),
}
UPLINKS = 4  # behind the front ports, ten times as fast on access switches


class Switch:
    def __init__(self, kind, number, address):
        self.kind, self.number, self.address = kind, number, address
        self.model, self.object, self.word, self.front, self.speed = MODELS[kind]
        self.name = f"{kind}-{number:03d}"
        self.links = {}  # own port -> (switch, its port)
        self.macs = {}   # MAC -> (vlan, own port)

    def mac(self, port=0):
        kinds = {"core": 1, "dist": 2, "access": 3}
        return bytes([0x02, 0x5A, kinds[self.kind], self.number >> 8, self.number & 255, port])

    def port_name(self, port):
        if port > self.front and self.kind == "access":
            return f"Ten-GigabitEthernet1/0/{port}"
        return f"{self.word}1/0/{port}"

    def ports(self):
        return range(1, self.front + UPLINKS + 1)

    def mbits(self, port):
        return 10000 if port > self.front else self.speed

    def is_up(self, port):
        return port in self.links or (self.kind == "access" and port <= self.front * 2 // 3)


def link(links, a, a_port, b, b_port):
    a.links[a_port], b.links[b_port] = (b, b_port), (a, a_port)
    links.append({"a": a.name, "a_port": a.port_name(a_port),
                  "b": b.name, "b_port": b.port_name(b_port)})


def dotted(octets):
    return ".".join(str(o) for o in octets)


def system_rows(s):
    descr = (f"H3C Comware Platform Software, Software Version 7.1.070, Release 6318P01. "
             f"H3C {s.model}. A made-up device of the lab.")
    yield "1.3.6.1.2.1.1.1.0", OCT, descr
    yield "1.3.6.1.2.1.1.2.0", OID, s.object
    yield "1.3.6.1.2.1.1.3.0", TICKS, 86400000 + s.number * 6000
    yield "1.3.6.1.2.1.1.4.0", OCT, "network@school.example"
    yield "1.3.6.1.2.1.1.5.0", OCT, s.name
    yield "1.3.6.1.2.1.1.6.0", OCT, f"Building {1 + s.number % 12}"
    yield "1.3.6.1.2.1.2.1.0", INT, len(s.ports())
    yield "1.3.6.1.6.3.10.2.1.2.0", INT, 3
    yield "1.3.6.1.6.3.10.2.1.3.0", INT, 864000


def port_rows(s, port):
    up, mbits = s.is_up(port), s.mbits(port)
    status = 1 if up else 2
    carried = (port * 7919 + s.number * 104729) * 1000003 if up else 0
    octets32, packets32 = carried % 2**32, carried // 700 % 2**32
    rows = [(1, INT, port), (2, OCT, s.port_name(port)), (3, INT, 6), (4, INT, 1500),
            (5, GAUGE, min(mbits * 1000000, 2**32 - 1)), (6, OCT + "x", s.mac(port).hex()),
            (7, INT, 1), (8, INT, status), (9, TICKS, 1200), (10, C32, octets32),
            (11, C32, packets32), (12, C32, 0), (13, C32, 0), (14, C32, port % 3),
            (16, C32, octets32), (17, C32, packets32), (19, C32, 0), (20, C32, 0)]
    yield from ((f"{IF}.{column}.{port}", kind, value) for column, kind, value in rows)
    alias = f"to {s.links[port][0].name}" if port in s.links else ""
    rows = [(1, OCT, s.port_name(port)), (2, C32, 0), (3, C32, 0), (6, C64, carried),
            (7, C64, carried // 700), (8, C64, 0), (10, C64, carried), (11, C64, carried // 700),
            (15, GAUGE, mbits), (18, OCT, alias), (19, TICKS, 0)]
    yield from ((f"{IFX}.{column}.{port}", kind, value) for column, kind, value in rows)
    yield f"{BASE_PORT}.{port}", INT, port


def neighbour_rows(s, silent):
    yield f"{LLDP}.3.1.0", INT, 4
    yield f"{LLDP}.3.2.0", OCT + "x", s.mac().hex()
    yield f"{LLDP}.3.3.0", OCT, s.name
    for port in s.ports():
        yield f"{LLDP}.3.7.1.2.{port}", INT, 5
        yield f"{LLDP}.3.7.1.3.{port}", OCT, s.port_name(port)
        yield f"{LLDP}.3.7.1.4.{port}", OCT, s.port_name(port)
    for port, (other, other_port) in sorted(s.links.items()):
        if silent or (other.kind == "access" and other.silent):
            continue
        rows = [(4, INT, 4), (5, OCT + "x", other.mac().hex()), (6, INT, 5),
                (7, OCT, other.port_name(other_port)), (8, OCT, other.port_name(other_port)),
                (9, OCT, other.name), (10, OCT, other.model)]
        yield from ((f"{LLDP}.4.1.1.{column}.0.{port}.1", kind, value)
                    for column, kind, value in rows)


def table_rows(s, everybody):
    for mac, (vlan, port) in sorted(s.macs.items()):
        yield f"{FDB}.2.{vlan}.{dotted(mac)}", INT, port
        yield f"{FDB}.3.{vlan}.{dotted(mac)}", INT, 3
    if s.kind == "core":
        for address, mac in everybody:
            yield f"{ARP}.2.{1}.{address}", OCT + "x", mac.hex()
            yield f"{ARP}.3.{1}.{address}", IP, address


def entity_rows(s):
    for column, kind, value in [(2, OCT, s.model), (5, INT, 3), (7, OCT, "chassis"),
                                (10, OCT, "7.1.070 Release 6318P01"),
                                (11, OCT, f"LAB{s.kind[0].upper()}{s.number:08d}"),
                                (13, OCT, s.model)]:
        yield f"{ENTITY}.{column}.1", kind, value
    yield f"{H3C}.6.1", INT, 5 + s.number % 40
    yield f"{H3C}.8.1", INT, 30 + s.number % 30
    yield f"{H3C}.12.1", INT, 35 + s.number % 15
    yield f"{ENTITY}.5.2", INT, 9
    yield f"{ENTITY}.7.2", OCT, "main board"
    yield f"{H3C}.12.2", INT, 38 + s.number % 15
    yield f"{H3C}.13.2", INT, 65  # its own limit


def write(folder, s, everybody):
    rows = [*system_rows(s), *entity_rows(s), *neighbour_rows(s, s.silent),
            *table_rows(s, everybody)]
    for port in s.ports():
        rows.extend(port_rows(s, port))
    rows.sort(key=lambda row: [int(part) for part in row[0].split(".")])
    text = "".join(f"{oid}|{kind}|{value}\n" for oid, kind, value in rows)
    (folder / f"{s.name}.snmprec").write_text(text, encoding="utf-8")


def learn(switches, hosts):
    """Hosts behind access ports, learned along the way up; the core's ARP."""
    everybody = []
    for s in (s for s in switches if s.kind == "access"):
        for i in range(hosts):
            mac = bytes([0x06, 0x11, s.number >> 8, s.number & 255, 0, i])
            vlan, at = 100 + s.number % 50, s
            everybody.append((f"10.{s.number >> 8}.{s.number & 255}.{i + 1}", mac))
            port = 1 + i % (s.front * 2 // 3)
            while at is not None:
                at.macs[mac] = (vlan, port)
                above = next((there for own, there in at.links.items() if own > at.front), None)
                at, port = above if above else (None, 0)
    return everybody


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--access", type=int, default=20)
    parser.add_argument("--per-distribution", type=int, default=20)
    parser.add_argument("--hosts", type=int, default=8)
    parser.add_argument("--silent", type=int, default=0)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    distributions = -(-options.access // options.per_distribution)
    switches, links, first = [], [], 0x7F0A0001
    for kind, count in (("core", 1), ("dist", distributions), ("access", options.access)):
        for number in range(1, count + 1):
            switches.append(Switch(kind, number, first + len(switches)))
            silent = options.silent and kind == "access" and number % options.silent == 0
            switches[-1].silent = bool(silent)
    core, access = switches[0], switches[1 + distributions:]
    for number, s in enumerate(switches[1:1 + distributions], 1):
        link(links, core, number, s, s.front + 1)
    for i, s in enumerate(access):
        above = switches[1 + i // options.per_distribution]
        link(links, above, 1 + i % options.per_distribution, s, s.front + 1)
    everybody = learn(switches, options.hosts)
    lines = []
    for s in switches:
        write(options.folder, s, everybody)
        address = dotted(s.address.to_bytes(4, "big"))
        lines.append(f"add {address} {(options.folder / s.name).resolve()}.snmprec\n")
    (options.folder / "campus.sim").write_text("".join(lines))
    (options.folder / "links.json").write_text(json.dumps(links, indent=1) + "\n")


if __name__ == "__main__":
    main()
