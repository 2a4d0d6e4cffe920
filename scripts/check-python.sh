#!/usr/bin/env bash
# The Python module: builds it into .venv, runs its tests and its example. With INSTALL=yes it
# also installs it with pip into a new environment, which builds it for release and takes long.
set -euo pipefail
cd "$(dirname "$0")/.."

if [ ! -x .venv/bin/python ]; then
    python3 -m venv .venv
fi
if ! .venv/bin/python -c 'import maturin, pytest' 2>/dev/null; then
    .venv/bin/python -m pip install -q 'maturin>=1.9.4,<2' pytest
fi
VIRTUAL_ENV="$PWD/.venv" .venv/bin/maturin develop -q
.venv/bin/python -m pytest -q
example() {
    PYTHON=$1 examples/python/run.sh | diff examples/python/expected -
    echo "  examples/python: as expected"
}
example .venv/bin/python

if [ "${INSTALL:-no}" = yes ]; then
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    python3 -m venv "$work/venv"
    "$work/venv/bin/python" -m pip install -q .
    example "$work/venv/bin/python"
    echo "  pip install .: works"
fi
