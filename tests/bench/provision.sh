#!/bin/sh
# How long a tenant takes from XADD to its result, beside the bare engine calls for the same objects (network,
# two volumes, container, start) made with one curl over one connection. The two take turns; medians and their
# ratio are printed. Works on what deploy/quickstart.sh started.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
. "$root/deploy/common.sh"
. "$root/tests/bench/common.sh"

usage() {
    cat <<'TEXT'
Usage: tests/bench/provision.sh [RUNS]      (default: 10)
Environment: REDIS_PORT (6379), REDISCLI_AUTH (the quickstart's), ENGINE_SOCKET (the quickstart's),
IMAGE (nexus-quickstart-runtime:1.0.0)
TEXT
}

case ${1:-} in -h | --help) usage && exit 0 ;; esac
runs=${1:-10}
work=$root/.quickstart
socket=${ENGINE_SOCKET:-$work/engine/docker.sock}
port=${REDIS_PORT:-6379}
image=${IMAGE:-nexus-quickstart-runtime:1.0.0}
[ -n "${REDISCLI_AUTH:-}" ] || REDISCLI_AUTH=$(cat "$work/redis.password")
export REDISCLI_AUTH
results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT

milliseconds() { echo $(($(date +%s%N) / 1000000)); }

job() { # ACTION ID
    redis-cli -p "$port" XADD nexus:jobs '*' job \
        "{\"id\":\"$2\",\"action\":\"$1\",\"tenant_id\":\"bench\",\"payload\":{},\"reply_to\":\"nexus:reply:$2\"}" >/dev/null
    redis-cli -p "$port" BLPOP "nexus:reply:$2" 60 | grep -q '"status":"succeeded"' || die "the job $2 failed"
}

api=http://d/v1.41
bare() {
    body='{"Image":"'$image'","HostConfig":{"NetworkMode":"bare_net","CapDrop":["ALL"],"SecurityOpt":["no-new-privileges:true"],
        "Memory":1207959552,"MemorySwap":1207959552,"NanoCpus":800000000,"PidsLimit":512,"Init":true,"Tmpfs":{"/tmp":"rw,noexec,nosuid,nodev"},
        "Mounts":[{"Type":"volume","Source":"bare_session","Target":"/data/session"},{"Type":"volume","Source":"bare_state","Target":"/data/state"}]}}'
    post='-X POST -H Content-Type:application/json'
    # shellcheck disable=SC2086
    curl -sf -o /dev/null --unix-socket "$socket" $post -d '{"Name":"bare_net","IPAM":{"Config":[{"Subnet":"10.232.0.0/28"}]}}' $api/networks/create \
        --next -sf -o /dev/null --unix-socket "$socket" $post -d '{"Name":"bare_session"}' $api/volumes/create \
        --next -sf -o /dev/null --unix-socket "$socket" $post -d '{"Name":"bare_state"}' $api/volumes/create \
        --next -sf -o /dev/null --unix-socket "$socket" $post -d "$body" "$api/containers/create?name=bare_runtime" \
        --next -sf -o /dev/null --unix-socket "$socket" $post $api/containers/bare_runtime/start
}

clear_bare() {
    for path in 'containers/bare_runtime?force=1' networks/bare_net volumes/bare_session volumes/bare_state; do
        curl -s -o /dev/null --unix-socket "$socket" -X DELETE "$api/$path"
    done
}

clear_bare
i=0
while [ "$i" -lt "$runs" ]; do
    i=$((i + 1))
    begin=$(milliseconds)
    job provision "bench-$$-$i"
    echo $(($(milliseconds) - begin)) >>"$results/runner"
    job delete "bench-$$-$i-end"
    begin=$(milliseconds)
    bare
    echo $(($(milliseconds) - begin)) >>"$results/bare"
    clear_bare
done
ours=$(median "$results/runner")
theirs=$(median "$results/bare")
say "XADD to result: $ours ms; bare engine calls: $theirs ms; ratio $(ratio "$ours" "$theirs") (medians of $runs)"
