#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# scripts/try_bare.sh [--offline] [--archive FILE] [COMMAND]
#
# Runs COMMAND in a fresh bare Debian 12 (debootstrap minbase) that holds a copy of this
# checkout in /fengsui, or with --archive an unpacked archive of ./pack instead.  The default
# is './run --prepare && ./test unit'.  With --offline there is only a loopback.
# FENGSUI_BARE=DIR keeps the pristine system there and clones it next time.
# Root only.  The mirror is the one in this machine's own apt sources.
set -eu
cd "$(dirname "$0")/.."
# shellcheck source=scripts/machine.sh
. scripts/machine.sh

[ "$(id -u)" = 0 ] || die "needs root: it makes a system and mounts into it"
offline='' archive=''
while [ $# -gt 0 ]; do
	case $1 in
	--offline) offline=--net; shift ;;
	--archive) archive=$(realpath "$2"); shift 2 ;;
	-*) sed -n '3,9s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
	*) break ;;
	esac
done
command=${*:-./run --prepare && ./test unit}

packages_want bare
work=$(mktemp -d /tmp/fengsui-bare.XXXXXX)
root=$work/root
# Mounts live in a mount namespace of the command's own, so only files remain to remove.
trap 'rm -rf --one-file-system "$work"' EXIT

# The first line of the main archive for this release among our own sources.
mirror=$(apt-get indextargets --format '$(REPO_URI) $(CODENAME)' 'Created-By: Packages' |
	awk '$2 == "bookworm" { print $1; exit }')
[ -n "$mirror" ] || die "no apt source for bookworm on this machine"

pristine=${FENGSUI_BARE:-}
if [ -n "$pristine" ] && [ -e "$pristine/etc/debian_version" ]; then
	cp -a --reflink=auto "$pristine" "$root"
else
	say "making a bare Debian 12 from $mirror"
	debootstrap --variant=minbase bookworm "$root" "$mirror" >"$work/debootstrap.log" 2>&1 || {
		tail "$work/debootstrap.log" >&2
		die "debootstrap failed"
	}
	[ -z "$pristine" ] || cp -a "$root" "$pristine"
fi

# How this machine reaches its mirror: sources, their keys, proxies, own certificate authorities.
for path in etc/apt/sources.list etc/apt/sources.list.d etc/apt/apt.conf.d usr/share/keyrings \
	etc/apt/keyrings usr/local/share/ca-certificates etc/resolv.conf etc/hosts; do
	rm -rf "${root:?}/$path"
	[ -e "/$path" ] || continue
	mkdir -p "$root/$(dirname "$path")"
	cp -aL "/$path" "$root/$path"
done
rm -f "$root"/etc/apt/apt.conf.d/*appstream* "$root"/etc/apt/apt.conf.d/*packagekit*

mkdir "$root/fengsui"
if [ -n "$archive" ]; then
	tar -C "$root/fengsui" --strip-components=1 -xf "$archive"
else
	git ls-files -coz --exclude-standard | tar -c --null -T - | tar -C "$root/fengsui" -x
fi

keep=()
for name in http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY; do
	[ -z "${!name:-}" ] || keep+=("$name=${!name}")
done

# inside ROOT COMMAND: the rest runs in namespaces of its own.
inside='
root=$1; shift
mount --make-rprivate /
# A root which is a mount of its own, as ip(8) wants it.
mount --bind "$root" "$root"
mount -t proc proc "$root/proc"
mount -t sysfs sysfs "$root/sys"
mount --rbind /dev "$root/dev"
mount -t tmpfs tmpfs "$root/run"
# A bare system has no ip(8) to raise the loopback with; ours does.
[ "$1" != --net ] || ip link set lo up
[ "$1" != --net ] || shift
# Its root is the namespace'"'"'s own: in a chroot the kernel refuses user namespaces.
cd "$root"
mkdir -p old
pivot_root . old
cd /
umount -l /old
rmdir /old
exec env -i HOME=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
	LANG=C.UTF-8 "$@"
'
# shellcheck disable=SC2086
unshare --mount --pid --fork --kill-child $offline bash -c "$inside" inside "$root" $offline \
	"${keep[@]}" bash -c "cd /fengsui && $command"
