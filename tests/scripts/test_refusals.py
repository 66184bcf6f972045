# SPDX-License-Identifier: Apache-2.0
"""Whatever the server can refuse with has words on the screen, in both languages."""
import pathlib
import re
import sys

HOUSE = pathlib.Path(__file__).resolve().parents[2]
ASKED = ("api", "desk", "view", "role")
CALL = re.compile(r'\b\w*(?:refuse|reply_problem)\w*\([^;]*?"([a-z_]+\.[a-z_.]+)"', re.S)
ANSWER = re.compile(r'\{ -?E[A-Z_]+, \d{3}, "([a-z_.]+)" \}')
GUARD = re.compile(r'\[(?:\w*GUARD\w*|\w*GUARD\(\w+\))\] = \{ "([a-z_]+)"')
TASK_GUARD = re.compile(r'\[TASK_GUARD_\w+\] = \{ "([a-z_]+)"')
# What only one screen can be refused comes with that screen's words.
FILES = ("problems.ts", "common_refusals.ts", "refusals.ts", "found.ts", "office_refusals.ts", "prints.ts", "sheets.ts", "regulation.ts", "daily.ts", "events.ts", "selfcheck.ts")
WORDS = re.compile(r"^\s*'problem\.([a-z_.]+)':", re.M)
# Said by a command that succeeded, or by the console only.
NO_REFUSAL = {"delivery.resent"}


def text(*parts):
    return HOUSE.joinpath(*parts).read_text()


def codes():
    found = set(ANSWER.findall(text("src", "role", "problem.c")))
    for layer in ASKED:
        for path in (HOUSE / "src" / layer).rglob("*.c"):
            found |= set(CALL.findall(path.read_text()))
    for name in ("notice_table", "verification", "rectification"):
        found |= {f"notice.{guard}" for guard in GUARD.findall(text("src", "workflow", f"{name}.c"))}
    found |= {f"incoming.{guard}" for guard in GUARD.findall(text("src", "workflow", "incoming.c"))}
    found |= {f"selfcheck.{guard}" for guard in GUARD.findall(text("src", "workflow", "selfcheck.c"))}
    found |= {f"task.{guard}" for guard in TASK_GUARD.findall(text("src", "workflow", "task.c"))}
    found |= {f"finding.{guard}" for guard in GUARD.findall(text("src", "workflow", "finding.c"))}
    for name in ("event", "event_paper"):
        found |= {f"event.{guard}" for guard in GUARD.findall(text("src", "workflow", f"{name}.c"))}
    for name in ("extension", "acceptance", "control"):
        found |= {f"{name}.{guard}" for guard in GUARD.findall(text("src", "workflow", f"{name}.c"))}
    return found - NO_REFUSAL


def main():
    wanted = codes()
    wrong = 0
    cases = [("the sources are read", [] if len(wanted) > 120 else [f"only {len(wanted)} codes"])]
    for lang in ("zh", "en"):
        said = set(WORDS.findall("".join(text("ui", "src", "i18n", lang, name) for name in FILES)))
        cases.append((f"every refusal has words ({lang})", sorted(wanted - said)))
    print(f"1..{len(cases)}")
    for number, (name, missing) in enumerate(cases, 1):
        wrong += bool(missing)
        print(f"{'not ok' if missing else 'ok'} {number} - {name}")
        if missing:
            print("# " + " ".join(missing))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
