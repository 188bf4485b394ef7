# Small functions that the scripts of this folder share; read with `.`, never run by itself.
# shellcheck shell=sh

say() { printf '%s\n' "$*"; }
warn() { printf '%s\n' "$*" >&2; }
die() {
    warn "$(basename "$0"): $*"
    exit 1
}

# at_end COMMAND: runs it however this script ends, but by SIGKILL.
at_end() {
    # shellcheck disable=SC2064  # the command's name is known now
    trap "$1" EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
}

# engine_curl ENDPOINT PATH [CURL-OPTION...]: one call of an engine's HTTP API.
engine_curl() {
    engine_url=$1 engine_path=$2
    shift 2
    case $engine_url in
    unix://*) curl -sS --max-time 60 --unix-socket "${engine_url#unix://}" "$@" "http://engine$engine_path" ;;
    tcp://*) curl -sS --max-time 60 "$@" "http://${engine_url#tcp://}$engine_path" ;;
    *) die "the endpoint '$engine_url' is neither unix:///path nor tcp://host:port" ;;
    esac
}

engine_answers() { engine_curl "$1" /_ping -f --max-time 5 -o /dev/null 2>/dev/null; }

# process_start PID: when it started, in clock ticks since boot. With the number it names one process
# for good: numbers are used again.
process_start() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20; }

# A zombie has ended; its parent has only not asked yet.
process_lives() {
    [ -d "/proc/$1" ] && ! grep -q '^State:[[:space:]]*[ZX]' "/proc/$1/status" 2>/dev/null
}

# process_gone PID SECONDS: waits for the end of a process.
process_gone() {
    tries=$(($2 * 10))
    while process_lives "$1"; do
        [ "$tries" -gt 0 ] || return 1
        tries=$((tries - 1))
        sleep 0.1
    done
}

# process_stop PID SECONDS: asks politely, then insists.
process_stop() {
    kill -TERM "$1" 2>/dev/null || return 0
    process_gone "$1" "$2" && return 0
    kill -KILL "$1" 2>/dev/null || return 0
    process_gone "$1" 10
}
