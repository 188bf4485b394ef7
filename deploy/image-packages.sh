#!/bin/sh
# image-packages.sh FOLDER: the Debian packages whose shared libraries the programs and plugins below FOLDER load.
# Their names differ from release to release, so that no list of them can be written down.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/common.sh"

libraries=$(find "${1:?name the folder}" -type f \( -perm -u+x -o -name '*.so' \) -exec ldd {} + | grep '=>') || die "there is no program below $1"
case $libraries in *'not found'*) die "a library is missing: $(say "$libraries" | grep 'not found')" ;; esac
say "$libraries" | sed -n 's/.* => \(\/[^ ]*\) .*/\1/p' | sort -u | while read -r library; do
    file=$(readlink -f "$library")
    # Where /lib is a link to /usr/lib, a package may name its files by either.
    dpkg-query -S "$file" 2>/dev/null || dpkg-query -S "${file#/usr}" || die "no package has $file"
done | sed 's/:.*//' | sort -u
