"""How methods become calls: what is sent, and what is made of the answer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from typing import Any

from ._client import Client
from ._records import Record, read

Reader = Callable[[Any], Any]


def of(kind: type[Record]) -> Reader:
    """Returns what reads objects of a class."""
    return lambda answer: read(answer, kind)


def value(answer: Any) -> Any:
    """Reads an answer as it is."""
    return answer


def nothing(_: Any) -> None:
    """Reads an answer that has nothing in it."""


def params(answer: Any) -> Any:
    """Reads the body that would be sent."""
    return answer["params"]


def asked(kind: type[Record]) -> Reader:
    """Returns what reads the result of a question, with what stands beside it: the body that was sent, the table, warnings, a link."""
    return lambda answer: kind({**(answer.get("result") or {}), **{name: value for name, value in answer.items() if name != "result"}})


def data(answer: Any) -> bytes:
    """Reads a file."""
    return b"".join(answer)


def renamed(params: Any, names: Mapping[str, str]) -> dict[str, Any]:
    """Returns the arguments of one object under the names of the daemon."""
    return {names.get(name, name): value for name, value in params.items()}


# What stands for an argument that is not given where None says something: `limit=None` is all profiles.
DEFAULT: Any = type("Default", (), {"__repr__": lambda _: "DEFAULT"})()
_NULL = object()


def or_null(value: Any) -> Any:
    """Returns an argument that may be null, as `_run` wants it."""
    return None if value is DEFAULT else _NULL if value is None else value


def _given(arguments: Mapping[str, Any]) -> dict[str, Any]:
    return {name: None if value is _NULL else value for name, value in arguments.items() if value is not None}


class Calls:
    """Calls that wait."""

    _client: Client

    def _run(self, id: str, arguments: dict[str, Any], reader: Reader, *, refresh: bool = False, call: Any = None) -> Any:
        given = _given(arguments)
        return reader(self._client.run(id, given, refresh=refresh, **(call or {})))

    def _stream(self, id: str, arguments: dict[str, Any]) -> Iterator[dict[str, Any]]:
        return iter(self._run(id, arguments, value))

    def _upload(self, id: str, arguments: dict[str, Any], reader: Reader) -> Any:
        given = _given(arguments)
        return reader(self._client.upload(id, given.pop("file_path"), given))


class AsyncCalls:
    """Calls that others need not wait for: each is made in a thread."""

    _client: Client

    async def _run(self, id: str, arguments: dict[str, Any], reader: Reader, *, refresh: bool = False, call: Any = None) -> Any:
        given = _given(arguments)
        work = lambda: reader(self._client.run(id, given, refresh=refresh, **(call or {})))  # noqa: E731
        return await asyncio.to_thread(work)

    async def _stream(self, id: str, arguments: dict[str, Any]) -> AsyncIterator[dict[str, Any]]:
        lines, end = await self._run(id, arguments, iter), object()
        try:
            while (line := await asyncio.to_thread(next, lines, end)) is not end:
                yield line  # type: ignore[misc]  # It is not the end.
        finally:
            await asyncio.to_thread(lines.close)

    async def _upload(self, id: str, arguments: dict[str, Any], reader: Reader) -> Any:
        given = _given(arguments)
        path = given.pop("file_path")
        return reader(await asyncio.to_thread(self._client.upload, id, path, given))
