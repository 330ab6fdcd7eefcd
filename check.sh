#!/bin/sh
# Runs all checks: make check. Installs first what they need and is missing: make,
# a C compiler for Go's race detector, Apache, whose own lines are read back, the
# tools that logsleuth respond writes for, Chromium with Node.js, in which the HTML
# report is tried, what reads Markdown (cmark-gfm), Parquet (node), terminals
# (script) and manual pages (groff), and shells, in which completion is tried.
# Nothing that is installed is started.
set -eu
cd "$(dirname "$0")"

missing=
command -v make >/dev/null || missing="make"
if ! command -v "$(go env CC)" >/dev/null || ! echo '#include <stdlib.h>' | "$(go env CC)" -E - >/dev/null 2>&1; then
	missing="$missing gcc libc6-dev"
fi
PATH=$PATH:/usr/sbin:/sbin
for need in apache2:apache2 nft:nftables iptables:iptables ufw:ufw nginx:nginx-light fail2ban-client:fail2ban ip:iproute2 chromium:chromium cmark-gfm:cmark-gfm script:bsdutils node:nodejs npm:npm groff:groff-base zsh:zsh fish:fish; do
	command -v "${need%%:*}" >/dev/null || missing="$missing ${need#*:}"
done
[ -e /usr/share/bash-completion/bash_completion ] || missing="$missing bash-completion"
if [ -n "$missing" ]; then
	root=
	[ "$(id -u)" = 0 ] || root=sudo
	if ! command -v apt-get >/dev/null || ! command -v ${root:-true} >/dev/null; then
		echo "check.sh: please install $missing" >&2
		exit 2
	fi
	$root apt-get update -qq
	made='' policy=/usr/sbin/policy-rc.d # Debian asks it before it starts a service
	if [ ! -e $policy ]; then
		made=$policy
		trap '[ -z "$made" ] || $root rm -f "$made"' EXIT
		printf '#!/bin/sh\nexit 101\n' | $root tee $policy >/dev/null
		$root chmod 755 $policy
	fi
	# shellcheck disable=SC2086 # several words
	$root env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends $missing
	[ -z "$made" ] || $root rm -f "$made"
	made=''
fi

# Parquet is read back by another program than the one that wrote it.
(cd report/events/testdata/parquet && npm install --silent --no-audit --no-fund --no-package-lock)

# Git refuses to tell about a checkout that belongs to somebody else.
export GOFLAGS="${GOFLAGS-} -buildvcs=false" CGO_ENABLED=1
[ -d report/testdata/browser/node_modules/axe-core ] || make browser
exec make check
