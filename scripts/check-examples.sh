#!/usr/bin/env bash
# Each example runs and prints what its file `expected` says. An example is a folder of
# examples/ with a script run.sh, which is called with TARGET, the folder of the built
# commands, in its environment.
set -euo pipefail
cd "$(dirname "$0")/.."

cargo build -q -p atomvm-cli -p atomvm-capi
TARGET="$(realpath "${CARGO_TARGET_DIR:-target}")/debug"
export TARGET
failed=0
for run in examples/*/run.sh; do
    folder=$(dirname "$run")
    if said=$("$run" 2>&1) && [ "$said" = "$(cat "$folder/expected")" ]; then
        echo "  $folder: as expected"
    else
        printf '  %s: not as expected\n%s\n' "$folder" "$said" >&2
        failed=1
    fi
done
exit $failed
