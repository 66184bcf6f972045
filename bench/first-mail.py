#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""From a critical signal's sending to the mail server's 250: 200 services stop one after the other
over 60 s, each found by a real probe (its first miss is the signal) and told by real SMTP."""
import asyncio
import email
import email.policy
import json
import pathlib
import random
import subprocess
import tempfile
import time

import ground

ALERTS, SPREAD_S, PORT = 200, 60, 9000


async def stop_in_turn(servers):
    order = random.Random(7).sample(servers, len(servers))
    begin = time.monotonic()
    for n, server in enumerate(order):
        await asyncio.sleep(max(0, begin + n * SPREAD_S / ALERTS - time.monotonic()))
        server.close()


async def hold(operator):
    def hang_up(_, writer):
        writer.close()
    servers = [await asyncio.start_server(hang_up, address(n), PORT) for n in range(ALERTS)]
    await asyncio.to_thread(watch, operator)
    while not await asyncio.to_thread(all_up, operator):
        await asyncio.sleep(1)
    await stop_in_turn(servers)


def address(n):
    return f"127.0.1.{n + 1}"


def watch(operator):
    for n in range(ALERTS):
        asset = operator.post("/assets", {"name": f"业务系统{n:03d}", "kind": "server", "address": address(n), "importance": "core"})["id"]
        operator.post("/checks", {"asset_id": asset, "name": f"端口{n:03d}", "kind": "tcp", "target": f"{address(n)}:{PORT}",
                                  "interval_s": 1, "retries": 0, "severity": "critical"})


def listed(operator, path):
    items, cursor = [], ""
    while cursor is not None:
        page = operator.get(f"{path}{cursor}")
        items += page["items"]
        cursor = f"&cursor={page['next_cursor']}" if page.get("next_cursor") else None
    return items


def all_up(operator):
    states = [c["state"] for c in listed(operator, "/checks?limit=100") if c["kind"] == "tcp"]
    return len(states) == ALERTS and all(s == "up" for s in states)


def accepted(folder):
    """When the server took the first mail that names an asset, by the asset."""
    first = {}
    for path in sorted(pathlib.Path(folder).glob("[0-9]*.json")):
        message = email.message_from_bytes(path.with_suffix(".eml").read_bytes(), policy=email.policy.default)
        words = message["Subject"] + message.get_content()
        at = words.find("业务系统")
        if at >= 0:
            first.setdefault(words[at:at + 7], json.loads(path.read_text())["at_unix_ms"])
    return first


def measure(operator, folder):
    asyncio.run(hold(operator))
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and len(accepted(folder)) < ALERTS:
        time.sleep(1)
    mails = accepted(folder)
    sent = {a["asset"]["name"]: a["first_at"] for a in listed(operator, "/alerts?limit=100") if a.get("asset")}
    missing = sorted(set(sent) - set(mails))
    if len(mails) < ALERTS:
        print(f"# {len(sent)} alerts, {len(mails)} mails; without: {missing[:5]}", flush=True)
    return [mails[name] - sent[name] for name in mails if name in sent]


def main():
    ground.own_network()
    folder = tempfile.mkdtemp(prefix="fengsui-bench-mail-")
    sink = subprocess.Popen(["/usr/bin/python3", ground.HOUSE / "lab" / "smtp_sink.py", "--dir", folder, "--listen", "127.0.0.1:2525"],
                            stdout=subprocess.DEVNULL)
    platform = ground.Platform()
    try:
        platform.start()
        _, operator = ground.set_up(platform, mail_port=2525)
        ms = measure(operator, folder)
        late = ground.percentile(ms, 0.99)
        print(f"# {len(ms)} mails: p50 {ground.percentile(ms, 0.5)} p90 {ground.percentile(ms, 0.9)} p99 {late} max {max(ms)} ms", flush=True)
        ground.figure("first-mail", "signal to 250, p50", "lower", [ground.percentile(ms, 0.5)], 300, "ms", len(ms))
        ground.figure("first-mail", "signal to 250, p99", "lower", [late], 1000, "ms", len(ms))
    finally:
        sink.terminate()
        sink.wait()
        platform.stop()
        platform.remove()
        subprocess.run(["rm", "-rf", folder], check=True)


if __name__ == "__main__":
    main()
