#!/bin/sh
# Runs all checks: make check. Installs first what they need and is missing: make,
# a C compiler for Go's race detector, Apache, whose own lines are read back, and what reads
# Markdown (cmark-gfm), Parquet (node) and terminals (script).
set -eu
cd "$(dirname "$0")"

missing=
command -v make >/dev/null || missing="make"
if ! command -v "$(go env CC)" >/dev/null || ! echo '#include <stdlib.h>' | "$(go env CC)" -E - >/dev/null 2>&1; then
	missing="$missing gcc libc6-dev"
fi
[ -x /usr/sbin/apache2 ] || missing="$missing apache2"
command -v cmark-gfm >/dev/null || missing="$missing cmark-gfm"
command -v script >/dev/null || missing="$missing bsdutils"
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

# Parquet is read back by another program than the one that wrote it.
(cd report/events/testdata/parquet && npm install --silent --no-audit --no-fund --no-package-lock)

# Git refuses to tell about a checkout that belongs to somebody else.
export GOFLAGS="${GOFLAGS-} -buildvcs=false" CGO_ENABLED=1
exec make check
