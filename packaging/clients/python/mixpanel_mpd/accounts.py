"""The accounts of the config."""

from __future__ import annotations

import webbrowser
from typing import Any
from urllib.parse import quote

from ._client import Client
from ._errors import AccountInUseError
from ._records import Record

__all__ = ["AccountSummary", "AccountTestResult", "add", "list", "login", "logout", "refresh", "remove", "show", "test", "token", "update", "use"]


class AccountSummary(Record):
    """An account without its secrets."""

    name: str
    type: str
    region: str
    status: str
    is_active: bool
    referenced_by_targets: Any
    user_email: Any
    project_id: Any
    project_name: Any


class AccountTestResult(Record):
    """Whether Mixpanel takes the credential of an account."""

    account_name: str
    ok: bool
    user: Any
    error: Any


def _at(name: str, rest: str = "") -> str:
    return f"/v1/accounts/{quote(name, '')}{rest}"


def _given(**parts: Any) -> dict[str, Any]:
    return {name: value for name, value in parts.items() if value is not None}


def _plain(secret: Any) -> Any:
    """Reveals a secret that another library wraps."""
    return secret.get_secret_value() if hasattr(secret, "get_secret_value") else secret


def list() -> Any:  # noqa: A001
    """Returns all accounts by name."""
    return [AccountSummary(one) for one in Client().call("GET", "/v1/accounts")["accounts"]]


def show(name: str | None = None) -> AccountSummary:
    """Returns one account; the active one when none is named."""
    if name is None:
        name = Client().session()["account"]["name"]
    return AccountSummary(Client().call("GET", _at(name))["account"])


def add(
    name: str | None = None, *, type: str, region: str | None = None, default_project: str | None = None, username: str | None = None,  # noqa: A002
    secret: Any = None, token: Any = None, token_env: str | None = None,
) -> AccountSummary:
    """Adds an account. Without a name or a region, Mixpanel is asked for them."""
    body = _given(
        name=name, type=type, region=region, default_project=default_project, username=username, secret=_plain(secret), token=_plain(token),
        token_env=token_env,
    )
    return AccountSummary(Client().call("POST", "/v1/accounts", body)["account"])


def update(
    name: str, *, region: str | None = None, default_project: str | None = None, username: str | None = None, secret: Any = None,
    token: Any = None, token_env: str | None = None,
) -> AccountSummary:
    """Changes an account."""
    body = _given(
        region=region, default_project=default_project, username=username, secret=_plain(secret), token=_plain(token), token_env=token_env
    )
    return AccountSummary(Client().call("PATCH", _at(name), body)["account"])


def use(name: str) -> None:
    """Makes an account the active one, for all tools."""
    Client().call("POST", _at(name, "/use"))


def remove(name: str, *, force: bool = False) -> Any:
    """Removes an account and its stored tokens. Targets that refer to it refuse that, unless forced; their names are returned."""
    try:
        return Client().call("DELETE", _at(name) + ("?force=true" if force else "")).get("orphaned_targets", [])
    except AccountInUseError as error:
        error.referenced_by = show(name).referenced_by_targets
        raise


def test(name: str | None = None) -> AccountTestResult:
    """Asks Mixpanel whether the credential is good."""
    return AccountTestResult(Client().call("POST", _at(name or show().name, "/test")))


def token(name: str | None = None) -> Any:
    """Reveals the bearer; none for a service account."""
    return Client().token(name or show().name)["token"]


def refresh(name: str) -> Any:
    """Refreshes the token now."""
    return Client().call("POST", _at(name, "/refresh"))


def logout(name: str) -> None:
    """Removes the stored tokens."""
    Client().call("POST", _at(name, "/logout"))


def login(name: str, *, open_browser: bool = True) -> Any:
    """Logs a browser account in again: opens a browser, or prints the address, and waits until it is done."""
    client = Client()
    asked = client.call("POST", "/v1/logins", {"account": name})
    if not (open_browser and webbrowser.open(asked["authorize_url"])):
        print(f"open this address in a browser: {asked['authorize_url']}")
    while asked["state"] not in ("choose_project", "done", "failed"):
        asked = client.call("GET", f"/v1/logins/{asked['id']}?wait_s=60&after={asked['revision']}")
    return Record(asked)
