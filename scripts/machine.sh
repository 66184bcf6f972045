# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# What ./run, ./test, ./pack and bench/run ask of the machine: packages and Node.
# Sourced, never run.  It needs bash, dpkg and apt, nothing else.

HOUSE=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# A Python put first in PATH by a version manager may lack what Debian's has.
PYTHON=/usr/bin/python3
NODE_WANTED=20.19
NPM_WANTED=10

say() { printf '%s\n' "$*" >&2; }
die() { say "${0##*/}: $*"; exit 3; }

# as_root COMMAND...: directly as root, else through sudo, which minimal systems lack.
as_root() {
	if [ "$(id -u)" = 0 ]; then
		"$@"
	elif command -v sudo >/dev/null; then
		sudo -- "$@"
	else
		die "packages must be installed and sudo is absent: start this once as root"
	fi
}

# packages_of SET...: the packages of scripts/packages.txt, one a line.
packages_of() {
	local want=" $* " set names name
	while IFS=: read -r set names; do
		[[ $want == *" $set "* ]] || continue
		for name in $names; do printf '%s\n' "$name"; done
	done <"$HOUSE/scripts/packages.txt"
}

# packages_missing NAME...: those of them that are not installed.
packages_missing() {
	local -A have=()
	local status name
	while read -r status name; do
		[ "$status" = installed ] && have[${name%%:*}]=1
	done < <(dpkg-query -W -f '${db:Status-Status} ${binary:Package}\n' "$@" 2>/dev/null)
	for name in "$@"; do
		[ -n "${have[$name]:-}" ] || printf '%s\n' "$name"
	done
}

# Debian starts and enables what it installs.  Nobody asked for a database server here, so
# starting is refused while we install, and what became enabled is disabled afterwards.
INSTALL_STEPS='
set -e
export DEBIAN_FRONTEND=noninteractive
policy=/usr/sbin/policy-rc.d
made_policy=
if [ ! -e "$policy" ]; then
	printf "#!/bin/sh\nexit 101\n" >"$policy"
	chmod 755 "$policy"
	made_policy=1
fi
trap "[ -z \"$made_policy\" ] || rm -f \"$policy\"" EXIT
case " $* " in
*" postgresql-15 "*)
	if [ ! -e /etc/postgresql-common/createcluster.conf ]; then
		mkdir -p /etc/postgresql-common
		echo "create_main_cluster = false" >/etc/postgresql-common/createcluster.conf
	fi ;;
esac
enabled() { ls -d /etc/rc[2-5].d/S* /etc/systemd/system/*.wants/* 2>/dev/null || true; }
before=$(enabled)
apt-get update -qq
apt-get install -y -qq -o Dpkg::Use-Pty=0 --no-install-recommends "$@" >/dev/null
for link in $(enabled); do
	case "$before" in *"$link"*) continue ;; esac
	unit=${link##*/}
	case "$link" in
	/etc/rc*) unit=${unit#S[0-9][0-9]}; update-rc.d "$unit" disable >/dev/null 2>&1 || true ;;
	*) command -v systemctl >/dev/null && systemctl disable "$unit" >/dev/null 2>&1 || true ;;
	esac
done
'

# packages_want SET...: install what is missing of these sets; silent when nothing is.
packages_want() {
	local names missing
	mapfile -t names < <(packages_of "$@")
	packages_want_names "${names[@]}"
}

packages_want_names() {
	local missing
	mapfile -t missing < <(packages_missing "$@")
	[ ${#missing[@]} -gt 0 ] || return 0
	if [ "$(id -u)" != 0 ] && ! command -v sudo >/dev/null; then
		say "packages are missing and there is no sudo; as root, once:"
		die "apt-get install --no-install-recommends ${missing[*]}"
	fi
	say "installing ${#missing[@]} packages: ${missing[*]}"
	as_root bash -c "$INSTALL_STEPS" install "${missing[@]}" >&2 ||
		die "apt could not install: ${missing[*]}"
}

# version_at_least HAVE WANT: compare the first two numbers.
version_at_least() {
	local have=${1#v} want=$2 h1 h2 w1 w2
	IFS=. read -r h1 h2 _ <<<"$have.0"
	IFS=. read -r w1 w2 _ <<<"$want.0"
	[ "${h1:-0}" -gt "$w1" ] || { [ "${h1:-0}" -eq "$w1" ] && [ "${h2:-0}" -ge "$w2" ]; }
}

node_is_good() {
	command -v node >/dev/null && command -v npm >/dev/null &&
		version_at_least "$(node --version 2>/dev/null)" "$NODE_WANTED" &&
		version_at_least "$(npm --version 2>/dev/null)" "$NPM_WANTED"
}

# node_want: a Node and npm that the UI accepts, in PATH.  Debian 12's own are too old for
# it; they only fetch the newer pair, as a package without install scripts, into .cache/node.
node_want() {
	local cache=$HOUSE/.cache/node arch authorities=/etc/ssl/certs/ca-certificates.crt
	# npm's Node carries its own certificate authorities and does not know a campus proxy's.
	if [ -z "${NODE_EXTRA_CA_CERTS:-}" ] && [ -e "$authorities" ]; then
		export NODE_EXTRA_CA_CERTS=$authorities
	fi
	node_is_good && return 0
	case $(uname -m) in
	x86_64) arch=x64 ;;
	aarch64) arch=arm64 ;;
	*) die "no Node package is known for $(uname -m): put node >= $NODE_WANTED and npm >= $NPM_WANTED in PATH" ;;
	esac
	local found=$cache/node_modules/node-linux-$arch/bin:$cache/node_modules/.bin
	PATH=$found:$PATH
	export PATH
	hash -r
	node_is_good && return 0
	# npm conflicts with a nodejs from elsewhere, so each is asked for only when absent.
	command -v node >/dev/null || packages_want_names nodejs
	command -v npm >/dev/null || packages_want_names npm
	say "fetching Node 20 into .cache/node"
	mkdir -p "$cache"
	(cd "$cache" && npm install --ignore-scripts --no-fund --no-audit --no-save \
		"node-linux-$arch@20" npm@10 >&2) || die "npm could not fetch Node 20"
	hash -r
	node_is_good || die "the fetched Node is $(node --version 2>&1), npm $(npm --version 2>&1)"
}

# account_want: the system user a platform started as root works as.
account_want() {
	id -u fengsui >/dev/null 2>&1 || useradd --system --no-create-home \
		--home-dir /nonexistent --shell /usr/sbin/nologin fengsui
}

# data_folder DIR: made on first use.  A platform started as root works as the folder's owner:
# the owner of this tree, or where that is root too a system user of its own.
data_folder() {
	local owner
	[ ! -d "$1" ] || return 0
	mkdir -p "$1"
	chmod 700 "$1"
	[ "$(id -u)" = 0 ] || return 0
	owner=$(stat -c %U "$HOUSE")
	if [ "$owner" = root ] || [ "$owner" = UNKNOWN ]; then
		owner=fengsui
		account_want
	fi
	chown "$owner": "$1"
}

# meson_dir DIR OPTION...: configure DIR once; ninja re-configures by itself afterwards.
meson_dir() {
	local dir=$1
	shift
	[ -e "$HOUSE/$dir/build.ninja" ] && return 0
	rm -rf "${HOUSE:?}/$dir"
	meson setup "$HOUSE/$dir" "$HOUSE" "$@" >"$HOUSE/.cache/$dir.setup.log" 2>&1 || {
		cat "$HOUSE/.cache/$dir.setup.log" >&2
		rm -rf "${HOUSE:?}/$dir"
		return 1
	}
}

mkdir -p "$HOUSE/.cache"
