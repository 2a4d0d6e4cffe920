#!/usr/bin/env bash
# Installs what building and testing needs and is not there: Rust, Erlang, Elixir, rebar3, a C compiler,
# Python with its tools, and the standard libraries of the microcontrollers' targets.
# Does nothing, quickly, where all is there. Says what it could not install, and then fails.
set -euo pipefail
cd "$(dirname "$0")/.."

TARGETS="thumbv7em-none-eabihf riscv32imc-unknown-none-elf i686-unknown-linux-gnu"
RUST=1.88
missing=()

have() { command -v "$1" >/dev/null 2>&1; }

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif have sudo; then
        sudo "$@"
    else
        return 1
    fi
}

updated=no
# install PACKAGE...: by apt-get, where there is one and we may use it.
install() {
    have apt-get || return 1
    if [ $updated = no ]; then
        echo "setup: reading the lists of packages"
        as_root apt-get update -qq || true
        updated=yes
    fi
    echo "setup: installing $*"
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

# need COMMAND WHAT-TO-SAY PACKAGE...
need() {
    local command=$1 advice=$2
    shift 2
    have "$command" && return
    install "$@" || true
    have "$command" || missing+=("$command: $advice")
}

need cc "install a C compiler" gcc libc6-dev
need erlc "install Erlang/OTP, release 25 or later" erlang-nox
# The sources of OTP's library, which the tests compile; without them they take what is in the modules.
erlang_sources() { compgen -G "$(erl -noshell -eval 'io:put_chars(code:lib_dir(stdlib)), halt().')/src/*.erl" >/dev/null; }
! have erl || erlang_sources || install erlang-src || echo "setup: no sources of Erlang/OTP"
need elixirc "install Elixir" elixir
need rebar3 "install rebar3" rebar3
need python3 "install Python 3.9 or later" python3
# The shell's terminal is tested in it; without it that test is left out.
have tmux || install tmux || true

# Counts instructions; without it scripts/check-instructions.sh is left out.
have valgrind || install valgrind || true

# Rust: an older one is taken as none.
rust_is_there() {
    local version
    have cargo && have rustc && version=$(rustc --version 2>/dev/null | cut -d' ' -f2) || return 1
    [ "$(printf '%s\n' "$RUST" "$version" | sort -V | head -n 1)" = "$RUST" ]
}
rust_tools_are_there() { cargo fmt --version && cargo clippy --version; } >/dev/null 2>&1
if ! rust_is_there; then
    install rustc-web cargo-web rustfmt-web rust-web-clippy || true
    rust_is_there || missing+=("cargo: install Rust $RUST or later from https://rustup.rs")
elif ! rust_tools_are_there; then
    if have rustup; then
        rustup -q component add rustfmt clippy || true
    else
        install rustfmt-web rust-web-clippy || true
    fi
    rust_tools_are_there || missing+=("cargo fmt and cargo clippy: rustup component add rustfmt clippy")
fi

# The targets of microcontrollers, and of words of 32 bits on a host: from rustup where Rust came from there, else Debian's Rust with
# the sources of the standard library, from which scripts/check-no-std.sh and check-32bit.sh build it.
targets() {
    if have rustup; then
        local installed
        installed=$(rustup target list --installed 2>/dev/null || true)
        for target in $TARGETS; do
            grep -qx "$target" <<<"$installed" || rustup -q target add "$target" || return 1
        done
    else
        return 1
    fi
}
debian_sources() { compgen -G '/usr/lib/rustlib/src/rust*/library' >/dev/null || compgen -G '/usr/src/rust*/library' >/dev/null; }
if ! targets; then
    { [ -x /usr/bin/rustc ] && debian_sources; } || install rustc-web cargo-web rust-web-src ||
        missing+=("targets $TARGETS: rustup target add $TARGETS")
fi

# scripts/check-32bit.sh links against a C library of 32 bits; it is left out where there is none.
links_32bit() { cc -m32 -x c -o /dev/null - <<<'int main(void) { return 0; }'; } 2>/dev/null
links_32bit || install gcc-multilib || echo "setup: no C library of 32 bits: tests without 32 bits"

# Python's tools live in .venv, which belongs to this folder.
if [ -f pyproject.toml ] && have python3; then
    if [ ! -x .venv/bin/python ]; then
        python3 -m venv .venv 2>/dev/null || { install python3-venv || true; rm -rf .venv; python3 -m venv .venv; } ||
            missing+=("venv: install Python's module venv")
    fi
    if [ -x .venv/bin/python ] && ! .venv/bin/python -c 'import maturin, pytest' 2>/dev/null; then
        echo "setup: installing maturin and pytest into .venv"
        .venv/bin/python -m pip install -q maturin pytest || missing+=("maturin and pytest: pip install maturin pytest")
    fi
fi

if [ ${#missing[@]} -gt 0 ]; then
    echo "setup: these are missing and could not be installed:" >&2
    printf '  %s\n' "${missing[@]}" >&2
    exit 1
fi
