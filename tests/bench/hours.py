#!/usr/bin/env python3
"""Exports two years of days, one request each, from a fake Mixpanel that allows 60 requests in an hour and fails now and then.

An hour lasts some seconds here, for the fake as well as for the daemon; all else is real. What is checked: every event is there once, no request
was refused for the hour, and there are no more requests than days and faults.

    cargo build && cargo build -p mp-sandbox --example sandbox
    tests/bench/hours.py [--days 793] [--hour 20] [--hourly 60] [--faults 50] [--resets 10]

Standard library only.
"""

import argparse
import datetime
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
DEBUG = ROOT / "target" / "debug"
EVENTS = 20
CONFIG = """[accounts.bench]
type = "service_account"
region = "us"
default_project = "3187654"
username = "bench"
secret = "secret"

[active]
account = "bench"
"""


def sandbox(options):
    words = ["--hourly", options.hourly, "--hour", options.hour, "--faults", options.faults, "--resets", options.resets]
    words = [str(word) for word in [DEBUG / "examples" / "sandbox", "--events-per-day", EVENTS, *words]]
    process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    return process, process.stdout.readline().strip()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, default in [("days", 793), ("hour", 20), ("hourly", 60), ("faults", 50), ("resets", 10)]:
        parser.add_argument(f"--{name}", type=int, default=default)
    options = parser.parse_args()
    process, url = sandbox(options)
    first = datetime.date(2022, 1, 1)
    last = first + datetime.timedelta(days=options.days - 1)
    with tempfile.TemporaryDirectory(prefix="mph") as home:
        home = pathlib.Path(home)
        (home / ".mp").mkdir(mode=0o700)
        (home / ".mp" / "config.toml").write_text(CONFIG)
        (home / ".mp" / "config.toml").chmod(0o600)
        # A little longer than that of the fake: requests are not all as fast as each other.
        env = {"HOME": str(home), "PATH": f"{DEBUG}:{os.environ['PATH']}", "MPD_UPSTREAM": url, "MPD_HOUR": str(options.hour + 1)}
        words = ["mp", "export", "events", "--raw", "--from", str(first), "--to", str(last), "--parts", str(options.days), "-o", "out.jsonl"]
        # A client hands none of this on to a daemon that it starts.
        daemon = subprocess.Popen(["mpd"], cwd=home, env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        daemon.stdout.readline()
        begun = time.monotonic()
        done = subprocess.run(words, cwd=home, env=env, stderr=subprocess.PIPE, text=True, check=False)
        took = time.monotonic() - begun
        lines = (home / "out.jsonl").read_text().splitlines() if (home / "out.jsonl").exists() else []
        subprocess.run(["mp", "daemon", "stop"], cwd=home, env=env, check=False, capture_output=True)
        daemon.wait(30)
    said = process.communicate(input="")[1]
    sys.stderr.write(done.stderr[-3000:] + said)
    ids = set(re.findall(r'"\$insert_id":"([^"]+)"', "\n".join(lines)))
    waits, again = done.stderr.count("waiting "), done.stderr.count("trying again")
    refused, fullest, faults = map(int, re.search(r"export: (\d+) refused, (\d+) in the fullest hour, (\d+) faults", said).groups())
    requests = int(re.search(r"(\d+) requests", said).group(1))
    print(f"exit {done.returncode} in {took:.0f} s: {len(lines)} lines, {waits} waits and {again} tries again told; {requests} requests for "
          f"{options.days} days and {faults} faults, {refused} refused, {fullest} of {options.hourly} in the fullest hour")
    good = done.returncode == 0 and len(lines) == len(ids) == options.days * EVENTS and refused == 0 and fullest <= options.hourly
    # Beside the exports, the daemon may ask once for the time zone of the project.
    return 0 if good and requests <= options.days + faults + 5 else 1


sys.exit(main())
