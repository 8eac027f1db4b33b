#!/usr/bin/env bash
# Prints the folder that holds initdb and postgres. Installs Debian's PostgreSQL
# only when there is none.
set -euo pipefail
. "$(dirname "$0")/debian.sh"

find_bin() {
	local dir
	for dir in $(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -rV) "$(dirname "$(command -v initdb || echo /none/initdb)")"; do
		if [ -x "$dir/initdb" ] && [ -x "$dir/postgres" ] && [ -x "$dir/pg_ctl" ]; then
			echo "$dir"
			return 0
		fi
	done
	return 1
}

if ! find_bin; then
	install PostgreSQL postgresql
	say "Debian's package may run a server of its own from now on; the tests do not use it"
	find_bin || fail "PostgreSQL was installed, but there is no initdb under /usr/lib/postgresql"
fi
