#!/usr/bin/env bash
# Holds a scratch daemon against its own OpenAPI document: openapi-spec-validator reads the document, and schemathesis sends what the document
# allows and what it forbids, 200 examples an operation, and checks every answer. Not part of `cargo test`: it fetches both from PyPI into a
# throw-away environment, and takes some minutes. Needs python3, mpd and the fake Mixpanel in target/debug (`cargo build`,
# `cargo build -p mp-sandbox --example sandbox`). The number of examples may be given: `tests/openapi/run.sh 20`.
set -euo pipefail
cd "$(dirname "$0")"
here=$PWD
examples=${1:-200}
mpd=$PWD/../../target/debug/mpd
sandbox=$PWD/../../target/debug/examples/sandbox
scratch=$(mktemp -d /tmp/mp-openapi.XXXXXX)
export HOME=$scratch MPD_SOCKET=$scratch/.mp/run/mpd.sock

# Repeats a command until it succeeds, for half a minute.
wait_for() {
    local end=$((SECONDS + 30))
    until "$@"; do
        [ "$SECONDS" -lt "$end" ] || { echo "waited in vain for: $*" >&2; exit 1; }
        sleep 0.1
    done
}

finish() {
    touch "$scratch/enough"
    # The daemon of the moment first: who starts it again is at its end then.
    kill "$(cat "$scratch/pid")" $(jobs -p) 2>/dev/null || true
    wait 2>/dev/null || true
    rm -rf "$scratch"
}
trap finish EXIT

python3 -m venv "$scratch/python"
"$scratch/python/bin/pip" -q install 'schemathesis==4.32.5' 'openapi-spec-validator==0.9.0'

mkfifo "$scratch/hold"
"$sandbox" --limits off <"$scratch/hold" >"$scratch/url" 2>"$scratch/sandbox.log" &
exec 7>"$scratch/hold"
wait_for test -s "$scratch/url"

mkdir -m 700 "$scratch/.mp"
install -m 600 /dev/stdin "$scratch/.mp/config.toml" <<'CONFIG'
[accounts.team]
type = "service_account"
region = "us"
default_project = "3187654"
username = "bench"
secret = "secret"

[accounts.ci]
type = "oauth_token"
region = "us"
default_project = "3187654"
token_env = "MP_CI_TOKEN"

[active]
account = "team"

[targets.ecom]
account = "team"
project = "3187654"
CONFIG

# One of the operations stops the daemon: it is started again as often as that.
cd "$scratch"
serve() {
    until [ -e "$scratch/enough" ]; do
        MPD_UPSTREAM=$(cat "$scratch/url") "$mpd" --idle-exit 0 >/dev/null 2>>"$scratch/mpd.log" &
        echo $! >"$scratch/pid"
        wait $! || echo "mpd ended with $?" >>"$scratch/ends"
    done
}
serve &
wait_for test -S "$MPD_SOCKET"
curl -sS --unix-socket "$MPD_SOCKET" http://mpd/v1/openapi.json >openapi.json

"$scratch/python/bin/openapi-spec-validator" openapi.json

# The path that runs any operation stands for those of each. GET /v1/events has no end, so a client that waits for one has nothing to check;
# tests/e2e holds every event against the document.
status=0
PYTHONPATH=$here SCHEMATHESIS_HOOKS=hooks "$scratch/python/bin/schemathesis" --config-file "$here/schemathesis.toml" run openapi.json \
    --url http://mpd --max-examples "$examples" --phases examples,coverage,fuzzing --request-timeout 60 --continue-on-failure \
    --exclude-operation-id get_events --exclude-path-regex '^/v1/operations/[a-z-]+[.]' || status=$?

if grep -q 'panicked' mpd.log || [ -s ends ]; then
    grep 'panicked' mpd.log || true
    cat ends 2>/dev/null || true
    status=1
fi
exit "$status"
