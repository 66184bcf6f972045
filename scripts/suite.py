#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Run test programs side by side and count their cases.

    suite.py --results FILE [--jobs N] [--timeout S] [--tail N] [--first LIST] NAME=COMMAND...
    suite.py --results FILE --meson TESTLOG.json
    suite.py --results FILE --sum

A program that speaks TAP is counted by its lines, any other as one case by its exit code
(77 = skipped).  Output is kept in FILE.d/NAME.log and shown when something failed; its lines that
begin with "#!" are figures, shown in any case.  LIST holds names, one a line, of the programs to
start with, so that the longest is not the last.  Each call
appends `passed failed skipped` to FILE; --sum adds them up, prints the closing line and exits
1 when anything failed.
"""
import argparse
import concurrent.futures
import json
import os
import pathlib
import re
import select
import signal
import subprocess
import sys
import time

TAP_LINE = re.compile(r"^(not ok|ok)\b(.*)$")
TAP_LINE_ANY = re.compile(TAP_LINE.pattern, re.M)
TAP_PLAN = re.compile(r"^1\.\.(\d+)")
TAP_SKIP = re.compile(r"#\s*(skip|todo)", re.I)


def count(text, code, timed_out=False):
    """(passed, failed, skipped) of one program's output and exit code."""
    passed = failed = skipped = 0
    planned = None
    for line in text.splitlines():
        plan = TAP_PLAN.match(line)
        if plan:
            planned = (planned or 0) + int(plan.group(1))
            continue
        hit = TAP_LINE.match(line)
        if not hit:
            continue
        if TAP_SKIP.search(hit.group(2)):
            skipped += 1
        elif hit.group(1) == "ok":
            passed += 1
        else:
            failed += 1
    seen = passed + failed + skipped
    if seen == 0 and not planned:
        if code == 77:
            return 0, 0, 1
        return (1, 0, 0) if code == 0 and not timed_out else (0, 1, 0)
    if planned is not None and seen < planned:
        failed += planned - seen
    if (code not in (0, None) or timed_out) and failed == 0:
        failed = 1
    return passed, failed, skipped


def ended(child, timeout):
    """What its processes used, as far as each was waited for; None when it has not ended in time."""
    poll = select.poll()
    pidfd = os.pidfd_open(child.pid)
    try:
        poll.register(pidfd, select.POLLIN)
        if not poll.poll(timeout * 1000):
            return None
    finally:
        os.close(pidfd)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    return usage


def run_one(name, command, log, timeout):
    start = time.monotonic()
    with open(log, "wb") as out:
        child = subprocess.Popen(["bash", "-c", command], stdout=out,
                                 stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                                 start_new_session=True)
        usage = ended(child, timeout)
        timed_out = usage is None
        if timed_out:
            os.killpg(child.pid, signal.SIGTERM)
            usage = ended(child, 10)
        if usage is None:
            os.killpg(child.pid, signal.SIGKILL)
            usage = ended(child, 600)
    text = log.read_text(errors="replace")
    code = child.returncode
    took = f"{time.monotonic() - start:.1f} s, CPU {usage.ru_utime + usage.ru_stime:.1f} s"
    return name, count(text, code, timed_out), code, timed_out, took, text


def show(name, tally, took, note=""):
    passed, failed, skipped = tally
    word = "FAIL" if failed else "ok" if passed else "skip"
    cases = f"{passed} passed" + (f", {failed} failed" if failed else "") \
        + (f", {skipped} skipped" if skipped else "")
    print(f"  {word:4} {name}: {cases} ({took}){note}", flush=True)


def figures(text):
    """What a program measured and wants read even when all is well: its lines that begin with "#!"."""
    for line in text.splitlines():
        if line.startswith("#!"):
            print("       " + line[2:].strip(), flush=True)


def telling(text, most):
    """The last lines of a failure, without the cases that passed."""
    return [line for line in text.splitlines() if not re.match(r"ok \d", line)][-most:]


def complain(text, most):
    print("\n".join("       " + line for line in telling(text, most)), flush=True)


def ordered(programs, listed):
    """Those that are listed first, in the list's order; the others as they stand."""
    place = {name: i for i, name in enumerate(listed)}
    return sorted(programs, key=lambda item: place.get(item.partition("=")[0], len(place)))


def run_all(args):
    logs = pathlib.Path(args.results + ".d")
    logs.mkdir(parents=True, exist_ok=True)
    names = [item.partition("=")[0] for item in args.programs]
    if len(set(names)) < len(names):
        sys.exit("suite.py: two programs of one name would share their output")
    total = [0, 0, 0]
    with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        waiting = []
        first = args.first.read_text().split() if args.first else []
        for item in ordered(args.programs, first):
            name, _, command = item.partition("=")
            log = logs / (name.replace("/", "_") + ".log")
            waiting.append(pool.submit(run_one, name, command, log, args.timeout))
        for done in concurrent.futures.as_completed(waiting):
            name, tally, code, timed_out, took, text = done.result()
            note = " timed out" if timed_out else f" exit {code}" if code not in (0, 77) else ""
            show(name, tally, took, note)
            figures(text)
            if tally[1]:
                complain(text, args.tail)
            elif tally[2]:
                for line in text.splitlines():
                    if "skip" in line.lower():
                        print("       " + line)
                        break
            total = [a + b for a, b in zip(total, tally)]
    return total


def meson_log(path, tail):
    total = [0, 0, 0]
    for line in pathlib.Path(path).read_text(errors="replace").splitlines():
        test = json.loads(line)
        text = test.get("stdout", "")
        if test["result"] == "SKIP" and not TAP_LINE_ANY.search(text):
            tally = (0, 0, 1)
        else:
            # meson calls a second group of cases an error, and cmocka's skipped case a failure;
            # a program that ended well is judged by its lines.
            bad = test["result"] not in ("OK", "SKIP", "EXPECTEDFAIL") and not (
                test.get("returncode") == 0 and TAP_LINE_ANY.search(text))
            tally = count(text, 1 if bad else 0)
        show(test["name"].split(" / ")[-1], tally, f"{test['duration']:.1f} s")
        figures(text)
        if tally[1]:
            complain(text + "\n" + test.get("stderr", ""), tail)
        total = [a + b for a, b in zip(total, tally)]
    return total


def main():
    ask = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    ask.add_argument("--results", required=True)
    ask.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    ask.add_argument("--timeout", type=float, default=300)
    ask.add_argument("--tail", type=int, default=60)
    ask.add_argument("--first", type=pathlib.Path)
    ask.add_argument("--meson")
    ask.add_argument("--sum", action="store_true")
    ask.add_argument("programs", nargs="*")
    args = ask.parse_args()
    if args.sum:
        rows = pathlib.Path(args.results)
        total = [0, 0, 0]
        for line in rows.read_text().splitlines() if rows.exists() else []:
            total = [a + int(b) for a, b in zip(total, line.split())]
        if sum(total) == 0:
            total[1] = 1
        print(f"{total[0]} passed, {total[1]} failed"
              + (f", {total[2]} skipped" if total[2] else ""), flush=True)
        return 1 if total[1] else 0
    total = meson_log(args.meson, args.tail) if args.meson else run_all(args)
    with open(args.results, "a") as out:
        out.write(" ".join(map(str, total)) + "\n")
    return 1 if total[1] else 0


if __name__ == "__main__":
    sys.exit(main())
