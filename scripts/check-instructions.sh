#!/usr/bin/env bash
# No program of benches/programs takes over 3% more instructions than benches/instructions.json says,
# as long as Rust, Erlang and the C library are those that it was recorded with.
#
#   scripts/check-instructions.sh             compares
#   scripts/check-instructions.sh --record    records: after a change that is meant to cost, and
#                                             after one that saves, or the check would let it be lost
set -euo pipefail
cd "$(dirname "$0")/.."

command -v valgrind >/dev/null || { echo "  skipped: no valgrind" >&2; exit 0; }
cargo build -q --release -p atomvm-cli
exec benches/run.py "${1:---check}" benches/instructions.json
