#!/usr/bin/env bash
# Runs every test there is. Arguments go to go test in the place of ./... :
#
#   scripts/test.sh ./internal/square/... -run Groups
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/debian.sh

command -v go >/dev/null || fail "Go is missing; see go.mod for the version"
[ $# -gt 0 ] || set -- ./...

chromium=$(scripts/need-chromium.sh)
export PLEIN_TEST_CHROMIUM=$chromium
postgres=$(scripts/need-postgres.sh)
export PLEIN_SHARED=${PLEIN_SHARED:-$(cd .. && pwd)/shared}

say "go         $(go env GOVERSION)"
say "postgresql $("$postgres/postgres" --version)"
say "chromium   $chromium"
if [ -d "$PLEIN_SHARED/data" ]; then
	say "real data  $PLEIN_SHARED"
else
	say "real data  none at $PLEIN_SHARED: tests on real data will fail; set PLEIN_SHARED to the folder that holds data/"
fi

# Two packages at a time: some of them start servers and browsers of their own.
begin=$SECONDS
status=0
set -x
scripts/with-postgres.sh go test -p 2 -timeout 12m "$@" || status=$?
{ set +x; } 2>/dev/null
if [ "$status" -ne 0 ]; then
	fail "TESTS FAILED after $((SECONDS - begin)) s (go test ended with $status)"
fi
say "all tests passed in $((SECONDS - begin)) s"
