# Podman's part of private-engine.sh; read by it with `.`.
# shellcheck shell=sh disable=SC2154  # dir and endpoint_of_dir are set by private-engine.sh

podman_tools() { say podman conmon; }
podman_packages() { say podman netavark aardvark-dns catatonit; }

# Without CAP_SYS_RESOURCE no limit can be raised above that of the service itself.
podman_ulimits() {
    capabilities=0x$(sed -n 's/^CapEff:[[:space:]]*//p' /proc/self/status)
    [ $((capabilities >> 24 & 1)) = 1 ] || say 'default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]'
}

podman_config() {
    cat <<CONF
[containers]
base_hosts_file = "none"
$(podman_ulimits)
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
# The default one is shared by every Podman of the machine.
lock_type = "file"
env = ["NETAVARK_FW=iptables"]
[network]
network_config_dir = "$dir/networks"
CONF
}

# A registry on a loopback address, at any port, is spoken to without TLS, as Docker does.
podman_registries() {
    printf '[[registry]]\nlocation = "%s"\ninsecure = true\n' 127.0.0.1 localhost
}

# The addresses of containers, their network namespaces and the runtime's state are kept in fixed
# folders below /run, and what is known of registries in another: in a mount namespace of our own those
# are ours, and all mounts go with it. The file of a mount namespace must lie on a private mount.
podman_prepare() {
    mkdir -p "$dir/ns" "$dir/run" "$dir/cache" /var/lib/containers/cache
    podman_config >"$dir/containers.conf"
    podman_registries >"$dir/registries.conf"
    mount --bind "$dir/ns" "$dir/ns"
    mount --make-private "$dir/ns"
    : >"$dir/ns/mnt"
    # shellcheck disable=SC2016  # the inner shell's own
    unshare --mount="$dir/ns/mnt" --propagation slave sh -eu -c '
        case $1 in /run/*)
            mkdir -p "$1/run/${1#/run/}"
            mount --rbind "$1" "$1/run/${1#/run/}"
            ;;
        esac
        mount --bind "$1/cache" /var/lib/containers/cache
        mount --rbind "$1/run" /run' sh "$dir"
}

podman_run() {
    exec env CONTAINERS_CONF="$dir/containers.conf" CONTAINERS_REGISTRIES_CONF="$dir/registries.conf" \
        HOME="$dir" TMPDIR="$dir" setsid nsenter --net="$dir/netns" --mount="$dir/ns/mnt" \
        podman --root "$dir/root" --runroot "$dir/runroot" --tmpdir "$dir/tmp" \
        system service --time=0 "$endpoint_of_dir"
}

# With these gone Podman takes its start for that of the machine, and no container for a running one.
podman_forget() { rm -rf --one-file-system "$dir/runroot" "$dir/tmp" "$dir/run"; }

podman_killed() { :; }

# Everything of this engine but what runs inside containers lives in its mount namespace.
podman_pids() {
    [ "$(stat -f -c %T "$dir/ns/mnt" 2>/dev/null)" = nsfs ] || return 0
    space="mnt:[$(stat -L -c %i "$dir/ns/mnt")]"
    for link in /proc/[0-9]*/ns/mnt; do
        [ "$(readlink "$link" 2>/dev/null)" != "$space" ] || say "$link" | cut -d/ -f3
    done
}

podman_end() {
    # Whoever lives may start another while the list is made.
    tries=100
    while pids=$(podman_pids) && [ -n "$pids" ]; do
        [ "$tries" -gt 0 ] || die "processes of Podman do not end:" "$pids"
        tries=$((tries - 1))
        say "$pids" | xargs kill -KILL 2>/dev/null || :
        sleep 0.1
    done
    for folder in "$dir"/root/overlay-containers/*/; do
        id=$(basename "$folder")
        [ "${#id}" != 64 ] || end_container "$id" || die "the container $id does not end"
    done
    # Shared with every Podman of the machine, so only where they are empty.
    find /sys/fs/cgroup -depth -type d \( -path '*/libpod_parent/conmon' -o -name libpod_parent \) \
        -exec rmdir {} + 2>/dev/null || :
}
