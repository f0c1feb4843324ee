#!/usr/bin/env bash
# `mp mcp --hosted` between official SDKs: their clients on stdio, their HTTP servers as the far side, behind an OAuth check with tokens of
# the fake Mixpanel that end, rotate, and revoke everything when a refresh token comes twice. Prints what it saw; any surprise ends it with 1.
#
# Not part of `cargo test`. Needs node >= 20 with npm and the npm registry, and the programs in ${CARGO_TARGET_DIR:-target}/debug
# (`cargo build && cargo build -p mp-sandbox --example sandbox`). For the Python SDK, PYTHON names an interpreter that has mcp==2.3.0.
# A token lives PEER_LIFE seconds (20).
set -euo pipefail
cd "$(dirname "$0")"
here=$PWD
cd ../..
programs=$(realpath -m "${CARGO_TARGET_DIR:-target}")/debug
life=${PEER_LIFE:-20}
port=${PEER_PORT:-19290}

scratch=$(mktemp -d /tmp/mp-hosted.XXXXXX)
mkdir -m 700 "$scratch/home"
base=
mp() { env -i PATH="$PATH" HOME="$scratch/home" LANG=C.UTF-8 TERM=dumb NO_COLOR=1 MPD_UPSTREAM="$base" "$programs/mp" "$@" 8>&- 9>&-; }
finish() {
    local status=$?
    mp daemon stop >/dev/null 2>&1 || true
    exec 8>&- 9>&- || true
    wait || true
    [ "$status" -eq 0 ] || tail -n 30 "$scratch"/*.err >&2 || true
    rm -rf "$scratch"
    exit "$status"
}
trap finish EXIT
say() { echo "== $*"; }
fail() {
    echo "surprise: $*" >&2
    exit 1
}
until_true() {
    local end=$((SECONDS + $1))
    shift
    until "$@"; do
        [ "$SECONDS" -lt "$end" ] || return 1
        sleep 0.2
    done
}

say 'the provider, the check before the far side, and a login'
cp "$here"/package*.json "$here"/*.mjs "$here"/*.py "$scratch"
(cd "$scratch" && npm install --no-audit --no-fund --ignore-scripts --loglevel=error >/dev/null)
mkfifo "$scratch/provider.in" "$scratch/front.in"
"$programs/examples/sandbox" --allow --life "$life" <"$scratch/provider.in" >"$scratch/provider" 2>"$scratch/provider.err" &
exec 8>"$scratch/provider.in"
until_true 20 test -s "$scratch/provider" || fail 'the provider did not start'
node "$scratch/front.mjs" "$(cat "$scratch/provider")" "$port" <"$scratch/front.in" >"$scratch/base" 2>"$scratch/front.err" 8>&- &
front=$!
exec 9>"$scratch/front.in"
until_true 20 test -s "$scratch/base" || fail 'the check did not start'
base=$(cat "$scratch/base")
BROWSER='curl -sL -o /dev/null %s'
env -i PATH="$PATH" HOME="$scratch/home" BROWSER="$BROWSER" MPD_UPSTREAM="$base" "$programs/mp" login --name ada --project 3187654 \
    </dev/null 8>&- 9>&- || fail 'the login did not come to its end'

client() {
    env -i PATH="$PATH" HOME="$scratch/home" LANG=C.UTF-8 MPD_UPSTREAM="$base" "$@" 8>&- 9>&-
}
counts() {
    kill -USR1 "$front"
    sleep 0.5
    tail -n 1 "$scratch/front.err"
}
for kind in '' json; do
    say "the TypeScript SDK, with sessions${kind:+, answers as JSON}"
    client node "$scratch/client.mjs" "$programs/mp" "$port" "$life" $kind
    counts
done
if [ -n "${PYTHON:-}" ]; then
    say 'the Python SDK, without sessions'
    client "$PYTHON" "$scratch/client.py" "$programs/mp" "$port" "$life"
    counts
fi
[ "$(counts | grep -c '"registered":1')" = 1 ] || fail 'there was another login'
say passed
