#!/usr/bin/env bash
# Runs a command beside a throw-away PostgreSQL of its own, named to the command as
# PLEIN_TEST_POSTGRES:
#
#   scripts/with-postgres.sh go test ./internal/platform/db
#
# The cluster lives in a temporary folder that only its owner may enter, listens on
# a socket in that folder and on no port, and is stopped and removed however the
# command ends. Only this cluster is ever touched. It is as strict about saving
# (fsync, synchronous_commit) as a real one, because Plein refuses a weaker one.
set -euo pipefail
. "$(dirname "$0")/debian.sh"

[ $# -gt 0 ] || fail "usage: scripts/with-postgres.sh COMMAND…"
bin=$("$(dirname "$0")/need-postgres.sh")

# Memory is the fastest place for what is thrown away, where there is enough of it.
place=${TMPDIR:-/tmp}
if [ -w /dev/shm ] && [ "$(df --output=avail -k /dev/shm | tail -n 1)" -gt $((2 * 1024 * 1024)) ]; then
	place=/dev/shm
fi
dir=$(mktemp -d "$place/plein-pg.XXXXXX")

# PostgreSQL refuses to run as root.
owner=()
if [ "$(id -u)" -eq 0 ]; then
	user=nobody
	if id postgres >/dev/null 2>&1; then user=postgres; fi
	chown "$user" "$dir"
	owner=(runuser -u "$user" --)
fi
as_owner() { (cd "$dir" && "${owner[@]}" "$@"); }

child=
started=
cleanup() {
	local status=$?
	trap '' INT TERM HUP
	if [ -n "$child" ] && kill -0 -- "-$child" 2>/dev/null; then
		kill -TERM -- "-$child" 2>/dev/null || true
		for _ in $(seq 50); do
			kill -0 -- "-$child" 2>/dev/null || break
			sleep 0.1
		done
		kill -KILL -- "-$child" 2>/dev/null || true
	fi
	# pg_ctl reads the process id from this cluster's own postmaster.pid.
	if [ -n "$started" ] && [ -f "$dir/data/postmaster.pid" ]; then
		as_owner "$bin/pg_ctl" stop -s -w -t 20 -m fast -D "$dir/data" ||
			as_owner "$bin/pg_ctl" stop -s -w -t 20 -m immediate -D "$dir/data" ||
			say "the test cluster in $dir did not stop"
	fi
	rm -rf -- "$dir"
	exit "$status"
}
trap cleanup EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

as_owner "$bin/initdb" -D "$dir/data" --username=plein --auth=trust --encoding=UTF8 --locale=C.UTF-8 --no-sync >"$dir/initdb.log" 2>&1 || {
	cat "$dir/initdb.log" >&2
	fail "initdb did not make a cluster in $dir"
}
cat >>"$dir/data/postgresql.conf" <<-CONF
	listen_addresses = ''
	unix_socket_directories = '$dir'
	unix_socket_permissions = 0700
	fsync = on
	synchronous_commit = on
	max_connections = 300
	shared_buffers = 64MB
	max_parallel_workers_per_gather = 0
	timezone = 'UTC'
CONF
started=yes
as_owner "$bin/pg_ctl" start -s -w -t 60 -D "$dir/data" -l "$dir/data/server.log" || {
	cat "$dir/data/server.log" >&2 || true
	fail "PostgreSQL did not start in $dir"
}
export PLEIN_TEST_POSTGRES="postgres://plein@/postgres?host=$dir&sslmode=disable"

# A process group of its own, so that everything the command started can be ended
# with it, and nothing else.
set -m
"$@" </dev/null &
child=$!
set +m
status=0
wait "$child" || status=$?
exit "$status"
