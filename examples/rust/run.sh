#!/usr/bin/env bash
# Compiles the Erlang program and runs it from the Rust program.
set -euo pipefail
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
erlc -o "$work" thermostat.erl
cargo run -q -p atomvm-example-rust -- "$work/thermostat.beam"
