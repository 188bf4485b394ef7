#!/bin/sh
# A Docker Engine of one's own, apart from any other on the machine: its own network namespace, and
# all its data below one folder.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/common.sh"

usage() {
    cat <<'TEXT'
Usage: private-engine.sh up DIR
           Starts dockerd with everything it keeps below DIR, and prints its endpoint,
           unix://DIR/docker.sock. Does nothing more where it runs already.
       private-engine.sh down DIR
           Removes its containers, ends it, and removes DIR.
       private-engine.sh image DIR|--endpoint ENDPOINT NAME:TAG [CHANGE...]
           Makes a small runtime image from busybox-static, unless the engine has NAME:TAG. A CHANGE
           is a Dockerfile line, such as 'USER app' or 'HEALTHCHECK --interval=1s CMD true'.

Published ports and the addresses of containers are seen only from inside the engine's network:
    nsenter --net=DIR/netns curl http://172.17.0.2:8765/
Needs root. Packages: docker.io iptables iproute2 util-linux curl jq busybox-static.
TEXT
}

# The longest socket is DIR/exec/containerd/containerd-debug.sock, and containerd allows 104 bytes.
longest_dir=66
marker=.nexus-private-engine

set_dir() {
    [ -n "${1:-}" ] || die "no folder was named; see private-engine.sh --help"
    dir=$(readlink -m -- "$1")
    [ "$(printf %s "$dir" | wc -c)" -le "$longest_dir" ] ||
        die "$dir is too long for a socket's path: choose a folder of at most $longest_dir bytes"
    case $dir in *[!A-Za-z0-9/._-]*) die "$dir: choose a path of letters, digits and / . _ - only" ;; esac
    endpoint_of_dir=unix://$dir/docker.sock
}

# One up or down at a time on a folder. The daemon must not inherit the lock.
lock_dir() {
    exec 9<"$dir"
    flock -w 120 9 || die "another up or down has been working on $dir for two minutes"
}

check_machine() {
    [ "$(id -u)" = 0 ] || die "an engine needs root; run this as root"
    for tool in dockerd iptables runc ip nsenter unshare flock curl jq; do
        PATH=$PATH:/usr/sbin:/sbin command -v "$tool" >/dev/null ||
            die "$tool is not installed: apt-get install --no-install-recommends" \
                "docker.io iptables runc iproute2 util-linux curl jq"
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
    : >"$dir/$marker"
}

own_network() {
    : >"$dir/netns"
    unshare --net="$dir/netns" true ||
        die "cannot make a network namespace: this needs root with CAP_SYS_ADMIN"
    nsenter --net="$dir/netns" ip link set lo up
}

start_daemon() {
    setsid nsenter --net="$dir/netns" dockerd --data-root "$dir/root" --exec-root "$dir/exec" \
        --pidfile "$dir/pid" -H "$endpoint_of_dir" >"$dir/log" 2>&1 </dev/null 9<&- &
    started=$!
    tries=600
    until engine_answers "$endpoint_of_dir"; do
        tries=$((tries - 1))
        process_lives "$started" && [ "$tries" -gt 0 ] && sleep 0.1 && continue
        warn "the last lines of dockerd:"
        grep -v 'level=info' "$dir/log" | tail -n 15 >&2
        return 1
    done
}

up() {
    check_machine
    claim_dir
    if ! engine_answers "$endpoint_of_dir"; then
        # What a crash left must not be in the way of a new start.
        end_all
        rm -rf "$dir/pid" "$dir/docker.sock" "$dir/exec"
        if ! (own_network && start_daemon); then
            end_all
            [ "$fresh" = no ] || rm -rf --one-file-system "$dir"
            die "dockerd did not start"
        fi
    fi
    say "$endpoint_of_dir"
}

remove_containers() {
    engine_answers "$endpoint_of_dir" || return 0
    engine_curl "$endpoint_of_dir" '/containers/json?all=1' | jq -r '.[].Id' | while read -r id; do
        engine_curl "$endpoint_of_dir" "/containers/$id?force=1&v=1" -X DELETE -o /dev/null
    done
}

