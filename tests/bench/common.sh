# What the benches share; read with `.`, never run by itself.
# shellcheck shell=sh

# median FILE: of its numbers, one a line; `-` where there is none.
median() {
    [ -s "$1" ] || { echo - && return; }
    sort -n "$1" | awk '{v[NR]=$1} END {print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2}'
}

# ratio ONE OTHER: with two digits; `-` where one is missing.
ratio() { awk "BEGIN {if (\"$1\" == \"-\" || \"$2\" == \"-\") print \"-\"; else printf \"%.2f\\n\", \"$1\" / \"$2\"}"; }
