#!/usr/bin/env bash
# The same tests pass with words of 32 bits: those of atomvm-core, and the programs of tests/, which
# an i686 command runs. Its answers are compared with those of the OTP that is installed, whose
# words have 64 bits: the programs show nothing that depends on it.
set -euo pipefail
cd "$(dirname "$0")/.."

target=i686-unknown-linux-gnu

if ! cc -m32 -x c -o /dev/null - <<<'int main(void) { return 0; }' 2>/dev/null; then
    echo "  skipped: no C library of 32 bits (on Debian and Ubuntu: apt-get install gcc-multilib)" >&2
    exit 0
fi

folder="$(realpath -m "${CARGO_TARGET_DIR:-target}")"
if [ -d "$(rustc --print sysroot)/lib/rustlib/$target/lib" ]; then
    build() { cargo "$@" --target $target; }
else
    # Debian's Rust has the sources of the standard library. What the two compilers make must not
    # be in one folder: they would rebuild each other's work.
    folder="$folder/from-sources"
    build() {
        CARGO_TARGET_DIR="$folder" RUSTC_BOOTSTRAP=1 RUSTC=/usr/bin/rustc \
            /usr/bin/cargo "$@" -Zbuild-std --target $target
    }
fi

build build -q -p atomvm-cli --bin atomvm
# Without examples in the docs: rustdoc is of the other compiler.
build test -q -p atomvm-core --tests
echo "  $target: the tests of atomvm-core pass"

ATOMVM="$folder/$target/debug/atomvm" ATOMVM_WORD=32 ATOMVM_GENERATED="${ATOMVM_GENERATED:-600}" \
    cargo test -q -p atomvm-tests --test differential --test fixtures --test generated
echo "  $target: the programs of tests/ say what they should"
