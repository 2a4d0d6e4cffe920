#!/usr/bin/env bash
# How long OTP's compiler takes on this VM, against OTP: `compile:file` of all modules of some
# applications, with `deterministic`, in turn on both. What comes out must be the same, byte for byte.
#
#   scripts/bench-compiler.sh [APPLICATION...]     stdlib kernel compiler unless it is said which
#
# ROUNDS=3 is how often each is run; the shortest times count. ATOMVM is the command to measure, and is
# built otherwise (a release build).
set -euo pipefail
cd "$(dirname "$0")/.."

TARGET="$(realpath -m "${CARGO_TARGET_DIR:-target}")"
ROUNDS="${ROUNDS:-3}"
WORK="$(mktemp -d)"
trap 'rm -rf "$WORK"' EXIT

if [ -z "${ATOMVM:-}" ]; then
    cargo build --release -q -p atomvm-cli --bin atomvm
    ATOMVM="$TARGET/release/atomvm"
fi
applications=("$@")
[ ${#applications[@]} -gt 0 ] || applications=(stdlib kernel compiler)

erlc -o "$WORK" tests/compiler/compiler_run.erl
folder_of() {
    erl -noshell -eval "io:put_chars(code:lib_dir($1)), halt()."
}
COMPILER="$(folder_of compiler)"

# The milliseconds that a run says it took; what else it says goes to a file.
on_otp() {
    erl -noshell -pa "$WORK" -eval 'compiler_run:start(), halt().' >"$WORK/otp" 2>"$WORK/time"
    grep -oE '^[0-9]+' "$WORK/time" | tail -1
}
on_vm() {
    "$ATOMVM" run "$WORK/compiler_run.beam" -pa "$COMPILER/ebin" >"$WORK/said" 2>"$WORK/time"
    grep -v '^Return value: ' "$WORK/said" >"$WORK/vm"
    grep -oE '^[0-9]+' "$WORK/time" | tail -1
}
shortest() {
    local best=$1 time
    for time in "$@"; do [ "$time" -ge "$best" ] || best=$time; done
    echo "$best"
}

echo "| Application | Modules | OTP | This VM | Ratio |"
echo "|---|---|---|---|---|"
for application in "${applications[@]}"; do
    ATOMVM_COMPILE_OF="$(folder_of "$application")"
    ATOMVM_COMPILE="$(basename -s .beam "$ATOMVM_COMPILE_OF"/ebin/*.beam | tr '\n' ' ')"
    export ATOMVM_COMPILE_OF ATOMVM_COMPILE
    otp=() vm=()
    for ((round = 0; round < ROUNDS; round++)); do
        otp+=("$(on_otp)")
        vm+=("$(on_vm)")
        cmp "$WORK/otp" "$WORK/vm" || {
            echo "bench-compiler: $application is not compiled as on OTP" >&2
            exit 1
        }
    done
    modules=$(wc -w <<<"$ATOMVM_COMPILE")
    echo "$(shortest "${otp[@]}") $(shortest "${vm[@]}")" |
        awk -v name="$application" -v count="$modules" \
            '{ printf "| %s | %d | %.1f s | %.1f s | %.2f |\n", name, count, $1/1000, $2/1000, $2/$1 }'
done
