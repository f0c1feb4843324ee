#!/bin/sh
# Installs mp, one Mixpanel login for every tool on a machine, into your home: no root, nothing outside of one folder.
#
#   curl -fsSL @DOWNLOADS@/v@VERSION@/install.sh | sh
#   sh install.sh [--prefix FOLDER] [--from FOLDER-OR-URL] [--force]
#   sh install.sh --uninstall [--prefix FOLDER]
#
# PREFIX, or --prefix, says where; ~/.local when left out. It takes what lies beside it (an unpacked archive, or an archive with SHA256SUMS),
# else what it downloads, and checks hashes before it touches anything. Accounts and logins, in ~/.mp, it never touches.
#
# All of it is functions, called by the last line: of a script that arrives by halves, nothing runs.
set -eu

version='@VERSION@'
downloads='@DOWNLOADS@/v@VERSION@'

say() {
    printf '%s\n' "$*"
}

fail() {
    printf 'install.sh: %s\n' "$1" >&2
    shift
    for line in "$@"; do printf '  %s\n' "$line" >&2; done
    exit 1
}

has() {
    command -v "$1" >/dev/null 2>&1
}

usage() {
    say "The installer of mp $version.

usage: install.sh [--prefix FOLDER] [--from FOLDER-OR-URL] [--force]
       install.sh --uninstall [--prefix FOLDER]

  --prefix FOLDER       install below FOLDER (or \$PREFIX; ~/.local when left out)
  --from FOLDER-OR-URL  take the archive and SHA256SUMS from there
  --force               replace another program that is called mp
  --uninstall           remove what was installed; ~/.mp stays"
}

arguments() {
    prefix=${PREFIX:-} from=${MP_INSTALL_FROM:-} force='' task=install_all
    while [ $# -gt 0 ]; do
        case $1 in
            --prefix | --from)
                [ $# -ge 2 ] || fail "$1 needs a value" "try --help"
                if [ "$1" = --prefix ]; then prefix=$2; else from=$2; fi
                shift
                ;;
            --prefix=*) prefix=${1#*=} ;;
            --from=*) from=${1#*=} ;;
            --force) force=yes ;;
            --uninstall) task=uninstall_all ;;
            -h | --help)
                usage
                exit 0
                ;;
            *) fail "there is no option $1" "try --help" ;;
        esac
        shift
    done
    if [ -z "$prefix" ]; then
        [ -n "${HOME:-}" ] || fail "HOME is not set, so there is no ~/.local to install into" "say where: --prefix /a/folder"
        prefix=$HOME/.local
    fi
    case $prefix in
        /*) ;;
        *) fail "the prefix must begin with a slash, but is $prefix" "--prefix \"\$PWD/$prefix\", perhaps" ;;
    esac
    prefix=${prefix%/}
    # What was installed, one path below the prefix a line.
    list=$prefix/share/mixpanel-mp/installed
}

# Sets the platform, in the words of the archives' names.
find_platform() {
    system=$(uname -s) processor=$(uname -m)
    case $processor in
        x86_64 | amd64) processor=x86_64 ;;
        aarch64 | arm64) processor=aarch64 ;;
        *) fail "there is no build for the processor $processor" "there are x86_64 and aarch64; from source: cargo install mixpanel-mp" ;;
    esac
    case $system in
        Linux)
            if has getconf && [ "$(getconf LONG_BIT 2>/dev/null || echo 64)" = 32 ]; then
                fail "this system is one of 32 bits on a processor of 64, and there is no build for it"
            fi
            platform=$processor-linux
            # Where glibc is not, as on Alpine, the daemon has to do without.
            has_glibc || platform=$platform-musl
            ;;
        Darwin)
            # A shell that Rosetta translates believes that it is on an Intel processor.
            if [ "$(sysctl -n sysctl.proc_translated 2>/dev/null || echo 0)" = 1 ]; then processor=aarch64; fi
            platform=$processor-macos
            ;;
        MINGW* | MSYS* | CYGWIN* | Windows*) fail "mp does not run on Windows itself, but on Linux there: install it in WSL" ;;
        *) fail "there is no build for $system" "there are Linux and macOS; from source: cargo install mixpanel-mp" ;;
    esac
}

has_glibc() {
    for loader in /lib64/ld-linux-x86-64.so.2 /lib/ld-linux-aarch64.so.1 /lib/*/ld-linux-*.so.?; do
        if [ -e "$loader" ]; then return 0; fi
    done
    return 1
}

