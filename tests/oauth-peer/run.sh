#!/usr/bin/env bash
# Logs in, refreshes and loses a login against an OAuth server that nobody here wrote: oidc-provider from npm, with dynamic registration,
# required PKCE, and rotation that revokes everything when a refresh token is used twice. Prints what it saw; any surprise ends it with 1.
#
# Not part of `cargo test`. Needs node >= 20 with npm, the npm registry, and the two programs in ${CARGO_TARGET_DIR:-target}/debug
# (`cargo build`). The ports 19284 to 19287 must not all be taken. Takes about a minute, most of it waiting for a token to expire;
# PEER_LIFE sets its life in seconds (70).
#
#   tests/oauth-peer/run.sh              everything
#   tests/oauth-peer/run.sh --provider   only the provider, driven by check.mjs in our place
set -euo pipefail
cd "$(dirname "$0")"
here=$PWD
cd ../..
programs=$(realpath -m "${CARGO_TARGET_DIR:-target}")/debug
life=${PEER_LIFE:-70}

# Short, for the socket's path may have about 100 bytes.
scratch=$(mktemp -d /tmp/mp-peer.XXXXXX)
mkdir -m 700 "$scratch/home"
provider=
finish() {
    local status=$?
    [ ! -x "$programs/mp" ] || mp daemon stop >/dev/null 2>&1 || true
    exec 9>&- || true
    [ -z "$provider" ] || wait "$provider" || true
    if [ "$status" -ne 0 ] && [ -f "$scratch/provider.err" ]; then
        echo '-- the provider said:' >&2
        tail -n 30 "$scratch/provider.err" >&2
    fi
    rm -rf "$scratch"
    exit "$status"
}
trap finish EXIT

say() { echo "== $*"; }
fail() {
    echo "surprise: $*" >&2
    exit 1
}
# Runs mp with nothing from outside but the path.
mp() { env -i PATH="$PATH" HOME="$scratch/home" LANG=C.UTF-8 TERM=dumb NO_COLOR=1 MPD_UPSTREAM="$base" "$programs/mp" "$@" 9>&-; }
# Repeats a command until it succeeds: until SECONDS COMMAND…
until_true() {
    local end=$((SECONDS + $1))
    shift
    until "$@"; do
        [ "$SECONDS" -lt "$end" ] || return 1
        sleep 0.2
    done
}
# Prints one field of a JSON file. Of tokens, only a print of eight digits is ever shown: field FILE KEY
field() { node -p 'JSON.parse(require("fs").readFileSync(process.argv[1]))[process.argv[2]] ?? ""' "$1" "$2"; }
print_of() { printf %s "$1" | sha256sum | cut -c1-8; }

base=
say 'the provider'
cp "$here"/package.json "$here"/package-lock.json "$here"/*.mjs "$scratch"
(cd "$scratch" && npm ci --no-audit --no-fund --ignore-scripts --loglevel=error >/dev/null)
mkfifo "$scratch/stdin"
PEER_LIFE=$life node "$scratch/provider.mjs" <"$scratch/stdin" >"$scratch/base" 2>"$scratch/provider.err" &
provider=$!
exec 9>"$scratch/stdin"
until_true 20 test -s "$scratch/base" || fail 'the provider did not start'
base=$(cat "$scratch/base")
node "$scratch/check.mjs" "$base"
[ "${1:-}" != --provider ] || exit 0
[ -x "$programs/mp" ] && [ -x "$programs/mpd" ] || fail "there is no mp or no mpd in $programs: run cargo build"

tokens=$scratch/home/.mp/accounts/ada/tokens.json
authorize_url() { grep -oE '^ *https?://[^ ]+/authorize/\?[^ ]+' "$scratch/login.err" | tr -d ' ' | head -n 1; }
login() {
    : >"$scratch/login.err"
    mp login --no-browser --name ada </dev/null >"$scratch/login.out" 2>"$scratch/login.err" &
    local call=$!
    if ! until_true 20 grep -qE '^ *https?://[^ ]+/authorize/\?' "$scratch/login.err"; then
        kill "$call" 2>/dev/null || true
        fail "mp login printed no address: $(cat "$scratch/login.err")"
    fi
    node "$scratch/user.mjs" "$(authorize_url)" || fail 'the login did not take the code'
    wait "$call" || fail "mp login ended with $?: $(cat "$scratch/login.err")"
    cat "$scratch/login.out"
}
projects() { mp project list --refresh -f json; }

say 'mp login'
login
[ "$(stat -c %a "$tokens")" = 600 ] || fail 'tokens.json is not private'
access=$(field "$tokens" access_token)
first=$(field "$tokens" refresh_token)
client=$(field "$scratch/home/.mp/oauth/client_us.json" client_id)
[ -n "$first" ] || fail 'no refresh token was stored'
[ "$(mp account token ada)" = "$access" ] || fail 'mp account token is not what was stored'
projects | grep -q 3187654 || fail 'mp project list lacks the project'
echo "access token $(print_of "$access"), refresh token $(print_of "$first")"

say 'mp account refresh, three times'
last=$first
# What was refreshed within the last second is not refreshed again.
rotated() {
    mp account refresh ada >/dev/null || fail "mp account refresh ended with $?"
    now=$(field "$tokens" refresh_token)
    [ "$now" != "$last" ]
}
for _ in 1 2 3; do
    until_true 10 rotated || fail 'the refresh token did not rotate'
    [ "$(mp account token ada)" = "$(field "$tokens" access_token)" ] || fail 'mp account token is not what was stored'
    last=$now
    echo "access token $(print_of "$(field "$tokens" access_token)"), refresh token $(print_of "$now")"
done

say "a token that lives $life s is replaced in time"
access=$(mp account token ada)
changed() { [ "$(mp account token ada)" != "$access" ]; }
started=$SECONDS
until_true "$life" changed || fail 'the same token was given out for as long as it lived'
echo "replaced after $((SECONDS - started)) s"
projects | grep -q 3187654 || fail 'mp project list lacks the project'

say 'a replayed refresh token'
answer=$(node "$scratch/user.mjs" --replay "$base" "$client" "$first")
echo "the provider answered $answer"
[ "$answer" = '400 invalid_grant' ] || fail 'the provider took an old refresh token'
grep -q '^grant.revoked' "$scratch/provider.err" || fail 'the provider revoked nothing'
refused() {
    code=0
    mp account refresh ada >/dev/null 2>"$scratch/refresh.err" || code=$?
    [ "$code" = 2 ]
}
until_true 10 refused || fail "mp account refresh ended with $code, not 2"
cat "$scratch/refresh.err"
grep -q 'mp login\|mp account login' "$scratch/refresh.err" || fail 'it does not say how to log in again'
! grep -qF "$last" "$scratch/refresh.err" || fail 'it shows a token'
code=0
projects >/dev/null 2>&1 || code=$?
[ "$code" = 2 ] || fail "mp project list ended with $code, not 2"

say 'logging in again'
login
[ "$(field "$tokens" refresh_token)" != "$last" ] || fail 'the refresh token is the old one'
projects | grep -q 3187654 || fail 'mp project list lacks the project'
! grep -rqF "$first" "$scratch/home/.mp" --include='*log*' || fail 'a log shows a token'
say passed
