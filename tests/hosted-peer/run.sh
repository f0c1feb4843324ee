#!/usr/bin/env bash
# `mp mcp --hosted` between official SDKs: their clients on stdio, their HTTP servers as the far side, behind an OAuth check whose tokens end,
# rotate, and revoke everything when a refresh token comes twice. Prints what it saw; any surprise ends it with 1.
#
# Not part of `cargo test`. Needs node >= 20 with npm and the npm registry, and the programs in ${CARGO_TARGET_DIR:-target}/debug
# (`cargo build`). For the Python SDK, PYTHON names an interpreter that has mcp==2.3.0; PEER_MODULES may name a node_modules to use.
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
mp() { env -i PATH="$PATH" HOME="$scratch/home" LANG=C.UTF-8 TERM=dumb NO_COLOR=1 MPD_UPSTREAM="$base" "$programs/mp" "$@" 9>&-; }
finish() {
    local status=$?
    mp daemon stop >/dev/null 2>&1 || true
    exec 9>&- || true
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

say 'the provider, and a login that is there already'
cp "$here"/package*.json "$here"/*.mjs "$here"/*.py "$scratch"
if [ -n "${PEER_MODULES:-}" ]; then
    cp -r "$PEER_MODULES" "$scratch/node_modules"
else
    (cd "$scratch" && npm install --no-audit --no-fund --ignore-scripts --loglevel=error >/dev/null)
fi
mkfifo "$scratch/front.in"
node "$scratch/front.mjs" "$port" "$life" <"$scratch/front.in" >"$scratch/base" 2>"$scratch/front.err" &
front=$!
exec 9>"$scratch/front.in"
until_true 20 test -s "$scratch/base" || fail 'the provider did not start'
base=$(cat "$scratch/base")
umask 077
mkdir -p "$scratch/home/.mp/accounts/ada" "$scratch/home/.mp/oauth"
printf '[accounts.ada]\ntype = "oauth_browser"\nregion = "us"\ndefault_project = "1"\n[active]\naccount = "ada"\n' >"$scratch/home/.mp/config.toml"
echo '{"access_token":"old","expires_at":1,"token_type":"Bearer","scope":"projects","refresh_token":"first"}' \
    >"$scratch/home/.mp/accounts/ada/tokens.json"
echo '{"client_id":"c","region":"us","redirect_uri":"http://localhost:19284/callback","scope":"projects","created_at":"2026-11-22T18:38:01Z"}' \
    >"$scratch/home/.mp/oauth/client_us.json"

client() {
    env -i PATH="$PATH" HOME="$scratch/home" LANG=C.UTF-8 MPD_UPSTREAM="$base" "$@" 9>&-
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
    client "$PYTHON" -u "$scratch/client.py" "$programs/mp" "$port" "$life"
    counts
fi
counts | grep -q '"reused":0,"logins":0' || fail 'a refresh token came twice, or somebody logged in'
say passed
