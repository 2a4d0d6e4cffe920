#!/usr/bin/env bash
# Measures benches/parallel on one and on two schedulers, on this VM and on OTP, in turn and so many
# times (3 if not said), and prints the shortest times in microseconds: how much faster two
# schedulers are than one, and how this VM's time compares to OTP's.
#
#   scripts/bench-parallel.sh [TIMES]
set -euo pipefail
cd "$(dirname "$0")/.."

times=${1:-3}
if [ -z "${ATOMVM:-}" ]; then
    cargo build -q --release -p atomvm-cli
    ATOMVM="$(realpath "${CARGO_TARGET_DIR:-target}")/release/atomvm"
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
erlc -o "$work" benches/parallel/*.erl

for _ in $(seq "$times"); do
    for count in 1 2; do
        erl -noshell +S "$count:$count" -pa "$work" -eval 'parallel:start(), halt().' >>"$work/otp$count"
        "$ATOMVM" run --schedulers "$count" "$work/parallel.beam" -pa "$work" | grep -v '^Return' >>"$work/atomvm$count"
    done
done

# fastest FILE: name and shortest time of each workload, in the order of the first run.
fastest() {
    awk '!($1 in best) { best[$1] = $2; names[++count] = $1 }
         $2 < best[$1] { best[$1] = $2 }
         END { for (i = 1; i <= count; i++) print names[i], best[names[i]] }' "$1"
}

printf '%-12s %10s %10s %8s %10s %10s %8s %10s\n' workload atomvm/1 atomvm/2 speed-up OTP/1 OTP/2 speed-up 'ratio on 2'
paste -d ' ' <(fastest "$work/atomvm1") <(fastest "$work/atomvm2") <(fastest "$work/otp1") <(fastest "$work/otp2") |
    awk '{ printf "%-12s %10d %10d %8.2f %10d %10d %8.2f %10.2f\n", $1, $2, $4, $2 / $4, $6, $8, $6 / $8, $4 / $8 }'
