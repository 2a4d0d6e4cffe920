#!/usr/bin/env bash
# Runs damaged modules (tests/mutation.rs) in a VM that AddressSanitizer and all debug assertions
# watch; with the argument "all" also every program of tests/programs.
#
#   ATOMVM_MUTANTS=100000 scripts/asan.sh [all]
#
# It needs a nightly Rust (rustup toolchain install nightly).
set -euo pipefail
cd "$(dirname "$0")/.."

source scripts/asan-settings.sh
export ATOMVM_MUTANTS="${ATOMVM_MUTANTS:-5000}" ATOMVM_MUTATION_PATIENCE="${ATOMVM_MUTATION_PATIENCE:-120}"

cargo +nightly test --release --target "$target" -p atomvm-tests --test mutation
if [[ "${1:-}" == all ]]; then
  cargo +nightly build --release --target "$target" -p atomvm-cli --bin atomvm
  ATOMVM="$PWD/$CARGO_TARGET_DIR/$target/release/atomvm" \
    cargo +nightly test --release --target "$target" -p atomvm-tests --test differential
fi
