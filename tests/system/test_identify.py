#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Devices out of recordings: our own fixtures, and beside another system's answers where those are."""
import json
import os
import pathlib
import re
import sys

import identify_oracle as oracle
import tap

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("FENGSUI_BUILD", ROOT / "build-test"))
PROGRAM = str(BUILD / "fengsui")
PROFILES = ROOT / "profiles"
FIXTURES = ROOT / "tests" / "fixtures" / "snmprec"
MISSES = ROOT / "tests" / "fixtures" / "identify-misses.txt"
SHARED = pathlib.Path(os.environ.get("FENGSUI_RECORDINGS", ROOT.parent / "shared" / "data"))
KEYS = ["os", "vendor", "model", "serial", "sysname", "ports", "sensors", "processors", "mempools",
        "storage", "neighbours"]
SHOWN = ["ports", "sensors", "processors", "mempools", "storage", "neighbours", "applications"]


def holds(want, got):
    """Everything wanted is there: members of objects, and items of lists in any order."""
    if isinstance(want, dict):
        return isinstance(got, dict) and all(k in got and holds(v, got[k]) for k, v in want.items())
    if isinstance(want, list):
        return isinstance(got, list) and all(any(holds(w, g) for g in got) for w in want)
    if isinstance(want, float) or isinstance(got, float):
        return got is not None and oracle.near(want, got)
    return want == got


def fixtures():
    for path in sorted(FIXTURES.glob("*.snmprec")):
        want = json.loads(path.with_suffix(".json").read_text())
        code, got, err = oracle.identify(PROGRAM, str(PROFILES), str(path))
        why = [f"{key}: wanted {value}, got {got.get(key) if got else None}"
               for key, value in want["device"].items() if not (got and holds(value, got.get(key)))]
        exit_code = want.get("exit", 0)
        tap.case(want["case"], not why and code == exit_code, f"exit {code}\n{err}\n" + "\n".join(why))
        if got and code == 0:
            tap.case(f"{path.stem} has every key of the contract", all(k in got for k in KEYS), got.keys())


def command_line():
    def run(*args):
        return oracle.run([PROGRAM, "snmp", *args])
    bad = FIXTURES / "blemished.snmprec"
    code, out, err = run("identify", "--profiles", str(PROFILES), str(bad))
    tap.case("a bad line is named with its place and the rest is read",
             code == 1 and "line 3" in err and "octet" in err and json.loads(out)["sysname"] == "corner", (code, err))
    tap.case("a file that is not there is exit 3", run("identify", "/nonexistent.snmprec")[0] == 3)
    tap.case("no file is wrong use", run("identify")[0] == 2 and run("discover", "x")[0] == 2)
    code, out, err = run("identify", str(FIXTURES / "unknown-make.snmprec"))
    tap.case("profiles beside the program are found by themselves", code == 0 and json.loads(out)["ports"], err)
    code, out, err = run("identify", "--profiles", str(PROFILES), "--site", str(FIXTURES / "site"),
                         str(FIXTURES / "unknown-make.snmprec"))
    tap.case("a site's own profile knows what ours do not", code == 0 and json.loads(out)["os"] == "campus-bell", (err, out))


def listed_misses():
    """{(device, what): reason} from lines 'DEVICE | WHAT | REASON'."""
    lines = [line for line in MISSES.read_text().splitlines() if line and not line.startswith("#")]
    parts = [[p.strip() for p in line.split("|", 2)] for line in lines]
    return {(device, what): reason for device, what, reason in parts}


