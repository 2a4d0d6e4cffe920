# The environment of a build that AddressSanitizer and all debug assertions watch; sourced by the
# scripts that make one.
target=x86_64-unknown-linux-gnu
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-target}/asan"
export RUSTFLAGS="-Zsanitizer=address"
export CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16
export CARGO_PROFILE_RELEASE_DEBUG_ASSERTIONS=true CARGO_PROFILE_RELEASE_OVERFLOW_CHECKS=true
# AddressSanitizer keeps frames, so that handlers cannot end in jumps: below level 2 the
# interpreter is a loop.
export CARGO_PROFILE_RELEASE_OPT_LEVEL=1
# What the VM holds when it ends belongs to it: the tests make many VMs on purpose. The interpreter
# measures the native stack, so variables must be on it.
export ASAN_OPTIONS="${ASAN_OPTIONS:-detect_leaks=0:detect_stack_use_after_return=0:allocator_may_return_null=1}"
