#!/usr/bin/env bash
# scripts/templates.sh write   makes the Go code of all templates
# scripts/templates.sh check   fails when that code is not what the templates say
#
# The path of a template as templ was given it is in its code. This writes it as
# seen from the root, and does not mind another when it checks.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/debian.sh

templ=$(go tool -n templ)
bare() { sed -E 's#FileName: `[^`]*/#FileName: `#' "$1"; }
case ${1-} in
write)
	"$templ" generate -log-level error
	;;
check)
	copy=$(mktemp -d)
	trap 'rm -rf -- "$copy"' EXIT
	mapfile -t templates < <(find internal -name '*.templ' -not -path '*/testdata/*' -not -path '*/_*')
	tar cf - go.mod "${templates[@]}" | tar xf - -C "$copy"
	(cd "$copy" && "$templ" generate -log-level error)
	stale=0
	for t in "${templates[@]}"; do
		code=${t%.templ}_templ.go
		if ! cmp -s <(bare "$copy/$code") <(bare "$code"); then
			say "$code is not what $t says now"
			stale=1
		fi
	done
	while read -r code; do
		if [ ! -f "${code%_templ.go}.templ" ]; then
			say "$code has no template any more"
			stale=1
		fi
	done < <(find internal -name '*_templ.go' -not -path '*/_*')
	[ "$stale" -eq 0 ] || fail "run make generate"
	;;
*)
	fail "usage: scripts/templates.sh write|check"
	;;
esac
