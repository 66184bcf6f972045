#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""network.py FOLDER: the network of the simulated campus, as recordings for snmp-lab.

One core, three distribution and six access switches of four makes, a firewall at the edge, a
wireless controller, a UPS, a database server, storage, a printer and an access point, all in
10.20.8.0/24 with the community `public`.  Neighbours (LLDP), forwarding tables and the core's
ARP agree with one another; network.sim adds the devices, network.json says what is where.
Every name, address and number in it is invented.
"""
import json
import pathlib
import sys

from campus import (ARP, C32, ENTITY, FDB, GAUGE, INT, IP, LLDP, OCT, OID, TICKS, UPLINKS, dotted, link, neighbour_rows,
                    port_rows)

HERE = pathlib.Path(__file__).resolve().parent
NET = "10.20.8"
UPLINK = 25  # of an access switch: the first behind its 24 front ports
HUAWEI, RUIJIE, TPLINK = "1.3.6.1.4.1.2011", "1.3.6.1.4.1.4881.1.1.10.2", "1.3.6.1.4.1.11863.6"

# name, last octet, make, model, front ports, their Mbit/s, uplink's Mbit/s, place, above, port there
SWITCHES = (
    ("core-01", 10, "huawei", "S12704", 24, 10000, 40000, "信息中心机房 A1", None, 0),
    ("dist-teach", 11, "h3c", "S6520X-30QC", 24, 10000, 10000, "教学区汇聚间", "core-01", 1),
    ("dist-dorm", 12, "ruijie", "RG-S6120-20XS4VS2QXS", 24, 10000, 10000, "宿舍区汇聚间", "core-01", 2),
    ("dist-dc", 13, "huawei", "CE6857-48S6CQ", 24, 10000, 10000, "信息中心机房 A2", "core-01", 3),
    ("acc-lib", 21, "h3c", "S5130S-28S", 24, 1000, 10000, "图书馆二层弱电间", "dist-teach", 1),
    ("acc-jw", 22, "h3c", "S5130S-28S", 24, 1000, 10000, "行政楼三层弱电间", "dist-teach", 2),
    ("acc-lab", 23, "tplink", "TL-SG5428", 24, 1000, 1000, "实训楼一层弱电间", "dist-teach", 3),
    ("acc-dorm1", 24, "ruijie", "RG-S2910-24GT4XS-E", 24, 1000, 10000, "学生公寓一号楼", "dist-dorm", 1),
    ("acc-dorm2", 25, "ruijie", "RG-S2910-24GT4XS-E", 24, 1000, 10000, "学生公寓二号楼", "dist-dorm", 2),
    ("acc-office", 26, "huawei", "S5735-L24T4X", 24, 1000, 10000, "后勤楼弱电间", "dist-dc", 10),
    ("fw-01", 2, "hillstone", "SG-6000-E5660", 8, 10000, 10000, "信息中心机房 A1", "core-01", 24),
    ("ac-01", 31, "wlc", "AC6805", 8, 10000, 10000, "信息中心机房 A2", "core-01", 20),
)
# name, last octet, recording, switch it is plugged into, port, Mbit/s of that port, VLAN, its MAC
HOSTS = (
    ("ups-library", 41, "ups", "acc-lib", 20, 100, 8, "025A09000001"),
    ("jw-db01", 51, "server", "dist-dc", 3, 10000, 20, "025A09000002"),
    ("nas-backup", 52, "nas", "dist-dc", 4, 1000, 20, "025A09000004"),
    ("printer-registry", 61, "printer", "acc-jw", 11, 1000, 40, "025A09000003"),
    ("ap-dorm3-204", 71, "access-point", "acc-dorm1", 7, 1000, 8, "025A09000010"),
)
# access switch → VLAN and network of the people behind it, how many, octets a second each at the busiest hour
PEOPLE = {
    "acc-lib": (41, "10.20.41", 12, 400_000), "acc-jw": (40, "10.20.40", 10, 300_000),
    "acc-lab": (43, "10.20.43", 14, 250_000), "acc-dorm1": (64, "10.20.64", 18, 2_200_000),
    "acc-dorm2": (65, "10.20.65", 16, 2_000_000), "acc-office": (44, "10.20.44", 9, 200_000),
}
WAN_PORT, INSIDE_PORT = 1, 8  # of the firewall
MACS = {"huawei": 1, "h3c": 2, "ruijie": 3, "tplink": 4, "hillstone": 5, "wlc": 6}
OBJECTS = {"huawei": HUAWEI + ".2.23.740", "h3c": "1.3.6.1.4.1.25506.1.2118", "ruijie": "1.3.6.1.4.1.4881.1.1.10.1.240",
           "tplink": "1.3.6.1.4.1.11863.5.91", "hillstone": "1.3.6.1.4.1.28557.1.128", "wlc": HUAWEI + ".2.240.20"}
VRP = "Huawei Versatile Routing Platform Software\r\nVRP (R) software, Version 5.170 ({0} V200R021C00SPC600)\r\nA made-up device of the lab"
WORDS = {"huawei": "{0}\r\n" + VRP, "wlc": "{0}\r\n" + VRP,
         "h3c": "H3C Comware Platform Software, Software Version 7.1.070, Release 6318P01\r\nH3C {0}\r\nA made-up device of the lab",
         "ruijie": "Ruijie 10G Ethernet Switch({0}) By Ruijie Networks, a made-up device of the lab",
         "tplink": "JetStream 24-Port Gigabit Managed Switch, a made-up device of the lab",
         "hillstone": "{0} firewall, a made-up device of the lab"}


class Switch:
    """What campus.py's tables ask of one."""
    kind, silent = "demo", False

    def __init__(self, row):
        self.name, self.number, self.make, self.model, self.front, self.speed, self.fast, self.place, self.above, self.at = row
        self.address = f"{NET}.{self.number}"
        self.links, self.macs, self.hosts, self.slow = {}, {}, {}, {}

    def mac(self, port=0):
        return bytes([0x02, 0x5A, 0x20, MACS[self.make], self.number, port])

    def ports(self):
        return range(1, self.front + (0 if self.make in ("hillstone", "wlc") else UPLINKS) + 1)

    def up(self):
        """The port that leads to what is above it."""
        return INSIDE_PORT if self.make in ("hillstone", "wlc") else UPLINK

    def port_name(self, port):
        tens = self.mbits(port) >= 10000 or port > self.front
        return {"huawei": ("XGigabitEthernet0/0/" if tens else "GigabitEthernet0/0/") + str(port),
                "h3c": ("Ten-GigabitEthernet1/0/" if tens else "GigabitEthernet1/0/") + str(port),
                "ruijie": ("TenGigabitEthernet 0/" if tens else "GigabitEthernet 0/") + str(port),
                "tplink": f"gigabitEthernet 1/0/{port}", "wlc": f"XGigabitEthernet0/0/{port}",
                "hillstone": f"xethernet0/{port}"}[self.make]

    def mbits(self, port):
        return self.fast if port > self.front else self.speed

    def is_up(self, port):
        return port in self.links or port in self.hosts or (self.make == "hillstone" and port == WAN_PORT)


