# The Docker Engine's part of private-engine.sh; read by it with `.`.
# shellcheck shell=sh disable=SC2154  # dir and endpoint_of_dir are set by private-engine.sh

docker_tools() { say dockerd; }
docker_packages() { say docker.io; }

docker_prepare() { :; }

docker_run() {
    exec setsid nsenter --net="$dir/netns" dockerd --data-root "$dir/root" --exec-root "$dir/exec" \
        --pidfile "$dir/pid" -H "$endpoint_of_dir"
}

docker_forget() { rm -rf "$dir/exec"; }

docker_containerd() { pids_with "$dir/exec/containerd/containerd.toml"; }

# Its containerd ends with it. A zombie of that would pass for a running one.
docker_killed() {
    for pid in $(docker_containerd); do
        process_gone "$pid" 10 || die "containerd ($pid) does not end"
    done
    rm -f "$dir/exec/containerd/containerd.pid"
}

docker_remove_containers() {
    engine_answers "$endpoint_of_dir" || return 0
    engine_curl "$endpoint_of_dir" '/containers/json?all=1' | jq -r '.[].Id' | while read -r id; do
        engine_curl "$endpoint_of_dir" "/containers/$id?force=1&v=1" -X DELETE -o /dev/null
    done
}

docker_end() {
    docker_remove_containers
    for pid in $(pids_with "$dir/pid"); do
        process_stop "$pid" 30 || die "dockerd ($pid) does not end"
    done
    # The rest is there only after a crash: containerd, and the containers below its shims.
    for pid in $(docker_containerd); do
        process_stop "$pid" 10 || die "containerd ($pid) does not end"
    done
    for shim in $(pids_with "$dir/exec/containerd/containerd.sock"); do
        id=$(tr '\0' '\n' 2>/dev/null <"/proc/$shim/cmdline" | grep -x -A 1 -e -id | tail -n 1)
        [ -z "$id" ] || end_container "$id" || die "the container $id does not end"
        process_stop "$shim" 5 || die "a container's shim ($shim) does not end"
    done
}
