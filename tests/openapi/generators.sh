#!/usr/bin/env bash
# Runs generators of others over the OpenAPI document of a daemon: openapi-python-client and openapi-typescript must take all of it without a
# warning, and what they make must be well-formed. By hand: it fetches them from PyPI and npm into a throw-away folder. Needs python3, node,
# curl and mpd in target/debug (`cargo build`).
set -euo pipefail
cd "$(dirname "$0")/../.."
mpd=$PWD/target/debug/mpd
scratch=$(mktemp -d /tmp/mp-generators.XXXXXX)
export HOME=$scratch
trap 'kill $(jobs -p) 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$scratch"' EXIT

mkdir -m 700 "$HOME/.mp"
"$mpd" --idle-exit 0 >/dev/null 2>"$scratch/mpd.log" &
end=$((SECONDS + 30))
until [ -S "$HOME/.mp/run/mpd.sock" ]; do
    [ "$SECONDS" -lt "$end" ] || { cat "$scratch/mpd.log" >&2; exit 1; }
    sleep 0.1
done
curl -fsS --unix-socket "$HOME/.mp/run/mpd.sock" http://mpd/v1/openapi.json >"$scratch/openapi.json"
echo "$(wc -c <"$scratch/openapi.json") bytes"
cd "$scratch"

# openapi-python-client knows no parameter that has a content in place of a schema, no content without a schema, and no content types but its
# own; paths that have such it would leave out. So for it a header of JSON is a text, and what is no JSON a file. And it writes Python that is
# none of a constant that is no text: rules that fields have among each other are left to the daemon.
cat >plain.py <<'PLAIN'
import json, sys

BYTES = {"type": "string", "format": "binary"}

def plain(value):
    if isinstance(value, list):
        return [plain(one) for one in value]
    if not isinstance(value, dict):
        return value
    if "properties" in value:
        value = {key: one for key, one in value.items() if key not in ("anyOf", "oneOf")}
    if "in" in value and "content" in value:
        value = {**{key: one for key, one in value.items() if key != "content"}, "schema": {"type": "string"}}
    if "content" in value and isinstance(value["content"], dict):
        value = {**value, "content": {kind: one or {"schema": BYTES} for kind, one in value["content"].items()}}
    return {key: plain(one) for key, one in value.items()}

document = plain(json.load(sys.stdin))
document["components"]["schemas"].pop("Context")
json.dump(document, sys.stdout)
PLAIN
python3 plain.py <openapi.json >plain.json
cat >config.yaml <<'CONFIG'
content_type_overrides:
  "*/*": application/octet-stream
  application/jsonl: application/octet-stream
CONFIG

python3 -m venv python
python/bin/pip -q install 'openapi-python-client==0.29.1' ruff
PATH=$PWD/python/bin:$PATH python/bin/openapi-python-client generate --path plain.json --config config.yaml --output-path made --meta none --fail-on-warning 2>&1 | tee said
grep -qi 'warning\|error' said && exit 1
test -f made/api/cohorts/cohorts_list.py
python/bin/python -m compileall -q made
echo "openapi-python-client: $(find made -name '*.py' | wc -l) files"

npm install --silent --no-audit --no-fund --prefix node openapi-typescript@7.9.1 typescript@5.9.3
node/node_modules/.bin/openapi-typescript openapi.json -o made.d.ts
grep -q '"/v1/operations/cohorts.list"' made.d.ts
node/node_modules/.bin/tsc --strict --noEmit made.d.ts
echo "openapi-typescript: $(wc -l <made.d.ts) lines"
