#!/bin/sh
# The nightly backup, for cron: finds this machine's runner and calls `nexus-runner backup` there.
# Alone in its file, so that it can be copied to where cron finds it.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
PATH=${PATH:-/usr/bin:/bin}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin # cron's is short

usage() {
    cat <<'TEXT'
Usage: backup-worker.sh [ARGUMENT...]
Finds the runner of this machine, calls `nexus-runner backup ARGUMENT...` there, and exits as that does. For cron:
    15 2 * * * /opt/nexus-runner/deploy/backup-worker.sh >> /var/log/nexus-backup.log 2>&1

The runner is, first found first taken:
  1. the container that NEXUS_RUNNER_CONTAINER names, of Docker or Podman
  2. the program that NEXUS_RUNNER_BIN names
  3. the running container of a compose file's service `runner`, or of nexus-runner.container; its settings are the container's own
  4. the program nexus-runner on the PATH, or beside this script. Its settings are those of this script's
     environment, then of /etc/nexus-runner/nexus-runner.env where that exists (NAME=value lines, as systemd's
     EnvironmentFile; NEXUS_RUNNER_ENV names another), then of nexus-runner.properties in that folder

One run at a time: NEXUS_BACKUP_LOCK is the file that it holds, /run/nexus-backup-worker.lock for root and
~/.nexus-backup-worker.lock for others.

Each line begins with the time in UTC, and the last one sums up:
    ... backup-worker: snapshot=20261126T021500.123Z tenants=20 bytes=1204 written=0 seconds=9 failures=0 exit=0
`bytes` are those of the volumes and folders, `written` those that were new. What the program says of trouble
comes before it, as it said it. Exit: 0 all is well, 1 nothing was published, 3 a part failed or was torn,
5 another backup runs, 6 off-site failed, local is well; 64, 69 and 78 as of every command of nexus-runner.
TEXT
}

say() { printf '%s backup-worker: %s\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$*"; }

advice() {
    case $1 in
    1) say "to do: nothing was published, the snapshots before are as they were. Mend what is said above (nexus-runner check-config tries everything), and run this again" ;;
    3) say "to do: the snapshot is there without the parts that are named above, or with torn ones. Mend what is said of them, and run this again; what did not change costs nothing" ;;
    5) say "to do: nothing, where the other run ends; it is named above. One that hangs is to be ended, by its process" ;;
    6) say "to do: the local snapshot is good. Mend what restic says above (network, password, space), and run this again; restic takes only what it lacks" ;;
    64) say "to do: mend the arguments; see nexus-runner backup --help" ;;
    69) say "to do: start the engine again; nexus-runner check-config tells when it answers" ;;
    78) say "to do: mend the settings; nexus-runner check-config names each problem" ;;
    126 | 127) say "to do: the program could not be started, as is said above" ;;
    *) say "to do: the run was ended from outside, or its container was. Run this again; what it held is put right then" ;;
    esac
}

# finish CODE [SUMMARY]: the last lines of every run.
finish() {
    [ "$1" = 0 ] || advice "$1"
    say "${2:-snapshot=none tenants=0 bytes=0 written=0 seconds=$(($(date +%s) - begun)) failures=1} exit=$1"
    exit "$1"
}

fail() {
    say "$*"
    finish 1
}

# The program inherits the lock: it lasts as long as the run, also where this script is killed.
take_lock() {
    if [ "$(id -u)" = 0 ]; then own=/run/nexus-backup-worker.lock; else own=${HOME:-/tmp}/.nexus-backup-worker.lock; fi
    lock=${NEXUS_BACKUP_LOCK:-$own}
    command -v flock >/dev/null || fail "flock is not installed: apt-get install util-linux"
    (: >>"$lock") 2>/dev/null || fail "the lock file $lock cannot be written; name another in NEXUS_BACKUP_LOCK"
    exec 9>>"$lock"
    if ! flock -n 9; then
        say "another backup-worker.sh is at work: $(head -n 1 "$lock" 2>/dev/null)"
        finish 5
    fi
    printf 'process %s since %s\n' $$ "$(date -u +%Y-%m-%dT%H:%M:%SZ)" >"$lock"
}

# ask ENGINE ARGUMENT...: what it prints; an engine may hang.
ask() { timeout 60 "$@" </dev/null 2>/dev/null 9>&-; }

engines() {
    for name in docker podman; do
        ! command -v "$name" >/dev/null || echo "$name"
    done
}

named_container() {
    container=$NEXUS_RUNNER_CONTAINER
    for engine in $(engines); do
        case $(ask "$engine" container inspect --format '{{.State.Running}}' "$container" || :) in
        true) return 0 ;;
        false) fail "the container $container, which NEXUS_RUNNER_CONTAINER names, does not run; start it" ;;
        esac
    done
    fail "no engine of this machine has a container $container, which NEXUS_RUNNER_CONTAINER names"
}

