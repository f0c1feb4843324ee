#!/usr/bin/env bash
# Completes a login in a real browser: a headless Chromium opens the address that `mp login --no-browser` prints, answers the consent page
# of the fake Mixpanel, once with Allow and once with Deny, and shows our last page. Checks what it says, and takes a screenshot of each.
#
# Not part of `cargo test`. Needs node >= 20 with npm, the npm registry, Chromium (CHROMIUM names the program, /usr/bin/chromium by default;
# where it is missing, it is installed, but only when run as root on a system with apt), and what these have built:
# `cargo build && cargo build -p mp-sandbox --example sandbox`. The ports 19284 to 19287 must not all be taken.
#
#   tests/browser/run.sh DIRECTORY    the screenshots become DIRECTORY/logged-in.png and DIRECTORY/denied.png
set -euo pipefail
[ $# = 1 ] || {
    echo "usage: $0 DIRECTORY" >&2
    exit 3
}
mkdir -p "$1"
pictures=$(cd "$1" && pwd)
cd "$(dirname "$0")"
here=$PWD
cd ../..
programs=$(realpath -m "${CARGO_TARGET_DIR:-target}")/debug
export CHROMIUM=${CHROMIUM:-/usr/bin/chromium}

scratch=$(mktemp -d /tmp/mp-browser.XXXXXX)
base=
sandbox=
finish() {
    local status=$?
    [ -z "$base" ] || for home in "$scratch"/home-*; do mp "$home" daemon stop >/dev/null 2>&1 || true; done
    exec 9>&- || true
    [ -z "$sandbox" ] || wait "$sandbox" || status=1
    rm -rf "$scratch"
    exit "$status"
}
trap finish EXIT

fail() {
    echo "surprise: $*" >&2
    exit 1
}
# Runs mp in a home, with nothing from outside: mp HOME ARGUMENT…
mp() {
    local home=$1
    shift
    env -i PATH="$PATH" HOME="$home" LANG=C.UTF-8 TERM=dumb NO_COLOR=1 MPD_UPSTREAM="$base" "$programs/mp" "$@" 9>&-
}
# Repeats a command until it succeeds: until_true SECONDS COMMAND…
until_true() {
    local end=$((SECONDS + $1))
    shift
    until "$@"; do
        [ "$SECONDS" -lt "$end" ] || return 1
        sleep 0.2
    done
}

for program in mp mpd examples/sandbox; do
    [ -x "$programs/$program" ] || fail "there is no $program in $programs: run what the head of this script says"
done
if [ ! -x "$CHROMIUM" ]; then
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || fail "there is no $CHROMIUM"
    apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core >/dev/null
fi
cp "$here"/package.json "$here"/package-lock.json "$here"/drive.mjs "$scratch"
(cd "$scratch" && npm ci --no-audit --no-fund --ignore-scripts --loglevel=error >/dev/null)

mkfifo "$scratch/stdin"
"$programs/examples/sandbox" <"$scratch/stdin" >"$scratch/base" &
sandbox=$!
exec 9>"$scratch/stdin"
until_true 20 test -s "$scratch/base" || fail 'the fake Mixpanel did not start'
base=$(cat "$scratch/base")

# One of Ada's two projects: without it, the page would send her to the terminal to choose.
project=3187654
url='^ *https?://[^ ]+/authorize/\?[^ ]+'
# Logs in in a home of its own and checks how mp ends: login allow|deny SCREENSHOT EXIT-CODE
login() {
    local home=$scratch/home-$1 code=0
    mkdir -m 700 "$home"
    : >"$home/err"
    mp "$home" login --no-browser --name ada --project "$project" </dev/null >"$home/out" 2>"$home/err" &
    local call=$!
    if ! until_true 20 grep -qE "$url" "$home/err"; then
        kill "$call" 2>/dev/null || true
        fail "mp login printed no address: $(cat "$home/err")"
    fi
    echo "== $1"
    node "$scratch/drive.mjs" "$(grep -oE "$url" "$home/err" | tr -d ' ' | head -n 1)" "$1" "$pictures/$2" ||
        { kill "$call" 2>/dev/null || true; fail 'the browser did not see what it should'; }
    wait "$call" || code=$?
    cat "$home/out"
    [ "$code" = "$3" ] || fail "mp login ended with $code, not $3: $(cat "$home/err")"
}
login allow logged-in.png 0
[ "$(stat -c %a "$scratch/home-allow/.mp/accounts/ada/tokens.json")" = 600 ] || fail 'the tokens are not stored in private'
mp "$scratch/home-allow" project list -f json | grep -q "$project" || fail 'mp project list lacks the project'
login deny denied.png 2
[ ! -e "$scratch/home-deny/.mp/accounts/ada/tokens.json" ] || fail 'tokens are stored after Deny'
echo passed
