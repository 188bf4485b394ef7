#!/bin/sh
# backup_worker_test.sh [SHELL...]: deploy/backup-worker.sh with engines and a runner that are scripts of this test.
# SHELL is what runs it: `dash`, `busybox sh`.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
. "$root/deploy/common.sh"
. "$root/tests/deploy/cases.sh"
[ $# -gt 0 ] || set -- sh
shell=$*

# An engine with the containers of the file CONTAINERS, `ID RUNNING COMMAND` a line. It notes its calls.
write_engine() {
    cat >"$1" <<ENGINE
#!/bin/sh
echo "\${0##*/} \$*" >>"$work/calls"
[ -e "$work/\${0##*/}.containers" ] || { echo "cannot connect to the daemon" >&2 && exit 1; }
exec <"$work/\${0##*/}.containers"
case \$1 in
ps)
    case " \$* " in *' -a '*) all=yes ;; *) all=no ;; esac
    while read -r id running command; do [ \$all = no ] && [ "\$running" = false ] || echo "\$id"; done
    ;;
container)
    while read -r id running command; do
        [ "\$id" = "\$5" ] || continue
        case \$4 in *Running*) echo "\$running" ;; *) echo "\$command" ;; esac
        exit 0
    done
    exit 1
    ;;
exec)
    [ "\$2" = -i ] || { echo "the input device is not a TTY" >&2 && exit 1; }
    shift 3
    env -i "INSIDE=\${0##*/}" "$work/inside/\$@"
    ;;
esac
ENGINE
    chmod +x "$1"
}

# A runner that says what stdout holds, and ends with code. It notes its call and its environment.
write_runner() {
    cat >"$1" <<RUNNER
#!/bin/sh
echo "runner \$0 \$*" >>"$work/calls"
env >"$work/environment"
[ ! -p "$work/gate" ] || cat "$work/gate"
echo "trouble with acme" >&2
cat "$work/stdout"
exit "\$(cat "$work/code")"
RUNNER
    chmod +x "$1"
}

summary='snapshot=20261126T021500.123Z tenants=20 bytes=1204 written=12 seconds=9 failures=0'