def compare_all():
    listed, devices = listed_misses(), {}
    unused, total = set(listed), {name: [0, 0] for name in SHOWN}
    print("# device                   " + " ".join(f"{name:>12}" for name in SHOWN))
    for path in sorted((SHARED / "snmprec").glob("*.snmprec")):
        want = oracle.load(SHARED / "snmprec-expected", path.stem)
        _, got, err = oracle.identify(PROGRAM, str(PROFILES), str(path))
        devices[path.stem] = got
        unexpected, row = [], []
        for name, (count, misses) in oracle.compare(want, got).items():
            gone = len({what.split()[1] for what, _, _ in misses}) if name == "ports" else len(misses)
            row.append(f"{count - gone:>5}/{count:<6}")
            total[name][0] += count - gone
            total[name][1] += count
            unexpected += [m for m in misses if (path.stem, m[0]) not in listed]
            unused -= {(path.stem, m[0]) for m in misses}
        print(f"# {path.stem:<24} " + " ".join(row))
        device = want.get("device") or {}
        right_os = device.get("os") in (None, got["os"])
        tap.case(f"{path.stem}: all that is expected is found, or its miss has a reason",
                 not unexpected and right_os, f"os {got['os']}, {err}\n" + "\n".join(map(str, unexpected)))
    print("# total                    " + " ".join(f"{a:>5}/{b:<6}" for a, b in total.values()))
    tap.case("no listed miss has been mended unnoticed", not unused, unused)
    tap.case("every expected port is there", total["ports"][0] == total["ports"][1], total["ports"])
    found = sum(total[n][0] for n in ("sensors", "processors", "mempools"))
    asked = sum(total[n][1] for n in ("sensors", "processors", "mempools"))
    tap.case("nine in ten of sensors, processors and memory are equal", found >= 0.9 * asked, (found, asked))
    return devices


def own_limits(devices):
    """What these devices tell of their own sensors, from their recordings by hand."""
    def limits_of(stem):
        return {s["descr"]: [s.get(k) for k in ("low_critical", "low_warn", "high_warn", "high_critical")]
                for s in devices[stem]["sensors"] if s["class"] != "state"}

    tap.case("a server's limits of its temperatures and fans", limits_of("drac_r640")["System Board Inlet Temp"] == [-7, 3, 43, 47])
    tap.case("a row each of a threshold table", limits_of("ios_2960x")["Gi1/0/52 Module Temperature Sensor"] == [-10, -5, 85, 90])
    tap.case("a limit that its machine takes for a caution", limits_of("hpe-ilo_4")["ambient"] == [None, None, 42, None])
    tap.case("boards of two makes", limits_of("vrp_5720")["MPU Board 0"] == [None, None, 57, None]
             and limits_of("comware_hpe5900")["SENSOR 1"] == [None, None, 65, None])
    beyond = [(stem, s["descr"], s["value"]) for stem, got in devices.items() for s in got["sensors"] if s["class"] != "state"
              and s.get("severity") in ("warning", "critical")]
    tap.case("no sensor of a device that was well is beyond a limit of its own", not beyond, beyond)


def secrets_of(want):
    """Serials, host names and telling numbers of one recording."""
    device = want.get("device") or {}
    words = {device.get("serial"), device.get("sysName")}
    words |= {n["remote_hostname"] for n in want["neighbours"]}
    # a number of five digits or more is no constant of a MIB's text by chance
    for sensor in want["sensors"]:
        raw = f"{sensor['sensor_current'] * sensor['sensor_divisor']:.6g}"
        words.add(raw if len(re.sub(r"\D", "", raw)) >= 5 and "e" not in raw else None)
    return {w for w in words if w and w != "<private>" and len(w) >= 4}


def scan():
    texts = {p.relative_to(ROOT).as_posix(): p.read_text() for p in sorted(PROFILES.rglob("*.yaml"))}
    found = []
    for path in sorted((SHARED / "snmprec-expected").glob("*.json")):
        for word in secrets_of(json.loads(path.read_text())):
            pattern = re.compile(r"(?<![\w.])" + re.escape(word) + r"(?![\w.])")
            found += [f"{name}: {word} of {path.stem}" for name, text in texts.items() if pattern.search(text)]
    tap.case("no profile holds a recording's serial, host name or value", not found, "\n".join(found))


def main():
    fixtures()
    command_line()
    if (SHARED / "snmprec").is_dir():
        own_limits(compare_all())
        scan()
    else:
        print("# skipped: no recordings with another system's answers on this machine")
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
