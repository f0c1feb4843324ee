"""The calls."""

from __future__ import annotations

import http.client
import json
import os
import socket
import threading
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote, urlencode
from weakref import WeakSet

from ._answer import Answer, Event, Problem, Revealed, Stream, read_events, unreachable
from ._place import VARIABLES, absolute, connect, socket_path, start

VERSION = "0.1.0"
_PROTOCOL = "1"
_MAX_CONTEXT = 16 * 1024
# What a path may have beside letters, digits and -._~: an escape stays one, and a query may follow.
_IN_PATHS = "/%?:@!$&'()*+,;="
# The daemon sends something every 15 s on an event stream. After such a silence it is not well, or another one by now.
_SILENCE_S = 60.0
# Pauses between two looks for a daemon that went away: the first, and the longest.
_PAUSE_S, _LONGEST_PAUSE_S = 0.05, 2.0
# A daemon that ends, or has too much to do, is followed by another moment.
_PASSING = ("daemon_unreachable", "stopping", "too_many_connections", "timeout")


def _path(path: str, **query: Any) -> str:
    """Appends what is there. A list stands for several values, and what is JSON must be text already."""
    texts = {True: "true", False: "false"}
    given = {key: texts[value] if isinstance(value, bool) else value for key, value in query.items() if value is not None}
    return path + ("&" if "?" in path else "?" if given else "") + urlencode(given, doseq=True)


