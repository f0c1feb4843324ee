"""Objects of answers, and tables of them."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar

__all__ = ["Record", "to_dataframe"]


class Record(dict[str, Any]):
    """An object of an answer: its fields by name (`cohort.name`, `cohort["name"]`), also those that its class does not know."""

    # The classes of inner objects; names that are others in JSON; how it becomes rows: a field, the names of its levels, and of its leaf.
    _parts: ClassVar[Mapping[str, str]] = {}
    _keys: ClassVar[Mapping[str, str]] = {}
    _unfolds: ClassVar[tuple[str, tuple[str, ...], str] | None] = None

    def __init__(self, *fields: Any, **named: Any) -> None:
        super().__init__(*fields, **{self._keys.get(name, name): value for name, value in named.items()})
        for name, of in self._parts.items():
            if name in self:
                self[name] = read(self[name], getattr(sys.modules[type(self).__module__], of))

    def __getattr__(self, name: str) -> Any:
        try:
            return self[self._keys.get(name, name)]
        except KeyError:
            fields = type(self).__annotations__
            if name in fields and not name.startswith("_"):
                return None  # Mixpanel has not said it.
            raise AttributeError(f"{type(self).__name__} has no field {name!r}") from None

    def __repr__(self) -> str:
        return f"{type(self).__name__}({super().__repr__()})"

    def to_dict(self) -> dict[str, Any]:
        """Returns it as plain dicts, as JSON has it."""
        return {key: _plain(value) for key, value in self.items()}

    def rows(self) -> list[dict[str, Any]]:
        """Returns its rows: one for each date and part of a series, each step, each cohort; else itself."""
        table = self.get("table")
        if isinstance(table, Mapping) and isinstance(table.get("rows"), list):
            return [dict(row) for row in table["rows"]]
        if self._unfolds is None or self.get(self._unfolds[0]) is None:
            return [dict(self)]
        field, levels, leaf = self._unfolds
        rows = list(_unfolded(self[field], levels, leaf, {}))
        # The time comes first, whichever level it is.
        return [{**({"date": row["date"]} if "date" in row else {}), **row} for row in rows]

    def to_dataframe(self, library: str | None = None) -> Any:
        """Returns its rows as a data frame of pandas or, where that is not installed or `polars` is asked for, of polars."""
        return to_dataframe(self.rows(), library)

    @property
    def df(self) -> Any:
        """Its rows as a data frame."""
        return self.to_dataframe()


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, list) else value


def _unfolded(value: Any, levels: tuple[str, ...], leaf: str, above: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if levels and isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _unfolded(inner, levels[1:], leaf, {**above, levels[0]: name})
    elif isinstance(value, Mapping):
        yield {**above, **value}
    elif isinstance(value, list) and leaf == "period":
        yield {**above, **{f"period_{at}": one for at, one in enumerate(value, 1)}}
    elif isinstance(value, list):
        for inner in value:
            yield from _unfolded(inner, (), leaf, above)
    else:
        yield {**above, leaf: value}


def read(value: Any, of: type[Record]) -> Any:
    """Returns a value with its objects as those of a class: itself, those of a list, or those of an object by names."""
    if isinstance(value, list):
        return [read(one, of) for one in value]
    if not isinstance(value, Mapping) or isinstance(value, of):
        return value
    return of(value)


def to_dataframe(rows: Iterable[Mapping[str, Any]], library: str | None = None) -> Any:
    """Returns objects, such as those of a list or a stream, as a data frame of pandas or polars."""
    if library not in (None, "pandas", "polars"):
        raise ValueError(f"a data frame is one of pandas or polars, not of {library!r}")
    plain = [dict(row) for row in rows]
    for name in [library] if library else ["pandas", "polars"]:
        try:
            module = importlib.import_module(name)
            return module.DataFrame(plain, **({"infer_schema_length": None} if name == "polars" else {}))
        except ModuleNotFoundError as error:
            if error.name != name:
                raise
    missing = f"{library} is not" if library else "neither pandas nor polars is"
    raise ModuleNotFoundError(f"{missing} installed: pip install 'mixpanel-mpd[{library or 'pandas'}]'")
