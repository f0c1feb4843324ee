#!/usr/bin/env bash
# Reads a synced directory with DuckDB's read_json_auto and with Python's json: the count is right, and the times are times. Runs the queries
# that the documentation shows, too. Not part of `cargo test`: it fetches DuckDB from PyPI into a throw-away environment. Needs python3, the
# two programs and the fake Mixpanel in target/debug (`cargo build`, `cargo build -p mp-sandbox --example sandbox`).
set -euo pipefail
cd "$(dirname "$0")/../.."
mp=$PWD/target/debug/mp
scratch=$(mktemp -d /tmp/mp-duckdb.XXXXXX)
trap '"$mp" daemon stop >/dev/null 2>&1 || true; rm -rf "$scratch"' EXIT
python=${MP_TEST_PYTHON:-$scratch/python/bin/python}
if [ -z "${MP_TEST_PYTHON:-}" ]; then
    python3 -m venv "$scratch/python"
    "$scratch/python/bin/pip" -q install duckdb
fi

mkfifo "$scratch/url" "$scratch/hold"
target/debug/examples/sandbox --events-per-day 700 <"$scratch/hold" >"$scratch/url" 2>/dev/null &
exec 3>"$scratch/hold"
read -r MPD_UPSTREAM <"$scratch/url"
export MPD_UPSTREAM HOME=$scratch/home
mkdir -p "$HOME"
cd "$HOME"
printf secret | "$mp" account add bench --type service_account --region us --project 3187654 --username bench --secret-stdin >/dev/null
for compress in gzip zstd none; do
    "$mp" export events --from 2025-01-30 --to 2025-W05 --sync "events-$compress" --compress "$compress"
    "$python" - "events-$compress" <<'PYTHON'
import glob, gzip, json, sys
import duckdb

directory = sys.argv[1]
manifest = json.load(open(f"{directory}/manifest.json"))
expected = sum(day["lines"] for day in manifest["days"].values())
assert expected == 4 * 700, expected
table = f"read_json_auto('{directory}/*.jsonl*')"
count, first, last = duckdb.sql(f"select count(*), min(event_time), max(event_time) from {table}").fetchall()[0]
types = dict(zip(duckdb.sql(f"select * from {table}").columns, map(str, duckdb.sql(f"select * from {table}").types)))
assert count == expected, (count, expected)
assert types["event_time"].startswith("TIMESTAMP"), types
lines = 0
for path in glob.glob(f"{directory}/*.jsonl*"):
    if not path.endswith(".zst"):
        with (gzip.open if path.endswith(".gz") else open)(path, "rt", encoding="utf-8") as file:
            lines += sum(1 for line in file if "event_name" in json.loads(line))
assert lines == expected or directory.endswith("zstd"), lines
print(f"{directory}: {count} events, event_time is {types['event_time']}, {first} to {last}")
PYTHON
done

# The page on DuckDB, with the files that it reads.
ln -s events-gzip events
"$python" - "$OLDPWD/packaging/docs/src/recipes/duckdb.md" <<'PYTHON'
import re, sys
import duckdb

page = open(sys.argv[1], encoding="utf-8").read()
sql = re.search(r"^duckdb <<'END'\n(.*?)^END$", page, re.M | re.S)[1]
answers = [duckdb.sql(statement) for statement in sql.split(";") if statement.strip()]
counts = [len(answer.fetchall()) for answer in answers if answer is not None]
assert len(counts) == 2 and all(counts), counts
print(f"the page's queries answer with {counts} rows")
PYTHON
