"""What queries are made of, by the names of the library: properties, filters, breakdowns, and cohorts that are not saved.

Each is a dict, the JSON that the daemon takes; plain dicts of the same keys do as well. The daemon checks them, all at once.
"""

from __future__ import annotations

from inspect import Parameter, Signature
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Mapping, Optional, Protocol, Sequence, Union

from ._given import CohortAggregationType, CustomPropertyType, Day, FilterDateUnit, FilterPropertyType, FiltersCombinator, FrequencyFilterOperator
from ._given import Given, ResourceType, TimeUnit

if TYPE_CHECKING:
    from ._types import AskCohort, AskCriterion, AskProperty, AskPropertyFilter

    _Test = Union[AskPropertyFilter, "Filter"]

__all__ = [
    "CohortBreakdown", "CohortCriteria", "CohortDefinition", "CustomPropertyRef", "Filter", "FrequencyBreakdown", "FrequencyFilter", "GroupBy",
    "InlineCustomProperty", "ListItemGroupMode", "PropertyInput", "PropertySpec",
]

class CustomPropertyRef(Given):
    """A saved custom property."""

    _keys = {"id": "custom_property"}
    id: int


class PropertyInput(Given):
    """A property that a formula takes."""

    name: str
    type: Literal["string", "number", "boolean", "datetime", "list"] = "string"
    resource_type: Literal["event", "user"] = "event"


class InlineCustomProperty(Given):
    """A custom property that is not saved: a formula over others, each by its letter."""

    _inside = "custom_property"
    formula: str
    inputs: Mapping[str, PropertyInput]
    property_type: Optional[CustomPropertyType] = None
    resource_type: ResourceType = "events"

    @staticmethod
    def numeric(formula: str, /, **properties: str) -> InlineCustomProperty:
        """Computes a number from numbers of events: `numeric("A * B", A="price", B="quantity")`."""
        return InlineCustomProperty(formula, {letter: PropertyInput(name, "number") for letter, name in properties.items()}, "number")


PropertySpec = Union[str, CustomPropertyRef, InlineCustomProperty]


class _Set(Protocol):
    def __call__(self, property: AskProperty, *, resource_type: ResourceType = "events") -> Filter: ...


class _Texts(Protocol):
    def __call__(self, property: AskProperty, value: Union[str, Sequence[str]], *, resource_type: ResourceType = "events") -> Filter: ...


class _Text(Protocol):
    def __call__(self, property: AskProperty, value: str, *, resource_type: ResourceType = "events") -> Filter: ...


class _Prefix(Protocol):
    def __call__(self, property: AskProperty, prefix: str, *, resource_type: ResourceType = "events") -> Filter: ...


class _Suffix(Protocol):
    def __call__(self, property: AskProperty, suffix: str, *, resource_type: ResourceType = "events") -> Filter: ...


class _Number(Protocol):
    def __call__(self, property: AskProperty, value: float, *, resource_type: ResourceType = "events") -> Filter: ...


class _Numbers(Protocol):
    def __call__(self, property: AskProperty, min_val: float, max_val: float, *, resource_type: ResourceType = "events") -> Filter: ...


class _On(Protocol):
    def __call__(self, property: AskProperty, date: Day, *, resource_type: ResourceType = "events") -> Filter: ...


class _Days(Protocol):
    def __call__(self, property: AskProperty, from_date: Day, to_date: Day, *, resource_type: ResourceType = "events") -> Filter: ...


class _Span(Protocol):
    def __call__(self, property: AskProperty, quantity: int, date_unit: FilterDateUnit, *, resource_type: ResourceType = "events") -> Filter: ...


def _of_people(resource_type: Any) -> dict[str, Any]:
    """Returns whose property it is, where it is not that of events."""
    return {} if resource_type == "events" else {"resource_type": resource_type}


def _test(op: str, *names: str) -> Any:
    """Returns what makes filters of an operator: of a property, and what it is compared with."""
    kinds = [Parameter(name, Parameter.POSITIONAL_OR_KEYWORD) for name in ("property", *names)]
    signature = Signature([*kinds, Parameter("resource_type", Parameter.KEYWORD_ONLY, default="events")])

    def make(*given: Any, **named: Any) -> Filter:
        try:
            bound = signature.bind(*given, **named).arguments
        except TypeError as error:
            raise TypeError(f"Filter.{op}: {error}") from None
        unit, values = bound.get("date_unit"), [bound[name] for name in names if name != "date_unit"]
        value = values if len(values) > 1 else values[0] if values else None
        return Filter._of(property=bound["property"], op=op, value=value, unit=unit, **_of_people(bound.get("resource_type")))

    make.__name__, make.__signature__ = op, signature  # type: ignore[attr-defined]
    return staticmethod(make)


