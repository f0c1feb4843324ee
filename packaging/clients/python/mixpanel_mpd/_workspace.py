"""`Workspace`: a choice of account, project and workspace, with every operation as a method."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, Literal
from urllib.parse import urlencode

from ._calls import DEFAULT, AsyncCalls, Calls
from ._client import Client, Problem
from ._methods import AsyncOperations, Operations
from ._records import Record, read
from ._types import FlowQueryResult, FunnelQueryResult, QueryResult, RetentionQueryResult, UserQueryResult

__all__ = ["AsyncWorkspace", "Session", "Workspace"]


class Session(Record):
    """What a workspace resolves to: each part by its name or id, and who decided."""

    state: str
    account: Any
    project: Any
    workspace: Any
    user: Any

    def _axes(self) -> dict[str, Any]:
        """Returns the choice that leads here again. What the environment decides it decides again."""
        chosen = {"account": "name", "project": "id", "workspace": "id"}
        parts = {axis: (self.get(axis), field) for axis, field in chosen.items()}
        fixed = ("env", "bridge")
        return {
            axis: part[field] for axis, (part, field) in parts.items()
            if part and part["source"]["kind"] not in (fixed if axis == "account" else fixed[:1])
        }


class _Scope:
    """What both kinds of workspace share: what was chosen."""

    def __init__(
        self, *, account: str | None = None, project: str | int | None = None, workspace: int | None = None, target: str | None = None,
        session: Session | None = None, **options: Any,
    ) -> None:
        self._options = options
        if target is not None and any(part is not None for part in (account, project, workspace)):
            raise Problem("invalid_argument", "target= is mutually exclusive with account=, project= and workspace=", 400)
        self._chosen: dict[str, Any] = {"account": account, "project": project, "workspace": workspace, "target": target}
        self._held = session
        if session is not None:
            given = {axis: value for axis, value in self._chosen.items() if value is not None}
            self._chosen = {**session._axes(), **given}
        self._connect()

    def _connect(self) -> None:
        flags = {axis: value for axis, value in self._chosen.items() if value is not None}
        self._client = Client(**flags, **self._options)
        if self._held is not None and "workspace" not in flags:
            self._client._flags["exact"] = True  # What is pinned by others does not fill in.

    def _switch(self, account: str | None, project: str | int | None, workspace: int | None, target: str | None) -> None:
        """An account takes nothing over, a project keeps the account, a workspace keeps both, and a target replaces all."""
        parts: dict[str, Any] = {"account": account, "project": project, "workspace": workspace, "target": target}
        given = {axis: value for axis, value in parts.items() if value is not None}
        if target is not None and len(given) > 1:
            raise Problem("invalid_argument", "target= is mutually exclusive with account=, project= and workspace=", 400)
        here = dict(self._chosen)
        if here.get("target") and not {"account", "target"} & given.keys() and given:
            # A part of a target is its account, and what fits.
            of = self._client.call("GET", f"/v1/targets/{here['target']}")
            here = {"account": of["account"], "project": of["project"], "workspace": of.get("workspace")}
        kept = {"account": (), "target": (), "project": ("account",), "workspace": ("account", "project")}
        axes = kept[next(axis for axis in ("target", "account", "project", "workspace") if axis in given)] if given else tuple(here)
        self._chosen = {**{axis: here.get(axis) for axis in axes}, **given}
        self._held = None if {"account", "target"} & given.keys() else self._held
        old = self._client
        self._connect()
        old.close()

    def _persisted(self) -> dict[str, Any]:
        chosen = {axis: value for axis, value in self._chosen.items() if value is not None}
        return {axis: value if axis in ("account", "target") else str(value) if axis == "project" else int(value) for axis, value in chosen.items()}

    @property
    def client(self) -> Client:
        """The socket, for this choice: Mixpanel's own API, events, credentials."""
        return self._client

    @property
    def api(self) -> Client:
        """The same, by its other name."""
        return self._client


