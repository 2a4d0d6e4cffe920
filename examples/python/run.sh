#!/usr/bin/env bash
# Python: runs a compiled module, with a function of Python in it. PYTHON is an interpreter that
# has the module atomvm: `pip install .` gives it to one.
set -euo pipefail
folder=$(dirname "$0")
root=$folder/../..
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

if [ -z "${PYTHON:-}" ]; then
    PYTHON=$root/.venv/bin/python
    if ! "$PYTHON" -c 'import atomvm' 2>/dev/null; then
        (cd "$root" && VIRTUAL_ENV="$PWD/.venv" .venv/bin/maturin develop -q) >/dev/null 2>&1
    fi
fi
erlc -o "$work" "$folder/inventory.erl"
"$PYTHON" "$folder/inventory.py" "$work/inventory.beam"
