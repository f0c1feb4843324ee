"""A peer that keeps the ledger of queries as newer releases of the Python tool do: PATH LIMIT, then a line on standard input for each query.

It answers each line with `sent` or `wait SECONDS`. Nothing of the daemon is used: what is agreed on is the file alone.
"""
import fcntl
import json
import math
import os
import sys
import time

WINDOW = 3610


def number(value):
    return not isinstance(value, bool) and isinstance(value, (int, float)) and math.isfinite(value)


def read(path, now):
    empty = {"v": 1, "limit": 60, "limit_source": "default", "learned_at": 0.0, "blocked_until": 0.0, "blocked_at": 0.0,
             "blocked_streak": 0, "sent": []}
    try:
        with open(path) as file:
            found = json.load(file)
        sound = (found["v"] == 1 and number(found["limit"]) and found["limit_source"] in ("default", "configured", "server")
                 and number(found["learned_at"]) and number(found["blocked_until"]) and all(map(number, found["sent"])))
    except (OSError, ValueError, KeyError, TypeError):
        sound = False
    ledger = {**empty, **{key: found[key] for key in empty if key in found}} if sound else empty
    ledger["sent"] = sorted(at for at in ledger["sent"] if now - WINDOW < at <= now + 86400)
    return ledger


def reserve(path, limit):
    lock = os.open(path + ".lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    try:
        deadline = time.monotonic() + 1.0
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    return "unpaced"
                time.sleep(0.05)
        now = time.time()
        ledger = read(path, now)
        if limit:
            ledger.update(limit=limit, limit_source="server", learned_at=now)
        sent, slot = ledger["sent"], now
        if ledger["limit_source"] != "default" and len(sent) >= ledger["limit"]:
            slot = max(now, sent[len(sent) - ledger["limit"]] + WINDOW)
        slot = max(slot, ledger["blocked_until"])
        if slot > now:
            return f"wait {slot - now:.0f}"
        sent.append(slot)
        with open(path + ".tmp", "x") as file:
            json.dump(ledger, file)
        os.rename(path + ".tmp", path)
        return "sent"
    finally:
        os.close(lock)


for line in sys.stdin:
    print(reserve(sys.argv[1], int(sys.argv[2])), flush=True)
