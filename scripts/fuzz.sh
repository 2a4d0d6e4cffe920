#!/usr/bin/env bash
# Fuzzes the loader (`load`) and the way of a file through the whole VM (`run`), each for so many
# seconds (60 if not said), with one job each at low priority, under AddressSanitizer and debug
# assertions.
#
#   scripts/fuzz.sh [SECONDS] [TARGET...]
#
# What was found stands in fuzz/artifacts/TARGET, and the script fails; what is worth keeping of the
# inputs, in fuzz/corpus/TARGET. Neither is committed: the seeds are made of the programs of tests/
# each time. A finding goes to tests/corpus when it is mended. It needs a nightly Rust and cargo-fuzz
# (cargo install cargo-fuzz).
set -euo pipefail
cd "$(dirname "$0")/.."

seconds=${1:-60}
shift || true
targets=("${@:-load}")
[ $# -gt 0 ] || targets=(load run)

export CARGO_TARGET_DIR="$(realpath -m "${CARGO_TARGET_DIR:-target}")/fuzz"
# The VM leaves what it holds to the end of the process; the interpreter measures the native
# stack, so variables must be on it.
export ASAN_OPTIONS="detect_leaks=0:detect_stack_use_after_return=0:allocator_may_return_null=1"

# seeds FOLDER: modules with and without their extra chunks, of several releases, and packs.
seeds() {
    mkdir -p "$1/ebin"
    # Parse transforms are among the modules of tests/support.
    erlc -W0 -o "$1/ebin" tests/support/*.erl
    erlc -W0 -pa "$1/ebin" -o "$1/ebin" tests/programs/*.erl
    for file in "$1"/ebin/*.beam tests/corpus/*.beam; do
        [ -f "$file" ] && cp "$file" "$1/$(basename "$(dirname "$file")")-$(basename "$file")"
    done
    rm -r "$1/ebin"
    for file in ../shared/fixtures/otp*/*.beam ../shared/fixtures/otp*/*.avm; do
        [ -f "$file" ] && cp "$file" "$1/$(basename "$(dirname "$file")")-$(basename "$file")"
    done
    # Larger files take most of the time and show nothing that others do not.
    find "$1" -type f -size +60k -delete
}

cargo +nightly fuzz build
seeds=$(mktemp -d)
trap 'rm -rf "$seeds"' EXIT
seeds "$seeds"
echo "$(find "$seeds" -type f | wc -l) seeds, ${targets[*]}: $seconds s each"

running=()
for target in "${targets[@]}"; do
    mkdir -p "fuzz/corpus/$target" "fuzz/artifacts/$target"
    # A process of its own for each batch of inputs, so that a finding does not end the run.
    nice -n 19 "$CARGO_TARGET_DIR/x86_64-unknown-linux-gnu/release/$target" \
        "fuzz/corpus/$target" "$seeds" "-artifact_prefix=fuzz/artifacts/$target/" \
        -fork=1 -ignore_crashes=1 -ignore_timeouts=1 -ignore_ooms=1 \
        "-max_total_time=$seconds" -timeout=300 -rss_limit_mb=3000 -max_len=65536 \
        >"fuzz/artifacts/$target.log" 2>&1 &
    running+=($!)
done
wait "${running[@]}" || true
found=0
for target in "${targets[@]}"; do
    grep -E '^#[0-9]+' "fuzz/artifacts/$target.log" | tail -n 1 | sed "s/^/$target: /" || true
    for file in "fuzz/artifacts/$target"/*; do
        case $(basename "$file") in
            slow-unit-*) ;;
            *) [ -f "$file" ] && { echo "found: $file"; found=1; } ;;
        esac
    done
done
exit $found
