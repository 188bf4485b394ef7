# The tables of backup.sh; read with `.`, never run by itself.
# shellcheck shell=sh disable=SC2154  # work, runs and databases are set by backup.sh

of() { median "$work/results/$1"; }
count() { if [ -s "$work/results/$1" ]; then wc -l <"$work/results/$1"; else echo 0; fi; }
most() { if [ -s "$work/results/$1" ]; then sort -n "$work/results/$1" | tail -n 1; else echo -; fi; }
seconds() { ratio "$1" 1000; }
# met VALUE AIM: whether a ratio is no more than it should be.
met() { awk "BEGIN {print \"$1\" == \"-\" ? \"-\" : \"$1\" + 0 <= $2 ? \"met\" : \"missed\"}"; }
# share_of ONE OTHER: their ratio with four digits; the small ones are of interest.
share_of() { awk "BEGIN {if (\"$1\" == \"-\" || \"$2\" == \"-\") print \"-\"; else printf \"%.4f\\n\", \"$1\" / \"$2\"}"; }
# speed MS: of the 409 MB, in MB/s.
speed() { awk "BEGIN {print \"$1\" == \"-\" ? \"-\" : sprintf(\"%.0f\", 409000 / \"$1\")}"; }

# row TITLE OURS NAIVE AIM: of milliseconds.
row() {
    share=$(share_of "$2" "$3")
    say "| $1 | $(seconds "$2") | $(seconds "$3") | $share | 1/$4 | $(met "$share" "(1 / $4)") |"
}
# big_row TITLE OURS NAIVE AIM: the same of the 409 MB, with their speed.
big_row() { row "$1: $(speed "$2") MB/s, naive $(speed "$3")" "$2" "$3" "$4"; }

report() {
    say "| medians of $runs | s | naive, s | ours : naive | goal | |"
    say '|---|---|---|---|---|---|'
    big_row 'backup, mount point, warm' "$(of warm.our.ms)" "$(of warm.naive.ms)" 8
    big_row 'backup, mount point, cold' "$(of cold.our.ms)" "$(of cold.naive.ms)" 4
    big_row 'backup, archive API' "$(of api.our.ms)" "$(of warm.naive.ms)" 5
    row '40 small volumes' "$(of small.our.ms)" "$(of small.naive.ms)" 6
    row 'CPU, mount point, warm' "$(of warm.our.cpu)" "$(of warm.naive.cpu)" 5
    row 'pause of the tenant, mount point' "$(of pause.ms)" "$(of warm.naive.ms)" 20
    row 'pause of the tenant, archive API' "$(of api.pause.ms)" "$(of warm.naive.ms)" 20
    big_row 'restore, fresh file system' "$(of restore.our.ms)" "$(of restore.naive.ms)" 2
    big_row 'verify, beside gzip -t' "$(of verify.our.ms)" "$(of verify.naive.ms)" 3
    row 'backup, nothing changed' "$(of unchanged.our.ms)" "$(of warm.naive.ms)" 100
    share=$(share_of "$(of warm.our.bytes)" "$(of warm.naive.bytes)")
    say "| size, MB | $(ratio "$(of warm.our.bytes)" 1000000) | $(ratio "$(of warm.naive.bytes)" 1000000) | $share | 0.96 | $(met "$share" 0.96) |"
    peak=$(ratio "$(most peak)" 1024)
    say "| peak resident memory, MiB | $peak | | | 128 | $(met "$peak" 128) |"
    say "| new bytes where nothing changed | $(most unchanged.written) | | | 0 | $(met "$(most unchanged.written)" 0) |"
    ! part databases || report_databases
}

report_databases() {
    say ''
    say "| $databases databases under a writer | whole | corrupt, exit code 0 | failed |"
    say '|---|---|---|---|'
    for way in our naive; do
        say "| $way | $(count databases.$way.whole) | $(count databases.$way.unnoticed) | $(count databases.$way.failed) |"
    done
}
