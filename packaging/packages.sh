# SPDX-License-Identifier: GPL-3.0-or-later
# Sourced by packaging/start and tests/run: installs what is missing from packaging/dependencies, and what both say of the build.

say() { printf '\033[1m==>\033[0m %s\n' "$*" >&2; }
[ -t 2 ] || say() { printf '==> %s\n' "$*" >&2; }
fail() { printf '%s: %s\n' "${0##*/}" "$*" >&2; exit 1; }

# entries GROUP...: the lines of these groups
entries() {
	local group
	for group in "$@"; do
		awk -v want="[$group]" '/^#/ || /^$/ { next } /^\[/ { here = ($0 == want); next } here' "$PACKAGING/dependencies"
	done
}

# first_known NAME|NAME...: the first alternative that apt knows
first_known() {
	local name candidate
	for name in ${1//|/ }; do
		# sed reads to the end: grep -q would leave early, and pipefail would take apt-cache's SIGPIPE for "not known"
		candidate=$(apt-cache policy "$name" 2>/dev/null | sed -n 's/^ *Candidate: //p')
		if [ -n "$candidate" ] && [ "$candidate" != "(none)" ]; then
			echo "$name"
			return
		fi
	done
	return 1
}

# missing_entries GROUP...: entries of which no alternative is installed; one dpkg-query for all, so it takes no time
missing_entries() {
	local all installed entry
	all=$(entries "$@")
	# shellcheck disable=SC2086 # one word a package
	installed=" $(dpkg-query -W -f='${db:Status-Abbrev}${Package}\n' ${all//|/ } 2>/dev/null | sed -n 's/^.i //p' | tr '\n' ' ')"
	for entry in $all; do
		local name found=
		for name in ${entry//|/ }; do
			case "$installed" in *" $name "*) found=1 ;; esac
		done
		[ -n "$found" ] || echo "$entry"
	done
}

# as_root COMMAND...: directly as root, else by sudo
as_root() {
	if [ "$(id -u)" = 0 ]; then
		"$@"
	elif command -v sudo >/dev/null; then
		sudo "$@"
	else
		fail "this needs root, and there is no sudo. Run as root: $*"
	fi
}

# install_missing GROUP...
install_missing() {
	command -v dpkg-query >/dev/null && command -v apt-get >/dev/null ||
		fail "this is not Debian or Ubuntu. Install what packaging/dependencies names, then build with: cmake --preset release && cmake --build --preset release"
	local missing entry name packages=()
	missing=$(missing_entries "$@")
	[ -n "$missing" ] || return 0
	say "Missing: $(echo $missing)"
	say "They come from your distribution by apt-get$([ "$(id -u)" = 0 ] || echo ', for which sudo may ask for your password')."
	as_root env DEBIAN_FRONTEND=noninteractive apt-get update -qq || fail "apt-get update failed; see above."
	for entry in $missing; do
		name=$(first_known "$entry") || fail "apt knows no package $entry. Debian 12, Debian 13 and Ubuntu 24.04 have it; are their main (and universe) sections enabled?"
		packages+=("$name")
	done
	as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends -o Dpkg::Use-Pty=0 "${packages[@]}" >&2 ||
		fail "apt-get install failed; see above."
}

# build_jobs: as many as there are cores, but 1.3 GB each (a unit that includes LibTorch needs that much)
build_jobs() {
	local cores free
	cores=$(nproc)
	free=$(awk '/^MemAvailable:/ { print int($2 / 1300000) }' /proc/meminfo 2>/dev/null || echo "$cores")
	[ "${free:-1}" -ge 1 ] || free=1
	echo $((cores < free ? cores : free))
}

# share_compiler_cache: one ccache for every clone; paths below the clone are hashed as relative ones
share_compiler_cache() {
	export CCACHE_MAXSIZE=${CCACHE_MAXSIZE:-5G} CCACHE_COMPILERCHECK=${CCACHE_COMPILERCHECK:-content}
	export CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1
	export CCACHE_SLOPPINESS=pch_defines,time_macros # without these no source with a precompiled header is kept
}
