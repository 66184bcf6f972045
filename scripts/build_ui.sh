#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Build ui/dist when its inputs changed.  A dist without a record of inputs came from
# elsewhere, prebuilt, and is used as it is: then no Node is needed.
set -eu
cd "$(dirname "$0")/.."
# shellcheck source=scripts/machine.sh
. scripts/machine.sh

# inputs PATH...: one digest of every file's name and bytes below these paths.
inputs() {
	find "$@" \( -name node_modules -o -name dist -o -name .vite -o -name schema.d.ts \
		-o -path '*/i18n/*/sentences.ts' -o -path '*/i18n/*/results.ts' \
		-o -path '*/src/*/check_kinds.ts' \) -prune \
		-o -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -d' ' -f1
}

dist=ui/dist
if [ -e $dist/index.html ] && [ ! -e $dist/.inputs ]; then
	exit 0
fi
now=$(inputs ui schema)
if [ -e $dist/index.html ] && [ "$(cat $dist/.inputs)" = "$now" ]; then
	exit 0
fi

node_want
log=$HOUSE/.cache/ui.log
lock=$(inputs ui/package-lock.json)
say "building the web interface, see .cache/ui.log"
{
	if [ "$(cat ui/node_modules/.lock-digest 2>/dev/null)" != "$lock" ]; then
		(cd ui && npm ci --ignore-scripts --no-fund --no-audit)
		printf '%s\n' "$lock" >ui/node_modules/.lock-digest
	fi
	rm -rf $dist
	(cd ui && npm run build)
} >"$log" 2>&1 || {
	tail -n 40 "$log" >&2
	# A dist without a record would be taken for a prebuilt one.
	rm -rf $dist
	exit 1
}
# Hashed again: the build itself may have written a generated file.
inputs ui schema >$dist/.inputs
