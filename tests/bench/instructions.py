#!/usr/bin/env python3
"""Counts the instructions of what runs most often, and compares them with those that are written down beside this file.

A clock says little on a machine that does other things too; a count of instructions hardly moves by itself. So this is what tells that a
change has made the hot path longer. More than a tenth above what is written down is a failure, and more than a tenth below it is worth
writing down. The programs are those of `cargo build`, as `.ci/run` has them: not as fast as a release, but longer where that would be longer.

    cargo build && tests/bench/instructions.py [--update] [--programs DIR]

Needs valgrind. Standard library only.
"""

import argparse
import json
import pathlib
import re
import shutil
import socket
import socketserver
import subprocess
import sys
import tempfile
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
KNOWN = HERE / "instructions.json"
TOLERANCE = 0.10
CALLS = (100, 600)

SESSION = b"GET /v1/session HTTP/1.1\r\nHost: mpd\r\n\r\n"
TOKEN = (b"POST /v1/accounts/ada/token HTTP/1.1\r\nHost: mpd\r\nMp-Client: bench/1\r\nContent-Type: application/json\r\n"
         b"Content-Length: 2\r\n\r\n{}")
PASSED = b"GET /v1/api/app/me HTTP/1.1\r\nHost: mpd\r\n\r\n"


def counted(command, env):
    """Returns a command that counts, and the file that gets the count."""
    report = pathlib.Path(env["HOME"]) / f"count.{time.monotonic_ns()}"
    return ["valgrind", "--tool=cachegrind", "--cache-sim=no", f"--cachegrind-out-file={report}", *map(str, command)], report


def total(report):
    return int(re.search(r"^(?:summary|totals): (\d+)", report.read_text(), re.M).group(1))


def home():
    """Returns the environment of a home with one browser account that is logged in for years."""
    path = pathlib.Path(tempfile.mkdtemp(prefix="mp-count-"))
    root = path / ".mp"
    account = root / "accounts" / "ada"
    account.mkdir(parents=True)
    for directory in (root, root / "accounts", account):
        directory.chmod(0o700)
    config, tokens = root / "config.toml", account / "tokens.json"
    config.write_text('[active]\naccount = "ada"\n\n[accounts.ada]\ntype = "oauth_browser"\nregion = "us"\ndefault_project = "3187654"\n')
    tokens.write_text(json.dumps({"access_token": "t" * 900, "refresh_token": "r" * 60, "token_type": "Bearer", "scope": "projects",
                                  "expires_at": "2099-01-01T00:00:00+00:00"}))
    for file in (config, tokens):
        file.chmod(0o600)
    return {"HOME": str(path), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}


def wait_for(path):
    end = time.monotonic() + 60
    while not path.exists():
        if time.monotonic() > end:
            sys.exit(f"waited in vain for {path}")
        time.sleep(0.05)


def receive(connection):
    part = connection.recv(65536)
    if not part:
        sys.exit("the daemon has closed the connection")
    return part


class Upstream(socketserver.BaseRequestHandler):
    """Answers each request of a connection with a small body."""

    ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 16\r\n\r\n" b'{"status": "ok"}'

    def handle(self):
        while self.request.recv(65536):
            self.request.sendall(self.ANSWER)


def ask(connection, request, times):
    for _ in range(times):
        connection.sendall(request)
        answer = b""
        while b"\r\n\r\n" not in answer:
            answer += receive(connection)
        head, body = answer.split(b"\r\n\r\n", 1)
        if not head.startswith(b"HTTP/1.1 200"):
            sys.exit(head.decode())
        length = int(re.search(rb"content-length: (\d+)", head).group(1))
        while len(body) < length:
            body += receive(connection)


def of_a_call(mpd, request, upstream=None):
    """Returns how many instructions the daemon needs for one more call."""
    counts = []
    for calls in CALLS:
        env = home() | ({"MPD_UPSTREAM": f"http://127.0.0.1:{upstream}"} if upstream else {})
        command, report = counted([mpd], env)
        daemon = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        path = pathlib.Path(env["HOME"]) / ".mp" / "run" / "mpd.sock"
        wait_for(path)
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(60)
            connection.connect(str(path))
            ask(connection, request, calls)
        daemon.terminate()
        daemon.wait(60)
        counts.append(total(report))
        shutil.rmtree(env["HOME"])
    return (counts[1] - counts[0]) // (CALLS[1] - CALLS[0])


def of_a_command(programs, words):
    """Returns how many instructions a command of the client needs, beside a daemon that runs already."""
    env = home()
    daemon = subprocess.Popen([programs / "mpd"], env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wait_for(pathlib.Path(env["HOME"]) / ".mp" / "run" / "mpd.sock")
    subprocess.run([programs / "mp", *words], env=env, check=True, stdout=subprocess.DEVNULL)
    command, report = counted([programs / "mp", *words], env)
    subprocess.run(command, env=env, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    daemon.terminate()
    daemon.wait(60)
    count = total(report)
    shutil.rmtree(env["HOME"])
    return count


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--update", action="store_true", help="write the counts down")
    parser.add_argument("--programs", type=pathlib.Path, default=HERE.parents[1] / "target" / "debug")
    options = parser.parse_args()
    upstream = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Upstream)
    upstream.daemon_threads = True
    threading.Thread(target=upstream.serve_forever, daemon=True).start()
    counts = {
        "mp --version": of_a_command(options.programs, ["--version"]),
        "mp session": of_a_command(options.programs, ["session"]),
        "mp account token": of_a_command(options.programs, ["account", "token"]),
        "GET /v1/session": of_a_call(options.programs / "mpd", SESSION),
        "POST /v1/accounts/ada/token": of_a_call(options.programs / "mpd", TOKEN),
        "GET /v1/api/app/me": of_a_call(options.programs / "mpd", PASSED, upstream.server_address[1]),
    }
    known = json.loads(KNOWN.read_text()) if KNOWN.exists() else {}
    longer = False
    for name, count in counts.items():
        ratio = count / known[name] if name in known else float("nan")
        longer |= ratio > 1 + TOLERANCE
        print(f"{name:<30} {count:>12,}  {ratio:.3f} of what is written down")
    if options.update:
        KNOWN.write_text(json.dumps(counts, indent=2) + "\n")
    elif longer:
        sys.exit(f"something takes more than {TOLERANCE:.0%} more instructions than before; --update, if it is worth that")


if __name__ == "__main__":
    main()
