#!/usr/bin/env bash
# Measures benches/parallel on one and on two schedulers, on this VM and on OTP, in turn and so many
# rounds (5 if not said), and prints a table: medians of all times in microseconds with their spread
# (the quarters of all times below and above), how much faster two schedulers are than one, and how this
# VM's time compares to OTP's on two, with the lowest and highest ratio of a round.
#
#   scripts/bench-parallel.sh [ROUNDS]
set -euo pipefail
cd "$(dirname "$0")/.."

rounds=${1:-5}
if [ -z "${ATOMVM:-}" ]; then
    cargo build -q --release -p atomvm-cli
    ATOMVM="$(realpath "${CARGO_TARGET_DIR:-target}")/release/atomvm"
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
erlc -o "$work" benches/parallel/*.erl

for round in $(seq "$rounds"); do
    for count in 1 2; do
        erl -noshell +S "$count:$count" -pa "$work" -eval 'parallel:start(), halt().' >"$work/otp.$count.$round"
        "$ATOMVM" run --schedulers "$count" "$work/parallel.beam" -pa "$work" | grep -v '^Return' >"$work/atomvm.$count.$round"
    done
done
python3 benches/parallel/table.py "$work" "$rounds"
