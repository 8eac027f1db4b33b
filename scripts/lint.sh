#!/usr/bin/env bash
# Checks form. Runs every check, then fails if one of them did.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/debian.sh

bad=()
check() {
	local name=$1
	shift
	say "lint: $name"
	"$@" || bad+=("$name")
}

formatted() {
	local files
	files=$(git ls-files -z --cached --others --exclude-standard -- '*.go' | xargs -0 -r sh -c 'for f; do [ -f "$f" ] && printf "%s\0" "$f"; done' sh | xargs -0 -r gofmt -l | grep -vE '/(testdata|_[^/]*)/' || true)
	[ -z "$files" ] || { printf 'not formatted by gofmt: %s\n' $files >&2; return 1; }
}

scripts_parse() {
	local f
	for f in scripts/*.sh .ci/run; do bash -n "$f" || return 1; done
}

check gofmt formatted
check scripts scripts_parse
check templates scripts/templates.sh check
check vet go vet ./...
check staticcheck go tool staticcheck ./...
# By their files, so that the walls can be looked at while the app does not build.
check walls go test -count=1 internal/app/walls*_test.go

[ ${#bad[@]} -eq 0 ] || fail "LINT FAILED: ${bad[*]}"
say "lint: all clean"
