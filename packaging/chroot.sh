# SPDX-License-Identifier: GPL-3.0-or-later
# Sourced by packaging/try-fresh and packaging/try-packages: a clean chroot of a Debian release, entered in a mount
# namespace of its own, so that every mount goes away with the command, however it ends.

say() { printf '==> %s\n' "$*" >&2; }
fail() { printf '%s: %s\n' "${0##*/}" "$*" >&2; exit 1; }

# need_chroot_tools: root, debootstrap, and a kernel that lets us mount
need_chroot_tools() {
	[ "$(id -u)" = 0 ] || fail "a chroot needs root."
	command -v debootstrap >/dev/null || fail "debootstrap is not installed (apt-get install debootstrap)."
	unshare --mount true 2>/dev/null || fail "this kernel does not let us mount here (a container without CAP_SYS_ADMIN?)."
}

# make_chroot RELEASE DIR: a minimal system with a user "newcomer" who may use sudo; taken over if DIR holds one
make_chroot() {
	local release=$1 dir=$2 mirror
	if [ ! -f "$dir/etc/debian_version" ]; then
		say "Making a clean $release in $dir"
		# The mirror that this machine uses itself; debootstrap's own default otherwise.
		mirror=${DEBIAN_MIRROR:-$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 2>/dev/null | grep -v security | head -n 1)}
		# shellcheck disable=SC2086 # an empty mirror is no argument
		debootstrap --variant=minbase --include=ca-certificates,sudo,passwd "$release" "$dir" ${mirror:-} >&2
	fi
	# How this machine reaches the network: resolver, hosts, apt's own settings, private CAs.
	cp -L /etc/resolv.conf "$dir/etc/resolv.conf" 2>/dev/null || true
	cp -L /etc/hosts "$dir/etc/hosts" 2>/dev/null || true
	apt-config dump | grep -E '^Acquire::(http|https|Check)' >"$dir/etc/apt/apt.conf.d/90outside" || true
	if ls /usr/local/share/ca-certificates/*.crt >/dev/null 2>&1; then
		cp /usr/local/share/ca-certificates/*.crt "$dir/usr/local/share/ca-certificates/"
		chroot "$dir" update-ca-certificates >/dev/null 2>&1 || true
	fi
	printf '#!/bin/sh\nexit 101\n' >"$dir/usr/sbin/policy-rc.d" # a chroot starts no services
	chmod 755 "$dir/usr/sbin/policy-rc.d"
	chroot "$dir" id newcomer >/dev/null 2>&1 || chroot "$dir" useradd --create-home --shell /bin/bash newcomer
	echo 'newcomer ALL=(ALL) NOPASSWD: ALL' >"$dir/etc/sudoers.d/newcomer"
	chmod 440 "$dir/etc/sudoers.d/newcomer"
}

# in_chroot DIR USER COMMAND: runs a shell line as that user in their home, with /proc, /sys, /dev and /dev/shm; own pid namespace,
# so that nothing it started outlives it
in_chroot() {
	local dir=$1 user=$2 line=$3
	unshare --mount --pid --fork --kill-child --propagation private bash -euc '
		dir=$1 user=$2 line=$3
		mount -t proc proc "$dir/proc"
		mount -t sysfs -o ro sys "$dir/sys" 2>/dev/null || mount --rbind /sys "$dir/sys"
		mount -t tmpfs -o mode=755 dev "$dir/dev"
		for node in null zero full random urandom tty; do
			touch "$dir/dev/$node"
			mount --bind "/dev/$node" "$dir/dev/$node"
		done
		mkdir -p "$dir/dev/pts" "$dir/dev/shm"
		mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 devpts "$dir/dev/pts"
		ln -s pts/ptmx "$dir/dev/ptmx"
		ln -s /proc/self/fd "$dir/dev/fd"
		ln -s /proc/self/fd/0 "$dir/dev/stdin"; ln -s /proc/self/fd/1 "$dir/dev/stdout"; ln -s /proc/self/fd/2 "$dir/dev/stderr"
		mount -t tmpfs -o mode=1777 shm "$dir/dev/shm"
		keep=()
		for name in http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY; do
			[ -z "${!name:-}" ] || keep+=("$name=${!name}")
		done
		home=/root
		[ "$user" = root ] || home=/home/$user
		exec chroot --userspec="$user:" "$dir" /usr/bin/env -i HOME="$home" USER="$user" LOGNAME="$user" TERM=dumb \
			PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 "${keep[@]}" \
			/bin/bash -c "cd \"\$HOME\" && $line"
	' chroot "$dir" "$user" "$line" </dev/null
}

# copy_tree DIR TARGET: the working tree (tracked and new files, no build folders) into DIR/TARGET
copy_tree() {
	local dir=$1 target=$2
	rm -rf "${dir:?}/$target"
	mkdir -p "$dir/$target"
	if git rev-parse --is-inside-work-tree >/dev/null 2>&1; then
		git ls-files -z --cached --others --exclude-standard | while IFS= read -r -d '' file; do
			[ ! -e "$file" ] || printf '%s\0' "$file"
		done | tar --create --null --files-from=- --file=- | tar --extract --directory "$dir/$target"
	else
		tar --create --exclude=./build --file=- . | tar --extract --directory "$dir/$target"
	fi
}