# Prints the SHA-256 of a file.
sha256_of() {
    if has sha256sum; then
        sum=$(sha256sum <"$1")
    elif has shasum; then
        sum=$(shasum -a 256 <"$1")
    elif has openssl; then
        sum=$(openssl dgst -sha256 -r <"$1")
    else
        fail "there is no sha256sum, shasum or openssl here, and what is not checked is not installed"
    fi
    printf '%s\n' "${sum%% *}"
}

# Fails unless a file has the hash.
check_hash() {
    case $2 in
        *[!0-9a-f]* | '') fail "the hash of ${1##*/} in SHA256SUMS is not one: '$2'" ;;
    esac
    [ "${#2}" -eq 64 ] || fail "the hash of ${1##*/} in SHA256SUMS is not one: '$2'"
    sum=$(sha256_of "$1")
    [ "$sum" = "$2" ] || fail "$1 is damaged, or is not what was published: nothing was installed" "its SHA-256 should be $2" "but is                $sum"
}

# Brings a file of the source into the scratch folder.
bring() {
    case $from in
        http://* | https://* | file://*)
            say "downloading $from/$1"
            if has curl; then
                # -f: a page that says "not found" is no archive. Who asked by https is not sent on to http.
                case $from in https:*) secure='=https' ;; *) secure='=http,https' ;; esac
                curl -fsSL --proto-redir "$secure" --retry 3 --connect-timeout 20 -o "$scratch/$1" "$from/$1"
            elif has wget; then
                wget -q -O "$scratch/$1" "$from/$1"
            else
                fail "there is neither curl nor wget here" "install one, or bring the archive here and say --from FOLDER"
            fi || fail "could not download $from/$1" "nothing was installed; behind a proxy, set https_proxy"
            ;;
        *)
            [ -f "$from/$1" ] || fail "there is no $from/$1"
            cp "$from/$1" "$scratch/$1"
            ;;
    esac
}

# Unpacks the archive for this platform, after a look at its hash, into the folder `unpacked`.
fetch_archive() {
    bring SHA256SUMS
    # One archive a platform; more would be two versions in one folder.
    names=$(sed -n "s/^[0-9a-f]* [ *]\(mixpanel-mp-[^/ ]*-$platform\.tar\.gz\)\$/\1/p" "$scratch/SHA256SUMS")
    case $names in
        '') fail "$from/SHA256SUMS names no archive for $platform" ;;
        *"
"*) fail "$from/SHA256SUMS names several archives for $platform:" "$names" ;;
    esac
    bring "$names"
    check_hash "$scratch/$names" "$(sed -n "s/^\([0-9a-f]*\) [ *]$names\$/\1/p" "$scratch/SHA256SUMS")"
    tar -xzf "$scratch/$names" -C "$scratch" || fail "could not unpack $names"
    unpacked=$scratch/${names%.tar.gz}
}

# Holds each file of an unpacked archive against its hash.
check_tree() {
    [ -f "$unpacked/SHA256SUMS" ] || fail "$unpacked has no SHA256SUMS: it is not an archive of mp, or was unpacked by halves"
    while read -r sum name; do
        [ -f "$unpacked/$name" ] || fail "$unpacked/$name is missing: the archive was unpacked by halves"
        check_hash "$unpacked/$name" "$sum"
    done <"$unpacked/SHA256SUMS"
}

# Fails where the programs do not run, before anything is replaced by them.
check_programs() {
    name=$("$unpacked/bin/mp" --version 2>&1) || fail "mp does not run on this machine: $name"
    # The daemon says who it is: only ours knows the question.
    said=$("$unpacked/libexec/mixpanel/mpd" --mixpanel-version 2>&1) ||
        fail "the daemon does not run on this machine: $said" "a glibc older than 2.17? From source: cargo install mixpanel-mp"
}

# Fails where a program of the name is not of an earlier installation.
check_place() {
    if [ -e "$prefix/bin/mp" ] || [ -L "$prefix/bin/mp" ]; then
        if ! { [ -f "$list" ] && grep -qx bin/mp "$list"; } && [ -z "$force" ]; then
            fail "$prefix/bin/mp is another program, perhaps the Python tool's: nothing was installed" \
                "elsewhere: --prefix \"\$HOME/.mixpanel-mp\"; in its place: --force"
        fi
    fi
}

# Moves a file of the scratch folder to its place. A rename: a daemon that runs keeps its program, and makes way when it is idle.
place() {
    mkdir -p "$prefix/${1%/*}"
    if [ -d "$prefix/$1" ] && [ ! -L "$prefix/$1" ]; then fail "$prefix/$1 is a folder"; fi
    mv -f "$new/$1" "$prefix/$1"
}

