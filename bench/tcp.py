#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Checks of ports (and, for http-check.py, of pages) a second as the probe role runs them, beside
prometheus-blackbox-exporter asked by wrk for the same, five alternating pairs.

The services are one server with thousands of addresses at the other end of a cable (ground.Far), which
has the second core.  The prober has the first; the exporter and wrk may use both.  For ports, of which each takes
three packets, the far kernel's work for them is the prober's too, and the kernel's own share is shown: a thread
that only opens, waits and resets (connector.c) is the most a checker can reach.
"""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import ground  # noqa: E402

BUILD = ground.HOUSE / "build" / "bench"
RUNS, SECONDS, ASKERS, INFLIGHT = 5, 4, 32, 256
PREFIX, FIRST, PORT, EXPORTER_PORT = "10.100.0.0/15", "10.100.0.1", 9000, 9115
KINDS = {"tcp": ("tcp", "tcp_connect", "ports", 30000), "http": ("http-check", "http_2xx", "pages", 8000)}

NGINX = """daemon off; master_process off; worker_processes 1; pid {at}/nginx.pid; error_log {at}/error.log;
events {{ worker_connections 8192; }}
http {{ access_log off; client_body_temp_path {at}/a; proxy_temp_path {at}/b; fastcgi_temp_path {at}/c;
  uwsgi_temp_path {at}/d; scgi_temp_path {at}/e;
  server {{ listen {port} backlog=4096; location / {{ return 200 "{text}"; }} }} }}
"""
MODULES = """modules:
  tcp_connect: {prober: tcp, timeout: 5s, tcp: {preferred_ip_protocol: ip4}}
  http_2xx: {prober: http, timeout: 5s, http: {preferred_ip_protocol: ip4}}
"""
# Turn by turn over the same addresses; every answer is looked at.
ASK = """local n, threads = 0, {}
bad, good = 0, 0
function setup(thread) table.insert(threads, thread) end
function request()
  n = (n + 1) %% 10000
  return wrk.format("GET", string.format("/probe?module=%(module)s&target=%(before)s10.100.%%d.%%d:%(port)d",
    math.floor(n / 250), 1 + n %% 250))
end
function response(status, headers, body)
  if status == 200 and body:find("\\nprobe_success 1", 1, true) then good = good + 1 else bad = bad + 1 end
end
function done(summary)
  local g, b = 0, 0
  for _, thread in ipairs(threads) do g, b = g + thread:get("good"), b + thread:get("bad") end
  print(string.format("probes %%d bad %%d seconds %%f", g, b, summary.duration / 1e6))
end
"""


def cpu_s(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class World:
    """The server at the far end and the exporter beside us."""

    def __init__(self, kind, folder):
        self.far = ground.Far(PREFIX, steered=kind != "tcp")
        self.kind, self.folder = kind, folder
        _, module, _, _ = KINDS[kind]
        if kind == "tcp":
            words = [BUILD / "bench-acceptor", str(PORT)]
        else:
            (folder / "nginx.conf").write_text(NGINX.format(at=folder, port=PORT, text="烽燧" * 150))
            words = ["/usr/sbin/nginx", "-c", folder / "nginx.conf", "-e", folder / "error.log"]
        self.server = self.far.start(words)
        (folder / "modules.yml").write_text(MODULES)
        (folder / "ask.lua").write_text(ASK % {"module": module, "port": PORT, "before": "http://" if kind == "http" else ""})
        self.exporter = subprocess.Popen(
            ["prometheus-blackbox-exporter", f"--config.file={folder}/modules.yml", f"--web.listen-address=127.0.0.1:{EXPORTER_PORT}"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        ground.wait_port("127.0.0.1", EXPORTER_PORT)
        ground.wait_port(FIRST, PORT)

    def taken(self, measure):
        before = cpu_s(self.server.pid)
        began = time.monotonic()
        result = measure()
        result["server_cores"] = (cpu_s(self.server.pid) - before) / (time.monotonic() - began)
        return result

    def asked(self, *words):
        done = subprocess.run(ground.near(*words), capture_output=True, text=True)
        if done.returncode not in (0, 1):
            sys.exit(done.stderr)
        return json.loads(done.stdout)

    def ours(self):
        return self.asked(BUILD / "bench-checks", self.kind, f"{FIRST}:{PORT}", str(SECONDS))

    def bare(self):
        return self.asked(BUILD / "bench-connector", f"{FIRST}:{PORT}", str(SECONDS), str(INFLIGHT))

    def peer(self):
        before = cpu_s(self.exporter.pid)
        text = subprocess.run(["wrk", "-t1", f"-c{ASKERS}", f"-d{SECONDS}s", "-s", self.folder / "ask.lua",
                               f"http://127.0.0.1:{EXPORTER_PORT}"], capture_output=True, text=True, check=True).stdout
        good, bad, seconds = re.search(r"probes (\d+) bad (\d+) seconds ([\d.]+)", text).groups()
        taken = cpu_s(self.exporter.pid) - before
        return {"per_s": int(good) / float(seconds), "per_cpu_s": int(good) / taken, "cores": taken / float(seconds),
                "bad": int(bad), "code": ""}

    def end(self):
        for process in (self.exporter, self.server):
            process.terminate()
            process.wait()
        self.far.end()


def main(kind):
    bench, _, what, target = KINDS[kind]
    ground.own_network()
    subprocess.run(["ninja", "-C", ground.HOUSE / "build", "bench/bench-checks", "bench/bench-acceptor", "bench/bench-connector"], check=True,
                   stdout=subprocess.DEVNULL)
    with tempfile.TemporaryDirectory(prefix="fengsui-bench-") as name:
        world = World(kind, pathlib.Path(name))
        try:
            world.peer()  # warm
            measures = [world.ours, world.peer] + ([world.bare] if kind == "tcp" else [])
            pairs = [tuple(world.taken(measure) for measure in measures) for _ in range(RUNS)]
        finally:
            world.end()
    for key, metric, unit, more in (("per_s", f"{what} checked a second", "1/s", {"target": target}),
                                    ("per_cpu_s", f"{what} checked a second of the prober's own CPU", "1/CPU-s", {})):
        ground.pairs(bench, metric, "higher", unit, [(p[0][key], p[1][key]) for p in pairs], "prometheus-blackbox-exporter", **more)
    if kind == "tcp":
        ground.pairs(bench, f"{what} checked a second of the prober's own CPU", "higher", "1/CPU-s",
                     [(p[0]["per_cpu_s"], p[2]["per_cpu_s"]) for p in pairs], "bare socket, connect, reset")
    print(f"\n{'':10} {'checks/s':>10} {'a CPU-s':>10} {'cores':>7} {'server':>7} {'not up':>7}")
    for i, who in enumerate(("fengsui", "exporter", "bare")[:len(measures)]):
        for row in (p[i] for p in pairs):
            print(f"{who:10} {row['per_s']:10,.0f} {row['per_cpu_s']:10,.0f} {row['cores']:7.2f} {row['server_cores']:7.2f} "
                  f"{row['bad']:7} {row['code']}")


if __name__ == "__main__":
    main("tcp")
