#!/bin/sh
# A Docker Engine or a Podman service of one's own, apart from any other on the machine: its own
# network namespace, and all its data below one folder.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/common.sh"
. "$here/engine-docker.sh"
. "$here/engine-podman.sh"
. "$here/runtime-image.sh"

usage() {
    cat <<'TEXT'
Usage: private-engine.sh up [--engine docker|podman] DIR
           Starts the service (docker where none is named) with everything it keeps below DIR, and
           prints its endpoint, unix://DIR/docker.sock or unix://DIR/podman.sock. Does nothing more
           where it runs already.
       private-engine.sh kill DIR
           Ends the service alone with SIGKILL, as a crash would: containers are left to themselves.
       private-engine.sh restart DIR
           Starts the service on the same socket again, after a kill where it still runs. What becomes
           of the containers is what the engine does: Podman finds them running, Docker stops them
           and starts again those that always restart.
       private-engine.sh down DIR
           Ends the containers and the service, and removes DIR.
       private-engine.sh image DIR|--endpoint ENDPOINT NAME:TAG [CHANGE...]
           Makes a small runtime image from busybox-static, unless the engine has NAME:TAG. A CHANGE
           is a Dockerfile line, such as 'USER app' or 'HEALTHCHECK --interval=1s CMD true'.

Published ports and the addresses of containers are seen only from inside the engine's network:
    nsenter --net=DIR/netns curl http://172.17.0.2:8765/
Needs root. Packages: docker.io, or podman netavark aardvark-dns catatonit; and for both
runc iptables iproute2 util-linux curl jq busybox-static.
TEXT
}

# The longest socket is DIR/exec/containerd/containerd-debug.sock, and containerd allows 104 bytes.
longest_dir=66
marker=.nexus-private-engine # holds the engine's name

set_dir() {
    [ -n "${1:-}" ] || die "no folder was named; see private-engine.sh --help"
    dir=$(readlink -m -- "$1")
    [ "$(printf %s "$dir" | wc -c)" -le "$longest_dir" ] ||
        die "$dir is too long for a socket's path: choose a folder of at most $longest_dir bytes"
    case $dir in *[!A-Za-z0-9/._-]*) die "$dir: choose a path of letters, digits and / . _ - only" ;; esac
    kept=$(cat "$dir/$marker" 2>/dev/null || :)
    [ -z "$kept" ] || [ -z "${engine:-}" ] || [ "$engine" = "$kept" ] || die "$dir holds a $kept engine"
    engine=${kept:-${engine:-docker}}
    case $engine in docker | podman) ;; *) die "the engine is docker or podman, not '$engine'" ;; esac
    endpoint_of_dir=unix://$dir/$engine.sock
}

# One command at a time on a folder: a second Podman on a socket would take it over without a word.
# The service must not inherit the lock.
lock_dir() {
    exec 9<"$dir"
    flock -w 120 9 || die "another private-engine.sh has been working on $dir for two minutes"
}

check_machine() {
    [ "$(id -u)" = 0 ] || die "an engine needs root; run this as root"
    for tool in $("${engine}_tools") iptables runc ip nsenter unshare flock curl jq; do
        command -v "$tool" >/dev/null || die "$tool is not installed: apt-get install" \
            "--no-install-recommends $("${engine}_packages") iptables runc iproute2 util-linux curl jq"
    done
}

claim_dir() {
    mkdir -p "$dir"
    lock_dir
    fresh=no
    [ -e "$dir/$marker" ] && return 0
    fresh=yes
    [ -z "$(ls -A "$dir")" ] || die "$dir holds other files; name a new or an empty folder"
    chmod 700 "$dir"
    echo "$engine" >"$dir/$marker"
}

require_own_dir() {
    [ -e "$dir/$marker" ] || die "$dir was not made by private-engine.sh up; nothing was touched"
}

own_network() {
    : >"$dir/netns"
    unshare --net="$dir/netns" true ||
        die "cannot make a network namespace: this needs root with CAP_SYS_ADMIN"
    nsenter --net="$dir/netns" ip link set lo up
}