def build():
    """The switches by name, linked, and every host's (address, MAC) as the core's ARP has them."""
    switches = {row[0]: Switch(row) for row in SWITCHES}
    links = []
    switches["fw-01"].slow[WAN_PORT] = 1000
    for s in switches.values():
        if s.above:
            link(links, switches[s.above], s.at, s, s.up())
    arp = [(s.address, s.mac()) for s in switches.values() if s.name != "core-01"]
    for name, last, _, switch, port, mbits, vlan, mac in HOSTS:
        switches[switch].hosts[port] = name
        switches[switch].slow[port] = mbits
        arp.append((f"{NET}.{last}", bytes.fromhex(mac)))
        learn(switches, switch, port, vlan, bytes.fromhex(mac))
    for name, (vlan, net, count, _) in PEOPLE.items():
        s = switches[name]
        free = [p for p in range(1, s.front + 1) if p not in s.hosts][:count]
        for i, port in enumerate(free, 1):
            mac = bytes([0x06, 0x12, 0, s.number, 0, port])
            s.hosts[port] = "people"
            arp.append((f"{net}.{100 + i}", mac))
            learn(switches, name, port, vlan, mac)
    for s in switches.values():
        if s.above:
            learn(switches, s.above, s.at, 8, s.mac())
    return switches, links, arp


