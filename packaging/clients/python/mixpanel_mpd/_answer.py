"""What the daemon answers: a whole answer, a stream, an event, a problem."""

from __future__ import annotations

import http.client
import io
import json
import socket
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple


class Problem(Exception):
    """Why a call failed: what the daemon said (RFC 9457), or why it could not be asked (`daemon_unreachable`, `timeout`)."""

    def __init__(self, code: str, detail: str, status: int = 503, **more: Any) -> None:
        super().__init__(detail)
        self.code, self.detail, self.status = code, detail, status
        self.account: str | None = more.get("account")
        self.retry_after_s: int | None = more.get("retry_after_s")
        self.next: list[dict[str, str]] = more.get("next") or []  # What to run: `command` and `label`.
        self.errors: list[dict[str, str]] = more.get("errors") or []  # All problems of the input: `at` and `detail`.
        self.env: list[str] = more.get("env") or []
        self.upstream: dict[str, Any] | None = more.get("upstream")
        self.answer: Answer | None = more.get("answer")  # What Mixpanel itself answered to `Client.api`.

    def __str__(self) -> str:
        return "".join([self.detail, *(f"; run `{step['command']}` to {step['label']}" for step in self.next)])

    @classmethod
    def of(cls, text: bytes, status: int = 500) -> Problem:
        """Reads a problem as the daemon writes it."""
        try:
            body = json.loads(text)
            return cls(body.pop("code"), body.pop("detail"), body.pop("status", status), **body)
        except (ValueError, TypeError, KeyError, AttributeError):
            return cls("internal", f"what listens on the socket answered {status} without a reason", status)


def unreachable(detail: str, command: str = "mp daemon doctor", label: str = "look for the cause") -> Problem:
    return Problem("daemon_unreachable", detail, next=[{"command": command, "label": label}])


class Answer(NamedTuple):
    """A whole answer."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    def json(self) -> Any:
        """Returns the body as JSON; None if it is empty."""
        return json.loads(self.body) if self.body else None

    def problem(self) -> Problem | None:
        """Returns why this is no success, if it is none."""
        if self.status < 400:
            return None
        if self.headers["Mp-Origin"] != "upstream" or self.headers.get_content_type() == "application/problem+json":
            return Problem.of(self.body, self.status)
        named = {401: "credential_refused", 404: "upstream_not_found", 429: "rate_limited"}
        code = named.get(self.status, "upstream_fault" if self.status >= 500 else "upstream_refused")
        wait = self.headers["Retry-After"] or ""
        after = int(wait) if wait.isdigit() else None
        return Problem(code, f"Mixpanel answered {self.status}", self.status, retry_after_s=after, answer=self)


class Stream(Iterator[Any]):
    """An answer that comes bit by bit: parsed lines of JSON Lines, else bytes. One that ends early raises a `Problem`."""

    def __init__(self, response: http.client.HTTPResponse, sock: socket.socket) -> None:
        self.headers = response.headers
        self._response, self._socket = response, sock
        is_lines = self.headers.get_content_type() == "application/jsonl"
        self._items: Iterator[Any] = map(json.loads, self.lines()) if is_lines else self._parts()

    def __next__(self) -> Any:
        return next(self._items)

    def __enter__(self) -> Stream:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends it, also under a thread that waits for more."""
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass  # The other side was faster.
        self._socket.close()
        self._response.close()

    def lines(self) -> Iterator[bytes]:
        """Returns the lines as they come."""
        rest = b""
        for part in self._parts():
            *lines, rest = (rest + part).split(b"\n")
            yield from lines
        if rest:
            yield rest

    def _parts(self) -> Iterator[bytes]:
        """Undoes the chunks here, for `http.client` drops what comes after them: why the answer ended early."""
        response, read, trailers = self._response, self._response.fp, {}
        try:
            if not response.chunked:
                yield from _exactly(read, response.length)
            while response.chunked and (size := int(read.readline(100).split(b";")[0], 16)):
                yield from _exactly(read, size)
                read.readline(2)
            while response.chunked and (line := read.readline(65536)) != b"\r\n":
                name, colon, value = line.partition(b":")
                if not colon:
                    raise EOFError
                trailers[name.lower()] = value.strip()
        except socket.timeout:
            raise Problem("timeout", "nothing came for too long", 504) from None
        except (ValueError, EOFError, OSError):
            raise unreachable("the answer was cut off: the daemon went away") from None
        finally:
            self.close()
        if b"mp-problem" in trailers:
            raise Problem.of(trailers[b"mp-problem"])


def _exactly(read: io.BufferedReader, size: int | None) -> Iterator[bytes]:
    while size != 0:
        # An answer without a length could be cut off anywhere.
        part = read.read1(min(size, 65536)) if size else b""
        if not part or not size:
            raise EOFError
        size -= len(part)
        yield part


class Event(NamedTuple):
    """Something that happened. `id` is what a later stream can go on after; `reset` and `lagged` have none."""

    id: str | None
    name: str
    data: dict[str, Any]


def read_events(lines: Iterable[bytes]) -> Iterator[Event]:
    """Reads Server-Sent Events. Comments are skipped, and so is what has no data."""
    fields: dict[str, str] = {}
    for line in lines:
        name, _, value = line.decode().rstrip("\r").partition(":")
        if name:
            value = value[1:] if value.startswith(" ") else value
            fields[name] = f"{fields[name]}\n{value}" if name == "data" and "data" in fields else value
        elif not line.strip():
            if "data" in fields:
                yield Event(fields.get("id"), fields.get("event", ""), json.loads(fields["data"]))
            fields = {}


class Revealed(dict[str, Any]):
    """Holds a secret, which no log of locals shall show."""

    def __repr__(self) -> str:
        return f"<{', '.join(self)}>"
