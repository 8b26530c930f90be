#!/usr/bin/env bash
# A real HashiCorp Vault 1.14.1 (under the MPL), storage in memory:
# key/value engines 1 and 2, logins by token, userpass, AppRole, Kubernetes, JWT.
#   vault.sh build            compile it (once; cached), print its path
#   vault.sh start PORT DIR   http://127.0.0.1:PORT; fresh: sealed, not initialised
#   vault.sh stop DIR
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/lib.sh"

build() {
	local key out
	key=$( (cat "$here"/vault/{go.mod,go.sum,main.go}; go env GOVERSION GOARCH) | sha256sum | cut -c1-16)
	out="$cache/vault/$key/pilothouse-vault"
	if [ ! -x "$out" ]; then
		mkdir -p "${out%/*}"
		(cd "$here/vault" && CGO_ENABLED=0 nice -n 19 go build -p "${VAULT_JOBS:-2}" -mod=readonly -trimpath -ldflags '-s -w' -o "$out.tmp" .) >&2
		mv "$out.tmp" "$out"
	fi
	echo "$out"
}

case ${1:-} in
build) build ;;
start)
	[ $# -eq 3 ] || die "start PORT DIR"
	dir=$(abs "$3"); v=$(build)
	start_bg "$dir" vault "$v" "127.0.0.1:$2"
	wait_for "$dir" vault 30 http_ok "http://127.0.0.1:$2/v1/sys/seal-status" ;;
stop) stop_bg "$2" vault ;;
*) sed -n '2,/^here/{/^#/s/^# \{0,1\}//p}' "$0"; exit 2 ;;
esac
