#!/usr/bin/env bash
# Lets processes do everything that they can do to each other, at random, for so many seconds (60
# if not said), and checks that all comes out right and nothing grows: tests/soak. Runs under
# AddressSanitizer and all debug assertions, which needs a nightly Rust (rustup toolchain install
# nightly).
#
#   scripts/soak.sh [SECONDS [SCHEDULERS [SEED]]]
#
# ATOMVM=path runs that command instead.
set -euo pipefail
cd "$(dirname "$0")/.."

seconds=${1:-60} schedulers=${2:-2} seed=${3:-$RANDOM$RANDOM}

if [ -z "${ATOMVM:-}" ]; then
    # Sets what a build with the sanitizer needs.
    source scripts/asan-settings.sh
    cargo +nightly build -q --release --target "$target" -p atomvm-cli --bin atomvm
    ATOMVM="$CARGO_TARGET_DIR/$target/release/atomvm"
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
erlc -o "$work" tests/soak/*.erl
for version in 1 2 3; do
    mkdir "$work/$version"
    erlc -DVERSION=$version -o "$work/$version" tests/soak/version/soak_version.erl
done
echo "$seconds s on $schedulers schedulers, seed $seed"
"$ATOMVM" run --schedulers "$schedulers" "$work/soak.beam" -pa "$work" -- "$seconds" "$seed" "$work"
