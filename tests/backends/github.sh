#!/usr/bin/env bash
# GitHub's published OpenAPI description (npm package @octokit/openapi). It starts nothing:
# tests/contract/estate compares with it what the estate plays as GitHub and what pilot asks.
#   github.sh description   fetch it (once; cached), print the file's path
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/lib.sh"
version=23.0.2

description() {
	local out="$cache/github/$version.json" tmp
	if [ ! -s "$out" ]; then
		mkdir -p "${out%/*}"
		tmp=$(mktemp -d -p "${out%/*}")
		(cd "$tmp" && nice npm pack --silent "@octokit/openapi@$version" >&2 && tar -xzf ./*.tgz package/generated/api.github.com.json)
		mv "$tmp/package/generated/api.github.com.json" "$out"
		rm -rf "$tmp"
	fi
	echo "$out"
}

case ${1:-} in
description) description ;;
*) sed -n '2,/^here/{/^#/s/^# \{0,1\}//p}' "$0"; exit 2 ;;
esac
