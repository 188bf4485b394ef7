# The image of the runner as the stack's test has it: on a Debian of its own, since no registry is at hand; read with `.`.
# shellcheck shell=sh disable=SC2154  # root, work and docker_host are set by stack_test.sh

# The client with BuildKit: newer ones have it only with their plugin buildx.
builder=docker
docker buildx version >/dev/null 2>&1 || [ ! -x /usr/bin/docker ] || builder=/usr/bin/docker

# build_image ARGUMENT...: docker build of the source, by deploy/Dockerfile.
build_image() {
    DOCKER_BUILDKIT=1 $builder build --progress plain -f "$root/deploy/Dockerfile" "$@" "$root" >>"$work/build.log" 2>&1 ||
        die "docker build failed: $(tail -n 20 "$work/build.log")"
}

import_root() { tar -C "$1" -c . | docker import - "$2" >/dev/null; }

# base_image NAME SUITE PACKAGE...: an image as debian:SUITE-slim, with the packages, so that nothing is fetched in a build.
base_image() {
    name=$1
    shift
    debian_root "$@"
    import_root "$debian" "$name"
}

# Both ways to a program leave it in the image nexus-program:1, and in `release` what it says that it is.

# What a build tree has, as an image: the Dockerfile's stage `build` is then left out.
program_of_build() {
    mkdir -p "$work/program/program"
    DESTDIR=$work/program/program cmake --install "$1" --prefix /usr/local --component runner --strip >/dev/null
    "$root/deploy/image-packages.sh" "$work/program/program" >"$work/program/program/packages.txt"
    import_root "$work/program" nexus-program:1
    release=$("$1/bin/nexus-runner" version | cut -d' ' -f2)
}

# The program by the stage `build`.
program_from_source() {
    release=1.4.2
    # shellcheck disable=SC2046  # words
    base_image nexus-build:1 "$suite" $(build_packages)
    build_image --build-arg DEBIAN=nexus-build:1 --build-arg "JOBS=${JOBS:-}" --build-arg "VERSION=$release" --target program \
        -t nexus-program:1
}

# runner_images TAG...: ghcr.io/example/nexus-runner with each tag.
runner_images() {
    packages=$(docker cp "$(docker create nexus-program:1 none)":/program/packages.txt - | tar -xO)
    # shellcheck disable=SC2086  # words
    base_image nexus-base:1 "$suite" $packages tini ca-certificates libcap2-bin
    for tag in "$@"; do
        build_image --build-arg DEBIAN=nexus-base:1 --build-arg PROGRAM=nexus-program:1 --build-arg "VERSION=$tag" \
            -t "ghcr.io/example/nexus-runner:$tag"
    done
}
