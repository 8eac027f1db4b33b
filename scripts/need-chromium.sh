#!/usr/bin/env bash
# Prints the path of a Chromium. Installs Debian's only when there is none.
set -euo pipefail
. "$(dirname "$0")/debian.sh"

find_chromium() {
	local name
	for name in chromium chromium-browser google-chrome google-chrome-stable; do
		command -v "$name" && return 0
	done
	return 1
}

if ! find_chromium; then
	install Chromium chromium fonts-liberation
	find_chromium || fail "Chromium was installed, but there is no chromium on the PATH"
fi
