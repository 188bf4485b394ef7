#!/bin/sh
# Builds everything on Debian 13 and runs the unit tests there: another compiler, hiredis 1.2, Poco 1.13.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
. "$root/deploy/common.sh"
. "$root/tests/debian_root.sh"

usage() {
    cat <<'TEXT'
Usage: tests/debian13.sh [-jN]
Needs root, debootstrap and, for the first time, Debian's mirror; NEXUS_CACHE keeps what came from there. Run before a
release: `tests/run.sh` does all of its tests on this machine's Debian alone.
TEXT
}

case ${1:-} in -h | --help) usage && exit 0 ;; esac

# The cached root below, what is written above it, both seen as one; the source is there to be read.
put_up() {
    work=$(mktemp -d /tmp/nexus-debian13.XXXXXX)
    at_end take_down
    mkdir "$work/above" "$work/overlay" "$work/root"
    mount -t overlay overlay -o "lowerdir=$debian,upperdir=$work/above,workdir=$work/overlay" "$work/root"
    mkdir "$work/root/source"
    mount --bind -o ro "$root" "$work/root/source"
    mount --bind /dev "$work/root/dev"
    mount -t proc proc "$work/root/proc"
}

take_down() {
    for point in proc dev source .; do
        ! mountpoint -q "$work/root/$point" || umount "$work/root/$point"
    done
    rm -rf --one-file-system "$work"
}

# shellcheck disable=SC2046  # words
debian_root trixie $(build_packages) doctest-dev git openssl restic sqlite3 zstd iproute2 util-linux redis-server
put_up
chroot "$work/root" cmake --preset dev -S /source -B /build
chroot "$work/root" cmake --build /build ${1:+"$1"} --target nexus-runner docker podman simulated unit_tests
chroot "$work/root" /build/bin/unit_tests