# pids_with WORD: processes that have WORD as one whole argument; no other engine has our paths.
pids_with() {
    for cmdline in /proc/[0-9]*/cmdline; do
        if tr '\0' '\n' 2>/dev/null <"$cmdline" | grep -qxF -e "$1"; then
            pid=${cmdline#/proc/}
            say "${pid%/cmdline}"
        fi
    done
}

end_processes() {
    for pid in $(pids_with "$dir/pid"); do
        process_stop "$pid" 30 || die "dockerd ($pid) does not end"
    done
    # The rest is there only after a crash: containerd, and the containers below its shims.
    for pid in $(pids_with "$dir/exec/containerd/containerd.toml"); do
        process_stop "$pid" 10 || die "containerd ($pid) does not end"
    done
    for pid in $(pids_with "$dir/exec/containerd/containerd.sock"); do
        container=$(tr '\0' '\n' <"/proc/$pid/cmdline" | grep -x -A 1 -e -id | tail -n 1)
        read -r children 2>/dev/null <"/proc/$pid/task/$pid/children" || :
        # shellcheck disable=SC2086  # a list of numbers
        kill -KILL ${children:-} 2>/dev/null || :
        process_stop "$pid" 5 || die "a container's shim ($pid) does not end"
        find /sys/fs/cgroup -depth -type d -path "*/docker/${container:-none}*" \
            -exec rmdir {} + 2>/dev/null || :
    done
}

unmount_all() {
    cut -d' ' -f5 /proc/self/mountinfo | grep -F -e "$dir/" | sort -r | while read -r point; do
        case $point in "$dir"/*) umount "$point" || umount -l "$point" ;; esac
    done
}

end_all() {
    end_processes
    unmount_all
}

down() {
    [ -d "$dir" ] || return 0
    [ -e "$dir/$marker" ] || die "$dir was not made by private-engine.sh up; nothing was touched"
    lock_dir
    [ -e "$dir/$marker" ] || return 0
    remove_containers
    end_all
    rm -rf --one-file-system "$dir"
}

# The stand-in for a tenant's runtime. Its files show from outside that it lives, and that its volumes
# outlive it.
runtime_program() {
    cat <<'RUNTIME'
#!/bin/sh
trap 'echo "runtime stops"; exit 0' TERM INT
state=${NEXUS_DATA_DIR:-/data/state}
session=${BRIDGE_SESSION_DIR:-/data/session}
[ -s "$session/session" ] || cat /proc/sys/kernel/random/uuid >"$session/session"
date +%s >>"$state/starts"
httpd -p "${BRIDGE_PORT:-8765}" -h /srv
echo "runtime ready"
while :; do
    date +%s >"$state/heartbeat.new" && mv "$state/heartbeat.new" "$state/heartbeat"
    sleep 1 &
    wait $!
done
RUNTIME
}

runtime_tree() {
    busybox=$(command -v busybox) || die "busybox is not installed: apt-get install busybox-static"
    mkdir -p "$1/bin" "$1/etc" "$1/proc" "$1/sys" "$1/dev" "$1/srv" \
        "$1/data/state" "$1/data/session" "$1/data/config"
    chmod 777 "$1/data/state" "$1/data/session" # for a runtime of any user, without capabilities
    mkdir -m 1777 "$1/tmp"
    cp "$busybox" "$1/bin/busybox"
    "$1/bin/busybox" --list | grep -vx busybox | while read -r applet; do
        ln -s busybox "$1/bin/$applet"
    done
    printf 'root:x:0:0::/:/bin/sh\napp:x:1000:1000::/data:/bin/sh\n' >"$1/etc/passwd"
    printf 'root:x:0:\napp:x:1000:\n' >"$1/etc/group"
    echo ok >"$1/srv/index.html"
    runtime_program >"$1/bin/runtime"
    chmod 755 "$1" "$1/bin/runtime"
}

encoded() { printf %s "$1" | jq -sRr @uri; }

image() {
    reference=$1
    shift
    tag=${reference##*:} name=${reference%:*}
    case $tag in "$reference" | */* | latest | '') die "name the image as NAME:TAG; 'latest' is no pin" ;; esac
    engine_answers "$endpoint_of_dir" || die "no engine answers at $endpoint_of_dir"
    if engine_curl "$endpoint_of_dir" "/images/$reference/json" -f -o /dev/null 2>/dev/null; then
        say "$reference"
        return 0
    fi
    query="fromSrc=-&repo=$(encoded "$name")&tag=$(encoded "$tag")"
    for change in 'CMD ["/bin/runtime"]' 'WORKDIR /data' "$@"; do
        query="$query&changes=$(encoded "$change")"
    done
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    runtime_tree "$work/tree"
    tar -C "$work/tree" --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner -cf "$work/image.tar" .
    engine_curl "$endpoint_of_dir" "/images/create?$query" -X POST \
        -H 'Content-Type: application/x-tar' -T "$work/image.tar" -o "$work/answer"
    # An engine reports a failed import inside a 200.
    engine_curl "$endpoint_of_dir" "/images/$reference/json" -f -o /dev/null 2>/dev/null ||
        die "the engine did not take the image: $(tail -c 500 "$work/answer")"
    say "$reference"
}

PATH=$PATH:/usr/sbin:/sbin
case ${1:-} in
up | down)
    [ $# = 2 ] || die "$1 takes one folder; see private-engine.sh --help"
    set_dir "$2"
    "$1"
    ;;
image)
    shift
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
