# What the benches share; read with `.`, never run by itself.
# shellcheck shell=sh disable=SC2154  # root and work are set by who reads it

# median FILE: of its numbers, one a line; `-` where there is none.
median() {
    [ -s "$1" ] || { echo - && return; }
    sort -n "$1" | awk '{v[NR]=$1} END {print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2}'
}

# ratio ONE OTHER: with two digits; `-` where one is missing.
ratio() { awk "BEGIN {if (\"$1\" == \"-\" || \"$2\" == \"-\") print \"-\"; else printf \"%.2f\\n\", \"$1\" / \"$2\"}"; }

# memory_mib PID FIELD: of /proc/PID/status.
memory_mib() { awk "/^$2:/ {printf \"%.1f\\n\", \$2 / 1024}" "/proc/$1/status"; }

now_ms() { echo $(($(date +%s%N) / 1000000)); }

# cpu_ms PID: what the process took of the processors by now, its children that have ended with it.
cpu_ms() { sed 's/.*) //' "/proc/$1/stat" | awk "{printf \"%d\\n\", (\$12 + \$13 + \$14 + \$15) * 1000 / $(getconf CLK_TCK)}"; }

# Builds into build/bench where BENCH_BUILD names no folder, and sets it. Writes below `work`.
build_benches() {
    [ -z "${BENCH_BUILD:-}" ] || return 0
    BENCH_BUILD=$root/build/bench
    (cd "$root" && cmake --preset bench && cmake --build --preset bench) >"$work/build.log" 2>&1 ||
        { cat "$work/build.log" >&2 && die "the build failed"; }
}

# A private Redis that keeps nothing: sets `redis`, its process, and `port`; the next port is left free.
start_redis() {
    port=$((20000 + $$ % 10000))
    redis-server --port "$port" --bind 127.0.0.1 --save '' --appendonly no --dir "$work" >"$work/redis.log" &
    redis=$!
    until redis-cli -p "$port" PING >/dev/null 2>&1; do
        process_lives "$redis" || die "no Redis: $(tail -1 "$work/redis.log")"
        sleep 0.1
    done
}
