#!/usr/bin/env bash
# The command line: compile, pack, run.
set -euo pipefail
folder=$(dirname "$0")
TARGET=${TARGET:-$folder/../../target/release}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

erlc -o "$work" "$folder/hello.erl"
"$TARGET/packbeam" create "$work/hello.avm" "$work/hello.beam"
"$TARGET/atomvm" run "$work/hello.avm"
