#!/bin/sh
# Runs all checks: make check. Installs first what they need and is missing: make,
# a C compiler for Go's race detector, Apache, whose own lines are read back, and
# Chromium with Node.js, in which the HTML report is tried.
set -eu
cd "$(dirname "$0")"

missing=
command -v make >/dev/null || missing="make"
if ! command -v "$(go env CC)" >/dev/null || ! echo '#include <stdlib.h>' | "$(go env CC)" -E - >/dev/null 2>&1; then
	missing="$missing gcc libc6-dev"
fi
[ -x /usr/sbin/apache2 ] || missing="$missing apache2"
command -v chromium >/dev/null || missing="$missing chromium"
command -v node >/dev/null || missing="$missing nodejs"
command -v npm >/dev/null || missing="$missing npm"
if [ -n "$missing" ]; then
	root=
	[ "$(id -u)" = 0 ] || root=sudo
	if ! command -v apt-get >/dev/null || ! command -v ${root:-true} >/dev/null; then
		echo "check.sh: please install $missing" >&2
		exit 2
	fi
	$root apt-get update -qq
	# shellcheck disable=SC2086 # several words
	$root env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends $missing
fi

# Git refuses to tell about a checkout that belongs to somebody else.
export GOFLAGS="${GOFLAGS-} -buildvcs=false" CGO_ENABLED=1
[ -d report/testdata/browser/node_modules/axe-core ] || make browser
exec make check
