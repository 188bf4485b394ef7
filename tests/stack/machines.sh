# Three machines as network namespaces: the worker, which is the private engine's own; the control machine with Redis; one
# of the internet. Read with `.`.
# shellcheck shell=sh disable=SC2154  # work is set by cases.sh

control=10.77.0.2 worker=10.77.0.3 public=203.0.113.3 stranger=203.0.113.9

# on MACHINE COMMAND...: runs it there.
on() {
    machine=$1
    shift
    nsenter --net="$work/$machine" "$@"
}

# plug MACHINE ADDRESS ADDRESS-OF-THE-WORKER: a cable between the two.
plug() {
    : >"$work/$1"
    unshare --net="$work/$1" true
    on "$1" ip link set lo up
    on "$1" ip link add eth0 type veth peer name "to-$1" netns "$work/engine/netns"
    on "$1" ip address add "$2/24" dev eth0
    on "$1" ip link set eth0 up
    on engine/netns ip address add "$3/24" dev "to-$1"
    on engine/netns ip link set "to-$1" up
}

redis() { on control env REDISCLI_AUTH=secret redis-cli -h "$control" "$@"; }

start_machines() {
    plug control "$control" "$worker"
    plug internet "$stranger" "$public"
    mkdir "$work/redis"
    # Not by `on`: the process to be ended is Redis itself.
    nsenter --net="$work/control" redis-server --bind "$control" --requirepass secret --appendonly yes --dir "$work/redis" --save '' \
        >"$work/redis.log" 2>&1 &
    redis_pid=$!
    wait_for 20 redis_answers || die "Redis did not start: $(tail -n 5 "$work/redis.log")"
}

redis_answers() { [ "$(redis PING 2>/dev/null)" = PONG ]; }

stop_machines() {
    [ -z "${redis_pid:-}" ] || process_stop "$redis_pid" 10
    for machine in control internet; do umount "$work/$machine" 2>/dev/null || :; done
}

# wait_for SECONDS COMMAND...: until the command succeeds.
wait_for() {
    tries=$(($1 * 10))
    shift
    until "$@" >/dev/null 2>&1; do
        tries=$((tries - 1))
        [ "$tries" -gt 0 ] || return 1
        sleep 0.1
    done
}
