#!/usr/bin/env bash
# Runs every program of tests/programs, compiled by other releases of OTP, on those releases and on
# this VM, and compares what they say (tests/matrix.rs).
#
#   scripts/otp-matrix.sh [RELEASE...]        23 25 27 29 unless it is said which
#
# Each release is installed into a folder of its own, TARGET/otp/RELEASE, as the packages of the
# Debian that has it: a small Debian there, made by debootstrap, in which it runs by chroot. So this
# needs a Linux machine, root, and debootstrap (apt-get install debootstrap). A release that is
# installed there already is used as it is. The VM that is compared has the library of the same
# release built in.
set -euo pipefail
cd "$(dirname "$0")/.."

TARGET="$(realpath -m "${CARGO_TARGET_DIR:-target}")"
OTP="$TARGET/otp"

fail() {
    echo "otp-matrix: $*" >&2
    exit 1
}

# The Debian that has a release.
suite() {
    case $1 in
    23) echo bullseye ;;
    25) echo bookworm ;;
    27) echo trixie ;;
    29) echo sid ;;
    *) fail "no Debian is known to have OTP $1" ;;
    esac
}

[ "$(id -u)" = 0 ] || fail "must run as root, for debootstrap and chroot"
command -v debootstrap >/dev/null || fail "debootstrap is not installed"

# The release in a folder, as its Erlang says it.
release_in() {
    chroot "$1" erl -noshell -eval 'io:put_chars(erlang:system_info(otp_release)), halt().' 2>/dev/null
}

install() {
    local release=$1 root="$OTP/$1"
    if [ "$(release_in "$root" || true)" = "$release" ]; then
        return
    fi
    echo "installing OTP $release into $root" >&2
    rm -rf "$root"
    mkdir -p "$root"
    local log="$OTP/$release.log"
    # What an archive of packages says of its own age does not matter here.
    {
        debootstrap --variant=minbase "$(suite "$release")" "$root" &&
            chroot "$root" apt-get -o Acquire::Check-Valid-Until=false update &&
            chroot "$root" env DEBIAN_FRONTEND=noninteractive \
                apt-get install -y --no-install-recommends erlang-base
    } >"$log" 2>&1 || fail "OTP $release could not be installed; $log says why"
    local found
    found=$(release_in "$root") || fail "the Erlang in $root does not run"
    [ "$found" = "$release" ] ||
        fail "$(suite "$release") has OTP $found now, not $release"
}

# Builds the command `atomvm` with the library of a release.
build() {
    local release=$1 root="$OTP/$1"
    # `erl` of the release, for the build: what it says of folders is as seen from outside, and what
    # it writes to the build's folder is copied there.
    cat >"$root/erl" <<SCRIPT
#!/bin/sh
mkdir -p "$root\$OUT_DIR/descriptions"
chroot "$root" erl "\$@" | sed -E "s!(^| )/!\\1$root/!"
cp -r "$root\$OUT_DIR/." "\$OUT_DIR"
rm -rf "$root\$OUT_DIR"
SCRIPT
    chmod +x "$root/erl"
    ERL="$root/erl" cargo build -q -p atomvm-cli --bin atomvm
    cp "$TARGET/debug/atomvm" "$root/atomvm"
}

releases=("$@")
[ ${#releases[@]} -gt 0 ] || releases=(23 25 27 29)
scripts/elixir-releases.sh 1.10 1.14 1.18 1.20 || echo "otp-matrix: without some versions of Elixir"
for release in "${releases[@]}"; do
    install "$release"
    build "$release"
done
ATOMVM_OTP="$OTP" ATOMVM_OTP_RELEASES="${releases[*]}" \
    cargo test -p atomvm-tests --test matrix -- --nocapture
