# Sourced by the need-*.sh scripts: say things, and install Debian packages.

say() { printf 'plein: %s\n' "$*" >&2; }

fail() {
	say "$*"
	exit 1
}

# install WHAT PACKAGE...: put Debian packages on this machine because WHAT is
# missing; fail with one clear line when that cannot be done.
install() {
	local what=$1 as=()
	shift
	command -v apt-get >/dev/null ||
		fail "$what is missing, and this machine has no apt-get. Install $what and run this again."
	if [ "$(id -u)" -ne 0 ]; then
		command -v sudo >/dev/null ||
			fail "$what is missing. As root, run: apt-get install $*"
		as=(sudo)
	fi
	as+=(env DEBIAN_FRONTEND=noninteractive apt-get -q -y)
	say "$what is missing; installing from Debian: $*"
	if ! "${as[@]}" install --no-install-recommends "$@" >&2; then
		"${as[@]}" update >&2 || say "apt-get update did not finish; trying with the lists there are"
		"${as[@]}" install --no-install-recommends "$@" >&2 ||
			fail "$what could not be installed (apt-get install $*). See the lines above."
	fi
}
