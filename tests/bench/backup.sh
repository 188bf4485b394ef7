#!/bin/sh
# The backup beside the naive way, `docker run --rm -v VOLUME:/volume:ro busybox tar -czf`, on the same volumes; see README.md.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
. "$root/deploy/common.sh"
. "$root/deploy/runtime-image.sh"
. "$root/tests/bench/common.sh"
. "$root/tests/bench/backup_data.sh"
. "$root/tests/bench/backup_ways.sh"
. "$root/tests/bench/backup_databases.sh"
. "$root/tests/bench/backup_report.sh"

usage() {
    cat <<TEXT
Usage: tests/bench/backup.sh [--runs N] [--databases N] [PART...]      (default: 3 runs, 40 databases, all parts)
Parts: big (409 MB in two volumes), small (40 volumes), restore, databases.
Needs root, 6 GB in \${TMPDIR:-/tmp}, and the packages that deploy/private-engine.sh names.
Builds into build/bench, or uses the build folder that BENCH_BUILD names as it is.
TEXT
}

runs=3 databases=40
while [ $# -gt 0 ]; do
    case $1 in
    --runs) runs=${2:?} && shift 2 ;;
    --databases) databases=${2:?} && shift 2 ;;
    -h | --help) usage && exit 0 ;;
    big | small | restore | databases) break ;;
    *) usage >&2 && exit 64 ;;
    esac
done
[ $# -gt 0 ] || set -- big small restore databases
parts=" $* "
part() { case $parts in *" $1 "*) ;; *) return 1 ;; esac }

work=$(mktemp -d "${TMPDIR:-/tmp}/nexus-bench.XXXXXX")
redis='' runner='' mounted=''
clean_up() {
    for process in $runner $redis; do process_stop "$process" 40 || :; done
    for folder in "$work/fresh/engine" "$work/engine"; do
        [ ! -d "$folder" ] || "$root/deploy/private-engine.sh" down "$folder" || :
    done
    [ -z "$mounted" ] || umount "$work/fresh" || :
    rm -rf --one-file-system "$work"
}
at_end clean_up
mkdir "$work/results" "$work/fresh" "$work/inside"
: >"$work/inside/cpu"

build_benches
start_redis
engine_folder=$work/engine
engine=$("$root/deploy/private-engine.sh" up --engine docker "$engine_folder")
make_image

# both NAME [cold]: one way after the other, another one first in each run.
both() {
    if [ $((run % 2)) = 1 ]; then ways='naive our'; else ways='our naive'; fi
    for way in $ways; do
        if [ "${2:-}" != cold ] || cold; then
            measured "$1.$way" "${way}_backup"
        fi
    done
}

big() {
    use big
    warm_up
    both cold cold
    both warm
    expect_method mount_point
    keep warm.naive.bytes "$(bytes_of "$node/naive")"
    keep warm.our.bytes "$(bytes_of "$node/backups/blobs")"
    keep pause.ms "$(manifest '[.tenants[].pause_ms] | add')"
    measured unchanged.our our_program backup
    keep unchanged.written "$(manifest .bytes_written)"
    measured verify.naive gzip -t "$node"/naive/*.tar.gz
    measured verify.our our_program verify
    hidden=yes
    measured api.our our_backup
    hidden=''
    expect_method archive
    keep api.pause.ms "$(manifest '[.tenants[].pause_ms] | add')"
}

small() {
    use small
    warm_up
    both small
    expect_method mount_point
}

restore() {
    use big
    our_backup
    naive_backup
    before=$(trees "$engine_folder")
    for way in naive our; do
        fresh_engine
        measured "restore.$way" "${way}_restore"
        [ $way = naive ] || [ "$(trees "$engine_folder")" = "$before" ] || die "what was restored is not what was there"
        no_fresh_engine
    done
}

if part big || part restore; then
    make_node big 10.231.0.0/16 $image large
    fill big
fi
if part small; then
    # shellcheck disable=SC2046  # of words
    make_node small 10.232.0.0/16 $image $(seq -f 'small-%g' 1 20)
    fill small
fi
run=0
while [ $run -lt "$runs" ]; do
    run=$((run + 1))
    for which in big small restore; do
        ! part $which || $which
    done
    warn "run $run of $runs is done; load $(cut -d' ' -f1-3 /proc/loadavg)"
done
if part databases; then
    make_writer_image
    judge_databases
fi
report
