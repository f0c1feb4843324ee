"""Where the daemon listens, whether it is safe to talk to, and how it is started."""

from __future__ import annotations

import os
import socket
import stat
import struct
import subprocess
import sys
import time
from collections.abc import Mapping

from ._answer import Problem, unreachable

# The variables that travel with every call. Absent and empty differ.
VARIABLES = [
    "MP_" + name
    for name in """ACCOUNT PROJECT_ID WORKSPACE_ID TARGET REGION USERNAME SECRET OAUTH_TOKEN AUTH_FILE CONFIG_PATH
    CUSTOM_HEADER_NAME CUSTOM_HEADER_VALUE API_BASE_URL APP_BASE_URL""".split()
]
_MAX_SOCKET_PATH = 100
_START_S = 30


def absolute(name: str, path: str) -> str:
    if not path.startswith("/") or path.encode(errors="replace") != os.fsencode(path):
        raise Problem("invalid_argument", f"{name} must be an absolute path in UTF-8, but is {path!r}", 400)
    # Not normpath: what `..` means is the file system's business.
    return "/" + "/".join(part for part in path.split("/") if part not in ("", "."))


def socket_path(env: Mapping[str, str] = os.environ) -> str:
    """Returns where the daemon of this environment listens, by the same rule as `mp`."""
    if env.get("MPD_SOCKET"):
        path = absolute("MPD_SOCKET", env["MPD_SOCKET"])
    else:
        name = next((name for name in ("MP_STORAGE_DIR", "MP_OAUTH_STORAGE_DIR", "HOME") if env.get(name)), None)
        if name is None:
            raise Problem("invalid_argument", "no storage root: HOME is not set, and neither is MP_STORAGE_DIR", 400)
        root = absolute(name, env[name] + ("/.mp" if name == "HOME" else ""))
        path = f"{root}/run/mpd.sock"
        if len(path.encode()) > _MAX_SOCKET_PATH:
            digest = 0xCBF29CE484222325  # FNV-1a, 64 bits.
            for byte in root.encode():
                digest = (digest ^ byte) * 0x100000001B3 % 2**64
            path = f"/tmp/mp-{os.geteuid()}/{digest:016x}.sock"
    if len(path.encode()) > _MAX_SOCKET_PATH:
        raise Problem("invalid_argument", f"socket path {path} has more than {_MAX_SOCKET_PATH} bytes", 400)
    return path


def connect(path: str, timeout: float) -> socket.socket:
    """Connects to a daemon that is certainly the user's own; an OSError says that nobody listens."""
    # Another user who could write to the directory could put a socket of their own there.
    directory = os.path.dirname(path)
    found = os.lstat(directory)
    if stat.S_ISLNK(found.st_mode) or found.st_uid not in (os.geteuid(), 0) or found.st_mode & 0o077:
        detail = f"{directory} is not safe to use: expected a directory of your own with mode 0700, found"
        raise unreachable(f"{detail} {stat.filemode(found.st_mode)} of uid {found.st_uid}")
    end = time.monotonic() + 10
    while True:
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        sock.settimeout(timeout)
        try:
            sock.connect(path)
            break
        except OSError as error:
            sock.close()
            # The daemon's queue of new connections may be full, or it ended while we stood in it.
            if not isinstance(error, (BlockingIOError, ConnectionResetError)) or time.monotonic() > end:
                raise
            time.sleep(0.005)
    if sys.platform == "linux":
        _, uid, _ = struct.unpack("3i", sock.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
        if uid not in (os.geteuid(), 0):
            sock.close()
            raise unreachable(f"{path} is not safe to use: uid {uid} listens there")
    return sock


def start(path: str, env: Mapping[str, str], mp: str | None) -> None:
    """Starts the daemon by `mp daemon start`, which waits until it is ready, and for others who do the same."""
    program = mp or _find_mp(env.get("PATH", ""))
    # Those that travel decide about calls, and some are secrets: a start needs none of them.
    kept = {name: value for name, value in env.items() if name not in VARIABLES}
    command = [program, "daemon", "start", "--socket", path]
    try:
        done = subprocess.run(command, env=kept, stdin=subprocess.DEVNULL, capture_output=True, timeout=_START_S)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise unreachable(f"the daemon could not be started: {error}") from None
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip() or f"{program} ended with {done.returncode}"
        raise unreachable(f"the daemon did not start: {said}")


def _find_mp(search: str) -> str:
    """The first `mp` that has an `mpd` beside it: the Python tool's command has the same name."""
    for directory in search.split(":"):
        program = os.path.join(directory, "mp")
        beside = os.path.join(os.path.dirname(os.path.realpath(program)), "mpd")
        if directory.startswith("/") and os.access(program, os.X_OK) and os.path.isfile(beside):
            return program
    raise unreachable("no daemon runs, and no mp with an mpd beside it is in PATH", "mp daemon start", "start it")
