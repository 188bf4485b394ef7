#!/bin/sh
# installed_sdk.sh BUILD COMPILER: installs BUILD into an empty prefix, builds the example plugin there from
# the installed files alone with COMPILER, and lets the installed runner check it.
set -eu
build=$1 compiler=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
prefix=$work/prefix

cmake --install "$build" --prefix "$prefix" >"$work/log"
cp -R "$prefix/share/nexus-runner/examples/simulated" "$work/project"
build_project() {
    cmake -S "$work/project" -B "$work/build" -G Ninja -DCMAKE_BUILD_TYPE=Release \
        -DCMAKE_CXX_COMPILER="$compiler" -DCMAKE_PREFIX_PATH="$prefix" && cmake --build "$work/build"
}
if ! build_project >>"$work/log" 2>&1; then
    cat "$work/log" >&2
    exit 1
fi
"$prefix/bin/nexus-runner" plugins check "$work/build/simulated.so" --image example:1
BACKEND=simulated "$prefix/bin/nexus-runner" plugins list
