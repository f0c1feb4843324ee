"""A Mixpanel that keeps what is made: dashboards, reports, cohorts and annotations in memory; everything else the sandbox answers."""

from __future__ import annotations

import http.client
import json
import re
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

# What Mixpanel says of a new object of each kind.
KINDS: dict[str, dict[str, Any]] = {
    "dashboards": {"title": "", "is_private": False, "is_favorited": False},
    "bookmarks": {"name": "", "type": "insights", "params": {}},
    "cohorts": {"name": "", "count": 3, "is_visible": True},
    "annotations": {"date": "", "description": "", "project_id": 3187654},
}
PATH = re.compile(r"/(?:(?:us|eu|in)|api)/app/(?:projects|workspaces)/[0-9]+/(dashboards|bookmarks|cohorts|annotations)(?:/([^?]*))?(?:\?.*)?$")


class Store(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, upstream: str) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        parts = urlsplit(upstream)
        self.behind = (parts.hostname or "", parts.port or 0)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self.lock = threading.Lock()
        self.reset()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def reset(self) -> None:
        """Forgets everything."""
        self.kept: dict[str, dict[int, dict[str, Any]]] = {kind: {} for kind in KINDS}
        self.last = 100

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()

    def answer(self, method: str, kind: str, rest: str, body: Any) -> tuple[int, Any]:
        """Returns a status and an answer."""
        kept = self.kept[kind]
        with self.lock:
            if rest == "bulk-delete":
                for one in body[next(iter(body))]:
                    kept.pop(int(one), None)
                return 200, {"status": "ok", "results": {}}
            if not rest:
                if method == "GET":
                    found = list(kept.values())
                    return 200, {"status": "ok", "results": {"results": found} if kind == "bookmarks" else found}
                self.last += 1
                kept[self.last] = {"id": self.last, **KINDS[kind], **body}
                return 200, {"status": "ok", "results": kept[self.last]}
            number, _, action = rest.partition("/")
            one = kept.get(int(number)) if number.isdigit() else None
            if one is None:
                return 404, {"status": "error", "error": "Not found"}
            if method == "DELETE":
                del kept[int(number)]
            elif action == "favorites":
                one["is_favorited"] = True
            elif method != "GET":
                one.update(body)
            return 200, {"status": "ok", "results": one}


class _Answer(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Store

    def do(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        found = PATH.search(self.path)
        if found:
            kind, rest = found[1], (found[2] or "").strip("/")
            status, said = self.server.answer(self.command, kind, rest, json.loads(body or b"{}"))
            self.send(status, json.dumps(said).encode(), [("Content-Type", "application/json")])
            return
        behind = http.client.HTTPConnection(*self.server.behind, timeout=60)
        passed = {name: value for name, value in self.headers.items() if name.lower() not in ("host", "connection")}
        behind.request(self.command, self.path, body, passed)
        answer = behind.getresponse()
        text = answer.read()
        behind.close()
        hop = ("transfer-encoding", "content-length", "connection")
        self.send(answer.status, text, [pair for pair in answer.getheaders() if pair[0].lower() not in hop])

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do

    def send(self, status: int, body: bytes, headers: list[tuple[str, str]]) -> None:
        self.send_response(status)
        for name, value in [*headers, ("Content-Length", str(len(body)))]:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        pass


if __name__ == "__main__":
    # For programs in other languages: prints where it is, and ends with its input.
    with Store(sys.argv[1]) as store:
        print(store.url, flush=True)
        sys.stdin.read()
