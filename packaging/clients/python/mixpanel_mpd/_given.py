"""What objects that are given to queries are made with: one class for all, and the words that they take."""

from __future__ import annotations

from datetime import date as _date
from inspect import Parameter, Signature
from typing import TYPE_CHECKING, Any, ClassVar, Dict, Literal, Mapping, Sequence, TypeVar, Union

if TYPE_CHECKING:
    from typing_extensions import dataclass_transform
else:
    dataclass_transform = lambda **_: lambda one: one  # noqa: E731

__all__ = [
    "MathType", "FunnelMathType", "RetentionMathType", "PerUserAggregation", "CohortAggregationType", "SegmentMethod", "InsightsMode",
    "FunnelMode", "FunnelOrder", "FunnelReentryMode", "RetentionMode", "RetentionAlignment", "RetentionUnboundedMode", "FlowChartType",
    "FlowCountType", "FlowSessionEvent", "TimeUnit", "QueryTimeUnit", "ConversionWindowUnit", "FlowConversionWindowUnit",
    "FilterDateUnit", "TimeComparisonUnit", "TimeComparisonType", "FiltersCombinator", "FilterPropertyType", "CustomPropertyType",
    "FrequencyFilterOperator",
]

# What is measured, and how: the words that arguments take.
MathType = Literal[
    "total", "unique", "dau", "wau", "mau", "average", "median", "min", "max", "p25", "p75", "p90", "p99", "percentile", "histogram",
    "cumulative_unique", "sessions", "unique_values", "most_frequent", "first_value", "multi_attribution", "numeric_summary",
]
FunnelMathType = Literal[
    "conversion_rate_unique", "conversion_rate_total", "conversion_rate_session", "unique", "total", "average", "median", "min", "max", "p25",
    "p75", "p90", "p99", "histogram",
]
RetentionMathType = Literal["retention_rate", "unique", "total", "average"]
PerUserAggregation = Literal["unique_values", "total", "average", "min", "max"]
CohortAggregationType = Literal["total", "unique", "average", "min", "max", "median"]
SegmentMethod = Literal["all", "first"]
InsightsMode = Literal["timeseries", "total", "table"]
FunnelMode = Literal["steps", "trends", "table"]
FunnelOrder = Literal["loose", "any"]
FunnelReentryMode = Literal["default", "basic", "aggressive", "optimized"]
RetentionMode = Literal["curve", "trends", "table"]
RetentionAlignment = Literal["birth", "interval_start"]
RetentionUnboundedMode = Literal["none", "carry_back", "carry_forward", "consecutive_forward"]
FlowChartType = Literal["sankey", "paths", "tree"]
FlowCountType = Literal["unique", "total", "session"]
FlowSessionEvent = Literal["start", "end"]
# Units of time.
TimeUnit = Literal["day", "week", "month"]
QueryTimeUnit = Literal["hour", "day", "week", "month", "quarter"]
ConversionWindowUnit = Literal["second", "minute", "hour", "day", "week", "month", "session"]
FlowConversionWindowUnit = Literal["day", "week", "month", "session"]
FilterDateUnit = Literal["hour", "day", "week", "month"]
TimeComparisonUnit = Literal["day", "week", "month", "quarter", "year"]
TimeComparisonType = Literal["relative", "absolute-start", "absolute-end"]
# Filters and properties.
FiltersCombinator = Literal["all", "any"]
FilterPropertyType = Literal["string", "number", "boolean", "datetime", "list", "object"]
CustomPropertyType = Literal["string", "number", "boolean", "datetime"]
FrequencyFilterOperator = Literal["is at least", "is at most", "is greater than", "is less than", "is equal to"]
ResourceType = Literal["events", "people"]
Day = Union[str, _date]
One = TypeVar("One", bound="Given")


def _plain(value: Any) -> Any:
    """Returns a value as JSON has it: days as texts."""
    if isinstance(value, _date):
        return value.isoformat()[:10]
    return [_plain(one) for one in value] if isinstance(value, (list, tuple)) else value


@dataclass_transform()
class Given(Dict[str, Any]):
    """An object that is given. What a class declares is what its constructor takes; what is the default is not sent."""

    # Names that are others in JSON; the key that all of it stands in; what is sent in any case.
    _keys: ClassVar[Mapping[str, str]] = {}
    _inside: ClassVar[str] = ""
    _always: ClassVar[Sequence[str]] = ()
    _fields: ClassVar[Mapping[str, Any]] = {}

    def __init_subclass__(cls) -> None:
        own = [name for name, of in cls.__annotations__.items() if not str(of).startswith("ClassVar")]
        cls._fields = {name: cls.__dict__.get(name, Parameter.empty) for name in own}
        for name in cls._fields.keys() & cls.__dict__.keys():
            delattr(cls, name)  # So that what an object has is found in it.
        if "__init__" in cls.__dict__:
            return
        taken = [Parameter(name, Parameter.POSITIONAL_OR_KEYWORD, default=default) for name, default in cls._fields.items()]
        cls.__signature__ = Signature(taken)  # type: ignore[attr-defined]

    def __init__(self, *given: Any, **named: Any) -> None:
        try:
            bound = self.__signature__.bind(*given, **named)
        except TypeError as error:
            raise TypeError(f"{type(self).__name__}: {error}") from None
        bound.apply_defaults()
        fields = {
            self._keys.get(name, name): _plain(value) for name, value in bound.arguments.items()
            if value is not None and (name in self._always or value != self._fields[name])
        }
        super().__init__({self._inside: fields} if self._inside else fields)

    @classmethod
    def _of(cls: type[One], **fields: Any) -> One:
        """Returns an object of these keys."""
        one = cls.__new__(cls)
        one.update({key: _plain(value) for key, value in fields.items() if value is not None})
        return one

    def __getattr__(self, name: str) -> Any:
        if name not in self._fields:
            raise AttributeError(f"{type(self).__name__} has no field {name!r}")
        default = self._fields[name]
        return (self[self._inside] if self._inside else self).get(self._keys.get(name, name), None if default is Parameter.empty else default)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({super().__repr__()})"