class Filter(Given):
    """A test of a property, or of users by a cohort. The constructor takes any type with any operator; the others know theirs."""

    _keys = {
        "_property": "property", "_operator": "op", "_value": "value", "_property_type": "type", "_resource_type": "resource_type",
        "_date_unit": "unit", "_list_item_filters": "items", "_list_item_quantifier": "quantifier",
    }
    _always = ("_property_type",)
    _property: AskProperty
    _operator: str
    _value: Any = None
    _property_type: FilterPropertyType = "string"
    _resource_type: ResourceType = "events"
    _date_unit: Optional[FilterDateUnit] = None
    _list_item_filters: Optional[Sequence[_Test]] = None
    _list_item_quantifier: Optional[FiltersCombinator] = None

    equals: ClassVar[_Texts] = _test("equals", "value")
    not_equals: ClassVar[_Texts] = _test("not_equals", "value")
    contains: ClassVar[_Text] = _test("contains", "value")
    not_contains: ClassVar[_Text] = _test("not_contains", "value")
    starts_with: ClassVar[_Prefix] = _test("starts_with", "prefix")
    ends_with: ClassVar[_Suffix] = _test("ends_with", "suffix")
    greater_than: ClassVar[_Number] = _test("greater_than", "value")
    less_than: ClassVar[_Number] = _test("less_than", "value")
    at_least: ClassVar[_Number] = _test("at_least", "value")
    at_most: ClassVar[_Number] = _test("at_most", "value")
    between: ClassVar[_Numbers] = _test("between", "min_val", "max_val")
    not_between: ClassVar[_Numbers] = _test("not_between", "min_val", "max_val")
    is_set: ClassVar[_Set] = _test("is_set")
    is_not_set: ClassVar[_Set] = _test("is_not_set")
    is_true: ClassVar[_Set] = _test("is_true")
    is_false: ClassVar[_Set] = _test("is_false")
    on: ClassVar[_On] = _test("on", "date")
    not_on: ClassVar[_On] = _test("not_on", "date")
    before: ClassVar[_On] = _test("before", "date")
    since: ClassVar[_On] = _test("since", "date")
    date_between: ClassVar[_Days] = _test("date_between", "from_date", "to_date")
    date_not_between: ClassVar[_Days] = _test("date_not_between", "from_date", "to_date")
    in_the_last: ClassVar[_Span] = _test("in_the_last", "quantity", "date_unit")
    not_in_the_last: ClassVar[_Span] = _test("not_in_the_last", "quantity", "date_unit")
    in_the_next: ClassVar[_Span] = _test("in_the_next", "quantity", "date_unit")

    @staticmethod
    def list_contains(
        property: str, *item_filters: _Test, quantifier: FiltersCombinator = "any", resource_type: ResourceType = "events",
        **equals: Union[str, Sequence[str]],
    ) -> Filter:
        """Tests the items of a list of objects: `list_contains("cart", Filter.greater_than("price", 50))`, `list_contains("cart", brand="nike")`."""
        items = [*item_filters, *(Filter.equals(name, value) for name, value in equals.items())]
        return Filter._of(property=property, op="list_contains", items=items, quantifier=quantifier, **_of_people(resource_type))

    @staticmethod
    def in_cohort(cohort: AskCohort, name: Optional[str] = None) -> Filter:
        """Takes users in a cohort."""
        return Filter._of(cohort=cohort, name=name)

    @staticmethod
    def not_in_cohort(cohort: AskCohort, name: Optional[str] = None) -> Filter:
        """Takes users that are not in a cohort."""
        return Filter._of(cohort=cohort, name=name, negated=True)


class FrequencyFilter(Given):
    """Users by how often they did an event."""

    _inside = "frequency"
    event: str
    value: float
    operator: FrequencyFilterOperator = "is at least"
    date_range_value: Optional[int] = None
    date_range_unit: Optional[TimeUnit] = None
    event_filters: Optional[Union[_Test, Sequence[_Test]]] = None
    label: Optional[str] = None


class ListItemGroupMode(Given):
    """A field of the items of a list."""

    _keys = {"sub_type": "type"}
    sub: str
    sub_type: CustomPropertyType = "string"


