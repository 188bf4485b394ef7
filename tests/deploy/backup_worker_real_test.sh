#!/bin/sh
# backup_worker_real_test.sh NEXUS-RUNNER NEXUS-NODE-BENCH PLUGIN_DIR: deploy/backup-worker.sh with the program, on
# a node with the simulated backend.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
. "$root/deploy/common.sh"
. "$root/tests/deploy/cases.sh"
program=$1 fill=$2 plugins=$3

# A node with three tenants; its settings are where the runner's are on a host.
fresh() {
    rm -rf "${work:?}"/*
    mkdir "$work/tenants" "$work/state" "$work/bin"
    # No engine: those of this machine are not this test's.
    for engine in docker podman; do
        printf '#!/bin/sh\nexit 1\n' >"$work/bin/$engine"
        chmod +x "$work/bin/$engine"
    done
    cat >"$work/runner.env" <<SETTINGS
REDIS_URL=redis://127.0.0.1:1/0
NEXUS_IMAGE=example/nexus:1
NODE_NAME=worker-1
BACKEND=simulated
BACKEND_CONFIG={"state_file":"$work/engine"}
PLUGIN_DIR=$plugins
TENANT_ROOT=$work/tenants
STATE_DIR=$work/state
BACKUP_DIR=$work/backups
SETTINGS
    (
        # shellcheck disable=SC2013  # no setting has a space
        for setting in $(cat "$work/runner.env"); do export "${setting?}"; done
        "$fill" fill 3 "$work/engine"
    )
}

# worker [NAME=VALUE...] [-- ARGUMENT...]: as in backup_worker_test.sh.
worker() {
    assigned=''
    while [ $# -gt 0 ] && [ "$1" != -- ]; do assigned="$assigned $1" && shift; done
    [ $# = 0 ] || shift
    code=0
    # shellcheck disable=SC2086  # of words
    env -i HOME="$work" LOGNAME=root SHELL=/bin/sh PATH="$work/bin:/usr/bin:/bin" NEXUS_BACKUP_LOCK="$work/lock" \
        NEXUS_RUNNER_ENV="$work/runner.env" NEXUS_RUNNER_BIN="$program" $assigned \
        "$root/deploy/backup-worker.sh" "$@" >"$work/out" 2>"$work/err" </dev/null || code=$?
}

last() { tail -n 1 "$work/out"; }
ends_with() { last | grep -Eq "backup-worker: $1\$"; }

backs_up() {
    worker
    expect "exit code 0" [ "$code" = 0 ]
    expect "a summary" ends_with 'snapshot=[0-9TZ.]+ tenants=3 bytes=[1-9][0-9]* written=[1-9][0-9]* seconds=[0-9.]+ failures=0 exit=0'
    id=$(last | sed 's/.*snapshot=\([^ ]*\) .*/\1/')
    expect "the run" [ -s "$work/backups/runs/$id/run.json" ]
    worker -- tenant-1 --full
    expect "one tenant, nothing new" ends_with 'snapshot=[0-9TZ.]+ tenants=1 bytes=[0-9]+ written=0 seconds=[0-9.]+ failures=0 exit=0'
}

passes_trouble_on() {
    worker BACKEND=nowhere
    expect "exit code 78" [ "$code" = 78 ]
    expect "the mend" grep -q BACKEND "$work/err"
    expect "no snapshot" ends_with 'snapshot=none .* exit=78'
    worker -- --no-such-option
    expect "exit code 64" [ "$code" = 64 ]
    worker RESTIC_REPOSITORY="$work/nowhere" RESTIC_PASSWORD=secret XDG_CACHE_HOME="$work/cache"
    expect "exit code 6" [ "$code" = 6 ]
    expect "what restic needs" grep -q 'restic init' "$work/err"
    expect "the snapshot is there" ends_with 'snapshot=[0-9TZ.]+ tenants=3 .* failures=3 exit=6'
    expect "no secret" [ "$(cat "$work/out" "$work/err" | grep -c secret)" = 0 ]
}

names_other_run() {
    worker
    mkfifo "$work/held"
    flock "$work/backups/lock" cat "$work/held" &
    other=$!
    until ! flock -n "$work/backups/lock" true; do sleep 0.05; done
    worker
    expect "exit code 5" [ "$code" = 5 ]
    expect "who" grep -q 'is in use' "$work/err"
    : >"$work/held"
    wait "$other"
}

hands_over() {
    export RESTIC_PASSWORD=secret
    restic -r "$work/repository" init >/dev/null
    worker RESTIC_REPOSITORY="$work/repository" RESTIC_PASSWORD=secret XDG_CACHE_HOME="$work/cache"
    expect "exit code 0" [ "$code" = 0 ]
    expect "no failure" ends_with '.* tenants=3 .* failures=0 exit=0'
    expect "a snapshot a tenant, and one of the list" \
        [ "$(restic -r "$work/repository" snapshots --json | jq length)" = 4 ]
}

try "a node is backed up, and a second time costs nothing" backs_up
try "what is wrong with the settings, the arguments or the repository is passed on" passes_trouble_on
try "another backup is named" names_other_run
try "restic gets the tenants" hands_over
