# make run   builds everything, packs examples/hello and runs it
# make test  all that must hold before a change is accepted
# make bench measures the programs of benches/ on OTP and on this VM
#
# Both install what is missing first (scripts/setup.sh).

TARGET := $(or $(CARGO_TARGET_DIR),target)
RELEASE := $(TARGET)/release

.PHONY: run lib test bench test-otp-matrix setup fmt clippy doc unit stress checks clean

run: setup
	cargo build --release -p atomvm-cli
	mkdir -p build
	erlc -o build examples/hello/hello.erl
	$(RELEASE)/packbeam create build/hello.avm build/hello.beam
	$(RELEASE)/atomvm run build/hello.avm

# The library without an application, for a partition of its own.
lib: setup
	cargo build --release -p atomvm-cli
	mkdir -p build
	$(RELEASE)/packbeam library build/atomvm-lib.avm

test: setup fmt clippy doc checks unit stress

setup:
	scripts/setup.sh

fmt:
	cargo fmt --all --check

clippy:
	cargo clippy --workspace --all-targets -- -D warnings

doc:
	RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps

# Older and newer versions of Elixir are fetched for it; without them some tests are left out.
unit:
	scripts/elixir-releases.sh || echo "unit: without other versions of Elixir"
	cargo test --workspace

# Every program again, with a collection at every opportunity.
stress:
	ATOMVM_STRESS=1 cargo test -p atomvm-tests --test differential -- --nocapture

# Every program as OTP 23, 25, 27 and 29 compile it, each installed into a folder.
test-otp-matrix:
	scripts/otp-matrix.sh

# ARGUMENTS="fib --rounds 2": see benches/run.py --help.
bench: setup
	scripts/bench.sh $(ARGUMENTS)

# Each script is one check; a new one needs only to be put there.
checks:
	@set -e; for check in scripts/check-*.sh; do echo "$$check"; "$$check"; done

clean:
	cargo clean
	rm -rf build .venv