def learn(switches, name, port, vlan, mac):
    """Every switch on the way up has it behind the port it came by."""
    while name:
        s = switches[name]
        s.macs[mac] = (vlan, port)
        name, port = s.above, s.at


def system_rows(s):
    for part, kind, value in ((1, OCT + "x", WORDS[s.make].format(s.model).encode().hex()), (2, OID, OBJECTS[s.make]),
                              (3, TICKS, 432_000_000 + s.number * 8_640_000), (4, OCT + "x", "网络运维组".encode().hex()),
                              (5, OCT, s.name), (6, OCT + "x", s.place.encode().hex())):
        yield f"1.3.6.1.2.1.1.{part}.0", kind, value
    yield "1.3.6.1.2.1.2.1.0", INT, len(s.ports())
    yield "1.3.6.1.6.3.10.2.1.2.0", INT, 3
    yield "1.3.6.1.6.3.10.2.1.3.0", INT, 864000


def entity_rows(s):
    """One chassis with one board: INDEX 2 measures."""
    for index, inside, kind, name in ((1, 0, 3, s.model), (2, 1, 9, "Board 0")):
        for column, tag, value in ((2, OCT, name), (4, INT, inside), (5, INT, kind), (7, OCT, name), (10, OCT, "LAB 1.0"),
                                   (11, OCT, f"LABS{s.number:08d}{index}"), (13, OCT, s.model)):
            yield f"{ENTITY}.{column}.{index}", tag, value


def health_rows(s):
    """Processor, memory, temperature, power and fans, in the words of each make."""
    cpu, memory, warm = 8 + s.number % 20, 35 + s.number % 30, 33 + s.number % 12
    rows = {
        "huawei": [(HUAWEI + ".5.25.31.1.1.1.1.5.2", INT, cpu), (HUAWEI + ".5.25.31.1.1.1.1.7.2", INT, memory),
                   (HUAWEI + ".5.25.31.1.1.1.1.11.2", INT, warm), (HUAWEI + ".5.25.31.1.1.1.1.12.2", INT, 63), (HUAWEI + ".5.25.31.1.1.10.1.6.0.1", INT, 1),
                   (HUAWEI + ".5.25.31.1.1.10.1.5.0.1", INT, 45), (HUAWEI + ".5.25.31.1.1.10.1.7.0.1", INT, 1),
                   (HUAWEI + ".5.25.31.1.1.18.1.6.0.1", INT, 1), (HUAWEI + ".5.25.31.1.1.18.1.6.0.2", INT, 1)],
        "h3c": [("1.3.6.1.4.1.25506.2.6.1.1.1.1.6.2", INT, cpu), ("1.3.6.1.4.1.25506.2.6.1.1.1.1.8.2", INT, memory),
                ("1.3.6.1.4.1.25506.2.6.1.1.1.1.12.2", INT, warm), ("1.3.6.1.4.1.25506.2.6.1.1.1.1.13.2", INT, 65), ("1.3.6.1.4.1.25506.8.35.9.1.1.1.2.1", INT, 1),
                ("1.3.6.1.4.1.25506.8.35.9.1.2.1.2.1", INT, 1)],
        "ruijie": [(RUIJIE + ".36.1.1.2.0", GAUGE, cpu), (RUIJIE + ".35.1.1.1.3.1", GAUGE, memory),
                   (RUIJIE + ".35.1.1.1.2.1", OCT, "Memory"), (RUIJIE + ".1.1.16.0", INT, warm),
                   (RUIJIE + ".1.1.2.0", OCT, "LAB 11.4"), (RUIJIE + ".1.1.18.1.2.1", INT, 3),
                   (RUIJIE + ".1.1.20.1.2.1", INT, 2)],
        "tplink": [(TPLINK + ".1.1.5.0", OCT, s.model), (TPLINK + ".1.1.6.0", OCT, "LAB 2.0"),
                   (TPLINK + ".4.1.1.1.1.3.1", INT, cpu), (TPLINK + ".4.1.2.1.1.2.1", INT, memory)],
        "hillstone": [("1.3.6.1.4.1.28557.2.2.1.1.0", OCT, f"LABF{s.number:08d}"), ("1.3.6.1.4.1.28557.2.2.1.2.0", OCT, "LAB 5.5"),
                      ("1.3.6.1.4.1.28557.2.2.1.3.0", INT, cpu), ("1.3.6.1.4.1.28557.2.2.1.4.0", INT, 16_000_000),
                      ("1.3.6.1.4.1.28557.2.2.1.5.0", INT, 7_100_000), ("1.3.6.1.4.1.28557.2.2.1.11.0", INT, 48_210)],
    }
    rows["wlc"] = [*rows["huawei"], (HUAWEI + ".6.139.12.1.2.1.0", INT, 186), (HUAWEI + ".6.139.12.1.2.3.0", INT, 1420)]
    return rows[s.make]


