# A Debian of one's own in a folder, kept for the next time; read with `.`, never run by itself. Needs root,
# debootstrap, deploy/common.sh read before, and `root`, the folder of the source.
# shellcheck shell=sh disable=SC2154  # root is set by who reads this

# Where they are kept; NEXUS_CACHE names another folder, as for a CI's cache.
debian_cache=${NEXUS_CACHE:-$root/.cache}/debian

# build_packages: what deploy/packages.txt lists of the build, as words.
build_packages() { sed -n '/^# run/,$d;s/^[a-z].*/&/p' "$root/deploy/packages.txt" | tr '\n' ' '; }

# debian_root SUITE PACKAGE...: sets `debian` to the root of a small Debian of the suite that has the packages. As in the
# images debian:SUITE-slim, there is no documentation in it. It serves the next caller too: write to a copy.
debian_root() {
    suite=$1
    shift
    debian=$debian_cache/$suite
    [ -d "$debian" ] || debian_make debian_bootstrap
    [ $# -gt 0 ] || return 0
    debian=$debian_cache/$suite-$(printf '%s\n' "$@" | sort | cksum | cut -d' ' -f1)
    [ -d "$debian" ] || debian_make debian_with "$@"
}

# debian_make FUNCTION...: a root is there whole, or not at all.
debian_make() {
    [ "$(id -u)" = 0 ] || die "a Debian in a folder needs root"
    mkdir -p "$debian_cache"
    fresh=$(mktemp -d "$debian_cache/.new.XXXXXX")
    chmod 755 "$fresh"
    if ! "$@" >"$fresh.log" 2>&1 </dev/null; then
        tail -n 15 "$fresh.log" >&2
        rm -rf --one-file-system "$fresh" "$fresh.log"
        die "no Debian '$suite' could be made"
    fi
    rm -f "$fresh.log"
    mv "$fresh" "$debian"
}

debian_bootstrap() {
    command -v debootstrap || die "debootstrap is not installed: apt-get install debootstrap"
    debootstrap --variant=minbase "$suite" "$fresh" "$(debian_mirror)" || return 1
    for kind in doc man info locale lintian; do
        echo "path-exclude /usr/share/$kind/*"
        rm -rf "${fresh:?}/usr/share/$kind"
    done >"$fresh/etc/dpkg/dpkg.cfg.d/slim"
    # A server's package starts it, unless this says no.
    printf '#!/bin/sh\nexit 101\n' >"$fresh/usr/sbin/policy-rc.d"
    chmod 755 "$fresh/usr/sbin/policy-rc.d"
    debian_clean
}

debian_mirror() {
    found=$(sed -n 's/^URIs: *\(http[^ ]*\/debian\) *$/\1/p' /etc/apt/sources.list.d/*.sources | head -n 1)
    echo "${found:-http://deb.debian.org/debian}"
}

debian_with() {
    cp -a "$debian_cache/$suite/." "$fresh" && debian_apt update &&
        debian_apt install -y --no-install-recommends "$@" && debian_clean
}

debian_apt() { DEBIAN_FRONTEND=noninteractive chroot "$fresh" apt-get -o Acquire::Retries=3 "$@"; }
debian_clean() { rm -rf "$fresh"/var/cache/apt/* "$fresh"/var/lib/apt/lists/* "$fresh"/var/log/*; }