class Workspace(_Scope, Operations):
    """Account, project and workspace that calls are for, by what was chosen here; the rest is the daemon's to decide.

    `use` switches this workspace. `snapshot` returns one that stays where it is, for work that goes on in parallel. Other arguments
    are those of `Client`.
    """

    def __enter__(self) -> Workspace:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends every call and stream of this workspace, in every thread."""
        self._client.close()

    def use(
        self, *, account: str | None = None, project: str | int | None = None, workspace: int | None = None, target: str | None = None,
        persist: bool = False,
    ) -> Workspace:
        """Switches, and returns itself. `persist` stores it for all tools."""
        self._switch(account, project, workspace, target)
        if persist:
            self._client.call("PATCH", "/v1/session", self._persisted())
        return self

    def snapshot(self) -> Workspace:
        """Returns another workspace, held to the ids that this one resolves to now, whatever others switch to: `with ws.snapshot() as held`."""
        return Workspace(session=self.session, **self._options)

    @property
    def session(self) -> Session:
        """What a call from here has now, and who decided."""
        return Session(self._client.session())

    @property
    def account(self) -> Any:
        """The account in use."""
        return Record(self.session["account"] or {})

    @property
    def project(self) -> Any:
        """The project in use."""
        return Record(self.session["project"] or {})

    @property
    def workspace(self) -> Any:
        """The workspace in use; none where none is pinned."""
        found = self.session["workspace"]
        return Record(found) if found else None

    def me(self, *, force_refresh: bool = False) -> Any:
        """What Mixpanel says of the account's user."""
        return read(self._client.call("GET", f"/v1/me{'?refresh=true' if force_refresh else ''}"), Record)

    def projects(self, *, refresh: bool = False) -> list[Record]:
        """The projects that the account can see."""
        found = self._client.call("GET", f"/v1/projects{'?refresh=true' if refresh else ''}")["projects"]
        return [Record(one) for one in found]

    def workspaces(self, *, project_id: str | None = None, refresh: bool = False) -> list[Record]:
        """The workspaces of the project, or of another one."""
        asked = {**({"project": project_id} if project_id else {}), **({"refresh": "true"} if refresh else {})}
        return [Record(one) for one in self._client.call("GET", f"/v1/workspaces?{urlencode(asked)}")["workspaces"]]

    def list_workspaces(self) -> list[Record]:
        """The workspaces of the project."""
        return self.workspaces()

    def resolve_workspace_id(self) -> int:
        """The workspace that calls which need one are for: the pinned one, else that which Mixpanel has by default."""
        pinned = self.session["workspace"]
        if pinned:
            return int(pinned["id"])
        found = self.workspaces()
        if not found:
            raise Problem("needs_workspace", "the project has no workspace", 409)
        return int(next((one for one in found if one.get("is_default")), found[0])["id"])

    def clear_discovery_cache(self) -> None:
        """Has no effect: the daemon keeps what was discovered for all tools, and `refresh=True` asks anew."""

    def run_params(self, params: Mapping[str, Any], *, limit: int | None = None, workspace_id: int | None = None) -> QueryResult:
        """Sends a body as it is, such as `build_params` makes."""
        return self.query(params=params, limit=limit, workspace_id=workspace_id)

    def run_funnel_params(self, params: Mapping[str, Any], *, limit: int | None = None, workspace_id: int | None = None) -> FunnelQueryResult:
        """Sends a body as it is, such as `build_funnel_params` makes."""
        return self.query_funnel(params=params, limit=limit, workspace_id=workspace_id)

    def run_retention_params(self, params: Mapping[str, Any], *, limit: int | None = None, workspace_id: int | None = None) -> RetentionQueryResult:
        """Sends a body as it is, such as `build_retention_params` makes."""
        return self.query_retention(params=params, limit=limit, workspace_id=workspace_id)

    def run_flow_params(
        self, params: Mapping[str, Any], *, mode: Literal["sankey", "paths", "tree"] | None = None, workspace_id: int | None = None
    ) -> FlowQueryResult:
        """Sends a body as it is, such as `build_flow_params` makes."""
        return self.query_flow(params=params, mode=mode, workspace_id=workspace_id)

    def run_user_params(
        self, params: Mapping[str, Any], *, limit: int | None = DEFAULT, parallel: bool | None = None, workers: int | None = None
    ) -> UserQueryResult:
        """Sends a body as it is, such as `build_user_params` makes."""
        return self.query_user(params=params, limit=limit, parallel=parallel, workers=workers)


class AsyncWorkspace(_Scope, AsyncOperations):
    """The same, where others need not wait: every method is a coroutine, and what streams is an async iterator."""

    async def __aenter__(self) -> AsyncWorkspace:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends every call and stream of this workspace."""
        self._client.close()

    async def use(
        self, *, account: str | None = None, project: str | int | None = None, workspace: int | None = None, target: str | None = None,
        persist: bool = False,
    ) -> AsyncWorkspace:
        """Switches, and returns itself. `persist` stores it for all tools."""
        await asyncio.to_thread(self._switch, account, project, workspace, target)
        if persist:
            await asyncio.to_thread(self._client.call, "PATCH", "/v1/session", self._persisted())
        return self

    async def snapshot(self) -> AsyncWorkspace:
        """Returns another workspace, held to the ids that this one resolves to now."""
        return AsyncWorkspace(session=await self.session(), **self._options)

    async def session(self) -> Session:
        """What a call from here has now, and who decided."""
        return Session(await asyncio.to_thread(self._client.session))

    async def run_params(self, params: Mapping[str, Any], *, limit: int | None = None, workspace_id: int | None = None) -> QueryResult:
        """Sends a body as it is, such as `build_params` makes."""
        return await self.query(params=params, limit=limit, workspace_id=workspace_id)

    async def run_funnel_params(self, params: Mapping[str, Any], *, limit: int | None = None, workspace_id: int | None = None) -> FunnelQueryResult:
        """Sends a body as it is, such as `build_funnel_params` makes."""
        return await self.query_funnel(params=params, limit=limit, workspace_id=workspace_id)

    async def run_retention_params(self, params: Mapping[str, Any], *, limit: int | None = None, workspace_id: int | None = None) -> RetentionQueryResult:
        """Sends a body as it is, such as `build_retention_params` makes."""
        return await self.query_retention(params=params, limit=limit, workspace_id=workspace_id)

    async def run_flow_params(
        self, params: Mapping[str, Any], *, mode: Literal["sankey", "paths", "tree"] | None = None, workspace_id: int | None = None
    ) -> FlowQueryResult:
        """Sends a body as it is, such as `build_flow_params` makes."""
        return await self.query_flow(params=params, mode=mode, workspace_id=workspace_id)

    async def run_user_params(
        self, params: Mapping[str, Any], *, limit: int | None = DEFAULT, parallel: bool | None = None, workers: int | None = None
    ) -> UserQueryResult:
        """Sends a body as it is, such as `build_user_params` makes."""
        return await self.query_user(params=params, limit=limit, parallel=parallel, workers=workers)


# Both have what makes calls of methods, and the one for calls comes before the other.
assert issubclass(Workspace, Calls) and issubclass(AsyncWorkspace, AsyncCalls)
