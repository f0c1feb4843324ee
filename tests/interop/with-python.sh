#!/usr/bin/env bash
# Shares one ~/.mp between the Python tool and ours, in both directions, and compares what each says. Not part of `cargo test`: it fetches
# the Python tool from PyPI into a throw-away environment. Needs python3, the two programs and the fake Mixpanel in target/debug
# (`cargo build`, `cargo build -p mp-sandbox --example sandbox`).
set -euo pipefail
cd "$(dirname "$0")/../.."
ours=$PWD/target/debug/mp
sandbox=$PWD/target/debug/examples/sandbox
scratch=$(mktemp -d /tmp/mp-interop.XXXXXX)
trap '"$ours" daemon stop >/dev/null 2>&1 || true; rm -rf "$scratch"' EXIT

python3 -m venv "$scratch/python"
"$scratch/python/bin/pip" -q install 'mixpanel-headless==0.4.0' 'typer==0.24.0'
theirs=$scratch/python/bin/mp
export COLUMNS=1000 NO_COLOR=1 TERM=dumb

# Three types of account, a target, a setting and stored tokens, made by one of the two programs.
make_home() {
    local mp=$1
    export HOME=$scratch/$2
    mkdir -p "$HOME/work"
    cd "$HOME/work"
    printf 'hun"ter\\2 \303\251' | "$mp" account add team --type service_account --region us --project 3018488 --username 'sa "u"' --secret-stdin
    "$mp" account add personal --type oauth_browser --region eu --project 555
    "$mp" account add ci --type oauth_token --region in --token-env MP_CI_TOKEN
    MP_OAUTH_TOKEN=tok-inline "$mp" account add inline --type oauth_token --region in --project 42
    "$mp" target add ecom --account team --project 3018488 --workspace 3448414
    "$mp" target use ecom
    printf '\n[settings]\ncustom_header = { name = "X-A", value = "v1" }\n' >>"$HOME/.mp/config.toml"
    install -d -m 700 "$HOME/.mp/accounts" "$HOME/.mp/accounts/personal"
    install -m 600 /dev/stdin "$HOME/.mp/accounts/personal/tokens.json" <<<'{"access_token": "at-1", "expires_at": "2099-01-01T00:00:00+00:00", "token_type": "Bearer", "scope": "projects", "refresh_token": "rt-1"}'
}

# Both programs say the same about a home, and write the same bridge file.
compare() {
    for question in 'account list -f json' 'target list -f json' 'session -f json' 'account token inline' 'account token personal' 'project show' 'workspace show'; do
        # shellcheck disable=SC2086 # a question is several words
        diff <("$theirs" $question | python3 -c "$normal") <("$ours" $question | python3 -c "$normal") || { echo "differs: $question" >&2; exit 1; }
        echo "same: $question"
    done
    MP_CI_TOKEN=from-env diff <(MP_CI_TOKEN=from-env "$theirs" account token ci) <(MP_CI_TOKEN=from-env "$ours" account token ci)
    "$theirs" account export-bridge --account personal --to theirs.json >/dev/null
    "$ours" account export-bridge --account personal --to ours.json >/dev/null
    cmp theirs.json ours.json
    echo "same: the bridge file, byte for byte"
}
normal='
import json, sys
text = sys.stdin.read()
try:
    print(json.dumps(json.loads(text), sort_keys=True, indent=1))
except ValueError:
    print(text.strip())
'

echo "== a home written by the Python tool"
make_home "$theirs" python-home >/dev/null
compare
"$ours" daemon stop >/dev/null
echo "== a home written by ours"
make_home "$ours" our-home >/dev/null
compare
echo "== each sees the other's changes"
"$theirs" account use inline >/dev/null
[ "$("$ours" session -f json --jq .account.name)" = '"inline"' ]
"$ours" account use team >/dev/null
"$theirs" session | grep -q '^Account: *team '
"$ours" daemon stop >/dev/null
echo "== a logout of either stays a logout, and a file that is lost does not"
tokens=$HOME/.mp/accounts/personal/tokens.json
restored() { until [ -s "$tokens" ]; do sleep 0.1; done; }
"$ours" account token personal >/dev/null
rm -rf "$HOME/.mp/accounts/personal"
restored
: >"$tokens"
restored
"$theirs" account logout personal >/dev/null
"$ours" account token personal >out 2>&1 && exit 1
[ ! -e "$tokens" ]
"$ours" daemon stop >/dev/null
[ ! -e "$tokens" ]
echo "== what our login stores"
export HOME=$scratch/login-home
mkdir -p "$HOME/work"
cd "$HOME/work"
coproc fake { "$sandbox" --allow; }
read -r MPD_UPSTREAM <&"${fake[0]}"
export MPD_UPSTREAM
"$ours" login --no-browser --project 3187654 >out 2>err </dev/null &
login=$!
until url=$(grep -o 'http://[^ ]*/authorize/?[^ ]*' err); do kill -0 "$login"; done
# The browser: it is sent on once, to the address that our daemon listens at.
python3 -c 'import sys, urllib.request as r; r.urlopen(sys.argv[1]).read()' "$url"
wait "$login"
cat out
for question in 'account list -f json' 'project list -f json' 'workspace list -f json' 'session -f json' 'account token'; do
    # shellcheck disable=SC2086 # a question is several words
    diff <("$theirs" $question | python3 -c "$normal") <("$ours" $question | python3 -c "$normal") || { echo "differs: $question" >&2; exit 1; }
    echo "same: $question"
done
"$ours" account export-bridge --to carried.json >/dev/null
MP_AUTH_FILE=carried.json "$theirs" session --bridge | grep -q 'acme-corp (oauth_browser, us, source: bridge)'
echo "== the library under mp exec, with a home that holds nothing"
mkdir "$scratch/empty"
ours_run() { "$ours" exec -- env HOME="$scratch/empty" "$scratch/python/bin/python" "$@"; }
ours_run -c 'import mixpanel_headless as mp; print(mp.Workspace().events())' | tee names
grep -q "'Sign Up'" names
ours_run -c 'import sys; sys.exit(7)' && exit 1 || [ $? = 7 ]
# Neither tokens nor a config; what Mixpanel says of the user is the library's own cache.
[ -z "$(find "$scratch/empty" -type f ! -name me.json)" ]
echo "passed"
