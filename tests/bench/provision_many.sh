#!/bin/sh
# Many tenants at once on a private Docker, beside shell loops of the docker command; see README.md.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
. "$root/deploy/common.sh"
. "$root/tests/bench/common.sh"

concurrencies='1 4 16'
image=nexus-bench-runtime:1.0.0

usage() {
    cat <<TEXT
Usage: tests/bench/provision_many.sh [--rounds N] [TENANTS]      (default: 3 rounds of 50 tenants)
Needs root, and the packages that deploy/private-engine.sh names.
Builds into build/bench, or uses the build folder that BENCH_BUILD names as it is.
TEXT
}

rounds=3
while [ $# -gt 0 ]; do
    case $1 in
    --rounds) rounds=${2:?} && shift 2 ;;
    -h | --help) usage && exit 0 ;;
    -* | *[!0-9]*) usage >&2 && exit 64 ;;
    *) break ;;
    esac
done
tenants=${1:-50}

work=$(mktemp -d /tmp/nexus-bench.XXXXXX)
redis='' runner='' engine=''
clean_up() {
    for process in $runner $redis; do process_stop "$process" 40 || :; done
    [ -z "$engine" ] || "$root/deploy/private-engine.sh" down "$work/engine" || :
    rm -rf --one-file-system "$work"
}
at_end clean_up
mkdir "$work/results" "$work/tenants" "$work/state"

build_benches
start_redis
engine=$("$root/deploy/private-engine.sh" up --engine docker "$work/engine")
"$root/deploy/private-engine.sh" image "$work/engine" $image >"$work/image.log"

ids() { seq 1 "$tenants"; }
docker_quietly() { docker -H "$engine" "$@" >/dev/null; }

start_runner() { # CONCURRENCY
    env REDIS_URL="redis://127.0.0.1:$port" NODE_NAME=bench LOG_LEVEL=error BACKEND=docker BACKEND_ENDPOINT="$engine" \
        PLUGIN_DIR="$BENCH_BUILD/lib/nexus/plugins" NEXUS_IMAGE=$image TENANT_ROOT="$work/tenants" CONCURRENCY="$1" \
        STATE_DIR="$work/state" LISTEN_ADDRESS="127.0.0.1:$((port + 1))" STOP_TIMEOUT=1s \
        "$BENCH_BUILD/bin/nexus-runner" serve >"$work/log" 2>&1 &
    runner=$!
    until curl -sf -o /dev/null --max-time 5 "http://127.0.0.1:$((port + 1))/readyz"; do
        process_lives "$runner" || die "the runner ended: $(tail -3 "$work/log")"
        sleep 0.1
    done
}

# jobs ACTION: one for each tenant, until all have succeeded.
jobs() {
    ids | sed "s|.*|XADD nexus:jobs * job '{\"id\":\"$1-&\",\"action\":\"$1\",\"tenant_id\":\"tenant-&\",\"payload\":{},\
\"reply_to\":\"nexus:reply:$1\"}'|" | redis-cli -p "$port" >/dev/null
    until [ "$(redis-cli -p "$port" LLEN "nexus:reply:$1")" -ge "$tenants" ]; do
        process_lives "$runner" || die "the runner ended: $(tail -3 "$work/log")"
        sleep 0.02
    done
    redis-cli -p "$port" LRANGE "nexus:reply:$1" 0 -1 >"$work/replies"
    [ "$(grep -c '"status":"succeeded"' "$work/replies")" = "$tenants" ] ||
        die "not all have succeeded: $(grep -v '"status":"succeeded"' "$work/replies" | head -1)"
}

# What the runner makes for a tenant: network, two volumes, and all limits.
same_objects() {
    for i in $(ids); do
        docker_quietly network create --subnet "10.232.$((i / 16)).$((i % 16 * 16))/28" "bench_${i}_net"
        docker_quietly volume create "bench_${i}_session"
        docker_quietly volume create "bench_${i}_state"
        docker_quietly run -d --name "bench_${i}_runtime" --network "bench_${i}_net" --restart unless-stopped --init \
            --cap-drop ALL --security-opt no-new-privileges:true --memory 1152m --memory-swap 1152m --cpus 0.8 \
            --pids-limit 512 --ulimit nofile=4096:4096 --tmpfs /tmp:rw,noexec,nosuid,nodev \
            --log-opt max-size=10m --log-opt max-file=3 \
            -v "bench_${i}_session:/data/session" -v "bench_${i}_state:/data/state" $image
    done
}

bare() {
    for i in $(ids); do docker_quietly run -d --name "bench_${i}_runtime" $image; done
}

clear_docker() {
    docker -H "$engine" ps -aq | xargs -r docker -H "$engine" rm -f >/dev/null
    docker_quietly network prune -f
    docker -H "$engine" volume ls -q | xargs -r docker -H "$engine" volume rm >/dev/null
}

# keep KIND COMMAND...: its time in milliseconds.
keep() {
    kind=$1
    shift
    begun=$(date +%s%N)
    "$@"
    echo $((($(date +%s%N) - begun) / 1000000)) >>"$work/results/$kind"
}

measure() {
    case $1 in
    same) keep same same_objects && clear_docker ;;
    bare) keep bare bare && clear_docker ;;
    *)
        start_runner "$1"
        keep "$1" jobs provision
        jobs delete
        process_stop "$runner" 40
        runner=''
        redis-cli -p "$port" FLUSHALL >/dev/null
        ;;
    esac
}

kinds="$concurrencies same bare"
round=0
while [ $round -lt "$rounds" ]; do
    round=$((round + 1))
    for kind in $kinds; do measure "$kind"; done
    warn "round $round of $rounds is done; load $(cut -d' ' -f1-3 /proc/loadavg)"
    kinds="${kinds#* } ${kinds%% *}" # another one begins next time
done

of() { median "$work/results/$1"; }
row() { # KIND TITLE
    say "| $2 | $(of "$1") | $(ratio "$(of "$1")" "$(of same)") | $(ratio "$(of "$1")" "$(of bare)") |"
}
say "| $tenants tenants, medians of $rounds | ms | : the loop with the same objects | : bare docker run -d |"
say '|---|---|---|---|'
for kind in $concurrencies; do row "$kind" "nexus-runner, CONCURRENCY $kind"; done
row same 'loop with the same objects'
row bare 'loop of docker run -d alone'
