# shellcheck shell=bash
# What the scripts of this folder share: names, places, the version. Sourced by them, after `set -euo pipefail`.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# Everything that is made goes below this folder.
out=${MP_OUT:-$root/target/packages}
set -a
# shellcheck source=packaging/project.env
. "$root/packaging/project.env"
set +a

version=$(sed -n '/^\[workspace\.package\]/,/^\[/s/^version = "\(.*\)"$/\1/p' "$root/Cargo.toml")
[ -n "$version" ] || { echo "there is no version under [workspace.package] in Cargo.toml" >&2; exit 1; }

# Files of packages bear the time of the commit that they were made of: the same commit gives the same bytes.
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git -C "$root" log -1 --format=%ct 2>/dev/null || echo 946684800)}
export SOURCE_DATE_EPOCH

# What is built for: the processor, the system, and `-musl` where the daemon must do without glibc, as on Alpine.
# shellcheck disable=SC2034 # Read by those who source this.
linux=(x86_64-linux aarch64-linux x86_64-linux-musl aarch64-linux-musl)

die() {
    echo "${0##*/}: $*" >&2
    exit 1
}

# Prints the time of the commit in a form of `date`, which has two families.
committed() {
    date -u -d "@$SOURCE_DATE_EPOCH" "+$1" 2>/dev/null || date -u -r "$SOURCE_DATE_EPOCH" "+$1"
}

# Gives all files of a folder the time of the commit.
dated() {
    find "$1" -exec env TZ=UTC touch -h -t "$(committed %Y%m%d%H%M.%S)" {} +
}

# Prints the platform of this machine.
this_platform() {
    local processor
    processor=$(uname -m)
    [ "$processor" = arm64 ] && processor=aarch64
    case $(uname -s) in
        Linux) echo "$processor-linux" ;;
        Darwin) echo "$processor-macos" ;;
        *) die "nothing is built on $(uname -s)" ;;
    esac
}

# Prints the folder of a platform's tree; fails where it was not made.
staged() {
    [ -x "$out/stage/$1/bin/mp" ] || die "there is no tree for $1: run packaging/build/programs $1 && packaging/build/stage $1"
    echo "$out/stage/$1"
}

# Puts the installer beside the archives.
put_installer() {
    mkdir -p "$out/dist"
    filled <"$root/packaging/install.sh" >"$out/dist/install.sh"
    chmod 755 "$out/dist/install.sh"
}

# Replaces @NAME@ by what the project says, from standard input to standard output.
filled() {
    sed -e "s|@VERSION@|$version|g" -e "s|@HOMEPAGE@|$MP_HOMEPAGE|g" -e "s|@SOURCE@|$MP_SOURCE|g" \
        -e "s|@DOWNLOADS@|$MP_DOWNLOADS|g" -e "s|@IMAGE@|$MP_IMAGE|g" -e "s|@MAINTAINER@|$MP_MAINTAINER|g" \
        -e "s|@SUMMARY@|$MP_SUMMARY|g"
}
