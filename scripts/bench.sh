#!/usr/bin/env bash
# Measures the programs of benches/programs on OTP and on this VM, in turn; see benches/run.py --help,
# which gets the arguments.
set -euo pipefail
cd "$(dirname "$0")/.."

cargo build -q --release -p atomvm-cli
exec benches/run.py "$@"
