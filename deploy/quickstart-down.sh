# quickstart.sh --down: deletes the tenants and stops and removes all that was started, also where a run
# broke off half way. Read by it with `.`.
# shellcheck shell=sh disable=SC2154  # home and deploy are set by quickstart.sh

delete_by_job() {
    lives runner && lives redis || return 0
    export_settings
    for one in $(tenants); do
        if timeout 120 "$program" submit delete "$one" --wait >"$home/delete.log" 2>&1; then
            say "tenant '$one' deleted by a job"
        else
            warn "the delete job of '$one' did not succeed; removing it from the engine directly"
        fi
    done
}

remove_from_engine() {
    engine_curl "$endpoint" "$1" -X DELETE -o /dev/null -w '%{http_code}' | grep -qE '^(2..|404)$' ||
        die "the engine at $endpoint does not remove $1; remove it by hand, then run --down again"
}

listed() { engine_curl "$endpoint" "$1?all=1&filters=%7B%22label%22%3A%5B%22io.nexus.node%3D$(kept node)%22%5D%7D" | jq -r "$2"; }

# What a job could not delete, or a runner that is gone. Containers first: they hold the rest.
delete_directly() {
    for id in $(listed /containers/json '.[].Id'); do remove_from_engine "/containers/$id?force=1"; done
    for one in $(tenants); do remove_from_engine "/containers/tenant_${one}_runtime?force=1"; done
    for id in $(listed /networks '.[].Id'); do remove_from_engine "/networks/$id"; done
    for name in $(listed /volumes '.Volumes[]?.Name'); do remove_from_engine "/volumes/$name"; done
    for one in $(tenants); do
        remove_from_engine "/networks/tenant_${one}_net"
        remove_from_engine "/volumes/tenant_${one}_session"
        remove_from_engine "/volumes/tenant_${one}_state"
    done
    [ -z "$(kept image.made)" ] || remove_from_engine "/images/$(kept image.made)"
}

down() {
    if [ ! -d "$home" ]; then
        say "Nothing to stop: $home is not there."
        return 0
    fi
    lock
    program=$(kept program)
    endpoint=$(kept endpoint)
    delete_by_job
    end runner 45
    if [ -n "$(kept engine.private)" ]; then
        "$deploy/private-engine.sh" down "$(kept engine.private)"
        say "private engine stopped"
    elif [ -n "$endpoint" ] && [ -n "$(kept node)" ]; then
        engine_answers "$endpoint" || die "the engine at $endpoint does not answer; start it and run --down again, so that the tenants can be removed from it"
        delete_directly
        say "nothing of this quickstart is left in $endpoint"
    fi
    end redis 20
    rm -rf --one-file-system "$home"
    say "$home removed. The build and the installed packages stay."
}
