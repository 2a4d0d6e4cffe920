#!/usr/bin/env bash
# A program in C, linked once with libatomvm.a and once with libatomvm.so.
set -euo pipefail
folder=$(dirname "$0")
TARGET=${TARGET:-$folder/../../target/release}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

erlc -o "$work" "$folder/greenhouse.erl"
"$TARGET/packbeam" create "$work/greenhouse.avm" "$work/greenhouse.beam"

compile=(cc -std=c99 -Wall -Wextra -Werror -I "$folder/../../include" "$folder/main.c")
"${compile[@]}" -o "$work/static" "$TARGET/libatomvm.a" -lpthread -ldl -lm
"${compile[@]}" -o "$work/shared" -L "$TARGET" -Wl,-rpath,"$(realpath "$TARGET")" -latomvm

for form in static shared; do
    echo "$form:"
    "$work/$form" "$work/greenhouse.avm"
done
