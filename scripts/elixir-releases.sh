#!/usr/bin/env bash
# Puts the compiled library of other versions of Elixir into folders of their own, TARGET/elixir/VERSION,
# as `--elixir=DIR` takes them. Nothing is installed on the machine.
#
#   scripts/elixir-releases.sh [VERSION...]        1.10 1.18 1.20 unless it is said which
#
# Each is the package of the Debian that has it, fetched by apt-get from where this machine has its packages
# from, with lists of its own, whose signatures are checked, and unpacked. So this needs apt-get, dpkg-deb and Debian's keyring, but not
# root. A version that is there already is left as it is. Ends with 1 if one could not be had.
set -euo pipefail
cd "$(dirname "$0")/.."

TARGET="$(realpath -m "${CARGO_TARGET_DIR:-target}")"
ALL="$TARGET/elixir"
KEYRING=/usr/share/keyrings/debian-archive-keyring.gpg

fail() {
    echo "elixir-releases: $*" >&2
    exit 1
}

# The Debian that has a version.
suite() {
    case $1 in
    1.10) echo bullseye ;;
    1.14) echo bookworm ;;
    1.18) echo trixie ;;
    1.20) echo sid ;;
    *) fail "no Debian is known to have Elixir $1" ;;
    esac
}

# The version in a folder, as its description says it: major and minor.
version_in() {
    sed -nE 's/.*\{vsn,"([0-9]+\.[0-9]+)\..*/\1/p' "$1/lib/elixir/ebin/elixir.app" 2>/dev/null
}

# fetch SUITE FOLDER: the package `elixir` of a Debian, into a folder.
fetch() {
    local suite=$1 folder=$2 apt="$2/apt"
    mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial" "$apt/state"
    echo "deb [signed-by=$KEYRING] $SITE $suite main" >"$apt/sources.list"
    touch "$apt/state/status"
    local options=(
        -o Dir::Etc::SourceList="$apt/sources.list" -o Dir::Etc::SourceParts=-
        -o Dir::State="$apt/state" -o Dir::State::Lists="$apt/lists" -o Dir::State::Status="$apt/state/status"
        -o Dir::Cache="$apt/cache" -o APT::Sandbox::User="$(id -un)" -o Acquire::Languages=none
        # What an archive of packages says of its own age does not matter here.
        -o Acquire::Check-Valid-Until=false -o Acquire::Retries=2 -o Acquire::http::Timeout=30
        # Of the lists only that of the packages is wanted.
        -o Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false
        -o Acquire::IndexTargets::deb::DEP-11-icons-small::DefaultEnabled=false
        -o Acquire::IndexTargets::deb::DEP-11-icons::DefaultEnabled=false
    )
    apt-get "${options[@]}" update
    (cd "$folder" && apt-get "${options[@]}" download elixir)
    dpkg-deb --extract "$folder"/elixir_*.deb "$folder/package"
}

install() {
    local version=$1 root="$ALL/$1" new="$ALL/$1.new"
    if [ "$(version_in "$root" || true)" = "$version" ]; then
        return
    fi
    local suite
    suite=$(suite "$version") || exit 1
    echo "fetching Elixir $version into $root" >&2
    rm -rf "$root" "$new"
    mkdir -p "$new"
    fetch "$suite" "$new" >"$ALL/$version.log" 2>&1 ||
        fail "Elixir $version could not be fetched; $ALL/$version.log says why"
    local found
    found=$(version_in "$new/package/usr/lib/elixir" || true)
    [ "$found" = "$version" ] || fail "$suite has Elixir ${found:-of another layout} now, not $version"
    mv "$new/package/usr/lib/elixir" "$root"
    rm -rf "$new"
}

for command in apt-get dpkg-deb; do
    command -v "$command" >/dev/null || fail "$command is not there"
done
[ -r "$KEYRING" ] || fail "Debian's keyring is not there: install debian-archive-keyring"

# Where Debian's packages come from here; it has all suites.
SITE=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' | grep -E '/debian/?$' | head -n 1 || true)
[ -n "$SITE" ] || fail "this machine has no source of Debian's packages"

versions=("$@")
[ ${#versions[@]} -gt 0 ] || versions=(1.10 1.18 1.20)
status=0
for version in "${versions[@]}"; do
    (install "$version") || status=1
done
exit $status
