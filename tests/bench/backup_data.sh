# What backup.sh backs up: the same bytes on every machine; read with `.`, never run by itself.
# shellcheck shell=sh disable=SC2154  # work is set by who reads it

# Lines as a messenger's runtime keeps them: a few people speak the most, few words are frequent, and each
# message has an id that nobody guesses.
text() { # BYTES SEED
    awk -v seed="$2" 'function next_number() { return seed = (seed * 16807) % 2147483647 }
        function rank(share) {
            share = next_number() / 2147483647
            return int(share * share * share * 3000)
        }
        BEGIN {
            for (i = 0; i < 3000; i++) {
                word = ""
                for (j = next_number() % 3 + 1; j > 0; j--)
                    word = word substr("bdfgklmnprstvz", next_number() % 14 + 1, 1) substr("aeiou", next_number() % 5 + 1, 1)
                words[i] = word
                people[i] = sprintf("49%09d", next_number() % 1000000000)
            }
            for (;;) {
                line = ""
                for (i = next_number() % 25 + 3; i > 0; i--) line = line " " words[rank()]
                printf "{\"key\":{\"remoteJid\":\"%s@s.whatsapp.net\",\"fromMe\":%s,\"id\":\"3EB0%08X%08X\"}," \
                    "\"messageTimestamp\":%d,\"pushName\":\"%s\",\"message\":{\"conversation\":\"%s\"}}\n", \
                    people[who = rank()], who % 2 ? "true" : "false", next_number(), next_number(), \
                    1700000000 + (at += next_number() % 60), words[who], substr(line, 2)
            }
        }' 2>/dev/null | head -c "$1"
}

# Media and keys: nothing to compress.
noise() { # BYTES SEED
    openssl enc -aes-128-ctr -K "$(printf %032x "$2")" -iv 0 -nosalt -in /dev/zero 2>/dev/null | head -c "$1"
}

# many BYTES COUNT FOLDER SUFFIX: cuts stdin into so many files of so many bytes each, a thousand a folder.
many() {
    thousand=0
    while [ $((thousand * 1000)) -lt "$2" ]; do
        mkdir -p "$3/$thousand"
        head -c $(($1 * 1000)) | split -b "$1" -a 3 -d --additional-suffix="$4" - "$3/$thousand/"
        thousand=$((thousand + 1))
    done
}

# 409 MB in 20,003 files, of which 124 MB cannot be compressed.
big_session() { noise 64000000 1 >"$work/cut" && many 8000 8000 "$1/keys" .bin <"$work/cut" && rm "$work/cut"; }
big_state() {
    text 72000000 2 >"$work/cut" && many 6000 12000 "$1/messages" .json <"$work/cut" && rm "$work/cut"
    noise 51000000 3 >"$1/media"
    text 186000000 4 >"$1/log"
    { text 27000000 5 && noise 9000000 6; } >"$1/index"
}

# 100 KB in 20 files.
small_volume() { # FOLDER SEED
    text 100000 "$2" | split -b 5000 -a 2 -d - "$1/"
}
