#!/usr/bin/env bash
# The projects of docs/guides build with their own tools, pack and run here, and write the same on
# OTP. Each stands in a folder of examples/.
set -euo pipefail
cd "$(dirname "$0")/.."

cargo build -q -p atomvm-cli
PATH="$(realpath "${CARGO_TARGET_DIR:-target}")/debug:$PATH"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0

# same WHAT FILE FILE
same() {
    if cmp -s "$2" "$3"; then
        echo "  $1: as on OTP"
    else
        echo "  $1: not as on OTP" >&2
        diff "$2" "$3" >&2 || true
        failed=1
    fi
}

# What a program wrote, without the line that `atomvm run` adds.
written() { grep -v '^Return value: ' "$1"; }

rebar3_guide() {
    cp -r examples/rebar3 "$work/rebar3"
    cd "$work/rebar3"
    rebar3 as atomvm compile >build.log 2>&1 || { cat build.log >&2; return 1; }
    atomvm run _build/atomvm/tally.avm >run.log
    written run.log >here
    erl -noshell -pa _build/atomvm/lib/tally/ebin -s tally_main -s init stop >there
    same "rebar3: the pack" there here
    rebar3 eunit >test.log 2>&1 || { cat test.log >&2; return 1; }
    atomvm eunit _build/test/lib/tally/test/tally_tests.beam -pa _build/test/lib/tally/ebin >test.log
    grep -q 'Test passed' test.log || { cat test.log >&2; return 1; }
    echo "  rebar3: atomvm eunit passes"
}

mix_guide() {
    cp -r examples/mix "$work/mix"
    cd "$work/mix"
    mix atomvm.packbeam >build.log 2>&1 || { cat build.log >&2; return 1; }
    atomvm run tally.avm >run.log
    written run.log >here
    elixir -pa _build/dev/lib/tally/ebin -e 'Tally.Main.start()' >there
    same "mix: the pack" there here
    MIX_ENV=test mix compile >build.log 2>&1 || { cat build.log >&2; return 1; }
    mix test --seed 0 >test.log || { cat test.log >&2; return 1; }
    without_times test.log >there
    atomvm exunit --seed 0 test/tally_test.exs -pa _build/test/lib/tally/ebin >test.log
    without_times test.log >here
    same "mix: atomvm exunit" there here
}

# ExUnit's report without what differs from run to run.
without_times() { sed -E 's/^Finished in .*/Finished/' "$1"; }

(rebar3_guide && exit $failed) || failed=1
(mix_guide && exit $failed) || failed=1
exit $failed
