#!/bin/sh
# A node with many tenants that run: how soon it is ready, what a comparison costs that finds nothing to
# mend, and what it takes of memory; see README.md.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
. "$root/deploy/common.sh"
. "$root/tests/bench/common.sh"

most_start_ms=2000 most_cycle_ms=200 most_memory_mib=64 # design/tenants.md, Size
cycles=10
idle_seconds=10

usage() {
    cat <<TEXT
Usage: tests/bench/reconcile.sh [--runs N] [TENANTS...]      (default: 3 runs of 100, 1000 and 10000)
Builds into build/bench, or uses the build folder that BENCH_BUILD names as it is.
TEXT
}

runs=3
while [ $# -gt 0 ]; do
    case $1 in
    --runs) runs=${2:?} && shift 2 ;;
    -h | --help) usage && exit 0 ;;
    -* | *[!0-9]*) usage >&2 && exit 64 ;;
    *) break ;;
    esac
done
[ $# -gt 0 ] || set -- 100 1000 10000

work=$(mktemp -d /tmp/nexus-bench.XXXXXX)
redis='' runner=''
clean_up() {
    for process in $runner $redis; do process_stop "$process" 10 || :; done
    rm -rf "$work"
}
at_end clean_up
mkdir "$work/results"

build_benches
start_redis

# use TENANTS: the settings of that node, for what is started from now on.
use() {
    node=$work/$1
    export REDIS_URL="redis://127.0.0.1:$port" NODE_NAME=bench LOG_LEVEL=error NEXUS_IMAGE=bench/nexus:1
    export BACKEND=simulated PLUGIN_DIR="$BENCH_BUILD/lib/nexus/plugins"
    export BACKEND_CONFIG="{\"state_file\":\"$node/engine\",\"journal\":\"$node/journal\"}"
    export TENANT_ROOT="$node/tenants" TENANT_SUBNET_POOL=10.0.0.0/8 STATE_DIR="$node/state"
    export LISTEN_ADDRESS="127.0.0.1:$((port + 1))"
}

# start INTERVAL: a runner that is ready. Its log is empty while all is well.
start() {
    : >"$node/journal"
    begun=$(now_ms)
    RECONCILE_INTERVAL=$1 "$BENCH_BUILD/bin/nexus-runner" serve >"$node/log" 2>&1 &
    runner=$!
    until curl -sf -o "$node/ready" --max-time 5 "http://127.0.0.1:$((port + 1))/readyz"; do
        if ! process_lives "$runner" || [ $(($(now_ms) - begun)) -gt 60000 ]; then
            die "not ready: $(tail -3 "$node/log")"
        fi
        sleep 0.01
    done
    ready=$(now_ms)
    ready_cpu=$(cpu_ms "$runner")
}

stop() {
    process_stop "$runner" 40 || :
    runner=''
    [ ! -s "$node/log" ] || die "something was wrong: $(tail -3 "$node/log")"
    ! grep -Eq '"op":"(start|stop|remove|ensure_)' "$node/journal" || die "the runner had something to mend"
    redis-cli -p "$port" FLUSHALL >/dev/null
}

comparisons() { grep -c '"op":"list"' "$node/journal" || :; }
# until_compared N: since its start.
until_compared() {
    tries=6000
    while [ "$(comparisons)" -lt "$1" ]; do
        tries=$((tries - 1))
        if ! process_lives "$runner" || [ $tries = 0 ]; then
            die "no comparison ends: $(tail -3 "$node/log")"
        fi
        sleep 0.05
    done
}

# keep TENANTS NAME VALUE: one figure of this run.
keep() { echo "$3" >>"$work/results/$1.$2"; }

# The listing opens a comparison, so that both ends of the count lie at the same place of one.
measure() {
    use "$1"
    start 1h
    keep "$1" start $((ready - begun))
    keep "$1" start_cpu "$ready_cpu"
    until_compared 1
    sleep 2 # the first comparison ends
    before=$(cpu_ms "$runner")
    sleep $idle_seconds
    idle=$((($(cpu_ms "$runner") - before) / idle_seconds)) # ms a second
    stop
    start 1s
    until_compared 2
    first=$(comparisons) before=$(cpu_ms "$runner") begun=$(now_ms)
    until_compared $((first + cycles))
    keep "$1" cycle $((($(cpu_ms "$runner") - before - idle * ($(now_ms) - begun) / 1000) / ($(comparisons) - first)))
    keep "$1" rss "$(memory_mib "$runner" VmRSS)"
    keep "$1" hwm "$(memory_mib "$runner" VmHWM)"
    stop
    "$BENCH_BUILD/bin/nexus-node-bench" list $cycles >"$work/alone"
    read -r open_ms open_cpu list_cpu alone_rss alone_hwm <"$work/alone"
    keep "$1" alone_start "$open_ms"
    keep "$1" alone_start_cpu "$open_cpu"
    keep "$1" alone_cycle "$list_cpu"
    keep "$1" alone_rss "$alone_rss"
    keep "$1" alone_hwm "$alone_hwm"
}

of() { median "$work/results/$1.$2"; }

for tenants in "$@"; do
    mkdir -p "$work/$tenants/tenants" "$work/$tenants/state"
    use "$tenants"
    "$BENCH_BUILD/bin/nexus-node-bench" fill "$tenants" "$node/engine"
done
run=0
while [ $run -lt "$runs" ]; do
    run=$((run + 1))
    for tenants in "$@"; do measure "$tenants"; done
    warn "run $run of $runs is done; load $(cut -d' ' -f1-3 /proc/loadavg)"
done

say "| medians of $runs | start, ms | CPU of it, ms | CPU of a quiet comparison, ms | VmRSS / VmHWM MiB | start : aim | comparison : aim | VmHWM : aim |"
say '|---|---|---|---|---|---|---|---|'
for tenants in "$@"; do
    say "| $tenants tenants | $(of "$tenants" start) | $(of "$tenants" start_cpu) | $(of "$tenants" cycle) |" \
        "$(of "$tenants" rss) / $(of "$tenants" hwm) | $(ratio "$(of "$tenants" start)" $most_start_ms) |" \
        "$(ratio "$(of "$tenants" cycle)" $most_cycle_ms) | $(ratio "$(of "$tenants" hwm)" $most_memory_mib) |"
    say "| of these the backend alone | $(of "$tenants" alone_start) | $(of "$tenants" alone_start_cpu) |" \
        "$(of "$tenants" alone_cycle) | $(of "$tenants" alone_rss) / $(of "$tenants" alone_hwm) | | | |"
done
