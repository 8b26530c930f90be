#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# keyring.sh COMMAND...: runs COMMAND in a private D-Bus session whose secret service (gnome-keyring) is unlocked and
# empty, so that QtKeychain works without a desktop. Nothing outlives the command. Exit code 77: not installed here.
set -euo pipefail
[ $# -gt 0 ] || { sed -n '3,4s/^# //p' "$0"; exit 2; }
for program in dbus-run-session dbus-send gnome-keyring-daemon; do
	command -v "$program" >/dev/null || { echo "skipped: $program is not installed"; exit 77; }
done
run=$(mktemp -d)
trap 'rm -rf "$run"' EXIT
export KEYRING_HOME=$run XDG_RUNTIME_DIR=$run
chmod 700 "$run"
dbus-run-session -- bash -c '
	set -u
	# In the foreground, so that its pid is known and it can be ended by it.
	XDG_DATA_HOME=$KEYRING_HOME/data gnome-keyring-daemon --foreground --unlock --components=secrets \
		< <(printf keyring) >/dev/null 2>"$KEYRING_HOME/log" &
	daemon=$!
	owned() { dbus-send --session --print-reply --dest=org.freedesktop.DBus / org.freedesktop.DBus.NameHasOwner \
		string:org.freedesktop.secrets 2>/dev/null | grep -q "boolean true"; }
	for _ in $(seq 200); do
		owned && break
		kill -0 "$daemon" 2>/dev/null || break
		sleep 0.05
	done
	if ! owned; then
		echo "gnome-keyring-daemon did not come up:"; cat "$KEYRING_HOME/log"
		kill "$daemon" 2>/dev/null
		exit 70
	fi
	"$@"
	code=$?
	kill "$daemon" 2>/dev/null
	wait "$daemon" 2>/dev/null
	exit $code' keyring "$@"
