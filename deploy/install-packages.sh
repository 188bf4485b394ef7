#!/bin/sh
# install-packages.sh FILE: installs the Debian packages that FILE lists and this machine lacks.
# One name a line, `#` begins a comment. `NAME ? COMMAND`: only where COMMAND is missing and the release
# has such a package.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/common.sh"

[ -r "${1:-}" ] || die "give the file that lists the packages"
command -v dpkg-query >/dev/null ||
    die "this is not Debian: install by hand what $1 lists, then set NEXUS_SKIP_INSTALL=1"

installed() { dpkg-query -W -f '${db:Status-Status}\n' "$1" 2>/dev/null | grep -qx installed; }

must='' may=''
while read -r name mark program; do
    case $name in '' | '#'*) continue ;; esac
    if [ "$mark" = '?' ]; then
        command -v "$program" >/dev/null || may="$may $name"
    elif ! installed "$name"; then
        must="$must $name"
    fi
done <"$1"
[ -n "$must$may" ] || exit 0

[ "$(id -u)" = 0 ] || die "not root, and these packages are missing:$must$may
Run as root: apt-get install --no-install-recommends$must$may"

export DEBIAN_FRONTEND=noninteractive
# Packages of servers start them at once. Our servers are private ones; those must stay down.
policy=/usr/sbin/policy-rc.d
ours=''
log=$(mktemp)
trap 'rm -f "$log" $ours' EXIT
trap 'exit 1' INT TERM
if [ ! -e "$policy" ]; then
    ours=$policy
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
fi

quietly() {
    "$@" >"$log" 2>&1 </dev/null && return 0
    tail -n 20 "$log" >&2
    die "'$*' failed; mend it by hand and run this again"
}
quietly apt-get -o DPkg::Lock::Timeout=120 -o Acquire::Retries=3 update
for name in $may; do
    apt-cache show "$name" >/dev/null 2>&1 && must="$must $name"
done
[ -n "$must" ] || exit 0
say "Installing:$must"
# shellcheck disable=SC2086  # a list of names
quietly apt-get -o DPkg::Lock::Timeout=600 -o Acquire::Retries=3 install -y --no-install-recommends $must
