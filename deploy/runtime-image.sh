# The stand-in for a tenant's runtime, as an image of any engine that answers as Docker does; read by
# private-engine.sh with `.`.
# shellcheck shell=sh disable=SC2154  # endpoint_of_dir is set by private-engine.sh

# Its files show from outside that it lives, and that its volumes outlive it.
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
    "$1/bin/busybox" --install "$1/bin"
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
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    runtime_tree "$work/tree"
    mkdir "$work/context"
    tar -C "$work/tree" --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner \
        -cf "$work/context/tree.tar" .
    printf '%s\n' 'FROM scratch' 'ADD tree.tar /' 'CMD ["/bin/runtime"]' 'WORKDIR /data' "$@" \
        >"$work/context/Dockerfile"
    tar -C "$work/context" -cf "$work/context.tar" .
    # A build, because Podman's import takes no HEALTHCHECK.
    engine_curl "$endpoint_of_dir" "/build?t=$(encoded "$name:$tag")&layers=false" -X POST \
        -H 'Content-Type: application/x-tar' -T "$work/context.tar" -o "$work/answer"
    # An engine reports a failed build inside a 200.
    engine_curl "$endpoint_of_dir" "/images/$reference/json" -f -o /dev/null 2>/dev/null ||
        die "the engine did not take the image: $(tail -c 500 "$work/answer")"
    say "$reference"
}
