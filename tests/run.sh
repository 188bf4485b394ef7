#!/bin/sh
# Everything that a change must pass: format, shell scripts, build and tests.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"
. deploy/common.sh

usage() {
    cat <<'TEXT'
Usage: tests/run.sh [PRESET...]
Installs what is missing (root, Debian), checks format and scripts, starts a private Docker Engine and a
private Podman, and runs `cmake --workflow --preset PRESET` for each of dev (default), asan (with clang, and the fuzzers), tsan,
tidy (the lint).

NEXUS_REQUIRE_ENGINES=1   a server that cannot be started is a failure instead of a visible skip
NEXUS_TEST_DOCKER=...     use this Docker Engine, unix:///path, instead of a private one
NEXUS_TEST_PODMAN=...     the same for Podman
NEXUS_THOROUGH=1          on engines the runner is killed at every step of every verb, and not at every eighth, and twenty tenants are
                          backed up and restored, and not six: a quarter of an hour more
NEXUS_SKIP_INSTALL=1      install nothing
TEXT
}

case ${1:-} in -h | --help) usage && exit 0 ;; esac
[ $# -gt 0 ] || set -- dev
for preset in "$@"; do
    case $preset in
    dev | asan | tsan | tidy) ;;
    *) die "there is no preset '$preset' to test with; there are dev, asan, tsan and tidy" ;;
    esac
done

# A clone that another user made is still ours to list.
tracked() { git -c safe.directory="$root" ls-files -z --cached --others --exclude-standard -- "$@"; }

# Another version of clang-format lays some lines out in another way.
check_format() {
    format=$(command -v clang-format-14 || command -v clang-format || :)
    case $($format --version 2>/dev/null) in
    *'version 14.'*) tracked '*.cpp' '*.hpp' '*.h' | xargs -0 -r "$format" --dry-run -Werror ;;
    *) warn "FORMAT NOT CHECKED: it takes clang-format 14" ;;
    esac
}

check_scripts() { tracked '*.sh' .ci/run | xargs -0 -r shellcheck -x -P SCRIPTDIR; }

engines=''
take_down() {
    for folder in $engines; do deploy/private-engine.sh down "$folder"; done
}
at_end take_down

# start_engine KIND: sets `endpoint`, to nothing where no engine of the kind can be had.
start_engine() {
    folder=$(mktemp -d /tmp/nexus-tests.XXXXXX)
    engines="$engines $folder"
    endpoint=$(deploy/private-engine.sh up --engine "$1" "$folder") && return 0
    [ "${NEXUS_REQUIRE_ENGINES:-}" != 1 ] || die "no private $1 (NEXUS_REQUIRE_ENGINES=1)"
    warn "No private $1: the tests on it will say SKIPPED."
    endpoint=''
}

start_engines() {
    for kind in DOCKER:docker PODMAN:podman; do
        variable=NEXUS_TEST_${kind%:*}
        eval "endpoint=\${$variable:-}"
        [ -n "$endpoint" ] || start_engine "${kind#*:}"
        [ -z "$endpoint" ] || export "$variable=$endpoint"
    done
}

[ "${NEXUS_SKIP_INSTALL:-}" = 1 ] || deploy/install-packages.sh tests/packages.txt
tracked >/dev/null || die "this is no git clone; the list of files to check comes from git"
check_format
check_scripts
start_engines
export CTEST_PARALLEL_LEVEL="${CTEST_PARALLEL_LEVEL:-$(nproc)}"
for preset in "$@"; do
    say "== $preset"
    cmake --workflow --preset "$preset"
done
