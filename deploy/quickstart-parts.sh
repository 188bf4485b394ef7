# What both ways of quickstart.sh stand on: remembered values, launched processes, the runner's settings.
# Read by it with `.`; `home` is the folder of all that it keeps.
# shellcheck shell=sh disable=SC2154  # home is set by quickstart.sh

# One file a value, so that a run that broke off leaves what --down needs.
keep() { printf '%s\n' "$2" >"$home/$1"; }
kept() { cat "$home/$1" 2>/dev/null || :; }

# launch NAME COMMAND...: a process that outlives this script, with its log in NAME.log.
launch() {
    name=$1
    shift
    setsid "$@" >"$home/$name.log" 2>&1 </dev/null 8<&- &
    keep "$name.pid" "$! $(process_start $!)"
}

# lives NAME: sets `pid` where the process that was launched under the name still runs.
lives() {
    pid='' started=''
    read -r pid started 2>/dev/null <"$home/$1.pid" || return 1
    process_lives "$pid" && [ "$(process_start "$pid")" = "$started" ]
}

end() {
    lives "$1" || return 0
    process_stop "$pid" "$2" || die "$1 (process $pid) does not end; end it by hand, then run --down again"
    say "$1 stopped"
}

# broken NAME MEND: ends with the last lines of the part's log and what to do.
broken() {
    warn "The last lines of $home/$1.log:"
    tail -n 15 "$home/$1.log" 2>/dev/null | sed 's/^/    /' >&2
    die "$2
Run deploy/quickstart.sh again after mending it, or deploy/quickstart.sh --down to remove what was started."
}

free_port() {
    port=$1
    while [ -n "$(ss -Hltn "sport = :$port")" ]; do port=$((port + 1)); done
    echo "$port"
}

# wait_for NAME SECONDS COMMAND...: until the command succeeds; not longer than NAME lives.
wait_for() {
    name=$1 tries=$(($2 * 5))
    shift 2
    until "$@" >/dev/null 2>&1; do
        tries=$((tries - 1))
        lives "$name" && [ "$tries" -gt 0 ] || return 1
        sleep 0.2
    done
}

redis() { REDISCLI_AUTH=$(kept redis.password) redis-cli -h 127.0.0.1 -p "$(kept redis.port)" "$@"; }
redis_answers() { [ "$(redis PING 2>/dev/null)" = PONG ]; }

ready() { curl -sf --max-time 5 -o /dev/null "http://$(kept runner.address)/readyz"; }

# Settings of the runner, for `serve` and for every other command alike.
export_settings() {
    REDIS_URL=redis://default:$(kept redis.password)@127.0.0.1:$(kept redis.port)/0
    BACKEND=$(kept backend)
    NODE_NAME=$(kept node)
    NEXUS_IMAGE=$(kept image)
    LISTEN_ADDRESS=$(kept runner.address)
    TENANT_ROOT=$home/tenants
    STATE_DIR=$home/state
    export REDIS_URL BACKEND NODE_NAME NEXUS_IMAGE LISTEN_ADDRESS TENANT_ROOT STATE_DIR
    unset BACKEND_ENDPOINT REDIS_URL_FILE
    if [ -n "$(kept endpoint)" ]; then
        BACKEND_ENDPOINT=$(kept endpoint)
        export BACKEND_ENDPOINT
    fi
}

lock() {
    exec 8<"$home"
    if command -v flock >/dev/null; then
        flock -n 8 || die "another quickstart.sh is at work in $home; wait for its end"
    fi
}

# Every tenant of this worker, also those that were provisioned by hand.
tenants() {
    { cat "$home/tenant.list" 2>/dev/null; ls "$home/tenants" 2>/dev/null; } |
        grep -xE '[a-z0-9][a-z0-9_-]{2,63}' | sort -u
}
