#!/usr/bin/env bash
# AtomVM's own modules and the examples of its programmer's guide: each program of tests/atomvm writes
# what its file .expected says, in three forms: a module with the built-in library; a pack that relies
# on the library in a pack of its own (packbeam library, make lib); and a pack that stands alone.
set -euo pipefail
cd "$(dirname "$0")/.."

cargo build -q -p atomvm-cli
PATH="$(realpath "${CARGO_TARGET_DIR:-target}")/debug:$PATH"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
erlc -W0 -o "$work" tests/atomvm/*.erl
elixir=
if command -v elixirc >/dev/null; then
    elixirc -o "$work" tests/atomvm/*.ex
    elixir=$(elixir -e 'IO.puts(:code.lib_dir(:elixir))')/ebin
else
    echo "  without the programs in Elixir, which is not installed"
fi
packbeam library "$work/atomvm-lib.avm"
failed=0

# What differs from run to run: the time and the process of what is logged.
plain() { sed -E 's/^[-0-9]{10}T[.:0-9]{12} (\[[a-z]+\]) <[.0-9]+>/T \1 P/'; }

# as_expected FORM EXPECTED ARGUMENT...: `atomvm run ARGUMENT...` writes that and returns ok.
as_expected() {
    local form=$1 expected=$2
    shift 2
    atomvm run "$@" </dev/null 2>"$work/errors" | plain >"$work/said" || true
    { cat "$expected" && echo 'Return value: ok'; } >"$work/wanted"
    if ! cmp -s "$work/wanted" "$work/said"; then
        echo "  $(basename "$expected" .expected), $form: not as expected" >&2
        diff "$work/wanted" "$work/said" >&2 || true
        cat "$work/errors" >&2
        failed=1
    fi
}

for expected in tests/atomvm/*.expected; do
    name=$(basename "$expected" .expected)
    beam="$work/$name.beam"
    more=()
    if [ ! -f "$beam" ]; then
        beam="$work/Elixir.$(sed -E 's/(^|_)(.)/\u\2/g' <<<"$name").beam"
        [ -n "$elixir" ] || continue
        more=("$elixir")
    fi
    as_expected "a module" "$expected" "$beam" ${more:+-pa "${more[@]}"}
    packbeam create "$work/$name.avm" "$beam"
    as_expected "with the library's pack" "$expected" --no-library "$work/$name.avm" "$work/atomvm-lib.avm" \
        ${more:+-pa "${more[@]}"}
    packbeam create --prune --library "$work/alone.avm" "$beam" "${more[@]}"
    as_expected "a pack that stands alone" "$expected" --no-library "$work/alone.avm"
done
[ $failed = 0 ] && echo "  tests/atomvm: as expected"
exit $failed
