# The worker machine of the stack's test: what deploy/README.md has an operator do there. Read with `.`.
# shellcheck shell=sh disable=SC2154  # root, work and the addresses are set by who reads this

# compose ARGUMENT...: where the operator has the files.
compose() { (cd "$work/deploy" && docker-compose --env-file .env "$@"); }
runner() { compose exec -T runner nexus-runner "$@"; }
runner_id() { compose ps -q runner; }

# set_env NAME VALUE: one line of .env, which the example has.
set_env() {
    grep -q "^#\{0,1\}$1=" "$work/deploy/.env" || die ".env.example has no $1"
    value=$(printf %s "$2" | sed 's/[&|\\]/\\&/g')
    sed -i "s|^#\{0,1\}$1=.*|$1=$value|" "$work/deploy/.env"
}

# The socket in a folder of its own, as systemd makes it on a real machine: a second name of the same file.
prepare_worker() {
    mkdir -p "$work/deploy" "$work/run"
    ln "$work/engine/docker.sock" "$work/run/docker.sock"
    install -d -m 750 -o 10001 -g 10001 "$work/tenants" "$work/backups" "$work/state" "$work/etc"
    cp "$root"/deploy/docker-compose*.yml "$work/deploy/"
    cp "$root/deploy/.env.example" "$work/deploy/.env"
    docker network create runner_internal >/dev/null
    runtime=nexus-stack-runtime:1
    "$root/deploy/private-engine.sh" image "$work/engine" "$runtime" >/dev/null
}

fill_env() {
    set_env GITHUB_ORG example
    set_env IMAGE_TAG 1.4.2
    set_env RUNNER_BIND_IP "$worker"
    set_env ENGINE_SOCKET_DIR "$work/run"
    set_env SOCKET_GID "$(stat -c %g "$work/run/docker.sock")"
    set_env ENGINE_VOLUMES "$work/engine/root/volumes"
    set_env NODE_NAME worker-1
    set_env REDIS_URL "redis://default:secret@$control:6379/0"
    set_env CONTROL_PRIVATE_IP "$control"
    set_env NEXUS_IMAGE "$runtime"
    set_env TENANT_ROOT "$work/tenants"
    set_env BACKUP_DIR "$work/backups"
    set_env STATE_DIR "$work/state"
    set_env CONFIG_DIR "$work/etc"
}

# get MACHINE ADDRESS PATH: what the runner's port answers there.
get() { on "$1" curl -sS --max-time 5 -f "http://$2:8000$3"; }
ready() { get control "$worker" /readyz; }
version() { get control "$worker" /healthz | jq -r .version; }

# job ACTION TENANT: by plain redis-cli, from the control machine; prints the result.
job() {
    id=$1-$(date +%s%N)
    redis XADD nexus:jobs '*' job "{\"v\":1,\"id\":\"$id\",\"action\":\"$1\",\"tenant_id\":\"$2\",\"payload\":{},\"reply_to\":\"nexus:reply:$id\"}" \
        >/dev/null
    redis BLPOP "nexus:reply:$id" 60
}
succeeds() { job "$@" | grep -q '"status":"succeeded"'; }

# The tenants' containers with their start times: the same as long as nobody touched them.
tenants_since() { docker ps -q --filter name=tenant_ | xargs -r docker inspect -f '{{.Name}} {{.State.StartedAt}}' | sort; }
