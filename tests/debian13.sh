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

take_down() { rm -rf --one-file-system "$work"; }

# shellcheck disable=SC2046  # words
debian_root trixie $(build_packages) doctest-dev git openssl restic sqlite3 zstd iproute2 util-linux redis-server
work=$(mktemp -d /tmp/nexus-debian13.XXXXXX)
at_end take_down
mkdir "$work/above" "$work/overlay" "$work/root"
export root debian work jobs="${1:-}"
# The cached root below, what is written above it, both seen as one; the source is there to be read. In a mount namespace of
# its own, all of it ends with the last process in it, and this machine's /dev is out of reach.
# shellcheck disable=SC2016  # the inner shell's own
unshare --mount --pid --fork --kill-child sh -euc '
    mount -t overlay overlay -o "lowerdir=$debian,upperdir=$work/above,workdir=$work/overlay" "$work/root"
    mkdir "$work/root/source"
    mount --bind -o ro "$root" "$work/root/source"
    mount -t tmpfs tmpfs "$work/root/dev"
    for device in null zero full random urandom tty; do cp -a "/dev/$device" "$work/root/dev/"; done
    ln -s /proc/self/fd "$work/root/dev/fd"
    mount -t proc proc "$work/root/proc"
    echo "127.0.0.1 localhost" >"$work/root/etc/hosts"
    chroot "$work/root" cmake --preset dev -S /source -B /build
    chroot "$work/root" cmake --build /build $jobs --target nexus-runner docker podman simulated unit_tests
    chroot "$work/root" /build/bin/unit_tests'
