# backup.sh's databases: SQLite under a writer, and whether a copy of it is whole; read with `.`, never run by itself.
# shellcheck shell=sh disable=SC2154  # work, engine and node are set by who reads it

writer_image=nexus-bench-writer:1.0.0

# Moves money from one account to another, so that the sum of all never changes, and rewrites pages all over
# the file, as fast as it can: it waits for no disk.
writer_program() {
    cat <<'WRITER'
#!/bin/sh
db=/data/state/ledger.db
sqlite3 "$db" "CREATE TABLE IF NOT EXISTS account(id INTEGER PRIMARY KEY, sum INTEGER, note BLOB);
    CREATE TABLE IF NOT EXISTS moved(n INTEGER PRIMARY KEY, what BLOB); CREATE INDEX IF NOT EXISTS notes ON account(note);
    WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 20000)
        INSERT OR IGNORE INTO account SELECT x, 1000, randomblob(600) FROM c;"
n=0
while :; do
    n=$((n + 1))
    one=$((n * 7919 % 20000 + 1)) other=$((n * 104729 % 20000 + 1))
    cat <<SQL
BEGIN;
UPDATE account SET sum = sum - 7, note = randomblob(600) WHERE id = $one;
UPDATE account SET note = randomblob(600) WHERE id % 997 = $((n % 997));
INSERT INTO moved(what) VALUES(randomblob(5000));
DELETE FROM moved WHERE n <= (SELECT max(n) FROM moved) - 500;
UPDATE account SET sum = sum + 7 WHERE id = $other;
COMMIT;
SQL
done | sqlite3 -cmd 'PRAGMA synchronous=OFF' "$db"
WRITER
}

# The runtime image, with the machine's sqlite3 and the libraries that it is linked to.
make_writer_image() {
    runtime_tree "$work/writer"
    program=$(command -v sqlite3)
    for file in "$program" $(ldd "$program" | grep -o '/[^ ]*'); do
        mkdir -p "$work/writer$(dirname "$file")"
        cp -L "$file" "$work/writer$file"
    done
    [ "$(dirname "$program")" = /bin ] || ln -sf "$program" "$work/writer/bin/sqlite3"
    writer_program >"$work/writer/bin/writer"
    chmod 755 "$work/writer/bin/writer"
    tar -C "$work/writer" -c . | docker -H "$engine" import --change 'CMD ["/bin/writer"]' - "$writer_image" >/dev/null
}

# whole FOLDER: the database there is, as SQLite finds it after a crash, and no transaction is there by half.
# Sets `newest`, the number of the last one.
whole() {
    newest=0
    [ -s "$1/ledger.db" ] || return 1
    [ "$(sqlite3 "$1/ledger.db" 'PRAGMA integrity_check;' 2>/dev/null)" = ok ] || return 1
    [ "$(sqlite3 "$1/ledger.db" 'SELECT count(*) || "," || sum(sum) FROM account;')" = 20000,20000000 ] || return 1
    newest=$(sqlite3 "$1/ledger.db" 'SELECT max(n) FROM moved;')
}

unpack_naive() { tar -xzf "$node/naive/ledger_state.tar.gz" -C "$1"; }

# By other programs than ours: what is kept does not need it.
unpack_our() {
    blob=$(manifest '.tenants[0].parts[] | select(.part == "state") | .sha256')
    zstd -dcq "$node/backups/blobs/$blob.tar.zst" | tar -x -C "$1"
}

# judge WAY: one backup of the ledger under its writer, unpacked, and looked into.
judge() {
    code=0
    "$1_backup" || code=$?
    rm -rf "$work/copy"
    mkdir "$work/copy"
    "unpack_$1" "$work/copy" >"$work/unpacked" 2>&1 || code=1
    if [ $code = 0 ] && whole "$work/copy"; then
        [ "$newest" -gt "$(cat "$work/$1.newest" 2>/dev/null || echo 0)" ] || die "the writer does not write"
        echo "$newest" >"$work/$1.newest"
        keep "databases.$1.whole" 1
    elif [ $code = 0 ]; then
        keep "databases.$1.unnoticed" 1
    else
        keep "databases.$1.failed" 1
    fi
}

judge_databases() {
    make_node ledger 10.233.0.0/16 $writer_image ledger
    ledger=$(path "$engine_folder" ledger state)/ledger.db
    tries=600
    # Filled, and written to: a look by SQLite would lock it.
    until [ "$(stat -c %s "$ledger" 2>/dev/null || echo 0)" -gt 28000000 ]; do
        tries=$((tries - 1))
        [ $tries -gt 0 ] || die "the writer does not write: $(docker -H "$engine" logs tenant_ledger_runtime 2>&1 | tail -n 3)"
        sleep 0.2
    done
    done=0
    while [ $done -lt "$databases" ]; do
        done=$((done + 1))
        judge naive
        judge our
    done
}
