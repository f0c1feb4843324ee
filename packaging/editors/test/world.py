"""A home for an editor under test: the real programs, a fake Mixpanel, an account that is logged in. All of it is gone afterwards."""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path
from threading import Timer

REPO = Path(__file__).resolve().parents[3]
# Long enough for anything here on a busy machine.
SOON = 60
PROJECT = "3187654"


def find_programs(arguments: list) -> dict:
    """Returns mp, mpd and the fake Mixpanel: from a folder that is named, else as cargo builds them."""
    folder = Path(arguments[0]) if arguments else REPO / os.environ.get("CARGO_TARGET_DIR", "target") / "debug"
    folder = folder.resolve()
    sandboxes = [folder / "examples" / "sandbox", folder / "sandbox"]
    programs = {"mp": folder / "mp", "mpd": folder / "mpd"}
    programs["sandbox"] = next((path for path in sandboxes if path.is_file()), sandboxes[0])
    missing = [str(path) for path in programs.values() if not path.is_file()]
    if missing:
        sys.exit(f"there is no {', '.join(missing)}: run cargo build --workspace --examples --bins")
    return programs


def find_editor(variable: str, name: str) -> str:
    """Returns an editor's program: what a variable names, else what is in PATH."""
    found = os.environ.get(variable) or shutil.which(name)
    if not found:
        sys.exit(f"there is no {name} in PATH, and {variable} names none")
    return found


def log_in(env: dict, *flags: str) -> None:
    """Is the terminal and the browser of a login."""
    command = ["mp", "login", "--no-browser", "--project", PROJECT, *flags]
    with subprocess.Popen(command, env=env, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as login:
        watchdog = Timer(SOON, login.kill)
        watchdog.start()
        try:
            said = []
            for line in login.stderr:
                said.append(line)
                if re.match(r"\s*https?://\S+/authorize/\?", line):
                    # The sandbox allows it at once and sends the browser on to where the daemon listens.
                    urllib.request.urlopen(line.strip(), timeout=SOON).read()
            if login.wait() != 0:
                sys.exit(f"mp login ended with {login.returncode}: {''.join(said)}")
        finally:
            watchdog.cancel()


def in_a_home(programs: dict, work) -> None:
    """Works in a home that is logged in at a fake Mixpanel, and ends with what failed. `work` gets the environment."""
    # What is stopped from outside cleans up, too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))
    # Short, for the path of a socket may have about 100 bytes.
    home = Path(tempfile.mkdtemp(prefix="mp-ed.", dir="/tmp"))
    pipes = {name: subprocess.PIPE for name in ("stdin", "stdout", "stderr")}
    sandbox = subprocess.Popen([programs["sandbox"], "--allow"], text=True, **pipes)
    env = {
        "PATH": f"{programs['mp'].parent}:{os.environ.get('PATH', '/usr/bin:/bin')}",
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "TERM": "dumb",
        "NO_COLOR": "1",
    }
    failed = []
    try:
        env["MPD_UPSTREAM"] = sandbox.stdout.readline().strip()
        log_in(env)
        failed = work(env)
    finally:
        if subprocess.run(["mp", "daemon", "stop"], env=env, stdout=subprocess.DEVNULL, timeout=SOON).returncode != 0:
            failed.append("mp daemon stop")
        try:
            # Its input ends here, and so does the sandbox.
            _, said = sandbox.communicate(timeout=SOON)
        except subprocess.TimeoutExpired:
            sandbox.kill()
            _, said = sandbox.communicate()
        shutil.rmtree(home, ignore_errors=True)
    if sandbox.returncode != 0:
        failed.append(f"the sandbox, which saw a client misbehave: {said}")
    if failed:
        sys.exit(f"failed: {', '.join(failed)}")
    print("-- all passed")


def run_steps(env: dict, steps: dict, folder: Path) -> list:
    """Runs commands and returns the names of those that failed."""
    failed = []
    for name, command in steps.items():
        print(f"-- {name}", flush=True)
        try:
            subprocess.run(command, env=env, cwd=folder, stdin=subprocess.DEVNULL, timeout=5 * SOON, check=True)
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
            failed.append(f"{name} ({error})")
    return failed
