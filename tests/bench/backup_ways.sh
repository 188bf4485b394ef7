# backup.sh's nodes and the two ways to back them up; read with `.`, never run by itself.
# shellcheck shell=sh disable=SC2154  # work, port and engine are set by backup.sh

image=nexus-bench-runtime:1.0.0
hidden='' # not empty: the runner does not see the volumes' mount points

# It does not write by itself: what is unchanged stays so.
make_image() { "$root/deploy/private-engine.sh" image "$engine_folder" $image 'CMD ["/bin/sleep", "1000000"]' >/dev/null; }

# keep NAME VALUE: one figure of this run.
keep() { echo "$2" >>"$work/results/$1"; }

# use NODE: the settings of it, for what is started from now on.
use() {
    node=$work/$1
    tenants=$(cat "$node.tenants")
    export REDIS_URL="redis://127.0.0.1:$port" NODE_NAME="$1" LOG_LEVEL=warning
    export BACKEND=docker BACKEND_ENDPOINT="$engine" PLUGIN_DIR="$BENCH_BUILD/lib/nexus/plugins"
    export TENANT_ROOT="$node/tenants" STATE_DIR="$node/state" BACKUP_DIR="$node/backups"
    export LISTEN_ADDRESS="127.0.0.1:$((port + 1))" STOP_TIMEOUT=1s
}

# make_node NAME SUBNETS IMAGE TENANT...: provisioned and running, without a runner.
make_node() {
    made=$1
    export TENANT_SUBNET_POOL="$2" NEXUS_IMAGE="$3"
    shift 3
    mkdir -p "$work/$made/tenants" "$work/$made/state" "$work/$made/naive"
    echo "$@" >"$work/$made.tenants"
    use "$made"
    "$BENCH_BUILD/bin/nexus-runner" serve >"$node/log" 2>&1 &
    runner=$!
    for tenant in $tenants; do
        "$BENCH_BUILD/bin/nexus-runner" submit provision "$tenant" --wait >"$node/submit" 2>&1 ||
            die "no tenant $tenant: $(cat "$node/submit" "$node/log")"
    done
    process_stop "$runner" 40 || :
    runner=''
    redis-cli -p "$port" FLUSHALL >/dev/null
}

# path ENGINE-FOLDER TENANT PART: where a volume's content is.
path() { echo "$1/root/volumes/tenant_$2_$3/_data"; }

fill() {
    use "$1"
    seed=100
    for tenant in $tenants; do
        for part in session state; do
            seed=$((seed + 1))
            "fill_$1" "$(path "$engine_folder" "$tenant" $part)" $part $seed
        done
    done
}
fill_big() { "big_$2" "$1"; }
fill_small() { small_volume "$1" "$3"; }

warm_up() {
    for tenant in $tenants; do
        for part in session state; do
            tar -cf - -C "$(path "$engine_folder" "$tenant" $part)" . | cat >/dev/null
        done
    done
}

# cold: nothing that is on disk is in memory any more; false where that cannot be had.
cold() {
    sync
    echo 3 2>/dev/null >/proc/sys/vm/drop_caches
}

cpu_of_all() {
    sum=0
    for process in $$ "$(cat "$engine_folder/pid")" "$(cat "$engine_folder/exec/containerd/containerd.pid")"; do
        sum=$((sum + $(cpu_ms "$process")))
    done
    # Of tar and gzip in containers, which are nobody's children here.
    echo $((sum + $(awk '{sum += $1 + $2} END {printf "%d", sum * 1000}' "$work/inside/cpu")))
}

# measured NAME COMMAND...: its time, and what it took of the processors: here, in the engine and in containers.
measured() {
    figure=$1
    shift
    cpu=$(cpu_of_all) begun=$(now_ms)
    "$@"
    keep "$figure.ms" $(($(now_ms) - begun))
    keep "$figure.cpu" $(($(cpu_of_all) - cpu))
}

bytes_of() { find "$1" -type f -printf '%s\n' | awk '{sum += $1} END {printf "%d\n", sum}'; }

# in_busybox MOUNT... -- COMMAND...: as everybody does it, and with the time that the command takes of the processors.
in_busybox() {
    mounts="-v $work/inside:/inside"
    while [ "$1" != -- ]; do mounts="$mounts -v $1" && shift; done
    shift
    # shellcheck disable=SC2086  # of words
    docker -H "$engine" run --rm $mounts $image time -a -o /inside/cpu -f '%U %S' "$@"
}

naive_backup() {
    rm -f "$node"/naive/*
    for tenant in $tenants; do
        for part in session state; do
            in_busybox "tenant_${tenant}_$part:/volume:ro" "$node/naive:/backup" -- \
                tar -czf "/backup/${tenant}_$part.tar.gz" -C /volume .
        done
    done
}

naive_restore() {
    for tenant in $tenants; do
        for part in session state; do
            in_busybox "tenant_${tenant}_$part:/volume" "$node/naive:/backup:ro" -- \
                tar -xzf "/backup/${tenant}_$part.tar.gz" -C /volume
        done
    done
}

# our_program COMMAND...: must succeed; the most memory that it took is a figure.
our_program() {
    set -- "$BENCH_BUILD/bin/nexus-runner" "$@"
    # shellcheck disable=SC2016  # the inner shell's own
    [ -z "$hidden" ] || set -- unshare --mount sh -c 'mount -t tmpfs none "$0" && exec "$@"' "$engine_folder/root/volumes" "$@"
    /usr/bin/time -f %M -o "$work/peak" "$@" >"$work/out" 2>"$work/err" ||
        die "'$*' failed: $(cat "$work/out" "$work/err")"
    keep peak "$(cat "$work/peak")"
}

our_backup() {
    rm -rf "$node/backups"
    our_program backup
}

# manifest FILTER: of the newest run, by jq.
manifest() { find "$node/backups/runs" -name run.json | sort | tail -n 1 | xargs jq -r "$1"; }

expect_method() {
    [ "$(manifest '[.tenants[].parts[] | select(.part != "folder") | .method] | unique | join(" ")')" = "$1" ] ||
        die "the volumes were not read by way of '$1': $(manifest .)"
}

# A file system that nobody has written to, with an engine on it, in place of the one that is there.
fresh_engine() {
    truncate -s 4G "$work/disk"
    mkfs.ext4 -q -F -E lazy_itable_init=0,lazy_journal_init=0 "$work/disk"
    mount -o loop "$work/disk" "$work/fresh"
    # shellcheck disable=SC2034  # of backup.sh
    mounted=yes
    engine_folder=$work/fresh/engine
    engine=$("$root/deploy/private-engine.sh" up --engine docker "$engine_folder")
    make_image
    sync
    mkdir "$work/fresh/tenants" "$work/fresh/state"
}

no_fresh_engine() {
    "$root/deploy/private-engine.sh" down "$engine_folder"
    umount "$work/fresh"
    # shellcheck disable=SC2034  # of backup.sh
    mounted=''
    engine_folder=$work/engine engine=unix://$work/engine/docker.sock
    rm "$work/disk"
}

our_restore() {
    for tenant in $tenants; do
        BACKEND_ENDPOINT=$engine TENANT_ROOT=$work/fresh/tenants STATE_DIR=$work/fresh/state our_program restore "$tenant"
    done
}

# trees ENGINE-FOLDER: one word for the content of all volumes. By itself tar notes when a file was read, and its own process id.
trees() {
    for tenant in $tenants; do
        for part in session state; do
            tar -c --sort=name --numeric-owner --xattrs --acls \
                --pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime -C "$(path "$1" "$tenant" $part)" .
        done
    done | sha256sum
}