start_service() {
    rm -f "$dir/pid" "$dir/$engine.sock"
    "${engine}_run" >>"$dir/log" 2>&1 </dev/null 9<&- &
    started=$!
    echo "$started $(process_start "$started")" >"$dir/service"
    tries=600
    until engine_answers "$endpoint_of_dir"; do
        tries=$((tries - 1))
        process_lives "$started" && [ "$tries" -gt 0 ] && sleep 0.1 && continue
        warn "the last lines of $engine:"
        grep -v 'level=info' "$dir/log" | tail -n 15 >&2
        return 1
    done
}

# Sets `pid` where the service that was started here lives.
service_lives() {
    pid='' since=''
    read -r pid since 2>/dev/null <"$dir/service" || return 1
    process_lives "$pid" && [ "$(process_start "$pid")" = "$since" ]
}

up() {
    check_machine
    claim_dir
    if ! engine_answers "$endpoint_of_dir"; then
        # What a crash left must not be in the way of a new start.
        end_all
        "${engine}_forget"
        if ! (own_network && "${engine}_prepare" && start_service); then
            end_all
            [ "$fresh" = no ] || rm -rf --one-file-system "$dir"
            die "$engine did not start"
        fi
    fi
    say "$endpoint_of_dir"
}

kill_service() {
    service_lives || return 0
    kill -KILL "$pid" 2>/dev/null || :
    process_gone "$pid" 10 || die "$engine ($pid) does not end"
    "${engine}_killed"
}

restart() {
    require_own_dir
    lock_dir
    kill_service
    start_service || die "$engine did not start again"
    say "$endpoint_of_dir"
}

# pids_with WORD: processes that have WORD as one whole argument; no other engine has our paths. It
# is given to grep by a pipe, since grep would find itself.
pids_with() {
    say "$1" | grep -lzxF -f /dev/stdin -- /proc/[0-9]*/cmdline 2>/dev/null | cut -d/ -f3
}

# end_container ID: ends what runs in a container's cgroups and removes them, without its engine.
end_container() {
    tries=100
    while groups=$(find /sys/fs/cgroup -depth -type d -path "*$1*" 2>/dev/null) && [ -n "$groups" ]; do
        [ "$tries" -gt 0 ] || return 1
        tries=$((tries - 1))
        for group in $groups; do
            # A frozen process does not even die.
            [ ! -e "$group/freezer.state" ] || echo THAWED >"$group/freezer.state"
            [ ! -e "$group/cgroup.freeze" ] || echo 0 >"$group/cgroup.freeze"
            # 0 is a process of another namespace, and to `kill` all of this script.
            grep -vx 0 "$group/cgroup.procs" | xargs -r kill -KILL || :
            rmdir "$group" || :
        done 2>/dev/null
        sleep 0.1
    done
}

unmount_all() {
    cut -d' ' -f5 /proc/self/mountinfo | grep -F -e "$dir/" | sort -r | while read -r point; do
        case $point in "$dir"/*) umount "$point" || umount -l "$point" ;; esac
    done
}

end_all() {
    "${engine}_end"
    unmount_all
}

down() {
    [ -d "$dir" ] || return 0
    require_own_dir
    lock_dir
    [ -e "$dir/$marker" ] || return 0
    end_all
    rm -rf --one-file-system "$dir"
}

PATH=$PATH:/usr/sbin:/sbin
verb=${1:-}
[ $# = 0 ] || shift
case $verb in
up | kill | restart | down)
    if [ "$verb" = up ] && [ "${1:-}" = --engine ]; then
        engine=${2:?--engine needs a value}
        shift 2
    fi
    [ $# = 1 ] || die "$verb takes one folder; see private-engine.sh --help"
    set_dir "$1"
    case $verb in
    kill)
        require_own_dir
        lock_dir
        kill_service
        ;;
    *) "$verb" ;;
    esac
    ;;
image)
    if [ "${1:-}" = --endpoint ]; then
        endpoint_of_dir=${2:?--endpoint needs a value}
        shift
    else
        set_dir "${1:-}"
    fi
    shift
    [ $# -ge 1 ] || die "no NAME:TAG was named; see private-engine.sh --help"
    image "$@"
    ;;
-h | --help) usage ;;
*)
    usage >&2
    exit 64
    ;;
esac
