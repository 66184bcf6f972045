# SPDX-License-Identifier: Apache-2.0
"""What another system found in a device's recording, beside what we find in it."""
import json
import pathlib
import subprocess

TOLERANCE = 1e-6


def near(a, b):
    return abs(a - b) <= TOLERANCE * max(1.0, abs(a), abs(b))


def run(command):
    """(exit code, standard output, standard error) of one command."""
    done = subprocess.run(command, capture_output=True, timeout=120, check=False)
    return done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace")


def identify(program, profiles, recording):
    """(exit code, parsed answer, standard error) of one recording."""
    code, out, err = run([program, "snmp", "identify", "--profiles", profiles, recording])
    return code, json.loads(out) if out else None, err


def compare_ports(want, got):
    """Missing or different: 'port IFINDEX FIELD: …'."""
    ours = {p["ifIndex"]: p for p in got["ports"]}
    for port in want["ports"]:
        mine = ours.get(port["ifIndex"])
        if mine is None:
            yield f"port {port['ifIndex']} missing", port["ifName"], None
            continue
        for field in ("ifName", "ifAdminStatus", "ifOperStatus"):
            if mine[field] != port[field]:
                yield f"port {port['ifIndex']} {field}", port[field], mine[field]
        if (mine["ifSpeed"] or 0) != (port["ifSpeed"] or 0):
            yield f"port {port['ifIndex']} ifSpeed", port["ifSpeed"], mine["ifSpeed"]


def compare_sensors(want, got):
    ours = {(s["class"], s["oid"].lstrip(".")): s["value"] for s in got["sensors"]}
    for sensor in want["sensors"]:
        key = (sensor["sensor_class"], sensor["sensor_oid"].lstrip("."))
        value = ours.get(key)
        if value is None or not near(value, sensor["sensor_current"]):
            yield f"sensor {key[0]} {key[1]}", sensor["sensor_current"], value


def compare_processors(want, got):
    ours = {p["oid"].lstrip("."): p["usage"] for p in got["processors"]}
    for processor in want["processors"]:
        oid = processor["processor_oid"].lstrip(".")
        value = ours.get(oid)
        # the other system keeps whole per cents
        if value is None or abs(value - processor["processor_usage"]) > 0.5:
            yield f"processor {oid}", processor["processor_usage"], value


def pools_missing(kind, want, got):
    """Each expected pool wants one of ours with the same size, use and share."""
    left = list(got)
    for name, total, used, perc in want:
        hit = next((p for p in left if abs(p["total"] - total) <= 1 and abs(p["used"] - used) <= 1
                    and abs(p["perc"] - perc) <= 1), None)
        if hit is None:
            close = next((p for p in got if p["descr"] == name), None)
            yield f"{kind} {name}", (total, used, perc), close
        else:
            left.remove(hit)


def compare_mempools(want, got):
    pools = [(m["mempool_descr"], m["mempool_total"], m["mempool_used"], m["mempool_perc"])
             for m in want["mempools"]]
    yield from pools_missing("mempool", pools, got["mempools"])


def compare_storage(want, got):
    disks = [(s["storage_descr"], s["storage_size"], s["storage_used"], s["storage_perc"])
             for s in want["storage"]]
    yield from pools_missing("storage", disks, got["storage"])


def compare_neighbours(want, got):
    """The other system writes 'PORT (ADDRESS)' where the far end is a stranger to it."""
    ours = {(n["protocol"], n["remote_host"], n["remote_port"]) for n in got["neighbours"]}
    for n in want["neighbours"]:
        key = (n["protocol"], n["remote_hostname"], n["remote_port"].split(" (")[0])
        if key not in ours:
            yield f"neighbour {' '.join(key)}", key, None


COMPARED = {
    "ports": compare_ports, "sensors": compare_sensors, "processors": compare_processors,
    "mempools": compare_mempools, "storage": compare_storage, "neighbours": compare_neighbours,
}


def applications_missing(want, got):
    """Statistics of programs: each expected program's text is there under its name."""
    names = " ".join(t["name"] for t in got["texts"]).replace("-", "")
    for app in want["applications"]:
        if app["app_type"].replace("-", "") not in names:
            yield f"application {app['app_type']}", app["app_type"], names


def compare(want, got):
    """section -> (expected, [(what, theirs, ours), …])."""
    found = {name: (len(want[name]), list(fn(want, got))) for name, fn in COMPARED.items()}
    found["applications"] = (len(want["applications"]), list(applications_missing(want, got)))
    return found


def load(folder, name):
    return json.loads((pathlib.Path(folder) / f"{name}.json").read_text())