class GroupBy(Given):
    """A breakdown by a property, numbers in buckets."""

    _keys = {"property_type": "type", "_list_item_mode": "list_item"}
    property: AskProperty
    property_type: CustomPropertyType = "string"
    bucket_size: Optional[float] = None
    bucket_min: Optional[float] = None
    bucket_max: Optional[float] = None
    _list_item_mode: Optional[ListItemGroupMode] = None

    @staticmethod
    def list_item(property: str, sub: str, *, sub_type: CustomPropertyType = "string") -> GroupBy:
        """Breaks down by a field of the items of a list of objects."""
        return GroupBy(property, _list_item_mode=ListItemGroupMode(sub, sub_type))


class CohortBreakdown(Given):
    """A breakdown into users in a cohort and those that are not."""

    cohort: AskCohort
    name: Optional[str] = None
    include_negated: bool = True


class FrequencyBreakdown(Given):
    """A breakdown by how often a user did an event."""

    _inside = "frequency"
    event: str
    bucket_size: int = 1
    bucket_min: int = 0
    bucket_max: int = 10
    label: Optional[str] = None


class CohortCriteria(Given):
    """What users did or are."""

    @staticmethod
    def did_event(
        event: str, *, at_least: Optional[int] = None, at_most: Optional[int] = None, exactly: Optional[int] = None,
        within_days: Optional[int] = None, within_weeks: Optional[int] = None, within_months: Optional[int] = None,
        from_date: Optional[Day] = None, to_date: Optional[Day] = None,
        where: Optional[Union[_Test, Sequence[_Test]]] = None,
        aggregation: Optional[CohortAggregationType] = None, aggregation_property: Optional[str] = None,
    ) -> CohortCriteria:
        """Takes users who did an event so often."""
        return CohortCriteria._of(
            did=event, at_least=at_least, at_most=at_most, exactly=exactly, within_days=within_days, within_weeks=within_weeks,
            within_months=within_months, from_date=from_date, to_date=to_date, where=where, aggregation=aggregation,
            aggregation_property=aggregation_property,
        )

    @staticmethod
    def did_not_do_event(
        event: str, *, within_days: Optional[int] = None, within_weeks: Optional[int] = None, within_months: Optional[int] = None,
        from_date: Optional[Day] = None, to_date: Optional[Day] = None,
    ) -> CohortCriteria:
        """Takes users who did not do an event."""
        return CohortCriteria._of(
            did_not=event, within_days=within_days, within_weeks=within_weeks, within_months=within_months, from_date=from_date, to_date=to_date
        )

    @staticmethod
    def has_property(
        property: str, value: Union[str, float, bool, Sequence[str]], *,
        operator: Literal["equals", "not_equals", "contains", "not_contains", "greater_than", "less_than", "is_set", "is_not_set"] = "equals",
        property_type: Literal["string", "number", "boolean", "datetime", "list"] = "string",
    ) -> CohortCriteria:
        """Takes users by a property of their profiles."""
        return CohortCriteria._of(has_property=property, value=value, op=operator, type=property_type)

    @staticmethod
    def property_is_set(property: str) -> CohortCriteria:
        """Takes users that have a property."""
        return CohortCriteria._of(has_property=property, op="is_set")

    @staticmethod
    def property_is_not_set(property: str) -> CohortCriteria:
        """Takes users that have not a property."""
        return CohortCriteria._of(has_property=property, op="is_not_set")

    @staticmethod
    def in_cohort(cohort_id: int) -> CohortCriteria:
        """Takes users in a saved cohort."""
        return CohortCriteria._of(in_cohort=cohort_id)

    @staticmethod
    def not_in_cohort(cohort_id: int) -> CohortCriteria:
        """Takes users that are not in a saved cohort."""
        return CohortCriteria._of(not_in_cohort=cohort_id)


class CohortDefinition(Given):
    """A cohort by its criteria: all of them."""

    def __init__(self, *criteria: AskCriterion) -> None:
        self["all_of"] = list(criteria)

    @staticmethod
    def all_of(*criteria: AskCriterion) -> CohortDefinition:
        """Takes users that meet all criteria."""
        return CohortDefinition(*criteria)

    @staticmethod
    def any_of(*criteria: AskCriterion) -> CohortDefinition:
        """Takes users that meet one of the criteria."""
        return CohortDefinition._of(any_of=criteria)
