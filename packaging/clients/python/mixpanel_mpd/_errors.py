"""Failures by the names that the library has for them. Every one is a `Problem`: its `code` is the daemon's."""

from __future__ import annotations

from typing import Any

from ._client import Problem
from ._records import Record, read

MixpanelHeadlessError = Problem


class ConfigError(Problem, codes="invalid_value config_invalid config_legacy unsafe_file bridge_invalid needs_account needs_project region_mismatch"):
    """Something in the config, or that it lacks."""


class ValidationError(Record):
    """What is wrong with an argument: `at`, its `code`, the `detail`, and `suggestions` of words."""

    _keys = {"path": "at", "message": "detail", "suggestion": "suggestions"}
    path: str
    message: str
    code: str | None
    suggestion: list[str] | None
    fix: None
    severity: str = "error"


class InvalidArgumentError(ConfigError, ValueError, codes="invalid_argument invalid_context"):
    """An argument is wrong; `errors` has all that are."""

    errors: list[ValidationError]  # type: ignore[assignment]  # Each is a dict as well.

    def __init__(self, *what: Any, **more: Any) -> None:
        super().__init__(*what, **more)
        self.errors = read(self.errors, ValidationError)


ParamValidationError = BookmarkValidationError = BusinessContextValidationError = InvalidArgumentError


class _OfAccount(ConfigError):
    @property
    def account_name(self) -> str | None:
        """Which account it is about."""
        return self.account


class AccountNotFoundError(_OfAccount, codes="account_not_found"):
    """There is no account of that name."""


class AccountExistsError(_OfAccount, codes="account_exists"):
    """The name of an account is taken."""


class AccountInUseError(_OfAccount, codes="account_in_use"):
    """Targets refer to the account; `accounts.remove` tells which."""

    referenced_by: list[str] = []


class TargetNotFoundError(ConfigError, codes="target_not_found"):
    """There is no target of that name."""


class TargetExistsError(ConfigError, codes="target_exists"):
    """The name of a target is taken."""


class ProjectNotFoundError(ConfigError, codes="project_not_found"):
    """The account does not see the project."""


class WorkspaceScopeError(Problem, codes="needs_workspace"):
    """It needs a workspace, and the project has none."""


class EventNotFoundError(Problem, codes="event_not_found"):
    """There is no such event."""


class OAuthError(Problem, codes="login_required token_missing token_unavailable login_failed login_denied login_not_found"):
    """There is no token; `next` tells what to do."""


class RegionProbeError(OAuthError, codes="region_not_found"):
    """No region knows the credential."""


class APIError(Problem, codes="upstream_unreachable"):
    """Mixpanel did not do it; `body` is what it said, where it was asked by `api`."""

    @property
    def status_code(self) -> int:
        """The status of Mixpanel's answer."""
        return int((self.upstream or {}).get("status", self.status))


class AuthenticationError(APIError, codes="credential_refused"):
    """Mixpanel refused the credential."""


class QueryError(APIError, codes="upstream_refused upstream_not_found"):
    """Mixpanel refused the request."""


class RateLimitError(APIError, codes="rate_limited"):
    """Mixpanel's limit is reached; `retry_after_s` tells for how long."""

    @property
    def retry_after(self) -> int | None:
        """Seconds after which it may go."""
        return self.retry_after_s


class ServerError(APIError, codes="upstream_fault"):
    """Mixpanel met a fault."""


class ResponseValidationError(Problem, codes="upstream_invalid"):
    """Mixpanel answered something else than was expected."""


class DaemonError(Problem, codes="daemon_unreachable timeout stopping too_many_connections protocol_mismatch storage internal"):
    """The daemon could not be asked, or is not well."""


__all__ = [name for name, value in list(globals().items()) if isinstance(value, type) and issubclass(value, Exception) and name[0] != "_"]
__all__ += ["ValidationError"]