class Client:
    """The daemon, with the account, project, workspace or target that these calls are for.

    `timeout` is the longest silence of the daemon; a query may wait minutes for its turn. `mp` is the program that starts the daemon.
    """

    def __init__(
        self,
        *,
        account: str | None = None,
        project: str | None = None,
        workspace: str | None = None,
        target: str | None = None,
        socket: str | None = None,
        autostart: bool = True,
        timeout: float = 600,
        mp: str | None = None,
        name: str = f"mixpanel-mpd-python/{VERSION}",
        env: Mapping[str, str] = os.environ,
    ) -> None:
        flags = {"account": account, "project": project, "workspace": workspace, "target": target}
        self._flags: dict[str, Any] = {flag: str(value) for flag, value in flags.items() if value is not None}
        self.socket = absolute("socket", socket) if socket else socket_path(env)
        self._autostart = autostart and env.get("MPD_AUTOSTART") != "0"
        self._timeout, self._mp, self._name, self._env = timeout, mp, name, env
        self._asked: set[str] = set()
        self._streams: WeakSet[Stream] = WeakSet()
        self._closing = threading.Event()

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends what streams, for every thread."""
        self._closing.set()
        for stream in list(self._streams):
            stream.close()

    def session(self) -> dict[str, Any]:
        """Resolves the session: who, which project, and who decided."""
        return self._json("GET", "/v1/session")

    def use(self, **what: Any) -> dict[str, Any]:
        """Persists `account`, `project` and `workspace`, or `target` alone."""
        return self._json("PATCH", "/v1/session", what)

    def accounts(self) -> list[dict[str, Any]]:
        """Lists the accounts, without their secrets."""
        return self._list("/v1/accounts", "accounts")

    def targets(self) -> list[dict[str, Any]]:
        """Lists the targets."""
        return self._list("/v1/targets", "targets")

    def projects(self, *, refresh: bool = False) -> list[dict[str, Any]]:
        """Lists the projects that the session's account can see."""
        return self._list(_path("/v1/projects", refresh=refresh), "projects")

    def workspaces(self, project: str | None = None, *, refresh: bool = False) -> list[dict[str, Any]]:
        """Lists the workspaces of a project, or of the session's."""
        return self._list(_path("/v1/workspaces", project=project, refresh=refresh), "workspaces")

    def token(self, account: str, min_valid_s: int = 60) -> dict[str, Any]:
        """Reveals an account's bearer; `token` is None for a service account."""
        return Revealed(self._json("POST", f"/v1/accounts/{quote(account, '')}/token", {"min_valid_s": min_valid_s}))

    def credential(self, min_valid_s: int = 60) -> dict[str, Any]:
        """Reveals what the session authenticates with: `token`, or `username` and `secret`."""
        return Revealed(self._json("POST", "/v1/session/credential", {"min_valid_s": min_valid_s}))

    def start_login(self, **what: Any) -> dict[str, Any]:
        """Starts a login, or joins the one that is open; a person has to open its `authorize_url`."""
        return self._json("POST", "/v1/logins", what)

    def wait_login(self, id: str, after: int | None = None, wait_s: int = 60) -> dict[str, Any]:
        """Waits until a login is past revision `after`, or its next step is not the daemon's."""
        return self._json("GET", _path(f"/v1/logins/{quote(id, '')}", wait_s=wait_s, after=after))

    def cancel_login(self, id: str) -> dict[str, Any]:
        """Cancels a login."""
        return self._json("DELETE", f"/v1/logins/{quote(id, '')}")

    def operation(self, operation: str, /, *, refresh: bool = False, **arguments: Any) -> Any:
        """Runs an operation, such as `dashboards.list`; returns its JSON, or a `Stream` where it streams.

        The underscore at the end of `from_` and `return_`, words that Python keeps for itself, is dropped.
        """
        given = {name[:-1] if name.endswith("_") else name: value for name, value in arguments.items()}
        body = {"arguments": given, "refresh": refresh}
        stream: Stream = self._exchange("POST", f"/v1/operations/{quote(operation, '')}", body, streams=True)
        if stream.headers.get_content_type() == "application/json":
            return json.loads(b"".join(stream) or b"null")
        return stream

    def api(
        self,
        plane: str,
        path: str,
        *,
        method: str = "GET",
        query: Mapping[str, Any] | None = None,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        stream: bool = False,
    ) -> Any:
        """Calls Mixpanel's own API (`app`, `query`, `engage`, `export`); returns an `Answer`, or with `stream` a `Stream`.

        A body is sent as JSON, unless it is bytes. What Mixpanel refuses is a `Problem` that has the `answer`.
        """
        path = _path(f"/v1/api/{plane}/{quote(path.lstrip('/'), _IN_PATHS)}", **(query or {}))
        return self._exchange(method, path, body, headers, streams=stream)

    def events(self, *types: str, after: str | None = None) -> Iterator[Event]:
        """Yields what happens until the client is closed, over lost connections and restarts of the daemon.

        Begins after the event `after`, or with a `snapshot`. What was missed for good shows as `reset`, with a `snapshot` after it.
        Only the first connection starts a daemon: one that was stopped was stopped on purpose.
        """
        opened, pause, path = False, _PAUSE_S, _path("/v1/events", types=",".join(types) or None)
        while not self._closing.is_set():
            last = {"Last-Event-ID": after} if after else {}
            try:
                with self._exchange("GET", path, None, last, streams=True, timeout=_SILENCE_S, start=not opened) as stream:
                    opened, pause = True, _PAUSE_S
                    for event in read_events(stream.lines()):
                        after = event.id or after
                        # The state at the beginning counts as wanted only if everything is.
                        if event.name != "snapshot" or not types or event.name in types:
                            yield event
            except Problem as problem:
                if not self._closing.is_set() and not (opened and problem.code in _PASSING):
                    raise
            self._closing.wait(pause)
            pause = min(pause * 2, _LONGEST_PAUSE_S)

    def _json(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        read: dict[str, Any] = self._exchange(method, path, body).json()
        return read

    def _list(self, path: str, key: str) -> list[dict[str, Any]]:
        read: list[dict[str, Any]] = self._json("GET", path)[key]
        return read

    def _exchange(
        self,
        method: str,
        path: str,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        *,
        streams: bool = False,
        timeout: float | None = None,
        start: bool = True,
    ) -> Any:
        """Returns the `Answer` of a success, or its `Stream`."""
        own = {"Mp-Client": self._name, "Mp-Protocol": _PROTOCOL, **({"TE": "trailers"} if streams else {})}
        if body is not None and not isinstance(body, bytes):
            body, own["Content-Type"] = json.dumps(body).encode(), "application/json"
        mended: set[str] = set()
        while True:
            sent = {**own, **(headers or {}), "Mp-Context": self._context()}
            sock = self._connect(timeout or self._timeout, start and self._autostart)
            try:
                return self._once(sock, method, path, body, sent, streams)
            except socket.timeout:
                raise Problem("timeout", "the daemon did not answer in time", 504) from None
            except (OSError, http.client.HTTPException):
                detail = f"the daemon went away during {method} {path}, which it may or may not have carried out"
                self._mend(unreachable(detail), method, mended)
            except Problem as problem:
                self._mend(problem, method, mended)

    def _once(
        self, sock: socket.socket, method: str, path: str, body: bytes | None, headers: Mapping[str, str], streams: bool
    ) -> Any:
        connection = http.client.HTTPConnection("mpd")
        connection.sock = sock
        stream: Stream | None = None
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            if streams and response.status < 400:
                stream = Stream(response, sock)
                self._streams.add(stream)
                return stream
            answer = Answer(response.status, response.headers, response.read())
        finally:
            if stream is None:
                connection.close()
        problem = answer.problem()
        if problem:
            raise problem
        return answer

    def _mend(self, problem: Problem, method: str, mended: set[str]) -> None:
        """Lets a call be repeated, once for each reason: one that may have been carried out only if it changes nothing."""
        repeatable = ["context_required", "stopping", *(["daemon_unreachable"] if method in ("GET", "HEAD") else [])]
        if problem.code not in repeatable or problem.code in mended:
            raise problem
        mended.add(problem.code)
        self._asked.update(problem.env)

    def _connect(self, timeout: float, autostart: bool) -> socket.socket:
        for may_start in (autostart, False):
            try:
                return connect(self.socket, timeout)
            except (FileNotFoundError, NotADirectoryError, ConnectionRefusedError):
                if not may_start:
                    break
                start(self.socket, self._env, self._mp)
            except OSError as error:
                raise unreachable(f"could not connect to {self.socket}: {error.strerror}") from None
        raise unreachable(f"no daemon listens at {self.socket}", "mp daemon start", "start it")

    def _context(self) -> str:
        """What this process adds to a call. A variable that was asked for and is unset goes as an empty text: an answer, too."""
        asked = {name: self._env.get(name, "") for name in self._asked}
        context = {**self._flags, "env": {**asked, **{name: self._env[name] for name in VARIABLES if name in self._env}}}
        try:
            cwd = os.getcwd()
            cwd.encode()
            context["cwd"] = cwd
        except (OSError, UnicodeEncodeError):
            pass  # It is gone, or cannot be told.
        text = json.dumps(context)
        if len(text) > _MAX_CONTEXT:
            raise Problem("invalid_context", f"the context has {len(text)} bytes, more than the {_MAX_CONTEXT} allowed", 400)
        return text