fresh() {
    rm -rf "${work:?}"/*
    mkdir "$work/bin" "$work/beside" "$work/inside" "$work/onpath"
    cp "$root/deploy/backup-worker.sh" "$work/beside/"
    write_engine "$work/bin/docker"
    write_engine "$work/bin/podman"
    for folder in inside beside onpath; do write_runner "$work/$folder/nexus-runner"; done
    mv "$work/beside/nexus-runner" "$work/nexus-runner"
    printf '%s\n' "$summary" >"$work/stdout"
    echo 0 >"$work/code"
    : >"$work/calls"
}

# worker [NAME=VALUE...] [-- ARGUMENT...]: as cron would run it. Sets `code`; its output is in `out` and `err`.
worker() {
    code=0
    # shellcheck disable=SC2086  # of words
    (
        cd "$work"
        assigned=''
        while [ $# -gt 0 ] && [ "$1" != -- ]; do assigned="$assigned $1" && shift; done
        [ $# = 0 ] || shift
        exec env -i HOME="$work" LOGNAME=root SHELL=/bin/sh PATH="$work/bin:/usr/bin:/bin" \
            NEXUS_BACKUP_LOCK="$work/lock" NEXUS_RUNNER_ENV="$work/runner.env" $assigned \
            $shell "$work/beside/backup-worker.sh" "$@"
    ) >"$work/out" 2>"$work/err" </dev/null || code=$?
}

with_time='^20[0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9:]*Z backup-worker: '

# expect_end CODE SUMMARY: the exit code, and the one summary as the last line.
expect_end() {
    expect "exit code $1" [ "$code" = "$1" ]
    expect "the last line" [ "$(tail -n 1 "$work/out" | sed "s/$with_time//")" = "$2 exit=$1" ]
    expect "one summary" [ "$(grep -c 'snapshot=' "$work/out")" = 1 ]
    expect "a time on each line" [ "$(grep -vc "$with_time" "$work/out")" = 0 ]
}

said() { grep -qF -e "$1" "$work/out"; }
called() { grep -qxF -e "$1" "$work/calls"; }
nothing='snapshot=none tenants=0 bytes=0 written=0 seconds=[0-9]* failures=1'
expect_nothing() {
    expect "exit code $1" [ "$code" = "$1" ]
    expect "a summary without a snapshot" [ "$(tail -n 1 "$work/out" | sed "s/$with_time$nothing exit=$1\$/x/")" = x ]
}

finds_container() {
    say 'abc true nexus-runner [serve]' >"$work/docker.containers"
    cp "$work/nexus-runner" "$work/beside/"
    worker -- --full 'a b'
    expect_end 0 "$summary"
    expect "it ran inside" called "runner $work/inside/nexus-runner backup --full a b"
    expect "what the program says of trouble" grep -qxF 'trouble with acme' "$work/err"
    expect "nothing to do" [ "$(grep -c 'to do' "$work/out")" = 0 ]
}

asks_podman() {
    say 'abc true /usr/bin/tini [-- nexus-runner serve]' >"$work/podman.containers"
    worker
    expect_end 0 "$summary"
    expect "Podman ran it" called 'podman exec -i abc nexus-runner backup'
}

takes_named_container() {
    say 'mine true anything' >"$work/podman.containers"
    say 'abc true nexus-runner []' >"$work/docker.containers"
    worker NEXUS_RUNNER_CONTAINER=mine
    expect_end 0 "$summary"
    expect "the named one" called 'podman exec -i mine nexus-runner backup'
    worker NEXUS_RUNNER_CONTAINER=other
    expect_nothing 1
    expect "which" said 'no engine of this machine has a container other'
    say 'mine false anything' >"$work/podman.containers"
    worker NEXUS_RUNNER_CONTAINER=mine
    expect_nothing 1
    expect "that it is stopped" said 'mine, which NEXUS_RUNNER_CONTAINER names, does not run'
}

passes_over_foreign_service() {
    say 'ci true gitlab-runner [run]' >"$work/docker.containers"
    cp "$work/nexus-runner" "$work/beside/"
    worker
    expect_end 0 "$summary"
    expect "the host's ran" called "runner $work/beside/nexus-runner backup"
}

refuses_two_containers() {
    printf '%s\n' 'abc true nexus-runner []' 'def true nexus-runner []' >"$work/docker.containers"
    worker
    expect_nothing 1
    expect "both" said 'abc def; name one of them'
}

refuses_stopped_container() {
    say 'abc false nexus-runner []' >"$work/docker.containers"
    cp "$work/nexus-runner" "$work/beside/"
    worker
    expect_nothing 1
    expect "the mend" said 'docker start abc'
    worker NEXUS_RUNNER_BIN="$work/beside/nexus-runner"
    expect_end 0 "$summary"
}

finds_program() {
    worker
    expect_nothing 1
    expect "what was looked for" said 'no runner was found'
    cp "$work/nexus-runner" "$work/beside/"
    worker
    expect "beside the script" called "runner $work/beside/nexus-runner backup"
    worker PATH="$work/onpath:$work/bin:/usr/bin:/bin"
    expect "on the PATH" called "runner $work/onpath/nexus-runner backup"
    worker NEXUS_RUNNER_BIN="$work/nexus-runner"
    expect "the one that is named" called "runner $work/nexus-runner backup"
    worker NEXUS_RUNNER_BIN="$work/nowhere"
    expect_nothing 1
}

reads_settings() {
    cp "$work/nexus-runner" "$work/beside/"
    cat >"$work/runner.env" <<'SETTINGS'
# a comment
BACKEND=podman
RESTIC_PASSWORD="one $(touch pwned) `touch pwned` two"
NODE_NAME='worker-1'
EMPTY=
EQUAL=a=b
HOME=/elsewhere
SETTINGS
    printf 'LAST=without a line end' >>"$work/runner.env"
    worker BACKEND=docker
    expect_end 0 "$summary"
    for line in BACKEND=docker "RESTIC_PASSWORD=one \$(touch pwned) \`touch pwned\` two" NODE_NAME=worker-1 \
        EMPTY= EQUAL=a=b "HOME=$work" 'LAST=without a line end'; do
        expect "$line" grep -qxF -e "$line" "$work/environment"
    done
    expect "no secret shown" [ "$(cat "$work/out" "$work/err" | grep -c pwned)" = 0 ]
    expect "nothing was run" [ ! -e "$work/pwned" ]
    say 'no assignment, PASSWORD' >"$work/runner.env"
    worker
    expect_nothing 1
    expect "the line's number alone" said 'line 1 is no NAME=value'
    expect "no secret shown" [ "$(grep -c PASSWORD "$work/out")" = 0 ]
    say 'A=b' >"$work/runner.env"
    chmod 666 "$work/runner.env"
    worker
    expect_nothing 1
    expect "the mend" said 'chmod go-w'
}

passes_exit_code_on() {
    cp "$work/nexus-runner" "$work/beside/"
    for answer in '1 nothing was published' '3 parts that are named' '5 the other run' '6 local snapshot is good' \
        '64 arguments' '69 engine' '78 settings' '137 ended from outside'; do
        echo "${answer%% *}" >"$work/code"
        printf 'tenant acme: state failed\n%s\n' "$summary" >"$work/stdout"
        worker
        expect_end "${answer%% *}" "$summary"
        expect "one line of advice" [ "$(grep -c 'to do: ' "$work/out")" = 1 ]
        expect "$answer" said "${answer#* }"
        expect "the other lines" said 'backup-worker: tenant acme: state failed'
    done
    : >"$work/stdout"
    echo 1 >"$work/code"
    worker
    expect_nothing 1
}

keeps_runs_apart() {
    cp "$work/nexus-runner" "$work/beside/"
    mkfifo "$work/gate"
    (worker && cp "$work/out" "$work/first") &
    first=$!
    until grep -q beside "$work/calls"; do sleep 0.05; done
    worker
    expect_nothing 5
    expect "who has it" said "at work: process $(sed 's/^process \([0-9]*\) since .*/\1/' "$work/lock")"
    expect "a process that lives" process_lives "$(sed 's/^process \([0-9]*\) since .*/\1/' "$work/lock")"
    : >"$work/gate"
    wait "$first"
    rm "$work/gate"
    expect "the first run ended well" grep -q 'exit=0' "$work/first"
    worker
    expect_end 0 "$summary"
    worker NEXUS_BACKUP_LOCK="$work/nowhere/lock"
    expect_nothing 1
}

answers_help() {
    worker -- --help
    expect "exit code 0" [ "$code" = 0 ]
    expect "the cron line" said '15 2 * * *'
    expect "nothing was called" [ ! -s "$work/calls" ]
    worker -- --json
    expect_nothing 64
}

try "a compose service's container comes before a program of the host" finds_container
try "Podman is asked where Docker does not answer" asks_podman
try "the container that is named is taken, and no other" takes_named_container
try "a service of that name that runs something else is passed over" passes_over_foreign_service
try "several runners are refused" refuses_two_containers
try "a runner's container that does not run is a failure, and no other program is taken" refuses_stopped_container
try "the program of the host is the one that is named, on the PATH or beside the script" finds_program
try "settings of the host are read as data, after the environment" reads_settings
try "the exit code is passed on, with one line of advice and one summary" passes_exit_code_on
try "a second run says who has the lock" keeps_runs_apart
try "help calls nothing" answers_help
