#!/usr/bin/env bash
# The fuzz targets compile. They need a nightly Rust: left out where there is none.
set -euo pipefail
cd "$(dirname "$0")/.."

if ! cargo +nightly --version >/dev/null 2>&1; then
    echo "  skipped: no nightly Rust" >&2
    exit 0
fi
cargo fmt --manifest-path fuzz/Cargo.toml --check
CARGO_TARGET_DIR="$(realpath -m "${CARGO_TARGET_DIR:-target}")/fuzz" \
    cargo +nightly check -q --manifest-path fuzz/Cargo.toml
echo "  fuzz: compiles"
