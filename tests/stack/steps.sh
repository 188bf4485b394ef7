# The steps of the stack's test, in their order; read with `.`.
# shellcheck shell=sh disable=SC2154  # work and the addresses are set by who reads this

# refuses NAME: config names what .env lacks.
refuses() {
    cp "$work/deploy/.env" "$work/kept"
    set_env "$1" ''
    expect "$1 is missed" sh -c "cd '$work/deploy' && ! docker-compose --env-file .env config >/dev/null 2>'$work/err'"
    expect "a sentence about $1" grep -q "Set $1 in .env" "$work/err"
    cp "$work/kept" "$work/deploy/.env"
}

config_is_checked() {
    fill_env
    for name in GITHUB_ORG IMAGE_TAG NODE_NAME RUNNER_BIND_IP SOCKET_GID; do refuses "$name"; done
    for more in podman archive; do
        expect "the variant $more" compose -f docker-compose.yml -f "docker-compose.$more.yml" config -q
    done
    compose config >"$work/config"
    expect "the Redis URL as it stands" grep -qF "redis://default:secret@$control:6379/0" "$work/config"
    expect "the address" grep -q "$worker" "$work/config"
}

comes_up() {
    since=$(date +%s%N)
    compose up -d 2>"$work/err"
    expect "healthy" wait_for 30 get control "$worker" /healthz
    say "from up -d to /healthz: $((($(date +%s%N) - since) / 1000000)) ms"
    expect "ready" wait_for 30 ready
    expect "the release" [ "$(version)" = "$release" ]
    expect "the program finds itself healthy" wait_for 30 healthy
    expect "no root" [ "$(docker exec "$(runner_id)" id -u)" = 10001 ]
}

healthy() { [ "$(docker inspect -f '{{.State.Health.Status}}' "$(runner_id)")" = healthy ]; }

checks_config() {
    runner check-config >"$work/out" 2>&1 || expect "no error in $(grep ^error "$work/out")" false
    expect "volumes at their mount points" grep -q 'ok *backend: volumes are read at their mount points' "$work/out"
    expect "no secret" [ "$(grep -c secret@ "$work/out")" = 0 ]
}

provisions() {
    for tenant in acme globex; do expect "$tenant" succeeds provision "$tenant"; done
    expect "two runtimes" [ "$(tenants_since | wc -l)" = 2 ]
    before=$(tenants_since)
}

is_private() {
    expect "200 for the control machine" [ "$(on control curl -s -o /dev/null -w '%{http_code}' "http://$worker:8000/healthz")" = 200 ]
    for address in "$public" "$worker" 172.17.0.1; do
        code=0
        on internet curl -sS --max-time 5 "http://$address:8000/healthz" >"$work/out" 2>"$work/err" || code=$?
        expect "$address is refused or has no route: $(cat "$work/err")" [ "$code" = 7 ]
    done
}

survives_kill() {
    killed=$(runner_id)
    kill -KILL "$(docker inspect -f '{{.State.Pid}}' "$killed")"
    expect "the engine starts it again" wait_for 30 restarted "$killed"
    expect "ready" wait_for 30 ready
    expect "tenants as before" [ "$(tenants_since)" = "$before" ]
    expect "a job" succeeds health acme
}
restarted() { [ "$(docker inspect -f '{{.RestartCount}} {{.State.Running}}' "$1")" = "1 true" ]; }

upgrades() {
    for tag in 1.4.3 1.4.2; do
        set_env IMAGE_TAG "$tag"
        compose up -d 2>"$work/err"
        expect "$tag is ready" wait_for 60 ready
        expect "it is $tag" [ "$(docker inspect -f '{{.Config.Image}}' "$(runner_id)")" = "ghcr.io/example/nexus-runner:$tag" ]
        expect "a job with $tag" succeeds health globex
        expect "tenants as before" [ "$(tenants_since)" = "$before" ]
    done
}

quiet() { "$@" >"$work/out" 2>&1; }

backs_up() {
    volume=$(docker volume ls -q --filter name=acme | grep state)
    folder=$(docker volume inspect -f '{{.Mountpoint}}' "$volume")
    echo precious >"$folder/kept"
    chmod 400 "$folder/kept"
    chown 1234:1235 "$folder/kept"
    expect "a backup" quiet runner backup acme
    rm "$folder/kept"
    expect "a restore" quiet runner restore acme
    expect "the file" [ "$(cat "$folder/kept")" = precious ]
    expect "its owner and mode" [ "$(stat -c '%u:%g %a' "$folder/kept")" = '1234:1235 400' ]
    expect "by the script for cron" quiet env NEXUS_BACKUP_LOCK="$work/lock" "$root/deploy/backup-worker.sh"
    before=$(tenants_since)
}

does_without_rights() {
    compose -f docker-compose.yml -f docker-compose.archive.yml up -d 2>"$work/err"
    expect "ready" wait_for 60 ready
    expect "no rights" [ "$(docker exec "$(runner_id)" grep -h CapEff /proc/1/status | cut -f2)" = 0000000000000000 ]
    runner check-config >"$work/out" 2>&1 || expect "no error in $(grep ^error "$work/out")" false
    expect "the archive API" grep -q "archive API" "$work/out"
    expect "a backup" quiet runner backup globex
    expect "tenants as before" [ "$(tenants_since)" = "$before" ]
}

goes_down() {
    compose down 2>"$work/err"
    expect "no runner" [ -z "$(docker ps -aq --filter label=com.docker.compose.service=runner)" ]
    expect "tenants as before" [ "$(tenants_since)" = "$before" ]
}
