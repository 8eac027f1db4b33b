#!/usr/bin/env bash
# scripts/port-free.sh PORT COMMAND: fails with one clear line when something
# listens on the port of this machine already.
set -euo pipefail
. "$(dirname "$0")/debian.sh"

port=$1
case $port in
'' | *[!0-9]*) fail "PORT=$port is not a port number" ;;
esac
{ [ "${#port}" -le 5 ] && [ "$port" -ge 1 ] && [ "$port" -le 65535 ]; } || fail "PORT=$port is not a port number"
if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
	fail "port $port is taken by another program. Stop that, or choose another port: $2 PORT=$((port < 65535 ? port + 1 : 8081))"
fi
