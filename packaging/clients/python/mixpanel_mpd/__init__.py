"""Mixpanel with the login that `mpd` keeps for all tools. Standard library only.

`Workspace` has every operation as a typed method, named as in the library `mixpanel_headless`; `Client` knows the socket alone.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from ._client import Client, Event, Problem, TokenProvider, socket_path

if TYPE_CHECKING:
    from . import accounts, session, targets
    from ._errors import *
    from ._records import Record, to_dataframe
    from ._types import *
    from ._workspace import AsyncWorkspace, Session, Workspace

# What a program does not use it does not load: the module that has a name is found when it is asked for.
_MODULES = ("_workspace", "_records", "_errors", "_types")
_NAMESPACES = ("accounts", "session", "targets")


def __getattr__(name: str) -> Any:
    if name in _NAMESPACES:
        return importlib.import_module(f".{name}", __name__)
    if not name.startswith("_"):
        for module in _MODULES:
            found = importlib.import_module(f".{module}", __name__)
            if name in found.__all__:
                return globals().setdefault(name, getattr(found, name))
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    modules = [importlib.import_module(f".{module}", __name__) for module in _MODULES]
    return sorted({*globals(), *_NAMESPACES, *(name for module in modules for name in module.__all__)})
