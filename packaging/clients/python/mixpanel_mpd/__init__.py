"""Mixpanel with the login that `mpd` keeps for all tools. Standard library only.

`Workspace` has every operation as a typed method, named as in the library `mixpanel_headless`; `Client` knows the socket alone.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from ._client import Client as Client, Event as Event, Problem as Problem, TokenProvider as TokenProvider, socket_path as socket_path

if TYPE_CHECKING:
    from . import accounts as accounts, session as session, targets as targets
    from ._ask import *
    from ._errors import *
    from ._filters import *
    from ._given import *
    from ._records import Record as Record, to_dataframe as to_dataframe
    from ._types import *
    from ._workspace import AsyncWorkspace as AsyncWorkspace, Session as Session, Workspace as Workspace
    from .accounts import AccountSummary as AccountSummary, AccountTestResult as AccountTestResult
    from .targets import Target as Target

# What a program does not use it does not load: the module that has a name is found when it is asked for.
_MODULES = ("_workspace", "_records", "_errors", "_ask", "_filters", "_given", "_types")
_NAMESPACES = ("accounts", "session", "targets")
_CLASSES = {"AccountSummary": "accounts", "AccountTestResult": "accounts", "Target": "targets"}


def __getattr__(name: str) -> Any:
    if name in _NAMESPACES:
        return importlib.import_module(f".{name}", __name__)
    if name in _CLASSES:
        return getattr(importlib.import_module(f".{_CLASSES[name]}", __name__), name)
    if not name.startswith("_"):
        for module in _MODULES:
            found = importlib.import_module(f".{module}", __name__)
            if name in found.__all__:
                return globals().setdefault(name, getattr(found, name))
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    modules = [importlib.import_module(f".{module}", __name__) for module in _MODULES]
    return sorted({*globals(), *_NAMESPACES, *_CLASSES, *(name for module in modules for name in module.__all__)})
