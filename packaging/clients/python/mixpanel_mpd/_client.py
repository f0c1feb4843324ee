"""The socket of mpd, the daemon that owns a user's Mixpanel login."""

from __future__ import annotations

import base64
import http.client
import json
import logging
import os
import re
import socket
import stat
import struct
import subprocess
import sys
import threading
import weakref
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, suppress
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode, urlsplit

# The variables that travel with every call. Absent and empty differ.
_VARIABLES = set("""MP_ACCOUNT MP_PROJECT_ID MP_WORKSPACE_ID MP_TARGET MP_REGION MP_USERNAME MP_SECRET MP_OAUTH_TOKEN
    MP_AUTH_FILE MP_CONFIG_PATH MP_CUSTOM_HEADER_NAME MP_CUSTOM_HEADER_VALUE MP_API_BASE_URL MP_APP_BASE_URL
    MP_MCP_BASE_URL""".split())
_LOG, _NOTED = logging.getLogger("mixpanel_mpd"), set[str]()  # What the daemon says beside its answers is logged once.
# The variables that decide about the network: of each row the first that is set. Their names and hashes travel, never their values.
_NETWORK = [row.split() for row in (
    "HTTPS_PROXY https_proxy ALL_PROXY all_proxy", "HTTP_PROXY http_proxy ALL_PROXY all_proxy", "NO_PROXY no_proxy",
    "SSL_CERT_FILE", "SSL_CERT_DIR", "MPD_UPSTREAM",
)]


class Problem(Exception):
    """Why a call failed: what the daemon said (RFC 9457), or why it could not be asked (`daemon_unreachable`, `timeout`)."""

    _classes: dict[str, type[Problem]] = {}

    def __init_subclass__(cls, codes: str = "") -> None:
        Problem._classes.update(dict.fromkeys(codes.split(), cls))

    def __new__(cls, code: str, *_: Any, **more: Any) -> Problem:
        from . import _errors  # noqa: F401  # It names the classes of codes.

        return super().__new__(Problem._classes.get(code, cls))

    def __init__(self, code: str, detail: str, status: int = 503, **more: Any) -> None:
        super().__init__(detail)
        self.code, self.detail, self.status = code, detail, status
        self.account: str | None = more.get("account")
        self.retry_after_s: int | None = more.get("retry_after_s")
        self.next: list[dict[str, str]] = more.get("next") or []  # What to run: `command` and `label`.
        self.errors: list[dict[str, Any]] = more.get("errors") or []  # All problems of the input: `at`, `detail`, and a `code` of some.
        self.env: list[str] = more.get("env") or []
        self.upstream: dict[str, Any] | None = more.get("upstream")
        self.body: bytes = more.get("body") or b""  # What Mixpanel itself answered to `Client.api`.

    @property
    def message(self) -> str:
        """What is wrong, as a sentence."""
        return self.detail

    def to_dict(self) -> dict[str, Any]:
        """Returns it as JSON has it."""
        return {"code": self.code, "message": self.detail, "status": self.status, "next": self.next, "errors": self.errors}

    def __str__(self) -> str:
        return "".join([self.detail, *(f"; run `{step['command']}` to {step['label']}" for step in self.next)])


class Event(NamedTuple):
    """Something that happened. `id` is what a later stream can go on after; `reset` and `lagged` have none."""
    id: str | None
    name: str
    data: dict[str, Any]


