#!/bin/sh
# From a fresh Debian 12 to a running tenant with one command, and back to nothing with another.
set -eu
deploy=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$deploy")
. "$deploy/common.sh"
. "$deploy/quickstart-parts.sh"
. "$deploy/quickstart-down.sh"
PATH=$PATH:/usr/sbin:/sbin

home=$root/.quickstart
program=$root/build/release/bin/nexus-runner
runtime_image=nexus-quickstart-runtime:1.0.0

usage() {
    cat <<TEXT
Usage: deploy/quickstart.sh [--backend docker|podman|simulated] [--tenant ID] [--program FILE]
       deploy/quickstart.sh --down

Makes one worker on this machine and provisions one tenant on it, step by step:
  1. installs the Debian packages that are missing (deploy/packages.txt; as root)
  2. builds the program (cmake --workflow --preset release), unless --program names one
  3. starts a private Redis with a random password on 127.0.0.1
  4. finds an engine: \$BACKEND_ENDPOINT, else the machine's own Docker or Podman, else it starts a
     private one
  5. makes a small runtime image, unless \$NEXUS_IMAGE names one
  6. starts 'nexus-runner serve' on 127.0.0.1:8000, or the next free port
  7. submits a provision job for the tenant (acme), and shows what came of it

Run it again at any time: what runs already is used again. Everything that it keeps is below
$home, each part with its own log.
The backend is docker unless --backend names another; simulated does without an engine. --down deletes the
tenants and stops and removes all that was started; the build and the packages stay.
NEXUS_SKIP_INSTALL=1 installs nothing.
TEXT
}

step() { printf '\n== %s\n' "$*"; }

install_and_build() {
    step "Packages"
    if [ "${NEXUS_SKIP_INSTALL:-}" = 1 ]; then say "skipped"; else
        "$deploy/install-packages.sh" "$deploy/packages.txt"
        [ "$backend" != podman ] || "$deploy/install-packages.sh" "$deploy/packages-podman.txt"
        say "all of deploy/packages.txt is installed"
    fi
    step "Program"
    if [ -n "$chosen_program" ]; then
        program=$(readlink -m -- "$chosen_program")
        [ -x "$program" ] || die "$chosen_program is no program"
    else
        say "Building; the first time takes some minutes (log: $home/build.log)"
        (cd "$root" && cmake --workflow --preset release) >"$home/build.log" 2>&1 8<&- ||
            broken build "the build failed"
    fi
    keep program "$program"
    say "$program"
}

ensure_redis() {
    step "Redis"
    if lives redis && redis_answers; then
        say "runs already on 127.0.0.1:$(kept redis.port)"
        return 0
    fi
    end redis 20
    [ -n "$(kept redis.password)" ] || keep redis.password "$(openssl rand -hex 24)"
    port=$(kept redis.port)
    keep redis.port "$(free_port "${port:-6379}")"
    mkdir -p "$home/redis"
    cat >"$home/redis.conf" <<CONF
bind 127.0.0.1
port $(kept redis.port)
requirepass $(kept redis.password)
dir $home/redis
appendonly yes
maxmemory-policy noeviction
CONF
    launch redis redis-server "$home/redis.conf"
    wait_for redis 30 redis_answers || broken redis "Redis did not start"
    say "started on 127.0.0.1:$(kept redis.port), password in $home/redis.password"
}

private_engine() {
    dir=$home/engine
    # An engine's sockets need a short path; a project may stand under a long one.
    [ "$(printf %s "$dir" | wc -c)" -le 66 ] ||
        dir=/run/nexus-quickstart-$(printf %s "$root" | cksum | cut -d' ' -f1)
    keep engine.private "$dir"
    endpoint=$("$deploy/private-engine.sh" up --engine "$backend" "$dir" 8<&-) ||
        die "no private engine could be started. Start one, name it in BACKEND_ENDPOINT, or use --backend simulated"
}

ensure_engine() {
    step "Engine"
    if [ "$backend" = simulated ]; then
        say "none: the simulated backend needs no engine"
        return 0
    fi
    case $backend in podman) own=/run/podman/podman.sock ;; *) own=/var/run/docker.sock ;; esac
    endpoint=$(kept endpoint)
    if [ -n "$endpoint" ] && engine_answers "$endpoint"; then
        say "used again: $endpoint"
    elif [ -n "$(kept engine.private)" ]; then
        private_engine
        say "the private engine started again: $endpoint"
    elif [ -n "${BACKEND_ENDPOINT:-}" ]; then
        endpoint=$BACKEND_ENDPOINT
        engine_answers "$endpoint" || die "no engine answers at BACKEND_ENDPOINT=$endpoint; start it, or unset BACKEND_ENDPOINT"
        say "BACKEND_ENDPOINT: $endpoint"
    elif engine_answers "unix://$own"; then
        endpoint=unix://$own
        say "the machine's own: $endpoint"
    else
        private_engine
        say "a private one was started: $endpoint"
    fi
    keep endpoint "$endpoint"
}

engine_has() { engine_curl "$endpoint" "$1" -f -o /dev/null 2>/dev/null; }