install_all() {
    find_platform
    here=''
    # Through a pipe, $0 is the shell.
    case $0 in
        *install.sh) here=$(cd "$(dirname "$0")" && pwd) ;;
    esac
    make_scratch
    if [ -z "$from" ] && [ -n "$here" ] && [ -x "$here/bin/mp" ]; then
        # Copied, for it may belong to somebody else, or lie where nothing may be run.
        unpacked=$scratch/unpacked
        mkdir "$unpacked"
        cp -R "$here/bin" "$here/libexec" "$here/share" "$here/SHA256SUMS" "$unpacked/" || fail "$here is not a whole archive of mp"
    else
        if [ -z "$from" ] && [ -n "$here" ] && [ -f "$here/SHA256SUMS" ]; then from=$here; fi
        from=${from:-$downloads}
        from=${from%/}
        fetch_archive
    fi
    check_tree
    check_programs
    check_place
    new=$unpacked
    (cd "$new" && find bin libexec share -type f) >"$scratch/files"
    printf 'share/mixpanel-mp/installed\n' >>"$scratch/files"
    cp "$scratch/files" "$new/share/mixpanel-mp/installed"
    # What an earlier version had, and this one has not.
    if [ -f "$list" ]; then grep -vxF -f "$scratch/files" "$list" >"$scratch/gone" || true; else : >"$scratch/gone"; fi
    while IFS= read -r file; do place "$file"; done <"$scratch/files"
    while IFS= read -r file; do remove "$file"; done <"$scratch/gone"
    report
}

# Makes the scratch folder: below the prefix, so that files are renamed into place and may be run.
make_scratch() {
    if ! { mkdir -p "$prefix" && scratch=$(mktemp -d "$prefix/.mixpanel-mp.XXXXXX"); } 2>/dev/null; then
        fail "could not write into $prefix" "somewhere else: --prefix FOLDER"
    fi
    trap 'rm -rf "$scratch"' EXIT
    trap 'exit 130' INT TERM HUP
}

report() {
    count=$(wc -l <"$scratch/files" | tr -d ' ')
    say "installed $name into $prefix: $count files, listed in $list
  $prefix/bin/mp
  $prefix/libexec/mixpanel/mpd
  manual pages and completions for bash, zsh and fish below $prefix/share
to remove it: sh install.sh --uninstall"
    case :${PATH:-}: in
        *":$prefix/bin:"*)
            found=$(command -v mp || true)
            if [ "$found" != "$prefix/bin/mp" ]; then
                say "note: mp is $found in this shell, which comes first in PATH; a new shell may know better, else call $prefix/bin/mp"
            fi
            ;;
        *) say "note: $prefix/bin is not in PATH; for this shell: export PATH=\"$prefix/bin:\$PATH\"" ;;
    esac
    say "next: mp login, or mp --help"
}

# Removes a file of ours, and its folders if nothing else is in them.
remove() {
    case /$1/ in
        */../* | //*) fail "$list is damaged: it names $1" ;;
    esac
    rm -f "$prefix/$1"
    folder=$1
    while :; do
        case $folder in
            */*) folder=${folder%/*} ;;
            *) break ;;
        esac
        rmdir "$prefix/$folder" 2>/dev/null || break
    done
}

uninstall_all() {
    [ -f "$list" ] || fail "nothing was installed into $prefix by this script: there is no $list" "installed elsewhere? --prefix FOLDER"
    if [ -x "$prefix/bin/mp" ]; then
        # The unit first: a service manager would start again what was stopped. An mp without `setup` has written nothing, and says so.
        # Of what it says, what it did: all that this script has installed is told below.
        "$prefix/bin/mp" --no-autostart setup --remove --yes </dev/null 2>/dev/null | grep -E '  (removed|failed)  ' || true
        # It may hold a login that is not written yet; mp knows, and ends it when that is safe.
        "$prefix/bin/mp" --no-autostart daemon stop </dev/null >/dev/null 2>&1 || true
    fi
    files=$(cat "$list")
    count=0
    # The list itself is the last of them: what was cut off is done again.
    while IFS= read -r file; do
        remove "$file"
        count=$((count + 1))
    done <<FILES
$files
FILES
    rmdir "$prefix" 2>/dev/null || true
    say "removed $count files from $prefix; accounts and logins stay in ~/.mp"
}

main() {
    umask 022
    arguments "$@"
    "$task"
}

main "$@"
