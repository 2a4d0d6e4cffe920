#!/usr/bin/env bash
# Measures the programs of benches/programs on OTP and on this VM, one after the other, and
# prints the times in microseconds and their ratio.
set -euo pipefail
cd "$(dirname "$0")/.."

cargo build -q --release -p atomvm-cli
atomvm="${CARGO_TARGET_DIR:-target}/release/atomvm"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
erlc -o "$work" benches/measure.erl benches/programs/*.erl

erl -noshell -pa "$work" -eval 'measure:start(), halt().' >"$work/otp"
"$atomvm" run "$work/measure.beam" -pa "$work" >"$work/atomvm"
awk 'NR == FNR { otp[$1] = $2; next }
     $1 in otp && $2 ~ /^[0-9]+$/ { printf "%-10s OTP %9d   atomvm %9d   ratio %6.2f\n", $1, otp[$1], $2, $2 / otp[$1]; next }
     $1 in otp' "$work/otp" "$work/atomvm"

# The start of the smallest program: time of the fastest run, and memory.
erlc -o "$work" examples/hello/hello.erl
best=999999999
for _ in 1 2 3 4 5 6 7 8 9 10; do
    from=$(date +%s%N)
    "$atomvm" run "$work/hello.beam" >/dev/null
    took=$((($(date +%s%N) - from) / 1000))
    [ $took -lt $best ] && best=$took
done
echo "start of hello: $best microseconds, with the shell's own time to start a program"
if [ -x /usr/bin/time ]; then
    /usr/bin/time -f 'memory of hello: %M KB' "$atomvm" run "$work/hello.beam" >/dev/null
fi
