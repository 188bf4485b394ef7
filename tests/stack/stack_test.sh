#!/bin/sh
# The whole of deploy/ as an operator has it: image, compose file, a worker in between a control machine and the internet.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
. "$root/deploy/common.sh"
. "$root/tests/debian_root.sh"

usage() {
    cat <<'TEXT'
Usage: stack_test.sh BUILD               with the program of a build tree, on a Debian as this machine's
       stack_test.sh --from-source [SUITE]    with the image's own build; SUITE is trixie or bookworm
Needs root, the packages of tests/packages.txt, and for the first time Debian's mirror; NEXUS_CACHE keeps what came from
there. JOBS=1: one compiler at a time. NEXUS_REQUIRE_ENGINES=1: what is missing is a failure and not a skip (77).
TEXT
}

skip() {
    [ "${NEXUS_REQUIRE_ENGINES:-}" != 1 ] || die "$* (NEXUS_REQUIRE_ENGINES=1)"
    say "SKIPPED: $*"
    exit 77
}

build='' suite=''
case ${1:-} in
-h | --help) usage && exit 0 ;;
--from-source) suite=${2:-trixie} ;;
'') usage >&2 && exit 64 ;;
*) build=$1 suite=$(. /etc/os-release && echo "$VERSION_CODENAME") ;;
esac
[ "$(id -u)" = 0 ] || skip "the stack's test needs root"
for tool in dockerd docker docker-compose debootstrap redis-server redis-cli nsenter ip curl jq busybox; do
    command -v "$tool" >/dev/null || skip "$tool is not installed: deploy/install-packages.sh tests/packages.txt"
done

. "$root/tests/deploy/cases.sh"
. "$root/tests/stack/machines.sh"
. "$root/tests/stack/images.sh"
. "$root/tests/stack/worker.sh"
. "$root/tests/stack/steps.sh"

fresh() { :; }
take_down() {
    [ $failed = 0 ] || compose logs --tail 20 >&2 || :
    stop_machines
    "$root/deploy/private-engine.sh" down "$work/engine" || :
    end_cases
}
at_end take_down

# step SENTENCE FUNCTION: a case that those behind it stand on.
step() {
    try "$@"
    [ $failed = 0 ] || exit 1
}

DOCKER_HOST=$("$root/deploy/private-engine.sh" up "$work/engine") || skip "no private Docker Engine"
export DOCKER_HOST
start_machines
if [ -n "$build" ]; then
    program_of_build "$build"
else
    program_from_source
fi
runner_images 1.4.2 1.4.3
say "image on $suite: $(docker image inspect -f '{{.Size}}' ghcr.io/example/nexus-runner:1.4.2) bytes"
prepare_worker

step "the compose file says what is missing, and takes the example once it is filled in" config_is_checked
step "up -d brings a healthy worker" comes_up
step "check-config finds nothing that is wrong, and volumes at their mount points" checks_config
step "a job that came through Redis makes a tenant" provisions
step "the control machine reaches the port, the internet does not" is_private
step "a runner that is killed comes back, and tenants do not notice" survives_kill
step "an upgrade and the way back leave tenants running" upgrades
step "a tenant is backed up and restored, owners and all" backs_up
step "without rights over files, backups go through the engine" does_without_rights
step "down leaves tenants running" goes_down
