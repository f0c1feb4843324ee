"""The session that is stored for all tools: what is in force where nothing else is said."""

from __future__ import annotations

from typing import Any

from ._client import Client
from ._records import Record

__all__ = ["show", "use"]


def show() -> Any:
    """Returns what is stored, whatever the environment says."""
    return Record(Client().call("GET", "/v1/session/persisted"))


def use(*, account: str | None = None, project: str | None = None, workspace: int | None = None, target: str | None = None) -> None:
    """Stores what is named. A target stands alone."""
    parts: dict[str, Any] = {"account": account, "project": project, "workspace": workspace, "target": target}
    Client().call("PATCH", "/v1/session", {axis: value for axis, value in parts.items() if value is not None})
