#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A page of the interface from memory beside nginx serving the same file: requests per
# second of the server's own CPU, so that the load generator's share does not count.
set -eu
cd "$(dirname "$0")/.."
build=${BENCH_BUILD:-build}
runs=5 seconds=3
at=$(mktemp -d)
parent='' nginx=''
# Only what was started here is stopped, by its number.
finish() {
	[ -z "$parent" ] || kill "$parent" 2>/dev/null || true
	[ -z "$nginx" ] || kill "$nginx" 2>/dev/null || true
	wait 2>/dev/null || true
	rm -rf "$at"
}
trap finish EXIT

free_port() {
	python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# A page as large as the interface's own scripts are on average.
mkdir -p "$at/share/ui" "$at/site" "$at/tmp"
head -c 9000 /dev/zero | tr '\0' 'x' >"$at/share/ui/index.html"
cp "$at/share/ui/index.html" "$at/site/"
chmod -R a+rX "$at"
# As root the platform runs as the owner of its data folder.
install -d -m 700 "$at/data"
if [ "$(id -u)" = 0 ]; then
	chown nobody "$at/data"
fi

ours_port=$(free_port) peer_port=$(free_port)
cat >"$at/nginx.conf" <<CONF
daemon off;
master_process off;
worker_processes 1;
pid $at/nginx.pid;
error_log $at/error.log;
events { worker_connections 1024; }
http {
	access_log off;
	sendfile on;
	tcp_nopush on;
	keepalive_requests 100000000;
	open_file_cache max=100;
	default_type text/html;
	client_body_temp_path $at/tmp/a;
	proxy_temp_path $at/tmp/b;
	fastcgi_temp_path $at/tmp/c;
	uwsgi_temp_path $at/tmp/d;
	scgi_temp_path $at/tmp/e;
	server { listen 127.0.0.1:$peer_port; root $at/site; }
}
CONF
"$build/libexec/fengsui/parent" --data "$at/data" --listen "127.0.0.1:$ours_port" --share "$at/share" \
	>"$at/ours.log" 2>&1 &
parent=$!
/usr/sbin/nginx -c "$at/nginx.conf" -e "$at/error.log" >"$at/nginx.log" 2>&1 &
nginx=$!
for port in "$ours_port" "$peer_port"; do
	for _ in $(seq 100); do
		if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
			break
		fi
		sleep 0.1
	done
done
web=''
for _ in $(seq 100); do
	for pid in $(ps -o pid= --ppid "$parent"); do
		if [ "$(tr '\0' ' ' <"/proc/$pid/cmdline")" = "fengsui-web " ]; then
			web=$pid
		fi
	done
	[ -z "$web" ] || break
	sleep 0.1
done
[ -n "$web" ] || { cat "$at/ours.log" >&2; exit 1; }

ticks() {
	awk '{ print $14 + $15 }' "/proc/$1/stat"
}

# load PID PORT: requests per second of that process's CPU time.
load() {
	local before after count
	before=$(ticks "$1")
	count=$(wrk -t1 -c64 -d"${seconds}s" "http://127.0.0.1:$2/" | awk '/requests in/ { print $1 }')
	after=$(ticks "$1")
	awk -v n="$count" -v t="$((after - before))" -v hz="$(getconf CLK_TCK)" 'BEGIN { printf "%.0f\n", n * hz / t }'
}

load "$web" "$ours_port" >/dev/null
pairs=''
for run in $(seq $runs); do
	ours=$(load "$web" "$ours_port")
	peer=$(load "$nginx" "$peer_port")
	pairs="$pairs$ours $peer
"
	printf 'run %s: ours %s, nginx %s requests per CPU-second\n' "$run" "$ours" "$peer" >&2
done
printf '%s' "$pairs" | python3 -c '
import json, statistics, sys
pairs = [tuple(map(float, line.split())) for line in sys.stdin]
ours, peer = (statistics.median(p[i] for p in pairs) for i in (0, 1))
ratio = statistics.median(a / b for a, b in pairs)
print(json.dumps({"bench": "http", "metric": "static page", "better": "higher", "ours": ours, "peer": peer,
                  "ratio": round(ratio, 3), "unit": "requests/CPU-s", "runs": len(pairs), "peer_name": "nginx"}))
print(f"{'"'"'static page, 9,000 octets'"'"':28} {'"'"'requests/CPU-s'"'"':>16}\n{'"'"'fengsui web'"'"':28} {ours:16,.0f}\n{'"'"'nginx'"'"':28} {peer:16,.0f}")
'