def table_rows(s, arp):
    for mac, (vlan, port) in s.macs.items():
        yield f"{FDB}.2.{vlan}.{dotted(mac)}", INT, port
        yield f"{FDB}.3.{vlan}.{dotted(mac)}", INT, 3
    for address, mac in arp if s.name == "core-01" else ():
        yield f"{ARP}.2.1.{address}", OCT + "x", mac.hex()
        yield f"{ARP}.3.1.{address}", IP, address


def all_rows(s, arp):
    rows = [*system_rows(s), *entity_rows(s), *health_rows(s), *neighbour_rows(s, False), *table_rows(s, arp)]
    speeds = {f"1.3.6.1.2.1.31.1.1.1.15.{p}": m for p, m in s.slow.items()}
    speeds |= {f"1.3.6.1.2.1.2.2.1.5.{p}": min(m * 1_000_000, 2**32 - 1) for p, m in s.slow.items()}
    aliases = {f"1.3.6.1.2.1.31.1.1.1.18.{p}": f"to {name}" for p, name in s.hosts.items() if name != "people"}
    if s.make == "hillstone":
        aliases[f"1.3.6.1.2.1.31.1.1.1.18.{WAN_PORT}"] = "internet"
    for port in s.ports():
        # A port that stands still would look like one nobody plugged in: those who are up have counted something.
        rows.extend((oid, kind, speeds.get(oid, aliases.get(oid, value))) for oid, kind, value in port_rows(s, port))
    return sorted(rows, key=lambda row: [int(part) for part in row[0].split(".")])


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    switches, links, arp = build()
    lines, where = [], {}
    for s in switches.values():
        (folder / f"{s.name}.snmprec").write_text("".join(f"{o}|{k}|{v}\n" for o, k, v in all_rows(s, arp)), encoding="utf-8")
        where[s.name] = s.address
        lines.append(f"add {s.address} {(folder / s.name).resolve()}.snmprec\n")
    for name, last, recording, *_ in HOSTS:
        where[name] = f"{NET}.{last}"
        lines.append(f"add {NET}.{last} {HERE}/recordings/{recording}.snmprec\n")
    (folder / "network.sim").write_text("".join(lines))
    (folder / "network.json").write_text(json.dumps({"devices": where, "links": links}, indent=1) + "\n")


if __name__ == "__main__":
    main()
