#!/usr/bin/env bash
# atomvm-core compiles without `std` for microcontrollers, and so does the C library.
set -euo pipefail
cd "$(dirname "$0")/.."

# Debian's Rust has no standard library for these targets, but its sources.
from_sources() {
    RUSTC_BOOTSTRAP=1 RUSTC=/usr/bin/rustc /usr/bin/cargo "$@" -Zbuild-std=core,alloc
}

has_target() {
    [ -d "$(rustc --print sysroot)/lib/rustlib/$1/lib" ]
}

check() {
    local target=$1
    local arguments=(check -q -p atomvm-core -p atomvm-capi --lib --no-default-features
        --features atomvm-capi/firmware --target "$@")
    if has_target "$target"; then
        cargo "${arguments[@]}"
    else
        # A folder of its own: the two compilers would rebuild each other's work.
        CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-target}/from-sources" from_sources "${arguments[@]}"
    fi
    echo "  $target: compiles without std"
}

check thumbv7em-none-eabihf
# It has no atomic compare-and-swap.
check riscv32imc-unknown-none-elf --features atomvm-capi/critical-section
