#!/bin/sh
# The queue beside what it can be compared with, in one run and on one private Redis; see README.md.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
. "$root/deploy/common.sh"
. "$root/tests/bench/common.sh"

bullmq_version=6.7.0
ioredis_version=5.11.1
depths='1 16 64'
load_seconds=3
latency_jobs=1000
drain_jobs=100000
most_memory_mib=64

usage() {
    cat <<TEXT
Usage: tests/bench/queue.sh [--runs N]       the table (default: 3 runs)
       tests/bench/queue.sh --backlog JOBS   drains a backlog; fails where the runner needs $most_memory_mib MiB or more
Builds into build/bench, or uses the build folder that BENCH_BUILD names as it is.
TEXT
}

runs=3 backlog=''
while [ $# -gt 0 ]; do
    case $1 in
    --runs) runs=${2:?} && shift 2 ;;
    --backlog) backlog=${2:?} && shift 2 ;;
    -h | --help) usage && exit 0 ;;
    *) usage >&2 && exit 64 ;;
    esac
done

work=$(mktemp -d /tmp/nexus-bench.XXXXXX)
redis='' consumer=''
clean_up() {
    for process in $consumer $redis; do process_stop "$process" 10 || :; done
    rm -rf "$work"
}
at_end clean_up
mkdir "$work/results" "$work/tenants" "$work/state"

build_benches
start_redis
bench=$BENCH_BUILD/bin/nexus-queue-bench

install_bullmq() {
    command -v node >/dev/null && command -v npm >/dev/null || return 1
    npm install --silent --no-audit --no-fund --prefix "$work/modules" \
        "bullmq@$bullmq_version" "ioredis@$ioredis_version" >"$work/npm.log" 2>&1
}

# start KIND N: a consumer that runs N jobs at once.
start() {
    case $1 in
    runner)
        env REDIS_URL="redis://127.0.0.1:$port" NODE_NAME=bench CONCURRENCY="$2" LOG_LEVEL=warning \
            BACKEND=simulated BACKEND_CONFIG="{\"state_file\":\"$work/state/engine\"}" \
            PLUGIN_DIR="$BENCH_BUILD/lib/nexus/plugins" NEXUS_IMAGE=bench/nexus:1 TENANT_ROOT="$work/tenants" \
            STATE_DIR="$work/state" LISTEN_ADDRESS="127.0.0.1:$((port + 1))" \
            "$BENCH_BUILD/bin/nexus-runner" serve >"$work/$1.log" 2>&1 &
        ;;
    batch | job) "$bench" $port bare "bare-$1" "$2" >"$work/$1.log" 2>&1 & ;;
    bullmq) node "$root/tests/bench/bullmq.mjs" "$work/modules" $port work "$2" >"$work/$1.log" 2>&1 & ;;
    esac
    consumer=$!
    sleep 0.5
    process_lives "$consumer" || die "$1 ended: $(tail -3 "$work/$1.log")"
}

stop() {
    process_stop "$consumer" 40
    consumer=''
    redis-cli -p $port FLUSHALL >/dev/null
}

# produce KIND COMMAND...: the producer's side.
produce() {
    side=$1
    shift
    case $side in
    runner) set -- "$bench" $port nexus "$@" ;;
    batch | job) set -- "$bench" $port bare "$@" ;;
    bullmq) set -- node "$root/tests/bench/bullmq.mjs" "$work/modules" $port "$@" ;;
    esac
    timeout 900 "$@"
}

# keep KIND NAME VALUE: one figure of this run.
keep() { echo "$3" >>"$work/results/$1.$2"; }

measure() {
    for depth in $depths; do
        start "$1" "$depth"
        keep "$1" "$depth" "$(produce "$1" load "$depth" $load_seconds)"
        if [ "$depth" = 16 ]; then
            percentiles=$(produce "$1" latency $latency_jobs)
            keep "$1" p50 "${percentiles% *}"
            keep "$1" p99 "${percentiles#* }"
        fi
        if [ "$depth" = 64 ]; then
            keep "$1" hwm "$(memory_mib "$consumer" VmHWM)"
            keep "$1" rss "$(memory_mib "$consumer" VmRSS)"
        fi
        stop
    done
    produce "$1" fill $drain_jobs
    drain "$1" $drain_jobs
    stop
}

# drain KIND JOBS: of a backlog that is there already, 64 at once.
drain() {
    produce "$1" drain "$2" >"$work/drained" &
    waiting=$!
    sleep 0.5
    start "$1" 64
    wait $waiting || die "$1 did not drain its backlog: $(tail -3 "$work/$1.log")"
    keep "$1" drain "$(cat "$work/drained")"
}

of() { median "$work/results/$1.$2"; }
row() { # KIND TITLE
    say "| $2 | $(of "$1" 1) / $(of "$1" 16) / $(of "$1" 64) | $(of "$1" drain) | $(of "$1" p50) / $(of "$1" p99) |" \
        "$(of "$1" hwm) / $(of "$1" rss) |"
}
against() { # KIND TITLE
    say "| runner : $2 | $(ratio "$(of runner 1)" "$(of "$1" 1)") / $(ratio "$(of runner 16)" "$(of "$1" 16)") /" \
        "$(ratio "$(of runner 64)" "$(of "$1" 64)") | $(ratio "$(of runner drain)" "$(of "$1" drain)") |" \
        "$(ratio "$(of runner p50)" "$(of "$1" p50)") / $(ratio "$(of runner p99)" "$(of "$1" p99)") | |"
}

start runner 16
produce runner provision || die "the runner made no tenants: $(tail -3 "$work/runner.log")"
stop

if [ -n "$backlog" ]; then
    produce runner fill "$backlog"
    drain runner "$backlog"
    hwm=$(memory_mib "$consumer" VmHWM)
    stop
    say "$backlog jobs drained: $(of runner drain) jobs/s, most resident memory $hwm MiB"
    awk "BEGIN {exit !($hwm < $most_memory_mib)}" || die "that is not below $most_memory_mib MiB"
    exit 0
fi

kinds='runner batch job bullmq'
if ! install_bullmq; then
    kinds='runner batch job'
    warn "SKIPPED: BullMQ, which takes node and an npm that can install bullmq $bullmq_version"
fi
run=0
while [ $run -lt "$runs" ]; do
    run=$((run + 1))
    for kind in $kinds; do measure "$kind"; done
    warn "run $run of $runs is done"
    kinds="${kinds#* } ${kinds%% *}" # another one begins next time
done

say "| medians of $runs | jobs/s at 1 / 16 / 64 in flight | jobs/s of a backlog, 64 at once | p50 / p99 ms | VmHWM / VmRSS MiB |"
say '|---|---|---|---|---|'
row runner nexus-runner
row batch 'bare loop, one script a batch'
row job 'bare loop, one script a job'
row bullmq "BullMQ $bullmq_version"
against batch 'bare loop, one script a batch'
against job 'bare loop, one script a job'
against bullmq BullMQ