class Client(AbstractContextManager["Client"]):
    """The daemon, with the account, project, workspace or target that these calls are for. Threads may share it.

    `timeout` is the longest silence of the daemon; a query may wait minutes for its turn. `mp` is the program that starts the daemon.
    """

    def __init__(
        self, *, account: str | None = None, project: str | None = None, workspace: str | None = None, target: str | None = None,
        socket: str | None = None, autostart: bool = True, timeout: float = 600, mp: str | None = None,
        name: str = "mixpanel-mpd-python/0.1.0", env: Mapping[str, str] = os.environ,
    ) -> None:
        flags = {"account": account, "project": project, "workspace": workspace, "target": target}
        self._flags: dict[str, Any] = {flag: str(value) for flag, value in flags.items() if value is not None}
        self._named = socket or env.get("MPD_SOCKET")
        self.socket = self._named or socket_path(env)
        self._autostart = autostart and env.get("MPD_AUTOSTART") != "0"
        self._timeout, self._mp, self._name, self._env = timeout, mp, name, env
        self._sockets: set[weakref.ref[Any]] = set()
        self._asked, self._closing = set[str](), threading.Event()

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends every call, stream and wait for events, in every thread."""
        self._closing.set()
        for sock in filter(None, [ref() for ref in list(self._sockets)]):
            with suppress(OSError):  # It has ended by itself.
                sock.shutdown(socket.SHUT_RDWR)

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """Calls a route of the daemon, and returns its JSON: `call("PATCH", "/v1/session", {"account": "team"})`."""
        return json.loads(b"".join(self._ask(method, path, body)[1]) or b"null")

    def session(self) -> Any:
        """Resolves the session: who, which project, and who decided."""
        return self.call("GET", "/v1/session")

    def token(self, account: str, min_valid_s: int = 60) -> Any:
        """Reveals an account's bearer; `token` is None for a service account."""
        return _Revealed(self.call("POST", f"/v1/accounts/{quote(account, '')}/token", {"min_valid_s": min_valid_s}))

    def credential(self, min_valid_s: int = 60) -> Any:
        """Reveals what the session authenticates with: `token`, or `username` and `secret`."""
        return _Revealed(self.call("POST", "/v1/session/credential", {"min_valid_s": min_valid_s}))

    def operation(self, operation: str, /, *, refresh: bool = False, **arguments: Any) -> Any:
        """Runs an operation, such as `dashboards.list`; returns its JSON, or a generator where it streams. A `_` at the end of a
        name, as in `from_`, is dropped. A stream that is cut off raises a `Problem`."""
        return self.run(operation, {name.removesuffix("_"): value for name, value in arguments.items()}, refresh=refresh)

    def run(self, operation: str, arguments: Mapping[str, Any], **call: Any) -> Any:
        """The same, with arguments by their own names, and what a call says beside them, such as `refresh`."""
        said = {name: value for name, value in call.items() if value is not False}
        response, parts = self._ask("POST", f"/v1/operations/{quote(operation, '')}", {"arguments": arguments, **said})
        if response.headers.get_content_type() == "application/json":
            return json.loads(b"".join(parts) or b"null")
        return (json.loads(line) for line in parts) if response.headers.get_content_type() == "application/jsonl" else parts

    def upload(self, operation: str, path: str, arguments: Mapping[str, Any]) -> Any:
        """Runs an operation that takes a file, such as `lookup-tables.upload`."""
        with open(path, "rb") as file:
            query = urlencode({"arguments": json.dumps(arguments)})
            return json.loads(b"".join(self._ask("POST", f"/v1/operations/{quote(operation, '')}/upload?{query}", file)[1]) or b"null")

    def api(
        self, plane: str, path: str, *, method: str = "GET", query: Mapping[str, Any] | None = None, body: Any = None,
        headers: Mapping[str, str] | None = None, stream: bool = False,
    ) -> Any:
        """Calls Mixpanel's own API (`app`, `query`, `engage`, `export`); returns its JSON, or else bytes; a generator with `stream`.
        A body is sent as JSON, unless it is bytes. What Mixpanel refuses is a `Problem` that has its `body`.
        """
        path = f"/v1/api/{plane}/" + quote(path.lstrip("/"), "/%:@!$&'()*+,;=")  # An escape stays one.
        response, parts = self._ask(method, path + (f"?{urlencode(query, doseq=True)}" if query else ""), body, headers)
        whole = b"" if stream else b"".join(parts)
        return parts if stream else json.loads(whole) if "json" in response.headers.get_content_subtype() and whole else whole

    def events(self, *types: str, after: str | None = None) -> Iterator[Event]:
        """Yields what happens until the client is closed, over lost connections and restarts of the daemon. It
        begins after the event `after`, or with a `snapshot`; what was missed for good shows as `reset` and a `snapshot`."""
        # Only the first connection starts a daemon: one that was stopped was stopped on purpose.
        opened, path = False, "/v1/events" + (f"?types={quote(','.join(types))}" if types else "")
        while not self._closing.is_set():
            try:
                # The daemon sends something every 15 s. After a long silence it is not well, or another one by now.
                parts = self._ask("GET", path, None, {"Last-Event-ID": after} if after else None, timeout=60, start=not opened)[1]
                opened, fields = True, dict[str, str]()
                for line in parts:
                    name, _, value = line.decode().partition(":")
                    fields[name] = value.strip()  # A comment has no name.
                    if not line and "data" in fields:
                        event = Event(fields.get("id"), fields["event"], json.loads(fields["data"]))
                        after, fields = event.id or after, {}
                        # The state at the beginning counts as wanted only if everything is.
                        if event.name != "snapshot" or not types or event.name in types:
                            yield event
            except Problem as problem:
                passing = ("daemon_unreachable", "stopping", "too_many_connections", "timeout")
                if not self._closing.is_set() and not (opened and problem.code in passing):
                    raise
            self._closing.wait(0.25)

    def _ask(
        self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None, *,
        timeout: float | None = None, start: bool = True,
    ) -> tuple[http.client.HTTPResponse, Iterator[bytes]]:
        """Returns a success and the parts of its body. What may have been carried out is repeated only if it changes nothing."""
        own = {"Mp-Client": self._name, "Mp-Protocol": "1", **_network(self._env), **(headers or {})}
        if hasattr(body, "fileno"):
            own["Content-Length"] = str(os.fstat(body.fileno()).st_size)
        elif body is not None and not isinstance(body, bytes):
            body, own["Content-Type"] = json.dumps(body).encode(), "application/json"
        owners, is_read = (os.geteuid(), 0), method in ("GET", "HEAD")
        repeatable = {"context_required", "stopping", *(["daemon_unreachable"] if is_read else [])}
        while True:
            connection = http.client.HTTPConnection("mpd")
            try:
                # Another user who could write to its folder could put a socket of their own there.
                at = os.lstat(os.path.dirname(self.socket))
                if not stat.S_ISDIR(at.st_mode) or at.st_uid not in owners or at.st_mode & 0o077:
                    raise _unreachable(f"{self.socket} is not safe to use: {stat.filemode(at.st_mode)} of uid {at.st_uid}")
                sock = connection.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
                self._sockets.add(weakref.ref(sock, self._sockets.discard))
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", 10, 0))  # The daemon's queue may be full.
                sock.connect(self.socket)
                sock.settimeout(timeout or self._timeout)
                if self._closing.is_set():
                    raise ConnectionAbortedError("the client was closed")
                if sys.platform == "linux":
                    peer = struct.unpack("3i", sock.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
                    if peer[1] not in owners:
                        raise ConnectionAbortedError("another user listens there")
                if hasattr(body, "seek"):
                    body.seek(0)
                with suppress(BrokenPipeError, ConnectionResetError):  # Who refuses a body unread has said why before it closed.
                    connection.request(method, path, body, {**own, "Mp-Context": self._context()})
                response = connection.getresponse()
                for note in [note for note in response.headers.get_all("Mp-Note", []) if note not in _NOTED]:
                    _NOTED.add(note)
                    _LOG.warning("%s", note)
                if response.status < 400:
                    return response, _parts(response, connection)
                problem = _problem(response.status, response.read())
            except (FileNotFoundError, NotADirectoryError, ConnectionRefusedError):
                connection.close()
                if not (start and self._autostart):
                    raise _unreachable(f"no daemon listens at {self.socket}", "mp daemon start", "start it") from None
                start = False
                _start(self._named, self._env, self._mp)
                self.socket = self._named or socket_path(self._env)
                continue
            except (OSError, http.client.HTTPException) as error:
                problem = _lost(error, f"{method} {path} was cut off, and the daemon may have carried it out")
            connection.close()
            if problem.code not in repeatable or self._closing.is_set():
                raise problem
            repeatable.remove(problem.code)  # Once for each reason.
            self._asked.update(problem.env)

    def _context(self) -> str:
        """What this process adds to a call. A variable that was asked for and is unset goes as an empty text: an answer, too."""
        context = {**self._flags, "env": {name: self._env.get(name, "") for name in self._asked | _VARIABLES & self._env.keys()}}
        with suppress(OSError, UnicodeEncodeError):  # The folder is gone, or cannot be told.
            context["cwd"] = os.getcwd().encode().decode()
        return json.dumps(context)


class TokenProvider:
    """Puts the login on requests to Mixpanel: `auth=` of requests and of httpx, and `provider(urllib.request.Request(…))`.

    The daemon is asked each time, and nothing is kept. Without an account it is the login of the client's session.
    """

    def __init__(self, client: Client | None = None, account: str | None = None, min_valid_s: int = 60) -> None:
        self._client, self._account, self._valid = client or Client(), account, min_valid_s

    def headers(self) -> dict[str, str]:
        """Returns `Authorization`, and the custom headers of the session."""
        login = self._client.token(self._account, self._valid) if self._account else self._client.credential(self._valid)
        if login["token"] is None and login.get("username") is None:
            raise Problem("invalid_argument", f"account '{self._account}' has no token; name none to use the session's", 400)
        pair = base64.b64encode(f"{login.get('username')}:{login.get('secret')}".encode()).decode()
        custom = {header["name"]: header["value"] for header in login.get("headers", [])}
        return _Revealed(custom, Authorization=f"Bearer {login['token']}" if login["token"] else f"Basic {pair}")

    def __call__(self, request: Any) -> Any:
        """Sets the headers of a request, and returns it."""
        url = urlsplit(str(getattr(request, "full_url", None) or request.url))
        ours = url.scheme == "https" and f".{url.hostname}".endswith(".mixpanel.com")
        if not ours and url.hostname not in ("127.0.0.1", "::1", "localhost"):
            raise Problem("invalid_argument", f"the login is for Mixpanel, not for {url.scheme}://{url.hostname}", 400)
        for name, value in self.headers().items():
            # To another host, urllib sends the others along.
            getattr(request, "add_unredirected_header", request.headers.__setitem__)(name, value)
        return request


class _Revealed(dict[str, Any]):
    """Holds a secret, which no log shall show."""

    def __repr__(self) -> str:
        return f"<{', '.join(self)}>"


def socket_path(env: Mapping[str, str] = os.environ) -> str:
    """Returns where the daemon of this environment listens, by the same rule as `mp`."""
    if env.get("MPD_SOCKET"):
        return env["MPD_SOCKET"]
    name = next((name for name in ("MP_STORAGE_DIR", "MP_OAUTH_STORAGE_DIR", "HOME") if env.get(name)), "HOME")
    root = env.get(name, "") + ("/.mp" if name == "HOME" else "")
    if not root.startswith("/") or root == "/.mp":
        raise Problem("invalid_argument", f"no storage root: {name} must be an absolute path, but is '{env.get(name, '')}'", 400)
    root = "/" + "/".join(part for part in root.split("/") if part not in ("", "."))
    digest, uid, config = 0xCBF29CE484222325, os.geteuid(), ""  # FNV-1a, 64 bits.
    for byte in os.fsencode(root):
        digest = (digest ^ byte) * 0x100000001B3 % 2**64
    if os.path.isfile(f"{root}/config.toml"):  # Not a pipe, which would make us wait.
        with suppress(OSError), open(f"{root}/config.toml", errors="replace") as file:
            config = file.read(2**20)
    # One key of `[settings]` decides where the daemon is; else it is in the first of these folders that can hold a socket and a lock.
    chosen = re.search(r"""^[ \t]*(?:settings\.)?run_dir[ \t]*=[ \t]*["'](/[^"'\n]+)["']""", config, re.MULTILINE)
    runtime = env.get("XDG_RUNTIME_DIR", "")
    runtime = runtime if runtime.startswith("/") else f"/run/user/{uid}"
    folders = [f"{root}/run", f"{runtime}/mp/{digest:016x}", f"/tmp/mp-{uid}/{digest:016x}"]
    paths = [f"{at}/mpd.sock" for at in ([f"{chosen[1]}/{digest:016x}"] if chosen else folders)]
    paths = [path if len(os.fsencode(path)) <= 100 else f"/tmp/mp-{uid}/{digest:016x}.sock" for path in paths]
    return next(filter(os.path.exists, paths), paths[0])


# Where `mp` looks for its daemon, seen from its own folder.
_MPD = ("../libexec/mixpanel/mpd", "../lib/mixpanel/mpd", "mpd")


def _start(path: str | None, env: Mapping[str, str], mp: str | None) -> None:
    """Starts the daemon by `mp daemon start`, which waits until it is ready, and for others who do the same."""
    # The Python tool's command has the same name, but no mpd of ours.
    mps = (f"{at}/mp" for at in env.get("PATH", "").split(":") if at.startswith("/"))
    has_mpd = lambda at: any(os.access(os.path.join(os.path.dirname(os.path.realpath(at)), mpd), os.X_OK) for mpd in _MPD)  # noqa: E731
    beside = filter(has_mpd, mps)
    # The variables that travel decide about calls, and some are secrets: a start needs none of them.
    kept = {name: value for name, value in env.items() if name not in _VARIABLES}
    command = [mp or next(beside, "mp, with an mpd beside it, in PATH"), "daemon", "start", *(["--socket", path] if path else [])]
    try:
        subprocess.run(command, env=kept, stdin=subprocess.DEVNULL, capture_output=True, timeout=30, check=True, errors="replace")
    except (OSError, subprocess.SubprocessError) as error:
        raise _unreachable(f"the daemon did not start: {getattr(error, 'stderr', None) or error}".strip()) from None


def _parts(response: http.client.HTTPResponse, connection: http.client.HTTPConnection) -> Iterator[bytes]:
    """Yields a body as it comes, line by line where it has lines. One that ends early raises a `Problem`."""
    is_lines, rest = response.headers.get_content_type() in ("application/jsonl", "text/event-stream"), b""
    try:
        while part := response.read1(65536):
            *lines, rest = (rest + part).split(b"\n") if is_lines else (part, b"")
            yield from lines
        if response.length:
            raise EOFError
        yield from [rest] if rest else []
    except (OSError, EOFError, http.client.HTTPException) as error:
        raise _lost(error, "the answer was cut off: the daemon went away, or Mixpanel did") from None
    finally:
        connection.close()


def _problem(status: int, text: bytes) -> Problem:
    try:
        said = json.loads(text)
        return Problem(said.pop("code"), said.pop("detail"), said.pop("status", status), **said)
    except (ValueError, TypeError, KeyError, AttributeError):
        code = {401: "credential_refused", 404: "upstream_not_found", 429: "rate_limited"}.get(status, "upstream_refused")
        return Problem(code if status < 500 else "upstream_fault", f"Mixpanel answered {status}", status, body=text)


def _lost(error: Exception, detail: str) -> Problem:
    late = isinstance(error, socket.timeout)
    return Problem("timeout", "nothing came for too long", 504) if late else _unreachable(f"{detail} ({error})")


def _unreachable(detail: str, command: str = "mp daemon doctor", label: str = "look for the cause") -> Problem:
    return Problem("daemon_unreachable", detail, next=[{"command": command, "label": label}])


def _network(env: Mapping[str, str]) -> dict[str, str]:
    """Says what the environment decides about the network, so that the daemon can tell where it goes another way."""
    said = dict.fromkeys(name for row in _NETWORK if (name := next((name for name in row if env.get(name)), None)))
    if not any(name.lower().endswith("_proxy") and name.lower() != "no_proxy" for name in said):
        said = {name: None for name in said if name.lower() != "no_proxy"}
    return {"Mp-Network": ",".join(f"{name}={_short_hash(name, env[name]):08x}" for name in said)} if said else {}


def _short_hash(name: str, value: str) -> int:
    """Returns half of FNV-1a."""
    if name.startswith("SSL_CERT"):
        value = ":".join(os.path.abspath(path) for path in value.split(":") if path)
    hash = 0xCBF29CE484222325
    for byte in os.fsencode(value.strip().removesuffix("/")):
        hash = (hash ^ byte) * 0x100000001B3 % 2**64
    return (hash ^ hash >> 32) % 2**32
