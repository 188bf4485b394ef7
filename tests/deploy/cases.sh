# What the tests of scripts share; read with `.`, never run by itself.
# shellcheck shell=sh

work=$(mktemp -d /tmp/nexus-scripts.XXXXXX)
failed=0
end_cases() {
    rm -rf "$work"
    [ $failed = 0 ] || exit 1
}
at_end end_cases

# expect WORDS COMMAND...: notes a failure with the words where the command fails.
expect() {
    what=$1
    shift
    if "$@"; then return 0; fi
    say "    FAILED: $what: $*"
    failed=1 case_failed=1
}

# try SENTENCE FUNCTION: one case, in an empty folder `work`.
try() {
    case_failed=0
    fresh
    "$2"
    if [ $case_failed = 0 ]; then
        say "ok: $1"
        return 0
    fi
    say "FAILED: $1"
    for file in out err calls; do
        [ ! -e "$work/$file" ] || tail -n 10 "$work/$file" | sed "s/^/    $file: /"
    done
}
