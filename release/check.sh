#!/bin/sh
# Tries what make dist wrote: that it can be made again, byte by byte, and that the
# Debian package of this machine can be installed, used and removed in a clean
# Debian. Needs root, debootstrap and Debian's mirror. make dist-check calls it.
#
#   release/check.sh [-n] [DIR]     -n: do not build it again
set -eu
cd "$(dirname "$0")/.."
rebuild=yes
[ "${1-}" != -n ] || { rebuild=no; shift; }
dist=$(cd "${1:-dist}" && pwd)
work=$(mktemp -d)
root=$work/root
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT

say() { printf '\n== %s\n' "$*"; }
fail() { echo "release/check.sh: $*" >&2; exit 1; }

say 'the checksums hold'
(cd "$dist" && sha256sum --quiet -c SHA256SUMS)

if [ $rebuild = yes ]; then
	say 'built again in another folder, with nothing kept from before: the same bytes'
	git diff --quiet HEAD || fail 'what is not committed cannot be built in another folder; commit it'
	git clone -q . "$work/elsewhere/logsleuth"
	git fetch -q --tags . 2>/dev/null || :
	(
		cd "$work/elsewhere/logsleuth"
		export GOCACHE="$work/cache" TZ=Pacific/Kiritimati LC_ALL=C
		umask 077
		go run ./release -o "$work/again" ${ONLY:+-only "$ONLY"} >/dev/null
	)
	rm -rf "$work/cache"
	cmp "$dist/SHA256SUMS" "$work/again/SHA256SUMS"
	(cd "$work/again" && sha256sum --quiet -c "$dist/SHA256SUMS")
fi

say 'a clean Debian'
arch=$(dpkg --print-architecture)
suite=${SUITE:-$(. /etc/os-release && echo "$VERSION_CODENAME")}
mirror=${MIRROR:-$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 2>/dev/null | grep -v security | head -n 1)}
deb=$(ls "$dist"/logsleuth_*_"$arch".deb)
debootstrap --variant=minbase --include=man-db,bash-completion,zsh,fish "$suite" "$root" "$mirror" >"$work/log" 2>&1 || { tail "$work/log"; fail 'debootstrap failed'; }
# All that follows is in there, with processes, mounts and a network of its own,
# which end with each command.
inside() {
	unshare --mount --pid --net --fork sh -c 'mount -t proc proc "$0/proc" && mount -t devpts -o newinstance,ptmxmode=666 devpts "$0/dev/pts" && exec chroot "$0" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@"' "$root" "$@"
}
listing() { (cd "$root" && find . -path ./proc -prune -o -path ./var/log -prune -o -path ./var/cache -prune -o -path ./var/lib/dpkg -prune -o -path ./var/lib/apt -prune -o -print | sort); }
listing >"$work/before"
cp "$deb" "$root/tmp/logsleuth.deb"
mkdir "$root/tmp/logs"
cp testdata/cases/flood/error.log testdata/cases/flood/syslog "$root/tmp/logs/"

say 'dpkg -i, and the program works'
inside dpkg -i /tmp/logsleuth.deb
inside logsleuth --version
inside logsleuth analyze --tz Europe/Paris /tmp/logs/error.log /tmp/logs/syslog >"$work/report"
head -n 4 "$work/report"
inside dpkg -V logsleuth
[ -z "$(inside dpkg-query -W -f '${Conffiles}' logsleuth)" ] || fail 'it has conffiles'
! inside dpkg -L logsleuth | grep -E 'systemd|init\.d|cron|/etc/' || fail 'it installs what may start'

say 'man'
inside man -P cat logsleuth | sed -n '1,5p'
for page in $(inside dpkg -L logsleuth | sed -n 's|.*/man1/\(.*\)\.1\.gz|\1|p'); do
	warnings=$(inside man --warnings -E UTF-8 -P cat "$page" 2>&1 >"$work/page")
	[ -z "$warnings" ] || fail "man $page: $warnings"
	[ "$(wc -l <"$work/page")" -gt 15 ] || fail "man $page is short"
done
inside mandb -q 2>/dev/null || :
inside whatis logsleuth-analyze

say 'completion'
# As it is found by the shells themselves: nothing here names the files.
cat >"$root/tmp/bash" <<'END'
source /usr/share/bash-completion/bash_completion
_completion_loader logsleuth
compopt() { :; }
COMP_WORDS=(logsleuth respond --as n) COMP_CWORD=3 COMP_LINE='logsleuth respond --as n' COMP_POINT=24 COMP_TYPE=9
eval "$(complete -p logsleuth | sed -E 's/.*-F ([^ ]+).*/\1/')" logsleuth n --as
echo "${COMPREPLY[@]}"
END
cat >"$root/tmp/zsh" <<'END'
autoload -Uz compinit; compinit -u -D
print ${_comps[logsleuth]}
END
[ "$(inside bash /tmp/bash)" = nftables ] || fail "bash completes respond --as n to: $(inside bash /tmp/bash)"
[ "$(inside fish -c 'complete --do-complete "logsleuth respond --as nf"')" = nftables ] || fail 'fish does not complete'
[ "$(inside zsh -f /tmp/zsh)" = _logsleuth ] || fail 'zsh does not know the completion'
echo 'bash, fish and zsh have it'

say 'settings'
mkdir -p "$root/etc/logsleuth"
printf 'tz: Asia/Tokyo\nnice: 0\n' >"$root/etc/logsleuth/config.yaml"
inside env LOGSLEUTH_NICE=5 logsleuth config | grep -E '^(/etc|tz|nice)'
inside logsleuth config --format json analyze | grep -q '"place": "/etc/logsleuth/config.yaml:1"' || fail 'the file in /etc is not read'
rm -r "$root/etc/logsleuth"

say 'apt remove: nothing stays'
inside apt-get -qq -y remove logsleuth
rm -r "$root/tmp/logsleuth.deb" "$root/tmp/logs" "$root/tmp/bash" "$root/tmp/zsh"
listing | grep -v -e '/root/\.\(config\|local\|cache\|zcompdump\)' >"$work/after"
diff "$work/before" "$work/after" || fail 'removing it leaves, or takes, what stands above'
inside dpkg -P logsleuth

if command -v lintian >/dev/null; then
	say lintian
	chmod 755 "$work" # it reads as a user of its own
	lintian --fail-on error,warning "$deb"
fi
say 'all of it holds'
