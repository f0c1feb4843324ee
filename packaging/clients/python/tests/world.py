"""What the tests share: homes of their own, a relay that cuts connections, a daemon that plays a part."""

import json
import os
import shutil
import socket
import socketserver
import subprocess
import sys
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Callable
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

if "MPD_UPSTREAM" not in os.environ:
    raise SystemExit("these tests would act on your own login: run packaging/clients/check, which makes a home of its own")

# Long enough for anything here on a busy machine.
SOON = 30


def soon(work: Callable[[], Any]) -> Any:
    """Does what may wait for ever if something is wrong."""
    pool = ThreadPoolExecutor(1)
    try:
        return pool.submit(work).result(SOON)
    finally:
        pool.shutdown(wait=False)


def mp(env: dict[str, str], *words: str) -> str:
    """Runs the real client."""
    done = subprocess.run(["mp", *words], env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=SOON)
    if done.returncode:
        raise AssertionError(f"mp {' '.join(words)} ended with {done.returncode}: {done.stderr}")
    return done.stdout


class Home:
    """A home of its own, without a daemon at first."""

    def __init__(self, config: str = "", **env: str) -> None:
        self.path = Path(tempfile.mkdtemp(prefix="mp-py.", dir="/tmp"))
        self.env = {**os.environ, "HOME": str(self.path), **env}
        self.root = Path(self.env.get("MP_STORAGE_DIR", self.path / ".mp"))
        self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        (self.root / "config.toml").write_text(config)
        (self.root / "config.toml").chmod(0o600)

    def __enter__(self) -> "Home":
        return self

    def __exit__(self, *_: object) -> None:
        mp(self.env, "daemon", "stop")
        shutil.rmtree(self.path)

    def pid(self) -> int:
        return int(mp(self.env, "daemon", "status", "--jq", ".daemon.pid", "-f", "json"))


class Relay(socketserver.ThreadingTCPServer):
    """Stands between a daemon and the sandbox, and cuts every export in the middle."""

    daemon_threads = True

    def __init__(self, upstream: str, after: int) -> None:
        super().__init__(("127.0.0.1", 0), _Relayed)
        parts = urlsplit(upstream)
        self.behind, self.after = (parts.hostname, parts.port), after
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()


class _Relayed(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        with socket.create_connection(self.server.behind) as behind:
            request = self.request.recv(65536)
            left = self.server.after if b"/export/export" in request else sys.maxsize
            behind.sendall(request.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n", 1))
            while left > 0 and (part := behind.recv(min(left, 65536))):
                left -= len(part)
                self.request.sendall(part)


class Actor(socketserver.ThreadingUnixStreamServer):
    """Listens like a daemon and answers by the script: one text of bytes for each connection; nothing is a connection that breaks."""

    daemon_threads = True

    def __init__(self, *script: bytes) -> None:
        self.folder = tempfile.mkdtemp(prefix="mp-py.", dir="/tmp")
        self.path = os.path.join(self.folder, "mpd.sock")
        self.script, self.requests = list(script), []
        super().__init__(self.path, _Acted)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()
        shutil.rmtree(self.folder)


class _Acted(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            line = self.rfile.readline()
            if not line:
                return
            head += line
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        self.rfile.read(length if b"ontent-" in head else 0)
        self.server.requests.append(head)
        self.wfile.write(self.server.script.pop(0))


def answer(body: Any, status: str = "200 OK", kind: str = "application/json") -> bytes:
    text = json.dumps(body)
    return f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nMp-Origin: daemon\r\nContent-Length: {len(text)}\r\n\r\n{text}".encode()


def chunks(*parts: bytes, end: bytes = b"0\r\n\r\n") -> bytes:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/jsonl\r\nTransfer-Encoding: chunked\r\n\r\n"
    return head + b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + end