# A worker adopts what bears a tenant's names, and --down deletes it.
refuse_foreign_tenant() {
    [ "$backend" != simulated ] && ! grep -qxF "$tenant" "$home/tenant.list" 2>/dev/null || return 0
    for path in "/containers/tenant_${tenant}_runtime/json" "/volumes/tenant_${tenant}_state" \
        "/volumes/tenant_${tenant}_session" "/networks/tenant_${tenant}_net"; do
        ! engine_has "$path" || die "the engine at $endpoint holds a tenant '$tenant' already ($path) that is not of this quickstart; choose another with --tenant"
    done
}

ensure_image() {
    step "Runtime image"
    if [ -n "${NEXUS_IMAGE:-}" ]; then
        keep image "$NEXUS_IMAGE"
        say "NEXUS_IMAGE: $NEXUS_IMAGE"
        return 0
    fi
    [ -n "$(kept image)" ] || keep image "$runtime_image"
    if [ "$backend" != simulated ] && ! engine_has "/images/$(kept image)/json"; then
        [ "$(kept image)" = "$runtime_image" ] || return 0
        keep image.made "$runtime_image"
        "$deploy/private-engine.sh" image --endpoint "$endpoint" "$runtime_image" >/dev/null
        say "made from busybox: $runtime_image"
    else
        say "$(kept image)"
    fi
}

ensure_runner() {
    step "Runner"
    if lives runner && ready; then
        say "runs already on http://$(kept runner.address)"
        return 0
    fi
    end runner 45
    port=$(kept runner.address)
    port=${port##*:}
    keep runner.address "127.0.0.1:$(free_port "${port:-8000}")"
    mkdir -p "$home/tenants" "$home/state"
    export_settings
    launch runner "$program" serve
    wait_for runner 60 ready || broken runner "nexus-runner serve did not become ready; see the mend in its log"
    say "started on http://$(kept runner.address) (log: $home/runner.log)"
}

provision() {
    step "Provision job for tenant '$tenant'"
    refuse_foreign_tenant
    grep -qxF "$tenant" "$home/tenant.list" 2>/dev/null || echo "$tenant" >>"$home/tenant.list"
    export_settings
    timeout 180 "$program" submit provision "$tenant" --wait || broken runner "the provision job did not succeed"
    step "Events of '$tenant'"
    "$program" events "$tenant"
    if [ "$backend" = docker ]; then
        step "docker -H $endpoint ps"
        DOCKER_HOST='' docker -H "$endpoint" ps --filter "name=tenant_"
    elif [ "$backend" = podman ]; then
        step "podman --url $endpoint ps"
        podman --url "$endpoint" ps --filter "name=tenant_"
    else
        step "Health job for tenant '$tenant'"
        timeout 60 "$program" submit health "$tenant" --wait
    fi
    step "http://$LISTEN_ADDRESS/healthz"
    curl -sS "http://$LISTEN_ADDRESS/healthz"
    say ''
}

farewell() {
    step "Done: tenant '$tenant' runs"
    cat <<TEXT
A job with plain redis-cli, and its result:
    export REDISCLI_AUTH=\$(cat $home/redis.password)
    redis-cli -p $(kept redis.port) XADD nexus:jobs '*' job '{"v":1,"id":"a1","action":"stop","tenant_id":"$tenant","payload":{},"reply_to":"nexus:reply:a1"}'
    redis-cli -p $(kept redis.port) BLPOP nexus:reply:a1 60
Stop and remove everything:
    deploy/quickstart.sh --down
TEXT
}

up() {
    mkdir -p "$home"
    chmod 700 "$home"
    lock
    was=$(kept backend)
    backend=${backend:-${was:-docker}}
    [ -z "$was" ] || [ "$was" = "$backend" ] || die "a quickstart with the $was backend is there; run deploy/quickstart.sh --down first"
    keep backend "$backend"
    install_and_build
    # On an engine that others use too, this name marks what is ours.
    [ -n "$(kept node)" ] || keep node "quickstart-$(openssl rand -hex 3)"
    ensure_redis
    ensure_engine
    ensure_image
    ensure_runner
    provision
    farewell
}

verb=up backend='' tenant=acme chosen_program=''
while [ $# -gt 0 ]; do
    case $1 in
    -h | --help) usage && exit 0 ;;
    --down) verb=down ;;
    --backend | --tenant | --program)
        [ $# -ge 2 ] || die "$1 needs a value; see --help"
        case $1 in --backend) backend=$2 ;; --tenant) tenant=$2 ;; *) chosen_program=$2 ;; esac
        shift
        ;;
    *) die "unknown argument '$1'; see --help" ;;
    esac
    shift
done
case $backend in '' | docker | podman | simulated) ;; *) die "--backend is docker, podman or simulated, not '$backend'" ;; esac
printf %s "$tenant" | grep -qxE '[a-z0-9][a-z0-9_-]{2,63}' ||
    die "--tenant '$tenant': 3 to 64 of a-z, 0-9, _ and -, beginning with a letter or digit"
"$verb"
