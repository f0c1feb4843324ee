"""Targets: sessions with a name."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from ._client import Client
from ._records import Record

__all__ = ["Target", "add", "list", "remove", "show", "use"]


class Target(Record):
    """A saved account, project and workspace."""

    name: str
    account: str
    project: str
    workspace: Any


def list() -> Any:  # noqa: A001
    """Returns all targets by name."""
    return [Target(one) for one in Client().call("GET", "/v1/targets")["targets"]]


def show(name: str) -> Target:
    """Returns one target."""
    return Target(Client().call("GET", f"/v1/targets/{quote(name, '')}"))


def add(name: str, *, account: str, project: str, workspace: int | None = None) -> Target:
    """Saves a target."""
    body = {"name": name, "account": account, "project": str(project), "workspace": workspace}
    return Target(Client().call("POST", "/v1/targets", body))


def use(name: str) -> None:
    """Stores the session of a target for all tools."""
    Client().call("POST", f"/v1/targets/{quote(name, '')}/use")


def remove(name: str) -> None:
    """Removes a target."""
    Client().call("DELETE", f"/v1/targets/{quote(name, '')}")