# with_service ENGINE [OPTION...]: ids of containers of a service `runner` that are to run our program.
with_service() {
    of=$1 ids=''
    shift
    for id in $(ask "$of" ps -q --filter label=com.docker.compose.service=runner "$@" || :); do
        case $(ask "$of" container inspect --format '{{.Path}} {{.Args}}' "$id" || :) in
        *nexus-runner*) ids="$ids $id" ;;
        esac
    done
    echo "${ids# }"
}

# Sets `engine` and `container` where there is one.
compose_container() {
    for engine in $(engines); do
        found=$(with_service "$engine")
        case $found in
        '') ;;
        *' '*) fail "$engine runs several runners, $found; name one of them in NEXUS_RUNNER_CONTAINER" ;;
        *) container=$found && return 0 ;;
        esac
    done
    return 1
}

# A runner that is down has tenants all the same; a program that is found by chance is not its.
refuse_stopped_container() {
    for engine in $(engines); do
        found=$(with_service "$engine" -a)
        [ -z "$found" ] || fail "the runner's container does not run: $engine start $found"
    done
}

is_program() { [ -f "$1" ] && [ -x "$1" ]; }

# Sets `program` where there is one.
host_program() {
    for program in "$(command -v nexus-runner || :)" "$here/nexus-runner"; do
        ! is_program "$program" || return 0
    done
    return 1
}

# read_settings FILE: exports what is not set yet. It is data: nothing of it is run, and nothing printed.
read_settings() {
    [ -z "$(find -L "$1" \( -perm -0020 -o -perm -0002 \))" ] ||
        fail "$1 can be written by others than its owner: chmod go-w $1"
    number=0
    while IFS= read -r line || [ -n "$line" ]; do
        number=$((number + 1))
        case $line in '' | '#'* | ';'*) continue ;; esac
        name=${line%%=*} value=${line#*=}
        case $name in
        "$line" | '' | [0-9]* | *[!A-Za-z0-9_]*) fail "$1: line $number is no NAME=value" ;;
        esac
        case $value in
        \"*\") value=${value#\"} value=${value%\"} ;;
        \'*\') value=${value#\'} value=${value%\'} ;;
        esac
        if eval "[ -z \"\${$name+set}\" ]"; then
            export "$name=$value"
        fi
    done <"$1"
}

host_settings() {
    settings=${NEXUS_RUNNER_ENV:-/etc/nexus-runner/nexus-runner.env}
    [ ! -e "$settings" ] || [ -r "$settings" ] || fail "$settings cannot be read; run this as the user of the runner"
    [ ! -e "$settings" ] || read_settings "$settings"
}

# Sets `container` and `engine`, or `program`.
find_runner() {
    container='' program=''
    if [ -n "${NEXUS_RUNNER_CONTAINER:-}" ]; then
        named_container
    elif [ -n "${NEXUS_RUNNER_BIN:-}" ]; then
        program=$NEXUS_RUNNER_BIN
        is_program "$program" || fail "$program, which NEXUS_RUNNER_BIN names, is no program"
    elif ! compose_container; then
        refuse_stopped_container
        host_program || fail "no runner was found: no container of a compose service 'runner', and no program" \
            "nexus-runner on the PATH or in $here; name one in NEXUS_RUNNER_CONTAINER or NEXUS_RUNNER_BIN"
    fi
}

# Puts the time before each line, but gives the summary to descriptor 4, for the end.
stamped() {
    summary=''
    while IFS= read -r line || [ -n "$line" ]; do
        case $line in
        snapshot=*' failures='*) summary=$line ;;
        *) say "$line" >&3 ;;
        esac
    done
    echo "$summary" >&4
}

run() {
    exec 3>&1
    # First the exit code, then the summary: the pipe ends only after the program did.
    outcome=$({ { code=0 && { "$@" 3>&- 4>&- || code=$?; } && echo "$code" >&4; } | stamped; } 4>&1)
    code=${outcome%%[!0-9]*}
    summary=${outcome#"$code"}
    finish "$code" "${summary#?}"
}

case ${1:-} in -h | --help) usage && exit 0 ;; esac
begun=$(date +%s)
for argument in "$@"; do
    if [ "$argument" = --json ]; then
        say "--json is for programs: they call nexus-runner backup --json themselves"
        finish 64
    fi
done
take_lock
find_runner
if [ -n "$container" ]; then
    say "begins in the container $container of $engine"
    run "$engine" exec -i "$container" nexus-runner backup "$@"
else
    host_settings
    say "begins with $program"
    run "$program" backup "$@"
fi
