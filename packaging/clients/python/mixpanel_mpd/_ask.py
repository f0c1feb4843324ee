"""What queries are made of, by the names of the library: metrics, the steps of funnels, the events of retention and flows.

Each is a dict, the JSON that the daemon takes; plain dicts of the same keys do as well. The daemon checks them, all at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, Mapping, Optional, Sequence, Union

from ._given import *
from ._given import Day, Given, ResourceType

if TYPE_CHECKING:
    from ._types import (
        AskCohort, AskEvent, AskEventFilter, AskExclusionOrName, AskFunnelBehavior, AskFunnelStepOrName, AskGroupedEvent, AskHeldPropertyOrName,
        AskOperand, AskProperty, AskRetentionBehavior, AskRetentionEventOrName,
    )

    _Filters = Union[AskEventFilter, Sequence[AskEventFilter]]

__all__ = [
    "BehaviorRef", "CohortMetric", "CustomEventRef", "Exclusion", "FlowStep", "Formula", "FormulaOperand",
    "FunnelBehavior", "FunnelMetric", "FunnelStep", "HoldingConstant", "Metric", "MetricRef", "RetentionBehavior", "RetentionEvent",
    "RetentionMetric", "SimpleBehavior", "TimeComparison",
]


class CustomEventRef(Given):
    """A saved custom event."""

    _keys = {"id": "custom_event"}
    id: int


class BehaviorRef(Given):
    """A saved behavior."""

    _keys = {"id": "behavior"}
    id: int
    type: Literal["simple", "funnel", "retention"]


class SimpleBehavior(Given):
    """Any of some events, each with filters of its own."""

    _keys = {"events": "any_of"}
    events: Sequence[AskGroupedEvent]
    name: Optional[str] = None


class Metric(Given):
    """An event with its own measure."""

    event: AskEvent
    math: MathType = "total"
    property: Optional[AskProperty] = None
    per_user: Optional[PerUserAggregation] = None
    percentile_value: Optional[float] = None
    filters: Optional[_Filters] = None
    filters_combinator: FiltersCombinator = "all"
    segment_method: Optional[SegmentMethod] = None


class CohortMetric(Given):
    """The size of a saved cohort over time."""

    cohort: AskCohort
    name: Optional[str] = None


class FunnelStep(Given):
    """A step of a funnel."""

    event: str
    label: Optional[str] = None
    filters: Optional[_Filters] = None
    filters_combinator: FiltersCombinator = "all"
    order: Optional[FunnelOrder] = None


class Exclusion(Given):
    """An event that takes a user out of a funnel, between steps."""

    event: str
    from_step: int = 0
    to_step: Optional[int] = None


class HoldingConstant(Given):
    """A property that must stay the same through a funnel."""

    property: str
    resource_type: ResourceType = "events"


class FunnelBehavior(Given):
    """A funnel, to be a metric."""

    steps: Sequence[AskFunnelStepOrName]
    conversion_window: int = 14
    conversion_window_unit: ConversionWindowUnit = "day"
    order: FunnelOrder = "loose"
    exclusions: Optional[Sequence[AskExclusionOrName]] = None
    holding_constant: Optional[Union[AskHeldPropertyOrName, Sequence[AskHeldPropertyOrName]]] = None
    reentry_mode: Optional[FunnelReentryMode] = None


class FunnelMetric(Given):
    """A funnel as a series."""

    _keys = {"behavior": "funnel"}
    behavior: AskFunnelBehavior
    math: FunnelMathType = "conversion_rate_unique"
    property: Optional[AskProperty] = None
    step_index: Optional[int] = None
    label: Optional[str] = None


class RetentionEvent(Given):
    """An event of retention, with filters."""

    event: str
    filters: Optional[_Filters] = None
    filters_combinator: FiltersCombinator = "all"


class RetentionBehavior(Given):
    """A retention, to be a metric."""

    born_event: AskRetentionEventOrName
    return_event: AskRetentionEventOrName
    retention_unit: TimeUnit = "week"
    alignment: RetentionAlignment = "birth"
    bucket_sizes: Optional[Sequence[int]] = None
    unbounded_mode: Optional[RetentionUnboundedMode] = None


class RetentionMetric(Given):
    """Retention as a series."""

    _keys = {"behavior": "retention"}
    behavior: AskRetentionBehavior
    math: RetentionMathType = "retention_rate"
    bucket_index: Optional[int] = None
    retention_cumulative: bool = False
    property: Optional[AskProperty] = None
    label: Optional[str] = None


class MetricRef(Given):
    """A saved metric, and what is changed of it."""

    _keys = {"id": "metric"}
    id: int
    type: Literal["metric", "formula", "warehouse"] = "metric"
    label: Optional[str] = None
    math: Optional[Union[MathType, FunnelMathType, RetentionMathType]] = None
    property: Optional[AskProperty] = None
    per_user: Optional[PerUserAggregation] = None
    percentile_value: Optional[float] = None
    segment_method: Optional[SegmentMethod] = None
    funnel_order: Optional[FunnelOrder] = None
    step_index: Optional[int] = None
    bucket_index: Optional[int] = None
    hidden: Optional[bool] = None
    overrides: Optional[Mapping[str, Any]] = None


class Formula(Given):
    """Arithmetic over the metrics of a query, A, B and so on, or over its own."""

    _keys = {"expression": "formula"}
    expression: str
    label: Optional[str] = None
    metrics: Optional[Sequence[AskOperand]] = None


FormulaOperand = Union[Metric, CohortMetric, FunnelMetric, RetentionMetric, MetricRef]


class FlowStep(Given):
    """An event that a flow goes from or to."""

    event: str
    forward: Optional[int] = None
    reverse: Optional[int] = None
    label: Optional[str] = None
    filters: Optional[_Filters] = None
    filters_combinator: FiltersCombinator = "all"
    session_event: Optional[FlowSessionEvent] = None


class TimeComparison(Given):
    """A period that a query is compared with."""

    type: TimeComparisonType
    unit: Optional[TimeComparisonUnit] = None
    date: Optional[Day] = None

    @staticmethod
    def relative(unit: TimeComparisonUnit) -> TimeComparison:
        """Compares with so long before."""
        return TimeComparison("relative", unit)

    @staticmethod
    def absolute_start(date: Day) -> TimeComparison:
        """Compares with as long a period from a day on."""
        return TimeComparison("absolute-start", date=date)

    @staticmethod
    def absolute_end(date: Day) -> TimeComparison:
        """Compares with as long a period up to a day."""
        return TimeComparison("absolute-end", date=date)
