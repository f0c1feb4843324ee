"""The operations as methods. Made from the rows in proto/catalog/src/ops by proto/catalog/tests/clients; do not edit."""

# ruff: noqa
# mypy: disable-error-code="no-any-return"

from __future__ import annotations

from typing import Any, AsyncIterator, Dict, Iterator, List, Literal, Mapping, Optional, Sequence, Union

from ._calls import DEFAULT, AsyncCalls, Calls, asked, data, nothing, of, or_null, params as params_of, renamed, value
from ._ask import *
from ._filters import *
from ._types import *


class Operations(Calls):
    """Every operation of the catalog."""

    def events(self, *, refresh: bool = False) -> List[str]:
        """List event names, sorted."""
        return self._run("inspect.events", {}, value, refresh=refresh)

    def properties(self, event: str, *, refresh: bool = False) -> List[str]:
        """List the properties of an event, sorted.

        * `event`: Event
        """
        return self._run("inspect.properties", {"event": event}, value, refresh=refresh)

    def property_values(self, property_name: str, *, limit: Optional[int] = None, event: Optional[str] = None, refresh: bool = False) -> List[str]:
        """List values of a property.

        * `property_name`: Property
        * `limit`: At most so many; else 100
        * `event`: Only of this event
        """
        return self._run("inspect.values", {"property": property_name, "limit": limit, "event": event}, value, refresh=refresh)

    def subproperties(self, property_name: str, *, sample_size: Optional[int] = None, event: Optional[str] = None, refresh: bool = False) -> List[SubPropertyInfo]:
        """Infer the fields of a list-of-objects property from sampled values.

        * `property_name`: Property
        * `sample_size`: Look at so many values; else 50
        * `event`: Only of this event
        """
        return self._run("inspect.subproperties", {"property": property_name, "sample_size": sample_size, "event": event}, of(SubPropertyInfo), refresh=refresh)

    def funnels(self, *, refresh: bool = False) -> List[FunnelInfo]:
        """List saved funnels, sorted by name."""
        return self._run("inspect.funnels", {}, of(FunnelInfo), refresh=refresh)

    def cohorts(self, *, refresh: bool = False) -> List[SavedCohort]:
        """List saved cohorts, sorted by name."""
        return self._run("inspect.cohorts", {}, of(SavedCohort), refresh=refresh)

    def top_events(self, *, type: Optional[Literal["general", "unique", "average"]] = None, limit: Optional[int] = None) -> List[TopEvent]:
        """List today's top events.

        * `type`: How they are counted; else general
        * `limit`: At most so many; else 10
        """
        return self._run("inspect.top-events", {"type": type, "limit": limit}, of(TopEvent))

    def list_bookmarks(self, bookmark_type: Optional[str] = None) -> List[BookmarkInfo]:
        """List saved reports briefly.

        * `bookmark_type`: Only reports of this type
        """
        return self._run("inspect.bookmarks", {"type": bookmark_type}, of(BookmarkInfo))

    def lexicon_schemas(self, *, entity_type: Optional[Literal["event", "profile"]] = None, refresh: bool = False) -> List[LexiconSchemaInfo]:
        """List schemas briefly.

        * `entity_type`: Only schemas of this kind
        """
        return self._run("inspect.lexicon-schemas", {"type": entity_type}, of(LexiconSchemaInfo), refresh=refresh)

    def lexicon_schema(self, entity_type: Literal["event", "profile"], name: str, *, refresh: bool = False) -> LexiconSchema:
        """Show one schema.

        * `entity_type`: Kind of entity
        * `name`: Name of the entity
        """
        return self._run("inspect.lexicon-schema", {"type": entity_type, "name": name}, of(LexiconSchema), refresh=refresh)

    def schema_graph(self, *, include_density: Optional[bool] = None, include_user_properties: Optional[bool] = None, refresh: bool = False) -> SchemaGraphResult:
        """Gather events, properties and their relations.

        * `include_density`: With how often each property is there; else false
        * `include_user_properties`: With the properties of users; else true
        """
        return self._run("inspect.schema-graph", {"density": include_density, "user_properties": include_user_properties}, of(SchemaGraphResult), refresh=refresh)

    def segmentation(self, event: str, *, from_date: str, to_date: str, unit: Optional[Literal["day", "week", "month"]] = None, on: Optional[str] = None, where: Optional[str] = None, link: Optional[bool] = None) -> SegmentationResult:
        """Count an event over time, optionally split by a property.

        * `event`: Event
        * `from_date`: First day, YYYY-MM-DD
        * `to_date`: Last day, YYYY-MM-DD
        * `unit`: Unit of time; else day
        * `on`: Property to split by, or an expression
        * `where`: Only events for which this expression is true
        * `link`: Add a link to the report in Mixpanel
        """
        return self._run("query.segmentation", {"event": event, "from": from_date, "to": to_date, "unit": unit, "on": on, "where": where, "link": link}, of(SegmentationResult))

    def funnel(self, funnel_id: int, *, from_date: str, to_date: str, unit: Optional[str] = None, on: Optional[str] = None, link: Optional[bool] = None) -> FunnelResult:
        """Run a saved funnel.

        * `funnel_id`: Id of the funnel
        * `from_date`: First day, YYYY-MM-DD
        * `to_date`: Last day, YYYY-MM-DD
        * `unit`: Unit of time
        * `on`: Expression to split by
        * `link`: Add a link to the report in Mixpanel
        """
        return self._run("query.funnel", {"funnel_id": funnel_id, "from": from_date, "to": to_date, "unit": unit, "on": on, "link": link}, of(FunnelResult))

    def retention(self, *, born_event: str, return_event: str, from_date: str, to_date: str, interval_count: Optional[int] = None, born_where: Optional[str] = None, return_where: Optional[str] = None, interval: Optional[int] = None, unit: Optional[Literal["day", "week", "month"]] = None) -> RetentionResult:
        """Run a retention query.

        * `born_event`: Event that makes a user count
        * `return_event`: Event by which a user returns
        * `from_date`: First day, YYYY-MM-DD
        * `to_date`: Last day, YYYY-MM-DD
        * `interval_count`: Number of periods; else 10
        * `born_where`: Only first events for which this expression is true
        * `return_where`: Only returns for which this expression is true
        * `interval`: Units in a period; else 1
        * `unit`: Unit of time; else day
        """
        return self._run("query.retention", {"born": born_event, "return": return_event, "from": from_date, "to": to_date, "intervals": interval_count, "born_where": born_where, "return_where": return_where, "interval": interval, "unit": unit}, of(RetentionResult))

    def event_counts(self, events: Sequence[str], *, from_date: str, to_date: str, type: Optional[Literal["general", "unique", "average"]] = None, unit: Optional[Literal["day", "week", "month"]] = None) -> EventCountsResult:
        """Count several events over time.

        * `events`: Events, separated by commas
        * `from_date`: First day, YYYY-MM-DD
        * `to_date`: Last day, YYYY-MM-DD
        * `type`: How they are counted; else general
        * `unit`: Unit of time; else day
        """
        return self._run("query.event-counts", {"events": events, "from": from_date, "to": to_date, "type": type, "unit": unit}, of(EventCountsResult))

    def property_counts(self, event: str, property_name: str, *, from_date: str, to_date: str, type: Optional[Literal["general", "unique", "average"]] = None, unit: Optional[Literal["day", "week", "month"]] = None, limit: Optional[int] = None) -> PropertyCountsResult:
        """Count an event by property value over time.

        * `event`: Event
        * `property_name`: Property
        * `from_date`: First day, YYYY-MM-DD
        * `to_date`: Last day, YYYY-MM-DD
        * `type`: How they are counted; else general
        * `unit`: Unit of time; else day
        * `limit`: At most so many values; else 10
        """
        return self._run("query.property-counts", {"event": event, "property": property_name, "from": from_date, "to": to_date, "type": type, "unit": unit, "limit": limit}, of(PropertyCountsResult))

    def activity_feed(self, distinct_ids: Sequence[str], *, include_events: Optional[Sequence[str]] = None, exclude_events: Optional[Sequence[str]] = None, from_date: Optional[str] = None, to_date: Optional[str] = None, limit: Optional[int] = None, paging_window: Optional[int] = None, sentinel_event: Optional[Mapping[str, Any]] = None, search: Optional[str] = None, use_custom_events: Optional[bool] = None) -> ActivityFeedResult:
        """Show the event stream of given users.

        * `distinct_ids`: Distinct ids, separated by commas
        * `include_events`: Only events of this name
        * `exclude_events`: No events of this name
        * `from_date`: First day, YYYY-MM-DD
        * `to_date`: Last day, YYYY-MM-DD
        * `limit`: At most so many events
        * `paging_window`: Days to look at in one page
        * `sentinel_event`: Where the former page ended, as it was answered
        * `search`: Only events that hold this text
        * `use_custom_events`: With custom events
        """
        return self._run("query.activity-feed", {"users": distinct_ids, "include_event": include_events, "exclude_event": exclude_events, "from": from_date, "to": to_date, "limit": limit, "paging_window": paging_window, "sentinel_event": sentinel_event, "search": search, "use_custom_events": use_custom_events}, of(ActivityFeedResult))

    def query_saved_report(self, bookmark_id: int, *, link: Optional[bool] = None) -> SavedReportResult:
        """Run a saved report.

        * `bookmark_id`: Id of the report
        * `link`: Add a link to the report in Mixpanel
        """
        return self._run("query.saved-report", {"bookmark_id": bookmark_id, "link": link}, of(SavedReportResult))

    def query_saved_flows(self, bookmark_id: int, *, link: Optional[bool] = None) -> FlowsResult:
        """Run a saved flows report.

        * `bookmark_id`: Id of the report
        * `link`: Add a link to the report in Mixpanel
        """
        return self._run("query.flows", {"bookmark_id": bookmark_id, "link": link}, of(FlowsResult))

    def frequency(self, *, from_date: str, to_date: str, unit: Optional[Literal["day", "week", "month"]] = None, addiction_unit: Optional[Literal["hour", "day"]] = None, event: Optional[str] = None, where: Optional[str] = None) -> FrequencyResult:
        """Show how often users do something per period.

        * `from_date`: First day, YYYY-MM-DD
        * `to_date`: Last day, YYYY-MM-DD
        * `unit`: Unit of time; else day
        * `addiction_unit`: Time that counts once; else hour
        * `event`: Only this event
        * `where`: Only events for which this expression is true
        """
        return self._run("query.frequency", {"from": from_date, "to": to_date, "unit": unit, "addiction_unit": addiction_unit, "event": event, "where": where}, of(FrequencyResult))

    def segmentation_numeric(self, event: str, *, from_date: str, to_date: str, on: str, unit: Optional[Literal["hour", "day"]] = None, type: Optional[Literal["general", "unique", "average"]] = None, where: Optional[str] = None) -> NumericBucketResult:
        """Count an event by buckets of a numeric property.

        * `event`: Event
        * `from_date`: First day, YYYY-MM-DD
        * `to_date`: Last day, YYYY-MM-DD
        * `on`: Numeric property, or an expression
        * `unit`: Unit of time; else day
        * `type`: How they are counted; else general
        * `where`: Only events for which this expression is true
        """
        return self._run("query.segmentation-numeric", {"event": event, "from": from_date, "to": to_date, "on": on, "unit": unit, "type": type, "where": where}, of(NumericBucketResult))

    def segmentation_sum(self, event: str, *, from_date: str, to_date: str, on: str, unit: Optional[Literal["hour", "day"]] = None, where: Optional[str] = None) -> NumericSumResult:
        """Sum a numeric property over time.

        * `event`: Event
        * `from_date`: First day, YYYY-MM-DD
        * `to_date`: Last day, YYYY-MM-DD
        * `on`: Numeric property, or an expression
        * `unit`: Unit of time; else day
        * `where`: Only events for which this expression is true
        """
        return self._run("query.segmentation-sum", {"event": event, "from": from_date, "to": to_date, "on": on, "unit": unit, "where": where}, of(NumericSumResult))

    def segmentation_average(self, event: str, *, from_date: str, to_date: str, on: str, unit: Optional[Literal["hour", "day"]] = None, where: Optional[str] = None) -> NumericAverageResult:
        """Average a numeric property over time.

        * `event`: Event
        * `from_date`: First day, YYYY-MM-DD
        * `to_date`: Last day, YYYY-MM-DD
        * `on`: Numeric property, or an expression
        * `unit`: Unit of time; else day
        * `where`: Only events for which this expression is true
        """
        return self._run("query.segmentation-average", {"event": event, "from": from_date, "to": to_date, "on": on, "unit": unit, "where": where}, of(NumericAverageResult))

    def query(self, events: Optional[Union[AskMetric, Sequence[AskMetric]]] = None, *, math: Optional[Literal["total", "unique", "dau", "wau", "mau", "cumulative_unique", "sessions", "average", "median", "min", "max", "p25", "p75", "p90", "p99", "percentile", "histogram", "unique_values", "most_frequent", "first_value", "multi_attribution", "numeric_summary"]] = None, math_property: Optional[str] = None, per_user: Optional[Literal["total", "average", "min", "max", "unique_values"]] = None, percentile_value: Optional[float] = None, formula: Optional[str] = None, formula_label: Optional[str] = None, rolling: Optional[int] = None, cumulative: Optional[bool] = None, mode: Optional[Literal["timeseries", "total", "table"]] = None, unit: Optional[Literal["hour", "day", "week", "month", "quarter"]] = None, group_by: Optional[Union[AskBreakdown, Sequence[AskBreakdown]]] = None, where: Optional[Union[AskFilter, Sequence[AskFilter]]] = None, from_date: Optional[str] = None, to_date: Optional[str] = None, last: Optional[int] = None, time_comparison: Optional[Union[AskTimeComparison, TimeComparison]] = None, limit: Optional[int] = None, data_group_id: Optional[int] = None, workspace_id: Optional[int] = None, params: Optional[Mapping[str, Any]] = None, link: bool = False) -> QueryResult:
        """Measure events over time or in total, by any property or formula. The answer has the parameters that were sent
        (params), the result, and the same as a table; dry_run returns the parameters alone, link stores them as a report and
        returns its URL. All problems of the arguments are told at once, each with a code, before anything is sent.

        * `events`: A metric, or several
        * `math`: How events given by name are measured; else total
        * `math_property`: The property that is measured
        * `per_user`: How it is taken per user first
        * `percentile_value`: Which percentile, for percentile
        * `formula`: A formula over the list: B/A*100
        * `formula_label`: Name of the formula
        * `rolling`: Rolling average over so many periods
        * `cumulative`: Add the periods up; else false
        * `mode`: What is shown; else timeseries
        * `unit`: Length of a time bucket; else day
        * `group_by`: What to break down by
        * `where`: Filters, all of which must pass
        * `from_date`: First day
        * `to_date`: Last day; today when only from_date is given
        * `last`: The last so many days; not with dates; else 30
        * `time_comparison`: A period to compare with
        * `limit`: Most segments, 1 to 50000; else 3000
        * `data_group_id`: Data group that is counted, in place of users
        * `workspace_id`: Workspace of the query, in place of the session's
        * `params`: A whole body, sent as it is, in place of the other arguments
        """
        return self._run("ask.insights", {"events": events, "math": math, "math_property": math_property, "per_user": per_user, "percentile_value": percentile_value, "formula": formula, "formula_label": formula_label, "rolling": rolling, "cumulative": cumulative, "mode": mode, "unit": unit, "group_by": group_by, "where": where, "from_date": from_date, "to_date": to_date, "last": last, "time_comparison": time_comparison, "limit": limit, "data_group_id": data_group_id, "workspace_id": workspace_id, "params": params}, asked(QueryResult), call={"link": link})

    def build_params(self, events: Optional[Union[AskMetric, Sequence[AskMetric]]] = None, *, math: Optional[Literal["total", "unique", "dau", "wau", "mau", "cumulative_unique", "sessions", "average", "median", "min", "max", "p25", "p75", "p90", "p99", "percentile", "histogram", "unique_values", "most_frequent", "first_value", "multi_attribution", "numeric_summary"]] = None, math_property: Optional[str] = None, per_user: Optional[Literal["total", "average", "min", "max", "unique_values"]] = None, percentile_value: Optional[float] = None, formula: Optional[str] = None, formula_label: Optional[str] = None, rolling: Optional[int] = None, cumulative: Optional[bool] = None, mode: Optional[Literal["timeseries", "total", "table"]] = None, unit: Optional[Literal["hour", "day", "week", "month", "quarter"]] = None, group_by: Optional[Union[AskBreakdown, Sequence[AskBreakdown]]] = None, where: Optional[Union[AskFilter, Sequence[AskFilter]]] = None, from_date: Optional[str] = None, to_date: Optional[str] = None, last: Optional[int] = None, time_comparison: Optional[Union[AskTimeComparison, TimeComparison]] = None, limit: Optional[int] = None, data_group_id: Optional[int] = None, workspace_id: Optional[int] = None, params: Optional[Mapping[str, Any]] = None) -> Dict[str, Any]:
        """Measure events over time or in total, by any property or formula. The answer has the parameters that were sent
        (params), the result, and the same as a table; dry_run returns the parameters alone, link stores them as a report and
        returns its URL. All problems of the arguments are told at once, each with a code, before anything is sent.

        * `events`: A metric, or several
        * `math`: How events given by name are measured; else total
        * `math_property`: The property that is measured
        * `per_user`: How it is taken per user first
        * `percentile_value`: Which percentile, for percentile
        * `formula`: A formula over the list: B/A*100
        * `formula_label`: Name of the formula
        * `rolling`: Rolling average over so many periods
        * `cumulative`: Add the periods up; else false
        * `mode`: What is shown; else timeseries
        * `unit`: Length of a time bucket; else day
        * `group_by`: What to break down by
        * `where`: Filters, all of which must pass
        * `from_date`: First day
        * `to_date`: Last day; today when only from_date is given
        * `last`: The last so many days; not with dates; else 30
        * `time_comparison`: A period to compare with
        * `limit`: Most segments, 1 to 50000; else 3000
        * `data_group_id`: Data group that is counted, in place of users
        * `workspace_id`: Workspace of the query, in place of the session's
        * `params`: A whole body, sent as it is, in place of the other arguments
        """
        return self._run("ask.insights", {"events": events, "math": math, "math_property": math_property, "per_user": per_user, "percentile_value": percentile_value, "formula": formula, "formula_label": formula_label, "rolling": rolling, "cumulative": cumulative, "mode": mode, "unit": unit, "group_by": group_by, "where": where, "from_date": from_date, "to_date": to_date, "last": last, "time_comparison": time_comparison, "limit": limit, "data_group_id": data_group_id, "workspace_id": workspace_id, "params": params}, params_of, call={"dry_run": True})

    def query_funnel(self, steps: Optional[AskFunnelSteps] = None, *, math: Optional[Literal["conversion_rate_unique", "conversion_rate_total", "conversion_rate_session", "unique", "total", "average", "median", "min", "max", "p25", "p75", "p90", "p99", "histogram"]] = None, math_property: Optional[str] = None, mode: Optional[Literal["steps", "trends", "table"]] = None, unit: Optional[Literal["hour", "day", "week", "month", "quarter"]] = None, group_by: Optional[Union[AskBreakdown, Sequence[AskBreakdown]]] = None, where: Optional[Union[AskFilter, Sequence[AskFilter]]] = None, conversion_window: Optional[int] = None, conversion_window_unit: Optional[Literal["second", "minute", "hour", "day", "week", "month", "session"]] = None, order: Optional[Literal["loose", "any"]] = None, exclusions: Optional[Sequence[AskExclusionOrName]] = None, holding_constant: Optional[Union[AskHeldPropertyOrName, Sequence[AskHeldPropertyOrName]]] = None, reentry_mode: Optional[Literal["default", "basic", "aggressive", "optimized"]] = None, from_date: Optional[str] = None, to_date: Optional[str] = None, last: Optional[int] = None, time_comparison: Optional[Union[AskTimeComparison, TimeComparison]] = None, limit: Optional[int] = None, data_group_id: Optional[int] = None, workspace_id: Optional[int] = None, params: Optional[Mapping[str, Any]] = None, link: bool = False) -> FunnelQueryResult:
        """Count how many users go through steps, and where they are lost. The answer has the parameters that were sent (params),
        the result, and the same as a table; dry_run returns the parameters alone, link stores them as a report and returns its
        URL. All problems of the arguments are told at once, each with a code, before anything is sent.

        * `steps`: The steps
        * `math`: How it is measured; else conversion_rate_unique
        * `math_property`: The property that is measured
        * `mode`: What is shown; else steps
        * `unit`: Length of a time bucket; else day
        * `group_by`: What to break down by
        * `where`: Filters, all of which must pass
        * `conversion_window`: How long a user may take for all steps; else 14
        * `conversion_window_unit`: Unit of it; else day
        * `order`: Whether the order of steps counts; else loose
        * `exclusions`: Events that take a user out
        * `holding_constant`: Properties that must stay the same; 3 at most
        * `reentry_mode`: How a user may begin again
        * `from_date`: First day
        * `to_date`: Last day; today when only from_date is given
        * `last`: The last so many days; not with dates; else 30
        * `time_comparison`: A period to compare with
        * `limit`: Most segments, 1 to 50000; else 3000
        * `data_group_id`: Data group that is counted, in place of users
        * `workspace_id`: Workspace of the query, in place of the session's
        * `params`: A whole body, sent as it is, in place of the other arguments
        """
        return self._run("ask.funnel", {"steps": steps, "math": math, "math_property": math_property, "mode": mode, "unit": unit, "group_by": group_by, "where": where, "conversion_window": conversion_window, "conversion_window_unit": conversion_window_unit, "order": order, "exclusions": exclusions, "holding_constant": holding_constant, "reentry_mode": reentry_mode, "from_date": from_date, "to_date": to_date, "last": last, "time_comparison": time_comparison, "limit": limit, "data_group_id": data_group_id, "workspace_id": workspace_id, "params": params}, asked(FunnelQueryResult), call={"link": link})

    def build_funnel_params(self, steps: Optional[AskFunnelSteps] = None, *, math: Optional[Literal["conversion_rate_unique", "conversion_rate_total", "conversion_rate_session", "unique", "total", "average", "median", "min", "max", "p25", "p75", "p90", "p99", "histogram"]] = None, math_property: Optional[str] = None, mode: Optional[Literal["steps", "trends", "table"]] = None, unit: Optional[Literal["hour", "day", "week", "month", "quarter"]] = None, group_by: Optional[Union[AskBreakdown, Sequence[AskBreakdown]]] = None, where: Optional[Union[AskFilter, Sequence[AskFilter]]] = None, conversion_window: Optional[int] = None, conversion_window_unit: Optional[Literal["second", "minute", "hour", "day", "week", "month", "session"]] = None, order: Optional[Literal["loose", "any"]] = None, exclusions: Optional[Sequence[AskExclusionOrName]] = None, holding_constant: Optional[Union[AskHeldPropertyOrName, Sequence[AskHeldPropertyOrName]]] = None, reentry_mode: Optional[Literal["default", "basic", "aggressive", "optimized"]] = None, from_date: Optional[str] = None, to_date: Optional[str] = None, last: Optional[int] = None, time_comparison: Optional[Union[AskTimeComparison, TimeComparison]] = None, limit: Optional[int] = None, data_group_id: Optional[int] = None, workspace_id: Optional[int] = None, params: Optional[Mapping[str, Any]] = None) -> Dict[str, Any]:
        """Count how many users go through steps, and where they are lost. The answer has the parameters that were sent (params),
        the result, and the same as a table; dry_run returns the parameters alone, link stores them as a report and returns its
        URL. All problems of the arguments are told at once, each with a code, before anything is sent.

        * `steps`: The steps
        * `math`: How it is measured; else conversion_rate_unique
        * `math_property`: The property that is measured
        * `mode`: What is shown; else steps
        * `unit`: Length of a time bucket; else day
        * `group_by`: What to break down by
        * `where`: Filters, all of which must pass
        * `conversion_window`: How long a user may take for all steps; else 14
        * `conversion_window_unit`: Unit of it; else day
        * `order`: Whether the order of steps counts; else loose
        * `exclusions`: Events that take a user out
        * `holding_constant`: Properties that must stay the same; 3 at most
        * `reentry_mode`: How a user may begin again
        * `from_date`: First day
        * `to_date`: Last day; today when only from_date is given
        * `last`: The last so many days; not with dates; else 30
        * `time_comparison`: A period to compare with
        * `limit`: Most segments, 1 to 50000; else 3000
        * `data_group_id`: Data group that is counted, in place of users
        * `workspace_id`: Workspace of the query, in place of the session's
        * `params`: A whole body, sent as it is, in place of the other arguments
        """
        return self._run("ask.funnel", {"steps": steps, "math": math, "math_property": math_property, "mode": mode, "unit": unit, "group_by": group_by, "where": where, "conversion_window": conversion_window, "conversion_window_unit": conversion_window_unit, "order": order, "exclusions": exclusions, "holding_constant": holding_constant, "reentry_mode": reentry_mode, "from_date": from_date, "to_date": to_date, "last": last, "time_comparison": time_comparison, "limit": limit, "data_group_id": data_group_id, "workspace_id": workspace_id, "params": params}, params_of, call={"dry_run": True})

    def query_retention(self, born_event: Optional[AskBornEvent] = None, return_event: Optional[AskReturnEvent] = None, *, math: Optional[Literal["retention_rate", "unique", "total", "average"]] = None, retention_cumulative: Optional[bool] = None, mode: Optional[Literal["curve", "trends", "table"]] = None, unit: Optional[Literal["day", "week", "month"]] = None, group_by: Optional[Union[AskBreakdown, Sequence[AskBreakdown]]] = None, where: Optional[Union[AskFilter, Sequence[AskFilter]]] = None, retention_unit: Optional[Literal["day", "week", "month"]] = None, alignment: Optional[Literal["birth", "interval_start"]] = None, bucket_sizes: Optional[Sequence[int]] = None, unbounded_mode: Optional[Literal["none", "carry_back", "carry_forward", "consecutive_forward"]] = None, from_date: Optional[str] = None, to_date: Optional[str] = None, last: Optional[int] = None, time_comparison: Optional[Union[AskTimeComparison, TimeComparison]] = None, limit: Optional[int] = None, data_group_id: Optional[int] = None, workspace_id: Optional[int] = None, params: Optional[Mapping[str, Any]] = None, link: bool = False) -> RetentionQueryResult:
        """Count how many users come back, by when they came first. The answer has the parameters that were sent (params), the
        result, and the same as a table; dry_run returns the parameters alone, link stores them as a report and returns its URL.
        All problems of the arguments are told at once, each with a code, before anything is sent.

        * `born_event`: The first event
        * `return_event`: The return event; not with saved retention
        * `math`: How it is measured; else retention_rate
        * `retention_cumulative`: Add the buckets up; else false
        * `mode`: What is shown; else curve
        * `unit`: Length of a time bucket; else day
        * `group_by`: What to break down by
        * `where`: Filters, all of which must pass
        * `retention_unit`: Length of a bucket; else week
        * `alignment`: Where buckets begin; else birth
        * `bucket_sizes`: Ends of buckets, rising
        * `unbounded_mode`: How a return counts for other buckets
        * `from_date`: First day
        * `to_date`: Last day; today when only from_date is given
        * `last`: The last so many days; not with dates; else 30
        * `time_comparison`: A period to compare with
        * `limit`: Most segments, 1 to 50000; else 3000
        * `data_group_id`: Data group that is counted, in place of users
        * `workspace_id`: Workspace of the query, in place of the session's
        * `params`: A whole body, sent as it is, in place of the other arguments
        """
        return self._run("ask.retention", {"born_event": born_event, "return_event": return_event, "math": math, "retention_cumulative": retention_cumulative, "mode": mode, "unit": unit, "group_by": group_by, "where": where, "retention_unit": retention_unit, "alignment": alignment, "bucket_sizes": bucket_sizes, "unbounded_mode": unbounded_mode, "from_date": from_date, "to_date": to_date, "last": last, "time_comparison": time_comparison, "limit": limit, "data_group_id": data_group_id, "workspace_id": workspace_id, "params": params}, asked(RetentionQueryResult), call={"link": link})

    def build_retention_params(self, born_event: Optional[AskBornEvent] = None, return_event: Optional[AskReturnEvent] = None, *, math: Optional[Literal["retention_rate", "unique", "total", "average"]] = None, retention_cumulative: Optional[bool] = None, mode: Optional[Literal["curve", "trends", "table"]] = None, unit: Optional[Literal["day", "week", "month"]] = None, group_by: Optional[Union[AskBreakdown, Sequence[AskBreakdown]]] = None, where: Optional[Union[AskFilter, Sequence[AskFilter]]] = None, retention_unit: Optional[Literal["day", "week", "month"]] = None, alignment: Optional[Literal["birth", "interval_start"]] = None, bucket_sizes: Optional[Sequence[int]] = None, unbounded_mode: Optional[Literal["none", "carry_back", "carry_forward", "consecutive_forward"]] = None, from_date: Optional[str] = None, to_date: Optional[str] = None, last: Optional[int] = None, time_comparison: Optional[Union[AskTimeComparison, TimeComparison]] = None, limit: Optional[int] = None, data_group_id: Optional[int] = None, workspace_id: Optional[int] = None, params: Optional[Mapping[str, Any]] = None) -> Dict[str, Any]:
        """Count how many users come back, by when they came first. The answer has the parameters that were sent (params), the
        result, and the same as a table; dry_run returns the parameters alone, link stores them as a report and returns its URL.
        All problems of the arguments are told at once, each with a code, before anything is sent.

        * `born_event`: The first event
        * `return_event`: The return event; not with saved retention
        * `math`: How it is measured; else retention_rate
        * `retention_cumulative`: Add the buckets up; else false
        * `mode`: What is shown; else curve
        * `unit`: Length of a time bucket; else day
        * `group_by`: What to break down by
        * `where`: Filters, all of which must pass
        * `retention_unit`: Length of a bucket; else week
        * `alignment`: Where buckets begin; else birth
        * `bucket_sizes`: Ends of buckets, rising
        * `unbounded_mode`: How a return counts for other buckets
        * `from_date`: First day
        * `to_date`: Last day; today when only from_date is given
        * `last`: The last so many days; not with dates; else 30
        * `time_comparison`: A period to compare with
        * `limit`: Most segments, 1 to 50000; else 3000
        * `data_group_id`: Data group that is counted, in place of users
        * `workspace_id`: Workspace of the query, in place of the session's
        * `params`: A whole body, sent as it is, in place of the other arguments
        """
        return self._run("ask.retention", {"born_event": born_event, "return_event": return_event, "math": math, "retention_cumulative": retention_cumulative, "mode": mode, "unit": unit, "group_by": group_by, "where": where, "retention_unit": retention_unit, "alignment": alignment, "bucket_sizes": bucket_sizes, "unbounded_mode": unbounded_mode, "from_date": from_date, "to_date": to_date, "last": last, "time_comparison": time_comparison, "limit": limit, "data_group_id": data_group_id, "workspace_id": workspace_id, "params": params}, params_of, call={"dry_run": True})

    def query_flow(self, event: Optional[Union[AskAnchorOrName, Sequence[AskAnchorOrName]]] = None, *, forward: Optional[int] = None, reverse: Optional[int] = None, count_type: Optional[Literal["unique", "total", "session"]] = None, cardinality: Optional[int] = None, conversion_window: Optional[int] = None, conversion_window_unit: Optional[Literal["day", "week", "month", "session"]] = None, collapse_repeated: Optional[bool] = None, hidden_events: Optional[Sequence[str]] = None, exclusions: Optional[Sequence[str]] = None, mode: Optional[Literal["sankey", "paths", "tree"]] = None, where: Optional[Union[AskFlowFilter, Sequence[AskFlowFilter]]] = None, segments: Optional[Union[AskBreakdown, Sequence[AskBreakdown]]] = None, from_date: Optional[str] = None, to_date: Optional[str] = None, last: Optional[int] = None, data_group_id: Optional[int] = None, workspace_id: Optional[int] = None, params: Optional[Mapping[str, Any]] = None, link: bool = False) -> FlowQueryResult:
        """Show which ways users take to and from an event. The answer has the parameters that were sent (params), the result, and
        the same as a table; dry_run returns the parameters alone, link stores them as a report and returns its URL. All problems
        of the arguments are told at once, each with a code, before anything is sent.

        * `event`: An event, or several
        * `forward`: Steps after an event, 0 to 5; else 3
        * `reverse`: Steps before an event, 0 to 5; else 0
        * `count_type`: What is counted; else unique
        * `cardinality`: Nodes per step, 1 to 50; else 3
        * `conversion_window`: How long a user may take; else 7
        * `conversion_window_unit`: Unit of it; else day
        * `collapse_repeated`: Show repeated events as one; else false
        * `hidden_events`: Events that are not shown
        * `exclusions`: Events that end a flow
        * `mode`: What is shown; else sankey
        * `where`: Filters, all of which must pass; one cohort at most
        * `segments`: What to break down by
        * `from_date`: First day
        * `to_date`: Last day; today when only from_date is given
        * `last`: The last so many days; not with dates; else 30
        * `data_group_id`: Data group that is counted, in place of users
        * `workspace_id`: Workspace of the query, in place of the session's
        * `params`: A whole body, sent as it is, in place of the other arguments
        """
        return self._run("ask.flow", {"event": event, "forward": forward, "reverse": reverse, "count_type": count_type, "cardinality": cardinality, "conversion_window": conversion_window, "conversion_window_unit": conversion_window_unit, "collapse_repeated": collapse_repeated, "hidden_events": hidden_events, "exclusions": exclusions, "mode": mode, "where": where, "segments": segments, "from_date": from_date, "to_date": to_date, "last": last, "data_group_id": data_group_id, "workspace_id": workspace_id, "params": params}, asked(FlowQueryResult), call={"link": link})

    def build_flow_params(self, event: Optional[Union[AskAnchorOrName, Sequence[AskAnchorOrName]]] = None, *, forward: Optional[int] = None, reverse: Optional[int] = None, count_type: Optional[Literal["unique", "total", "session"]] = None, cardinality: Optional[int] = None, conversion_window: Optional[int] = None, conversion_window_unit: Optional[Literal["day", "week", "month", "session"]] = None, collapse_repeated: Optional[bool] = None, hidden_events: Optional[Sequence[str]] = None, exclusions: Optional[Sequence[str]] = None, mode: Optional[Literal["sankey", "paths", "tree"]] = None, where: Optional[Union[AskFlowFilter, Sequence[AskFlowFilter]]] = None, segments: Optional[Union[AskBreakdown, Sequence[AskBreakdown]]] = None, from_date: Optional[str] = None, to_date: Optional[str] = None, last: Optional[int] = None, data_group_id: Optional[int] = None, workspace_id: Optional[int] = None, params: Optional[Mapping[str, Any]] = None) -> Dict[str, Any]:
        """Show which ways users take to and from an event. The answer has the parameters that were sent (params), the result, and
        the same as a table; dry_run returns the parameters alone, link stores them as a report and returns its URL. All problems
        of the arguments are told at once, each with a code, before anything is sent.

        * `event`: An event, or several
        * `forward`: Steps after an event, 0 to 5; else 3
        * `reverse`: Steps before an event, 0 to 5; else 0
        * `count_type`: What is counted; else unique
        * `cardinality`: Nodes per step, 1 to 50; else 3
        * `conversion_window`: How long a user may take; else 7
        * `conversion_window_unit`: Unit of it; else day
        * `collapse_repeated`: Show repeated events as one; else false
        * `hidden_events`: Events that are not shown
        * `exclusions`: Events that end a flow
        * `mode`: What is shown; else sankey
        * `where`: Filters, all of which must pass; one cohort at most
        * `segments`: What to break down by
        * `from_date`: First day
        * `to_date`: Last day; today when only from_date is given
        * `last`: The last so many days; not with dates; else 30
        * `data_group_id`: Data group that is counted, in place of users
        * `workspace_id`: Workspace of the query, in place of the session's
        * `params`: A whole body, sent as it is, in place of the other arguments
        """
        return self._run("ask.flow", {"event": event, "forward": forward, "reverse": reverse, "count_type": count_type, "cardinality": cardinality, "conversion_window": conversion_window, "conversion_window_unit": conversion_window_unit, "collapse_repeated": collapse_repeated, "hidden_events": hidden_events, "exclusions": exclusions, "mode": mode, "where": where, "segments": segments, "from_date": from_date, "to_date": to_date, "last": last, "data_group_id": data_group_id, "workspace_id": workspace_id, "params": params}, params_of, call={"dry_run": True})

    def query_user(self, *, mode: Optional[Literal["aggregate", "profiles"]] = None, where: Optional[AskUsersWhere] = None, cohort: Optional[AskCohort] = None, include_all_users: Optional[bool] = None, group_id: Optional[str] = None, properties: Optional[Sequence[str]] = None, sort_by: Optional[str] = None, sort_order: Optional[str] = None, search: Optional[str] = None, distinct_id: Optional[str] = None, distinct_ids: Optional[Sequence[str]] = None, as_of: Optional[Union[str, int]] = None, limit: Optional[int] = DEFAULT, parallel: Optional[bool] = None, workers: Optional[int] = None, aggregate: Optional[Literal["count", "extremes", "percentile", "numeric_summary"]] = None, aggregate_property: Optional[str] = None, percentile: Optional[float] = None, segment_by: Optional[Sequence[int]] = None, params: Optional[Mapping[str, Any]] = None) -> UserQueryResult:
        """Count or list users by what they are and did. It counts unless mode is profiles, which lists one unless limit says how
        many (null: all). The answer has the parameters that were sent (params), the result, and the same as a table; dry_run
        returns the parameters alone.

        * `mode`: Profiles, or an aggregate of them; else aggregate
        * `where`: Which profiles
        * `cohort`: A cohort that they are in
        * `include_all_users`: Users without a profile, too; else false
        * `group_id`: Group whose profiles are meant
        * `properties`: Properties that are returned
        * `sort_by`: Property to sort by
        * `sort_order`: Order of sorting: descending or ascending; else descending
        * `search`: Words to search profiles for
        * `distinct_id`: One user
        * `distinct_ids`: Several users
        * `as_of`: Profiles as they were then
        * `limit`: Most profiles; null for all; else 1
        * `parallel`: Fetch pages at once; else false
        * `workers`: Pages at once, 1 to 5; else 5
        * `aggregate`: What is computed; else count
        * `aggregate_property`: The property that it is computed of
        * `percentile`: Which percentile, between 0 and 100
        * `segment_by`: Ids of cohorts to break down by
        * `params`: A whole body, sent as it is, in place of the other arguments
        """
        return self._run("ask.users", {"mode": mode, "where": where, "cohort": cohort, "include_all_users": include_all_users, "group_id": group_id, "properties": properties, "sort_by": sort_by, "sort_order": sort_order, "search": search, "distinct_id": distinct_id, "distinct_ids": distinct_ids, "as_of": as_of, "limit": or_null(limit), "parallel": parallel, "workers": workers, "aggregate": aggregate, "aggregate_property": aggregate_property, "percentile": percentile, "segment_by": segment_by, "params": params}, asked(UserQueryResult))

    def build_user_params(self, *, mode: Optional[Literal["aggregate", "profiles"]] = None, where: Optional[AskUsersWhere] = None, cohort: Optional[AskCohort] = None, include_all_users: Optional[bool] = None, group_id: Optional[str] = None, properties: Optional[Sequence[str]] = None, sort_by: Optional[str] = None, sort_order: Optional[str] = None, search: Optional[str] = None, distinct_id: Optional[str] = None, distinct_ids: Optional[Sequence[str]] = None, as_of: Optional[Union[str, int]] = None, limit: Optional[int] = DEFAULT, parallel: Optional[bool] = None, workers: Optional[int] = None, aggregate: Optional[Literal["count", "extremes", "percentile", "numeric_summary"]] = None, aggregate_property: Optional[str] = None, percentile: Optional[float] = None, segment_by: Optional[Sequence[int]] = None, params: Optional[Mapping[str, Any]] = None) -> Dict[str, Any]:
        """Count or list users by what they are and did. It counts unless mode is profiles, which lists one unless limit says how
        many (null: all). The answer has the parameters that were sent (params), the result, and the same as a table; dry_run
        returns the parameters alone.

        * `mode`: Profiles, or an aggregate of them; else aggregate
        * `where`: Which profiles
        * `cohort`: A cohort that they are in
        * `include_all_users`: Users without a profile, too; else false
        * `group_id`: Group whose profiles are meant
        * `properties`: Properties that are returned
        * `sort_by`: Property to sort by
        * `sort_order`: Order of sorting: descending or ascending; else descending
        * `search`: Words to search profiles for
        * `distinct_id`: One user
        * `distinct_ids`: Several users
        * `as_of`: Profiles as they were then
        * `limit`: Most profiles; null for all; else 1
        * `parallel`: Fetch pages at once; else false
        * `workers`: Pages at once, 1 to 5; else 5
        * `aggregate`: What is computed; else count
        * `aggregate_property`: The property that it is computed of
        * `percentile`: Which percentile, between 0 and 100
        * `segment_by`: Ids of cohorts to break down by
        * `params`: A whole body, sent as it is, in place of the other arguments
        """
        return self._run("ask.users", {"mode": mode, "where": where, "cohort": cohort, "include_all_users": include_all_users, "group_id": group_id, "properties": properties, "sort_by": sort_by, "sort_order": sort_order, "search": search, "distinct_id": distinct_id, "distinct_ids": distinct_ids, "as_of": as_of, "limit": or_null(limit), "parallel": parallel, "workers": workers, "aggregate": aggregate, "aggregate_property": aggregate_property, "percentile": percentile, "segment_by": segment_by, "params": params}, params_of, call={"dry_run": True})

    def stream_events(self, *, from_date: str, events: Optional[Sequence[str]] = None, to_date: Optional[str] = None, where: Optional[str] = None, limit: Optional[int] = None, raw: Optional[bool] = None, timezone: Optional[str] = None, stored_in: Optional[str] = None, on_bad_line: Optional[Literal["fail", "skip", "pass"]] = None, strict: Optional[bool] = None) -> Iterator[Dict[str, Any]]:
        """Export raw events of a range of days as JSON Lines. Days begin and end in the time zone of the project, and words such
        as yesterday mean days there. Times are as Mixpanel stores them: UTC for projects made since 2023. For older ones they are
        the local time of the project, though event_time says +00:00.

        * `from_date`: First day: 2025-01-31, yesterday, -7d, 2025-W05, 2025-01, last-month
        * `events`: Only events of this name; may be given more than once
        * `to_date`: Last day, in the same words; yesterday if it is left out
        * `where`: Only events for which this expression is true
        * `limit`: At most so many events, 1 to 100000
        * `raw`: Lines as Mixpanel sends them, byte for byte
        * `timezone`: Show event_time in this time zone: Europe/Berlin, project, utc
        * `stored_in`: Times are stored in this zone: utc, or project for one before 2023
        * `on_bad_line`: Lines that are no events: fail (default), skip, or pass (after U+001E)
        * `strict`: Refuse lines that would have to be mended
        """
        return self._stream("export.events", {"from": from_date, "event": events, "to": to_date, "where": where, "limit": limit, "raw": raw, "timezone": timezone, "stored_in": stored_in, "on_bad_line": on_bad_line, "strict": strict})

    def stream_profiles(self, *, output_properties: Optional[Sequence[str]] = None, where: Optional[str] = None, since: Optional[str] = None, cohort_id: Optional[str] = None, distinct_id: Optional[str] = None, distinct_ids: Optional[Sequence[str]] = None, group_id: Optional[str] = None, behaviors: Any = None, as_of_timestamp: Optional[int] = None, include_all_users: Optional[bool] = None, limit: Optional[int] = None, page_size: Optional[int] = None, raw: Optional[bool] = None, on_bad_line: Optional[Literal["fail", "skip", "pass"]] = None, strict: Optional[bool] = None) -> Iterator[Dict[str, Any]]:
        """Export user or group profiles as JSON Lines. $last_seen, by which --since selects, moves with updates of a profile.
        Edits in Mixpanel's own pages, updates with $ignore_time, events and deletions do not move it: export all profiles now and
        then.

        * `output_properties`: Only this property; may be given more than once
        * `where`: Only profiles for which this expression is true
        * `since`: Only profiles whose $last_seen is since this day
        * `cohort_id`: Only members of this cohort
        * `distinct_id`: Only the profile of this id
        * `distinct_ids`: Only this id; may be given more than once
        * `group_id`: Group profiles of this data group in place of users
        * `behaviors`: Behaviors that --where refers to, a JSON list
        * `as_of_timestamp`: Profiles as of this time, in Unix seconds
        * `include_all_users`: With a cohort: members that have no profile, too
        * `limit`: At most so many profiles
        * `page_size`: So many profiles a request; fewer requests are fewer of the hour's
        * `raw`: Profiles as Mixpanel sends them
        * `on_bad_line`: Lines that are no events: fail (default), skip, or pass (after U+001E)
        * `strict`: Refuse lines that would have to be mended
        """
        return self._stream("export.profiles", {"properties": output_properties, "where": where, "since": since, "cohort_id": cohort_id, "distinct_id": distinct_id, "distinct_ids": distinct_ids, "group_id": group_id, "behaviors": behaviors, "as_of_timestamp": as_of_timestamp, "include_all_users": include_all_users, "limit": limit, "page_size": page_size, "raw": raw, "on_bad_line": on_bad_line, "strict": strict})

    def add_report_to_dashboard(self, dashboard_id: int, bookmark_id: int) -> Dashboard:
        """Put a copy of a saved report on a dashboard.

        * `dashboard_id`: Id of the dashboard
        * `bookmark_id`: Id of the report
        """
        return self._run("dashboards.add-report", {"dashboard_id": dashboard_id, "bookmark_id": bookmark_id}, of(Dashboard))

    def update_blueprint_cohorts(self, cohorts: Sequence[Mapping[str, Any]]) -> None:
        """Set the cohorts that dashboards made from templates use.

        * `cohorts`: The cohorts, as a JSON list of objects
        """
        self._run("dashboards.blueprint-cohorts", {"cohorts": cohorts}, nothing)

    def get_blueprint_config(self, dashboard_id: int) -> BlueprintConfig:
        """Show the variables of a dashboard that was made from a template.

        * `dashboard_id`: Id of the dashboard
        """
        return self._run("dashboards.blueprint-config", {"dashboard_id": dashboard_id}, of(BlueprintConfig))

    def create_blueprint(self, template_type: str) -> Dashboard:
        """Create a dashboard from a template.

        * `template_type`: Name of the template
        """
        return self._run("dashboards.blueprint-create", {"template_type": template_type}, of(Dashboard))

    def finalize_blueprint(self, params: BlueprintFinishParams) -> Dashboard:
        """Fill a dashboard that was made from a template with cards.

        * `dashboard_id`: Id of the dashboard
        * `cards`: The cards, as a JSON list of objects
        """
        return self._run("dashboards.blueprint-finalize", {**renamed(params, {})}, of(Dashboard))

    def list_blueprint_templates(self, *, include_reports: Optional[bool] = None) -> List[BlueprintTemplate]:
        """List dashboard templates.

        * `include_reports`: With their reports
        """
        return self._run("dashboards.blueprints", {"include_reports": include_reports}, of(BlueprintTemplate))

    def bulk_delete_dashboards(self, ids: Sequence[int]) -> None:
        """Delete several dashboards in one call. It destroys.

        * `ids`: Ids, separated by commas
        """
        self._run("dashboards.bulk-delete", {"ids": ids}, nothing)

    def create_dashboard(self, params: CreateDashboardParams) -> Dashboard:
        """Create a dashboard, optionally as a copy of another one.

        * `title`: Its title
        * `is_private`: Whether only you see it
        * `is_restricted`: Whether only you change it
        * `description`: What it is about
        * `duplicate`: Id of the dashboard to copy
        """
        return self._run("dashboards.create", {**renamed(params, {"is_private": "private", "is_restricted": "restricted"})}, of(Dashboard))

    def delete_dashboard(self, dashboard_id: int) -> None:
        """Delete one dashboard. It destroys.

        * `dashboard_id`: Id of the dashboard
        """
        self._run("dashboards.delete", {"dashboard_id": dashboard_id}, nothing)

    def get_dashboard_erf(self, dashboard_id: int) -> Any:
        """Show the experiment-review metrics of a dashboard.

        * `dashboard_id`: Id of the dashboard
        """
        return self._run("dashboards.erf", {"dashboard_id": dashboard_id}, value)

    def favorite_dashboard(self, dashboard_id: int) -> None:
        """Mark a dashboard as favorite.

        * `dashboard_id`: Id of the dashboard
        """
        self._run("dashboards.favorite", {"dashboard_id": dashboard_id}, nothing)

    def get_dashboard(self, dashboard_id: int) -> Dashboard:
        """Show one dashboard.

        * `dashboard_id`: Id of the dashboard
        """
        return self._run("dashboards.get", {"dashboard_id": dashboard_id}, of(Dashboard))

    def list_dashboards(self, *, ids: Optional[Sequence[int]] = None) -> List[Dashboard]:
        """List the dashboards of the project or pinned workspace.

        * `ids`: Only these ids, separated by commas
        """
        return self._run("dashboards.list", {"ids": ids}, of(Dashboard))

    def pin_dashboard(self, dashboard_id: int) -> None:
        """Pin a dashboard.

        * `dashboard_id`: Id of the dashboard
        """
        self._run("dashboards.pin", {"dashboard_id": dashboard_id}, nothing)

    def create_rca_dashboard(self, params: CreateRcaDashboardParams) -> Dashboard:
        """Create a root-cause-analysis dashboard.

        * `rca_source_id`: Id of what to explain
        * `rca_source_data`: What to explain, as a JSON object
        """
        return self._run("dashboards.rca", {**renamed(params, {"rca_source_id": "source_id", "rca_source_data": "source_data"})}, of(Dashboard))

    def remove_report_from_dashboard(self, dashboard_id: int, bookmark_id: int) -> Dashboard:
        """Take a report off a dashboard. It destroys.

        * `dashboard_id`: Id of the dashboard
        * `bookmark_id`: Id of the report
        """
        return self._run("dashboards.remove-report", {"dashboard_id": dashboard_id, "bookmark_id": bookmark_id}, of(Dashboard))

    def unfavorite_dashboard(self, dashboard_id: int) -> None:
        """Remove the favorite mark.

        * `dashboard_id`: Id of the dashboard
        """
        self._run("dashboards.unfavorite", {"dashboard_id": dashboard_id}, nothing)

    def unpin_dashboard(self, dashboard_id: int) -> None:
        """Unpin a dashboard.

        * `dashboard_id`: Id of the dashboard
        """
        self._run("dashboards.unpin", {"dashboard_id": dashboard_id}, nothing)

    def update_dashboard(self, dashboard_id: int, params: UpdateDashboardParams) -> Dashboard:
        """Change fields of a dashboard.

        * `dashboard_id`: Id of the dashboard
        * `is_private`: Whether only you see it
        * `is_restricted`: Whether only you change it
        * `title`: Its title
        * `description`: What it is about
        """
        return self._run("dashboards.update", {"dashboard_id": dashboard_id, **renamed(params, {"is_private": "private", "is_restricted": "restricted"})}, of(Dashboard))

    def update_report_link(self, dashboard_id: int, report_link_id: int, params: UpdateReportLinkParams) -> None:
        """Change the link type of a report on a dashboard.

        * `dashboard_id`: Id of the dashboard
        * `report_link_id`: Id of the link
        * `link_type`: Type of the link
        """
        self._run("dashboards.update-report-link", {"dashboard_id": dashboard_id, "report_link_id": report_link_id, **renamed(params, {"link_type": "type"})}, nothing)

    def update_text_card(self, dashboard_id: int, text_card_id: int, params: UpdateTextCardParams) -> None:
        """Change the text of a card on a dashboard. It may destroy: an empty text clears the card.

        * `dashboard_id`: Id of the dashboard
        * `text_card_id`: Id of the card
        * `markdown`: Its text, as Markdown
        """
        self._run("dashboards.update-text-card", {"dashboard_id": dashboard_id, "text_card_id": text_card_id, **renamed(params, {})}, nothing)

    def bulk_delete_bookmarks(self, ids: Sequence[int]) -> None:
        """Delete several saved reports. It destroys.

        * `ids`: Ids, separated by commas
        """
        self._run("reports.bulk-delete", {"ids": ids}, nothing)

    def bulk_update_bookmarks(self, entries: Sequence[BulkUpdateBookmarkEntry]) -> None:
        """Change several saved reports in one call.

        * `entries`: Changes, as a JSON list of objects with an id
        """
        self._run("reports.bulk-update", {"entries": entries}, nothing)

    def create_bookmark(self, params: CreateBookmarkParams) -> Bookmark:
        """Save a report and attach it to a dashboard.

        * `bookmark_type`: Type of the report
        * `name`: Its name
        * `params`: Its parameters, as a JSON object
        * `dashboard_id`: Id of the dashboard
        * `description`: What it is about
        """
        return self._run("reports.create", {**renamed(params, {"bookmark_type": "type"})}, of(Bookmark))

    def get_bookmark_dashboard_ids(self, bookmark_id: int) -> List[Any]:
        """List ids of dashboards that contain a report.

        * `bookmark_id`: Id of the report
        """
        return self._run("reports.dashboard-ids", {"bookmark_id": bookmark_id}, value)

    def delete_bookmark(self, bookmark_id: int) -> None:
        """Delete one saved report. It destroys.

        * `bookmark_id`: Id of the report
        """
        self._run("reports.delete", {"bookmark_id": bookmark_id}, nothing)

    def get_bookmark(self, bookmark_id: int) -> Bookmark:
        """Show one saved report.

        * `bookmark_id`: Id of the report
        """
        return self._run("reports.get", {"bookmark_id": bookmark_id}, of(Bookmark))

    def get_bookmark_history(self, bookmark_id: int, *, cursor: Optional[str] = None, page_size: Optional[int] = None) -> BookmarkHistoryResponse:
        """Show one page of the change history of a report.

        * `bookmark_id`: Id of the report
        * `cursor`: Where the page begins, from the page before
        * `page_size`: Entries of a page
        """
        return self._run("reports.history", {"bookmark_id": bookmark_id, "cursor": cursor, "page_size": page_size}, of(BookmarkHistoryResponse))

    def create_report_link(self, params: Optional[Mapping[str, Any]] = None, *, report_type: Optional[Literal["insights", "funnels", "retention", "flows"]] = None, params_file: Optional[Mapping[str, Any]] = None, name: Optional[str] = None, description: Optional[str] = None, workspace_id: Optional[int] = None, bookmark_id: Optional[int] = None, no_validate: Optional[bool] = None) -> ReportLink:
        """Store report params under a new slug and print a URL that opens them.

        * `params`: Its parameters, as a JSON object
        * `report_type`: Type of the report; else insights
        * `params_file`: File with the parameters, as JSON
        * `name`: Its name
        * `description`: What it is about
        * `workspace_id`: Workspace of the link
        * `bookmark_id`: Id of the saved report it comes from
        * `no_validate`: Leave it to Mixpanel to check the parameters
        """
        return self._run("reports.link", {"params": params, "type": report_type, "params_file": params_file, "name": name, "description": description, "workspace_id": workspace_id, "bookmark_id": bookmark_id, "no_validate": no_validate}, of(ReportLink))

    def bookmark_linked_dashboard_ids(self, bookmark_id: int) -> List[Any]:
        """List ids of dashboards that a report links to.

        * `bookmark_id`: Id of the report
        """
        return self._run("reports.linked-dashboards", {"bookmark_id": bookmark_id}, value)

    def list_bookmarks_v2(self, *, bookmark_type: Optional[Literal["insights", "funnels", "retention", "flows", "launch-analysis"]] = None, ids: Optional[Sequence[int]] = None) -> List[Bookmark]:
        """List saved reports.

        * `bookmark_type`: Only reports of this type
        * `ids`: Only these ids, separated by commas
        """
        return self._run("reports.list", {"type": bookmark_type, "ids": ids}, of(Bookmark))

    def resolve_report_link(self, link: str, *, run: Optional[bool] = None, mode: Optional[Literal["sankey", "paths", "tree"]] = None) -> ResolvedReport:
        """Turn a report URL, shortlink or slug into its definition, or run it.

        * `link`: URL, short link or slug
        * `run`: Run it and print the result
        * `mode`: How flows are drawn
        """
        return self._run("reports.resolve", {"link": link, "run": run, "mode": mode}, of(ResolvedReport))

    def query_report_link(self, link: str, *, mode: Optional[Literal["sankey", "paths", "tree"]] = None) -> ResolvedReport:
        """Turn a report URL, shortlink or slug into its definition, or run it.

        * `link`: URL, short link or slug
        * `mode`: How flows are drawn
        """
        return self._run("reports.resolve", {"link": link, "mode": mode, "run": True}, of(ResolvedReport))

    def update_bookmark(self, bookmark_id: int, params: UpdateBookmarkParams) -> Bookmark:
        """Change name, description or params of a saved report.

        * `bookmark_id`: Id of the report
        * `name`: Its name
        * `params`: Its parameters, as a JSON object
        * `description`: What it is about
        """
        return self._run("reports.update", {"bookmark_id": bookmark_id, **renamed(params, {})}, of(Bookmark))

    def create_metric(self, params: CreateMetricParams) -> SavedMetric:
        """Create a saved metric from a definition file.

        * `definition`: File with the definition, as JSON; - for standard input
        * `name`: Its name
        * `owned_by`: Id of the user who owns it
        * `kind`: Kind of metric
        * `warehouse_source_id`: Id of the warehouse source
        * `description`: What it is about
        * `verified`: Whether it is verified
        * `no_validate`: Leave it to Mixpanel to check the definition
        """
        return self._run("metrics.create", {**renamed(params, {"definition": "definition_file", "owned_by": "owner_id"})}, of(SavedMetric))

    def delete_metrics(self, metric_ids: Sequence[int], *, force: Optional[bool] = None) -> None:
        """Delete saved metrics that the account may edit. It destroys.

        * `metric_ids`: Ids of metrics
        * `force`: Also those that the account may not edit
        """
        self._run("metrics.delete", {"metric_ids": metric_ids, "force": force}, nothing)

    def delete_metric(self, metric_id: int, *, force: Optional[bool] = None) -> None:
        """Delete saved metrics that the account may edit. It destroys.

        * `metric_id`: Ids of metrics
        * `force`: Also those that the account may not edit
        """
        self._run("metrics.delete", {"metric_ids": [metric_id], "force": force}, nothing)

    def get_metric(self, metric_id: int) -> SavedMetric:
        """Show one saved metric.

        * `metric_id`: Id of the metric
        """
        return self._run("metrics.get", {"metric_id": metric_id}, of(SavedMetric))

    def list_metrics(self, *, metric_type: Optional[str] = None, verified: Optional[bool] = None, name_contains: Optional[str] = None, viewable_only: Optional[bool] = None) -> List[SavedMetric]:
        """List saved metrics; all filters are applied by the client.

        * `metric_type`: Only metrics of this type
        * `verified`: Only those that are verified, or are not
        * `name_contains`: Only with this in their name, in any case
        * `viewable_only`: Only those the account may see
        """
        return self._run("metrics.list", {"type": metric_type, "verified": verified, "name_contains": name_contains, "viewable_only": viewable_only}, of(SavedMetric))

    def query_metric(self, metric_id: int, *, from_date: Optional[str] = None, to_date: Optional[str] = None, last: Optional[int] = None, unit: Optional[Literal["hour", "day", "week", "month", "quarter"]] = None, group_by: Optional[str] = None) -> QueryResult:
        """Run a saved metric.

        * `metric_id`: Id of the metric
        * `from_date`: First day, YYYY-MM-DD
        * `to_date`: Last day, YYYY-MM-DD
        * `last`: Days up to today; else 30
        * `unit`: Unit of time; else day
        * `group_by`: Property to group by
        """
        return self._run("metrics.query", {"metric_id": metric_id, "from": from_date, "to": to_date, "last": last, "unit": unit, "group_by": group_by}, of(QueryResult))

    def update_metric(self, metric_id: int, params: UpdateMetricParams) -> SavedMetric:
        """Change a saved metric.

        * `metric_id`: Id of the metric
        * `definition`: File with the definition, as JSON; - for standard input
        * `owned_by`: Id of the user who owns it
        * `name`: Its name
        * `description`: What it is about
        * `kind`: Kind of metric
        * `warehouse_source_id`: Id of the warehouse source
        * `verified`: Whether it is verified
        * `no_validate`: Leave it to Mixpanel to check the definition
        """
        return self._run("metrics.update", {"metric_id": metric_id, **renamed(params, {"definition": "definition_file", "owned_by": "owner_id"})}, of(SavedMetric))

    def verify_metrics(self, metric_ids: Sequence[int], *, unverify: Optional[bool] = None) -> List[SavedMetric]:
        """Set or clear the verified mark of several metrics.

        * `metric_ids`: Ids of metrics
        * `unverify`: Clear the mark instead
        """
        return self._run("metrics.verify", {"metric_ids": metric_ids, "unverify": unverify}, of(SavedMetric))

    def create_behavior(self, params: CreateBehaviorParams) -> SavedBehavior:
        """Create a saved behavior from a definition file.

        * `behavior`: File with the definition, as JSON; - for standard input
        * `name`: Its name
        * `description`: What it is about
        * `no_validate`: Leave it to Mixpanel to check the definition
        """
        return self._run("behaviors.create", {**renamed(params, {"behavior": "definition_file"})}, of(SavedBehavior))

    def delete_behaviors(self, behavior_ids: Sequence[int], *, force: Optional[bool] = None) -> None:
        """Delete saved behaviors that the account may edit. It destroys.

        * `behavior_ids`: Ids of behaviors
        * `force`: Also those that the account may not edit
        """
        self._run("behaviors.delete", {"behavior_ids": behavior_ids, "force": force}, nothing)

    def delete_behavior(self, behavior_id: int, *, force: Optional[bool] = None) -> None:
        """Delete saved behaviors that the account may edit. It destroys.

        * `behavior_id`: Ids of behaviors
        * `force`: Also those that the account may not edit
        """
        self._run("behaviors.delete", {"behavior_ids": [behavior_id], "force": force}, nothing)

    def get_behavior(self, behavior_id: int) -> SavedBehavior:
        """Show one saved behavior.

        * `behavior_id`: Id of the behavior
        """
        return self._run("behaviors.get", {"behavior_id": behavior_id}, of(SavedBehavior))

    def list_behaviors(self, *, behavior_type: Optional[str] = None, name_contains: Optional[str] = None) -> List[SavedBehavior]:
        """List saved behaviors; filters are applied by the client.

        * `behavior_type`: Only behaviors of this type
        * `name_contains`: Only with this in their name, in any case
        """
        return self._run("behaviors.list", {"type": behavior_type, "name_contains": name_contains}, of(SavedBehavior))

    def update_behavior(self, behavior_id: int, params: UpdateBehaviorParams) -> SavedBehavior:
        """Change a saved behavior.

        * `behavior_id`: Id of the behavior
        * `behavior`: File with the definition, as JSON; - for standard input
        * `name`: Its name
        * `description`: What it is about
        * `verified`: Whether it is verified
        * `no_validate`: Leave it to Mixpanel to check the definition
        """
        return self._run("behaviors.update", {"behavior_id": behavior_id, **renamed(params, {"behavior": "definition_file"})}, of(SavedBehavior))

    def bulk_delete_cohorts(self, ids: Sequence[int]) -> None:
        """Delete several cohorts. It destroys.

        * `ids`: Ids, separated by commas
        """
        self._run("cohorts.bulk-delete", {"ids": ids}, nothing)

    def bulk_update_cohorts(self, entries: Sequence[BulkUpdateCohortEntry]) -> None:
        """Change several cohorts; each entry's definition is merged into the entry.

        * `entries`: Changes, as a JSON list of objects with an id
        """
        self._run("cohorts.bulk-update", {"entries": entries}, nothing)

    def create_cohort(self, params: CreateCohortParams) -> Cohort:
        """Create a cohort; the definition's keys go to the top level of the body.

        * `name`: Its name
        * `description`: What it is about
        * `data_group_id`: Id of the data group
        * `definition`: Its definition, as a JSON object
        """
        return self._run("cohorts.create", {**renamed(params, {})}, of(Cohort))

    def delete_cohort(self, cohort_id: int) -> None:
        """Delete one cohort. It destroys.

        * `cohort_id`: Id of the cohort
        """
        self._run("cohorts.delete", {"cohort_id": cohort_id}, nothing)

    def get_cohort(self, cohort_id: int) -> Cohort:
        """Show one cohort.

        * `cohort_id`: Id of the cohort
        """
        return self._run("cohorts.get", {"cohort_id": cohort_id}, of(Cohort))

    def list_cohorts_full(self, *, data_group_id: Optional[str] = None, ids: Optional[Sequence[int]] = None) -> List[Cohort]:
        """List cohorts with their definitions.

        * `data_group_id`: Only cohorts of this data group
        * `ids`: Only these ids, separated by commas
        """
        return self._run("cohorts.list", {"data_group_id": data_group_id, "ids": ids}, of(Cohort))

    def update_cohort(self, cohort_id: int, params: UpdateCohortParams) -> Cohort:
        """Change a cohort.

        * `cohort_id`: Id of the cohort
        * `name`: Its name
        * `description`: What it is about
        * `definition`: Its definition, as a JSON object
        """
        return self._run("cohorts.update", {"cohort_id": cohort_id, **renamed(params, {})}, of(Cohort))

    def bulk_delete_alerts(self, ids: Sequence[int]) -> None:
        """Delete several alerts. It destroys.

        * `ids`: Ids, separated by commas
        """
        self._run("alerts.bulk-delete", {"ids": ids}, nothing)

    def get_alert_count(self, *, alert_type: Optional[str] = None) -> AlertCount:
        """Count alerts against the limit.

        * `alert_type`: Only alerts of this type
        """
        return self._run("alerts.count", {"type": alert_type}, of(AlertCount))

    def create_alert(self, params: CreateAlertParams) -> CustomAlert:
        """Create a custom alert.

        * `bookmark_id`: Id of the report it watches
        * `name`: Its name
        * `condition`: When it fires, as JSON
        * `frequency`: Seconds between two checks
        * `paused`: Whether it rests; else false
        * `subscriptions`: Who is told, as a JSON list; else []
        * `notification_windows`: When may be told, as a JSON object
        """
        return self._run("alerts.create", {**renamed(params, {})}, of(CustomAlert))

    def delete_alert(self, alert_id: int) -> None:
        """Delete an alert. It destroys.

        * `alert_id`: Id of the alert
        """
        self._run("alerts.delete", {"alert_id": alert_id}, nothing)

    def get_alert(self, alert_id: int) -> CustomAlert:
        """Show one alert.

        * `alert_id`: Id of the alert
        """
        return self._run("alerts.get", {"alert_id": alert_id}, of(CustomAlert))

    def get_alert_history(self, alert_id: int, *, next_cursor: Optional[str] = None, page_size: Optional[int] = None) -> AlertHistoryResponse:
        """Show one page of an alert's firing history.

        * `alert_id`: Id of the alert
        * `next_cursor`: Where the page begins, from the page before
        * `page_size`: Entries of a page
        """
        return self._run("alerts.history", {"alert_id": alert_id, "cursor": next_cursor, "page_size": page_size}, of(AlertHistoryResponse))

    def list_alerts(self, *, bookmark_id: Optional[int] = None, skip_user_filter: Optional[bool] = None) -> List[CustomAlert]:
        """List custom alerts.

        * `bookmark_id`: Only alerts of this report
        * `skip_user_filter`: Also those of other users
        """
        return self._run("alerts.list", {"bookmark_id": bookmark_id, "skip_user_filter": skip_user_filter}, of(CustomAlert))

    def get_alert_screenshot_url(self, gcs_key: str) -> AlertScreenshotResponse:
        """Get a signed URL of an alert screenshot.

        * `gcs_key`: Key of the screenshot
        """
        return self._run("alerts.screenshot", {"gcs_key": gcs_key}, of(AlertScreenshotResponse))

    def test_alert(self, params: TestAlertParams) -> Any:
        """Send a test notification.

        * `bookmark_id`: Id of the report it watches
        * `name`: Its name
        * `condition`: When it fires, as JSON
        * `frequency`: Seconds between two checks
        * `subscriptions`: Who is told, as a JSON list; else []
        """
        return self._run("alerts.test", {**renamed(params, {})}, value)

    def update_alert(self, alert_id: int, params: UpdateAlertParams) -> CustomAlert:
        """Change an alert.

        * `alert_id`: Id of the alert
        * `name`: Its name
        * `bookmark_id`: Id of the report it watches
        * `condition`: When it fires, as JSON
        * `frequency`: Seconds between two checks
        * `paused`: Whether it rests
        * `subscriptions`: Who is told, as a JSON list
        * `notification_windows`: When may be told, as a JSON object
        """
        return self._run("alerts.update", {"alert_id": alert_id, **renamed(params, {})}, of(CustomAlert))

    def validate_alerts_for_bookmark(self, params: ValidateAlertsForBookmarkParams) -> ValidateAlertsForBookmarkResponse:
        """Check whether alerts still fit changed report params.

        * `alert_ids`: Ids of alerts, separated by commas
        * `bookmark_type`: Type of the report
        * `bookmark_params`: Parameters of the report, as JSON
        """
        return self._run("alerts.validate", {**renamed(params, {})}, of(ValidateAlertsForBookmarkResponse))

    def create_annotation(self, params: CreateAnnotationParams) -> Annotation:
        """Create an annotation.

        * `date`: When, such as 2025-01-31 or 2025-01-31 12:00:00
        * `description`: What happened
        * `tags`: Ids of tags, separated by commas
        * `user_id`: Id of the user it is from
        """
        return self._run("annotations.create", {**renamed(params, {})}, of(Annotation))

    def delete_annotation(self, annotation_id: int) -> None:
        """Delete an annotation. It destroys.

        * `annotation_id`: Id of the annotation
        """
        self._run("annotations.delete", {"annotation_id": annotation_id}, nothing)

    def get_annotation(self, annotation_id: int) -> Annotation:
        """Show one annotation.

        * `annotation_id`: Id of the annotation
        """
        return self._run("annotations.get", {"annotation_id": annotation_id}, of(Annotation))

    def list_annotations(self, *, from_date: Optional[str] = None, to_date: Optional[str] = None, tags: Optional[Sequence[int]] = None) -> List[Annotation]:
        """List annotations.

        * `from_date`: Only from this day on
        * `to_date`: Only up to this day
        * `tags`: Only with one of these tags, ids separated by commas
        """
        return self._run("annotations.list", {"from": from_date, "to": to_date, "tags": tags}, of(Annotation))

    def create_annotation_tag(self, params: CreateAnnotationTagParams) -> AnnotationTag:
        """Create an annotation tag.

        * `name`: Its name
        """
        return self._run("annotations.tags.create", {**renamed(params, {})}, of(AnnotationTag))

    def list_annotation_tags(self) -> List[AnnotationTag]:
        """List annotation tags."""
        return self._run("annotations.tags.list", {}, of(AnnotationTag))

    def update_annotation(self, annotation_id: int, params: UpdateAnnotationParams) -> Annotation:
        """Change an annotation.

        * `annotation_id`: Id of the annotation
        * `description`: What it is about
        * `tags`: Ids of tags, separated by commas
        """
        return self._run("annotations.update", {"annotation_id": annotation_id, **renamed(params, {})}, of(Annotation))

    def archive_feature_flag(self, flag_id: str) -> None:
        """Archive a feature flag.

        * `flag_id`: Id of the flag
        """
        self._run("flags.archive", {"flag_id": flag_id}, nothing)

    def create_feature_flag(self, params: CreateFeatureFlagParams) -> FeatureFlag:
        """Create a feature flag; several defaults are always sent.

        * `name`: Its name
        * `key`: Key that programs ask for
        * `description`: What it is about
        * `status`: Status
        * `tags`: Tags, separated by commas
        * `serving_method`: Where it is decided; else client
        * `ruleset`: Who gets which variant, as a JSON object
        """
        return self._run("flags.create", {**renamed(params, {})}, of(FeatureFlag))

    def delete_feature_flag(self, flag_id: str) -> None:
        """Delete a feature flag. It destroys.

        * `flag_id`: Id of the flag
        """
        self._run("flags.delete", {"flag_id": flag_id}, nothing)

    def duplicate_feature_flag(self, flag_id: str) -> FeatureFlag:
        """Copy a feature flag.

        * `flag_id`: Id of the flag
        """
        return self._run("flags.duplicate", {"flag_id": flag_id}, of(FeatureFlag))

    def get_feature_flag(self, flag_id: str) -> FeatureFlag:
        """Show one feature flag.

        * `flag_id`: Id of the flag
        """
        return self._run("flags.get", {"flag_id": flag_id}, of(FeatureFlag))

    def get_flag_history(self, flag_id: str, *, page: Optional[str] = None, page_size: Optional[int] = None) -> FlagHistoryResponse:
        """Show one page of a flag's change history.

        * `flag_id`: Id of the flag
        * `page`: Which page
        * `page_size`: Entries of a page
        """
        return self._run("flags.history", {"flag_id": flag_id, "page": page, "page_size": page_size}, of(FlagHistoryResponse))

    def get_flag_limits(self) -> FlagLimitsResponse:
        """Show the flag quota of the project."""
        return self._run("flags.limits", {}, of(FlagLimitsResponse))

    def list_feature_flags(self, *, include_archived: Optional[bool] = None) -> List[FeatureFlag]:
        """List feature flags.

        * `include_archived`: Also archived ones
        """
        return self._run("flags.list", {"include_archived": include_archived}, of(FeatureFlag))

    def restore_feature_flag(self, flag_id: str) -> FeatureFlag:
        """Restore an archived feature flag.

        * `flag_id`: Id of the flag
        """
        return self._run("flags.restore", {"flag_id": flag_id}, of(FeatureFlag))

    def set_flag_test_users(self, flag_id: str, params: SetTestUsersParams) -> None:
        """Set the test users of a feature flag. It may destroy: without users, all test users are taken off the flag.

        * `flag_id`: Id of the flag
        * `users`: Variants by user, as a JSON object
        """
        self._run("flags.set-test-users", {"flag_id": flag_id, **renamed(params, {})}, nothing)

    def update_feature_flag(self, flag_id: str, params: UpdateFeatureFlagParams) -> FeatureFlag:
        """Replace a feature flag completely.

        * `flag_id`: Id of the flag
        * `name`: Its name
        * `key`: Key that programs ask for
        * `status`: Status
        * `ruleset`: Who gets which variant, as a JSON object
        * `description`: What it is about
        * `tags`: Tags, separated by commas
        * `context`: What tells users apart; else distinct_id
        * `serving_method`: Where it is decided; else client
        """
        return self._run("flags.update", {"flag_id": flag_id, **renamed(params, {})}, of(FeatureFlag))

    def archive_experiment(self, experiment_id: str) -> None:
        """Archive an experiment.

        * `experiment_id`: Id of the experiment
        """
        self._run("experiments.archive", {"experiment_id": experiment_id}, nothing)

    def conclude_experiment(self, experiment_id: str, *, end_date: Optional[str] = None) -> Experiment:
        """End an experiment; without options an empty object is sent. It destroys.

        * `experiment_id`: Id of the experiment
        * `end_date`: Day it ended
        """
        return self._run("experiments.conclude", {"experiment_id": experiment_id, "end_date": end_date}, of(Experiment))

    def create_experiment(self, params: CreateExperimentParams) -> Experiment:
        """Create an experiment.

        * `name`: Its name
        * `description`: What it is about
        * `hypothesis`: What it is to show
        * `settings`: Settings, as a JSON object
        """
        return self._run("experiments.create", {**renamed(params, {})}, of(Experiment))

    def decide_experiment(self, experiment_id: str, params: ExperimentDecideParams) -> Experiment:
        """Record the decision about an experiment.

        * `experiment_id`: Id of the experiment
        * `success`: Whether it succeeded
        * `variant`: Variant that won
        * `message`: Why
        """
        return self._run("experiments.decide", {"experiment_id": experiment_id, **renamed(params, {})}, of(Experiment))

    def delete_experiment(self, experiment_id: str) -> None:
        """Delete an experiment. It destroys.

        * `experiment_id`: Id of the experiment
        """
        self._run("experiments.delete", {"experiment_id": experiment_id}, nothing)

    def duplicate_experiment(self, experiment_id: str, params: DuplicateExperimentParams) -> Experiment:
        """Copy an experiment under a new name.

        * `experiment_id`: Id of the experiment
        * `name`: Its name
        """
        return self._run("experiments.duplicate", {"experiment_id": experiment_id, **renamed(params, {})}, of(Experiment))

    def list_erf_experiments(self) -> List[Any]:
        """List experiments in review format."""
        return self._run("experiments.erf", {}, value)

    def get_experiment(self, experiment_id: str) -> Experiment:
        """Show one experiment.

        * `experiment_id`: Id of the experiment
        """
        return self._run("experiments.get", {"experiment_id": experiment_id}, of(Experiment))

    def launch_experiment(self, experiment_id: str) -> Experiment:
        """Start an experiment.

        * `experiment_id`: Id of the experiment
        """
        return self._run("experiments.launch", {"experiment_id": experiment_id}, of(Experiment))

    def list_experiments(self, *, include_archived: Optional[bool] = None) -> List[Experiment]:
        """List experiments.

        * `include_archived`: Also archived ones
        """
        return self._run("experiments.list", {"include_archived": include_archived}, of(Experiment))

    def restore_experiment(self, experiment_id: str) -> Experiment:
        """Restore an archived experiment.

        * `experiment_id`: Id of the experiment
        """
        return self._run("experiments.restore", {"experiment_id": experiment_id}, of(Experiment))

    def update_experiment(self, experiment_id: str, params: UpdateExperimentParams) -> Experiment:
        """Change an experiment.

        * `experiment_id`: Id of the experiment
        * `name`: Its name
        * `description`: What it is about
        * `hypothesis`: What it is to show
        * `variants`: Variants, as JSON
        * `metrics`: Metrics, as JSON
        * `settings`: Settings, as a JSON object
        * `tags`: Tags, separated by commas
        """
        return self._run("experiments.update", {"experiment_id": experiment_id, **renamed(params, {})}, of(Experiment))

    def analyze_replay(self, replay_id: str) -> ReplayAnalysis:
        """Summarise what happened in one recording.

        * `replay_id`: Id of the recording
        """
        return self._run("replays.analyze", {"replay_id": replay_id}, of(ReplayAnalysis))

    def events_for_replay(self, replay_id: str, *, event_properties: Optional[Sequence[str]] = None, from_date: Optional[str] = None, to_date: Optional[str] = None) -> List[ReplayEvent]:
        """List the tracked events inside a recording.

        * `replay_id`: Id of the recording
        * `event_properties`: Properties to show, separated by commas
        * `from_date`: First day, YYYY-MM-DD
        * `to_date`: Last day, YYYY-MM-DD
        """
        return self._run("replays.events", {"replay_id": replay_id, "properties": event_properties, "from": from_date, "to": to_date}, of(ReplayEvent))

    def fetch_replay(self, replay_id: str, *, include_mixpanel_events: Optional[bool] = None, env: Optional[Literal["prod", "dev"]] = None, max_files: Optional[int] = None) -> Replay:
        """Download one recording.

        * `replay_id`: Id of the recording
        * `include_mixpanel_events`: With the tracked events
        * `env`: Which recordings; else prod
        * `max_files`: At most so many files; else 500
        """
        return self._run("replays.fetch", {"replay_id": replay_id, "include_events": include_mixpanel_events, "env": env, "max_files": max_files}, of(Replay))

    def replays_for_user(self, distinct_id: str, *, from_date: str, to_date: str, include_mixpanel_events: Optional[bool] = None, include: Optional[Sequence[Literal["summary", "analyze"]]] = None, limit: Optional[int] = None) -> ReplayBundle:
        """Fetch and summarise the recordings of a user.

        * `distinct_id`: Distinct id of the user
        * `from_date`: First day, YYYY-MM-DD
        * `to_date`: Last day, YYYY-MM-DD
        * `include_mixpanel_events`: With the tracked events; else true
        * `include`: Only this of all that is told
        * `limit`: At most so many; else 100
        """
        return self._run("replays.for-user", {"user": distinct_id, "from": from_date, "to": to_date, "mixpanel_events": include_mixpanel_events, "include": include, "limit": limit}, of(ReplayBundle))

    def list_replays(self, *, distinct_id: Optional[str] = None, replay_ids: Optional[Sequence[str]] = None, from_date: Optional[str] = None, to_date: Optional[str] = None, limit: Optional[int] = None) -> List[ReplaySummary]:
        """Find session recordings of a user, or hydrate given ids.

        * `distinct_id`: Distinct id of the user
        * `replay_ids`: Id of a recording
        * `from_date`: First day, YYYY-MM-DD
        * `to_date`: Last day, YYYY-MM-DD
        * `limit`: At most so many; else 100
        """
        return self._run("replays.list", {"user": distinct_id, "replay_id": replay_ids, "from": from_date, "to": to_date, "limit": limit}, of(ReplaySummary))

    def sign_replays(self, replay_ids: Sequence[str], *, env: Optional[Literal["prod", "dev"]] = None, reveal_signed_urls: Optional[bool] = None) -> List[SignedReplay]:
        """Sign recordings for download.

        * `replay_ids`: Ids of recordings
        * `env`: Which recordings; else prod
        * `reveal_signed_urls`: Show the secret part of the URLs, too
        """
        return self._run("replays.sign", {"replay_ids": replay_ids, "env": env, "reveal_signed_urls": reveal_signed_urls}, of(SignedReplay))

    def bulk_update_anomalies(self, params: BulkUpdateAnomalyParams) -> Any:
        """Change the status of several anomalies.

        * `params`: The change, as a JSON object
        """
        return self._run("lexicon.anomalies.bulk-update", {"body": params}, value)

    def list_data_volume_anomalies(self, *, status: Optional[str] = None, limit: Optional[int] = None) -> List[DataVolumeAnomaly]:
        """List data volume anomalies.

        * `status`: Only with this status
        * `limit`: At most so many
        """
        return self._run("lexicon.anomalies.list", {"status": status, "limit": limit}, of(DataVolumeAnomaly))

    def update_anomaly(self, params: UpdateAnomalyParams) -> Any:
        """Change the status of an anomaly.

        * `id`: Id of the anomaly
        * `status`: Status
        * `anomaly_class`: Class of the anomaly
        """
        return self._run("lexicon.anomalies.update", {**renamed(params, {})}, value)

    def run_audit(self, *, events_only: Optional[bool] = None) -> AuditResponse:
        """Run the tracking audit.

        * `events_only`: Only events
        """
        return self._run("lexicon.audit", {"events_only": events_only}, of(AuditResponse))

    def run_audit_events_only(self) -> AuditResponse:
        """Run the tracking audit."""
        return self._run("lexicon.audit", {"events_only": True}, of(AuditResponse))

    def cancel_deletion_request(self, request_id: int) -> List[EventDeletionRequest]:
        """Cancel a deletion request.

        * `request_id`: Id of the request
        """
        return self._run("lexicon.deletion-requests.cancel", {"id": request_id}, of(EventDeletionRequest))

    def create_deletion_request(self, params: CreateDeletionRequestParams) -> List[EventDeletionRequest]:
        """Ask for deletion of event data. It destroys.

        * `event_name`: Name of the event
        * `from_date`: First day, YYYY-MM-DD
        * `to_date`: Last day, YYYY-MM-DD
        * `filters`: Which of them, as a JSON object
        """
        return self._run("lexicon.deletion-requests.create", {**renamed(params, {})}, of(EventDeletionRequest))

    def list_deletion_requests(self) -> List[EventDeletionRequest]:
        """List data deletion requests."""
        return self._run("lexicon.deletion-requests.list", {}, of(EventDeletionRequest))

    def preview_deletion_filters(self, params: PreviewDeletionFiltersParams) -> List[Any]:
        """Preview what a deletion request would match.

        * `event_name`: Name of the event
        * `from_date`: First day, YYYY-MM-DD
        * `to_date`: Last day, YYYY-MM-DD
        * `filters`: Which of them, as a JSON object
        """
        return self._run("lexicon.deletion-requests.preview", {**renamed(params, {})}, value)

    def delete_schema_enforcement(self) -> None:
        """Delete schema enforcement. It destroys."""
        self._run("lexicon.enforcement.delete", {}, nothing)

    def get_schema_enforcement(self, *, fields: Optional[str] = None) -> SchemaEnforcementConfig:
        """Show schema enforcement settings.

        * `fields`: Only these fields, separated by commas
        """
        return self._run("lexicon.enforcement.get", {"fields": fields}, of(SchemaEnforcementConfig))

    def init_schema_enforcement(self, params: InitSchemaEnforcementParams) -> Any:
        """Start schema enforcement. It may destroy: a rule that drops what fits no schema loses it for good.

        * `rule_event`: What happens to what does not fit
        """
        return self._run("lexicon.enforcement.init", {**renamed(params, {})}, value)

    def replace_schema_enforcement(self, params: ReplaceSchemaEnforcementParams) -> Any:
        """Replace schema enforcement. It destroys.

        * `params`: The change, as a JSON object
        """
        return self._run("lexicon.enforcement.replace", {"body": params}, value)

    def update_schema_enforcement(self, params: UpdateSchemaEnforcementParams) -> Any:
        """Change schema enforcement. It may destroy: a rule that drops what fits no schema loses it for good.

        * `params`: The change, as a JSON object
        """
        return self._run("lexicon.enforcement.update", {"body": params}, value)

    def get_event_history(self, event_name: str) -> List[Any]:
        """Show the change history of an event definition.

        * `event_name`: Name of the event
        """
        return self._run("lexicon.event-history", {"event_name": event_name}, value)

    def bulk_update_event_definitions(self, params: BulkUpdateEventsParams) -> List[EventDefinition]:
        """Change several event definitions. It may destroy: what is dropped is not kept any more, and cannot be had back.

        * `params`: Changes, as a JSON object
        """
        return self._run("lexicon.events.bulk-update", {"data": params}, of(EventDefinition))

    def delete_event_definition(self, event_name: str) -> None:
        """Delete one event definition. It destroys.

        * `event_name`: Its name
        """
        self._run("lexicon.events.delete", {"name": event_name}, nothing)

    def get_event_definitions(self, *, names: Sequence[str]) -> List[EventDefinition]:
        """Show event definitions by name.

        * `names`: Names, separated by commas
        """
        return self._run("lexicon.events.get", {"names": names}, of(EventDefinition))

    def update_event_definition(self, event_name: str, params: UpdateEventDefinitionParams) -> EventDefinition:
        """Change one event definition. It may destroy: what is dropped is not kept any more, and cannot be had back.

        * `event_name`: Its name
        * `hidden`: Whether it is hidden
        * `dropped`: Whether it is dropped
        * `verified`: Whether it is verified
        * `display_name`: Name that people see
        * `description`: What it is about
        * `tags`: Tags, separated by commas
        """
        return self._run("lexicon.events.update", {"name": event_name, **renamed(params, {})}, of(EventDefinition))

    def export_lexicon(self, *, export_types: Optional[Sequence[str]] = None) -> Any:
        """Export definitions.

        * `export_types`: What to export, separated by commas; else ["All Events and Properties","All User Profile Properties"]
        """
        return self._run("lexicon.export", {"types": export_types}, value)

    def bulk_update_property_definitions(self, params: BulkUpdatePropertiesParams) -> List[PropertyDefinition]:
        """Change several property definitions. It may destroy: what is dropped is not kept any more, and cannot be had back.

        * `params`: Changes, as a JSON object
        """
        return self._run("lexicon.properties.bulk-update", {"data": params}, of(PropertyDefinition))

    def get_property_definitions(self, *, names: Sequence[str], resource_type: Optional[str] = None) -> List[PropertyDefinition]:
        """Show property definitions by name.

        * `names`: Names, separated by commas
        * `resource_type`: What has it: Event or User
        """
        return self._run("lexicon.properties.get", {"names": names, "resource_type": resource_type}, of(PropertyDefinition))

    def update_property_definition(self, property_name: str, params: UpdatePropertyDefinitionParams) -> PropertyDefinition:
        """Change one property definition. It may destroy: what is dropped is not kept any more, and cannot be had back.

        * `property_name`: Its name
        * `hidden`: Whether it is hidden
        * `dropped`: Whether it is dropped
        * `sensitive`: Whether it is sensitive
        * `display_name`: Name that people see
        * `description`: What it is about
        * `example_value`: An example
        * `resource_type`: What has it
        """
        return self._run("lexicon.properties.update", {"name": property_name, **renamed(params, {})}, of(PropertyDefinition))

    def get_property_history(self, property_name: str, entity_type: str) -> List[Any]:
        """Show the change history of a property definition.

        * `property_name`: Name of the property
        * `entity_type`: Kind of entity
        """
        return self._run("lexicon.property-history", {"property_name": property_name, "entity_type": entity_type}, value)

    def create_lexicon_tag(self, params: CreateTagParams) -> LexiconTag:
        """Create a tag.

        * `name`: Its name
        """
        return self._run("lexicon.tags.create", {**renamed(params, {})}, of(LexiconTag))

    def delete_lexicon_tag(self, tag_name: str) -> None:
        """Delete a tag by name. It destroys.

        * `tag_name`: Its name
        """
        self._run("lexicon.tags.delete", {"name": tag_name}, nothing)

    def list_lexicon_tags(self) -> List[LexiconTag]:
        """List tags."""
        return self._run("lexicon.tags.list", {}, of(LexiconTag))

    def update_lexicon_tag(self, tag_id: int, params: UpdateTagParams) -> LexiconTag:
        """Rename a tag.

        * `tag_id`: Id of the tag
        * `name`: Its name
        """
        return self._run("lexicon.tags.update", {"id": tag_id, **renamed(params, {})}, of(LexiconTag))

    def get_tracking_metadata(self, event_name: str) -> Any:
        """Show where an event is sent from.

        * `event_name`: Name of the event
        """
        return self._run("lexicon.tracking-metadata", {"event_name": event_name}, value)

    def create_schema(self, entity_type: str, entity_name: str, schema_json: Mapping[str, Any]) -> Any:
        """Register one schema; the body is the schema itself.

        * `entity_type`: Kind of entity
        * `entity_name`: Name of the entity
        * `schema_json`: The schema, as a JSON object
        """
        return self._run("schemas.create", {"entity_type": entity_type, "entity_name": entity_name, "schema_json": schema_json}, value)

    def create_schemas_bulk(self, params: BulkCreateSchemasParams) -> BulkCreateSchemasResponse:
        """Register several schemas. It may destroy: with truncate, all other schemas are deleted.

        * `entries`: Schemas, as a JSON list
        * `truncate`: Delete all others first
        * `entity_type`: Kind of entity
        """
        return self._run("schemas.create-bulk", {**renamed(params, {})}, of(BulkCreateSchemasResponse))

    def delete_schemas(self, *, entity_type: Optional[str] = None, entity_name: Optional[str] = None) -> DeleteSchemasResponse:
        """Delete schemas, all of them when no filter is given. It destroys.

        * `entity_type`: Kind of entity
        * `entity_name`: Name of the entity
        """
        return self._run("schemas.delete", {"entity_type": entity_type, "entity_name": entity_name}, of(DeleteSchemasResponse))

    def list_schema_registry(self, *, entity_type: Optional[str] = None) -> List[SchemaEntry]:
        """List schema registry entries.

        * `entity_type`: Kind of entity
        """
        return self._run("schemas.list", {"entity_type": entity_type}, of(SchemaEntry))

    def update_schema(self, entity_type: str, entity_name: str, schema_json: Mapping[str, Any]) -> Any:
        """Merge changes into one schema.

        * `entity_type`: Kind of entity
        * `entity_name`: Name of the entity
        * `schema_json`: The schema, as a JSON object
        """
        return self._run("schemas.update", {"entity_type": entity_type, "entity_name": entity_name, "schema_json": schema_json}, value)

    def update_schemas_bulk(self, params: BulkUpdateSchemasParams) -> List[BulkPatchResult]:
        """Merge changes into several schemas.

        * `entries`: Schemas, as a JSON list
        """
        return self._run("schemas.update-bulk", {**renamed(params, {})}, of(BulkPatchResult))

    def create_custom_event(self, params: CreateCustomEventParams) -> CustomEvent:
        """Create a custom event out of existing events.

        * `alternatives`: Event that counts as one
        * `name`: Its name
        """
        return self._run("custom-events.create", {**renamed(params, {"alternatives": "alternative"})}, of(CustomEvent))

    def delete_custom_event(self, custom_event_id: Optional[int] = None, *, name: Optional[str] = None) -> None:
        """Delete a custom event. It destroys.

        * `custom_event_id`: Id of the custom event
        * `name`: Its name, if the id is not known
        """
        self._run("custom-events.delete", {"id": custom_event_id, "name": name}, nothing)

    def list_custom_events(self) -> List[EventDefinition]:
        """List custom events."""
        return self._run("custom-events.list", {}, of(EventDefinition))

    def update_custom_event(self, custom_event_id: int, params: UpdateCustomEventParams) -> EventDefinition:
        """Change the definition of a custom event. It may destroy: what is dropped is not kept any more, and cannot be had back.

        * `custom_event_id`: Id of the custom event
        * `name`: Its name, if the id is not known
        * `hidden`: Whether it is hidden
        * `dropped`: Whether it is dropped
        * `description`: What it is about
        * `verified`: Whether it is verified
        """
        return self._run("custom-events.update", {"id": custom_event_id, **renamed(params, {})}, of(EventDefinition))

    def create_custom_property(self, params: CreateCustomPropertyParams) -> CustomProperty:
        """Create a custom property from a formula or a behavior.

        * `name`: Its name
        * `resource_type`: What has it
        * `display_formula`: Formula
        * `composed_properties`: Inputs of the formula, as a JSON object by letter
        * `behavior`: Behavior it counts, as a JSON object
        * `description`: What it is about
        """
        return self._run("custom-properties.create", {**renamed(params, {})}, of(CustomProperty))

    def delete_custom_property(self, property_id: str) -> None:
        """Delete a custom property. It destroys.

        * `property_id`: Id of the custom property
        """
        self._run("custom-properties.delete", {"id": property_id}, nothing)

    def get_custom_property(self, property_id: str) -> CustomProperty:
        """Show one custom property.

        * `property_id`: Id of the custom property
        """
        return self._run("custom-properties.get", {"id": property_id}, of(CustomProperty))

    def list_custom_properties(self) -> List[CustomProperty]:
        """List custom properties."""
        return self._run("custom-properties.list", {}, of(CustomProperty))

    def update_custom_property(self, property_id: str, params: UpdateCustomPropertyParams) -> CustomProperty:
        """Change a custom property.

        * `property_id`: Id of the custom property
        * `name`: Its name
        * `description`: What it is about
        * `display_formula`: Formula
        * `composed_properties`: Inputs of the formula, as a JSON object by letter
        * `is_locked`: Whether it is locked
        * `is_visible`: Whether it is shown
        """
        return self._run("custom-properties.update", {"id": property_id, **renamed(params, {})}, of(CustomProperty))

    def validate_custom_property(self, params: ValidateCustomPropertyParams) -> Any:
        """Check a custom property without saving it.

        * `name`: Its name
        * `resource_type`: What has it
        * `display_formula`: Formula
        * `composed_properties`: Inputs of the formula, as a JSON object by letter
        * `behavior`: Behavior it counts, as a JSON object
        """
        return self._run("custom-properties.validate", {**renamed(params, {})}, value)

    def create_drop_filter(self, params: CreateDropFilterParams) -> List[DropFilter]:
        """Create a drop filter; the whole list comes back. It destroys.

        * `event_name`: Name of the event
        * `filters`: Which events, as JSON
        """
        return self._run("drop-filters.create", {**renamed(params, {})}, of(DropFilter))

    def delete_drop_filter(self, drop_filter_id: int) -> List[DropFilter]:
        """Delete a drop filter; the remaining list comes back. It destroys.

        * `drop_filter_id`: Id of the drop filter
        """
        return self._run("drop-filters.delete", {"id": drop_filter_id}, of(DropFilter))

    def get_drop_filter_limits(self) -> DropFilterLimitsResponse:
        """Show the drop filter quota."""
        return self._run("drop-filters.limits", {}, of(DropFilterLimitsResponse))

    def list_drop_filters(self) -> List[DropFilter]:
        """List drop filters."""
        return self._run("drop-filters.list", {}, of(DropFilter))

    def update_drop_filter(self, params: UpdateDropFilterParams) -> List[DropFilter]:
        """Change a drop filter; the whole list comes back. It may destroy: a filter that is not switched off drops events, which
        cannot be had back.

        * `id`: Id of the drop filter
        * `event_name`: Name of the event
        * `filters`: Which events, as JSON
        * `active`: Whether it is active
        """
        return self._run("drop-filters.update", {**renamed(params, {})}, of(DropFilter))

    def delete_lookup_tables(self, data_group_ids: Sequence[int]) -> None:
        """Delete lookup tables. It destroys.

        * `data_group_ids`: Ids of their data groups, separated by commas
        """
        self._run("lookup-tables.delete", {"data_group_ids": data_group_ids}, nothing)

    def download_lookup_table(self, data_group_id: int, *, file_name: Optional[str] = None, limit: Optional[int] = None) -> bytes:
        """Download a lookup table as CSV.

        * `data_group_id`: Id of the lookup table's data group
        * `file_name`: Name of the file
        * `limit`: At most so many
        """
        return self._run("lookup-tables.download", {"data_group_id": data_group_id, "file_name": file_name, "limit": limit}, data)

    def get_lookup_download_url(self, data_group_id: int) -> DownloadUrl:
        """Get a signed download URL.

        * `data_group_id`: Id of the lookup table's data group
        """
        return self._run("lookup-tables.download-url", {"data_group_id": data_group_id}, of(DownloadUrl))

    def list_lookup_tables(self, *, data_group_id: Optional[int] = None) -> List[LookupTable]:
        """List lookup tables.

        * `data_group_id`: Id of the lookup table's data group
        """
        return self._run("lookup-tables.list", {"data_group_id": data_group_id}, of(LookupTable))

    def mark_lookup_table_ready(self, params: MarkLookupTableReadyParams) -> LookupTable:
        """Register a file that was uploaded by a signed URL as a lookup table. It may destroy: with a data group, the rows of its
        table are replaced.

        * `name`: Its name
        * `key`: Key that came with the URL of the upload
        * `data_group_id`: Id of the lookup table's data group
        """
        return self._run("lookup-tables.mark-ready", {**renamed(params, {})}, of(LookupTable))

    def update_lookup_table(self, data_group_id: int, params: UpdateLookupTableParams) -> LookupTable:
        """Rename a lookup table.

        * `data_group_id`: Id of the lookup table's data group
        * `name`: Its name
        """
        return self._run("lookup-tables.update", {"data_group_id": data_group_id, **renamed(params, {})}, of(LookupTable))

    def upload_lookup_table(self, params: UploadLookupTableParams) -> LookupTable:
        """Upload a CSV file as a lookup table. It may destroy: with a data group, the rows of its table are replaced.

        * `name`: Its name
        * `data_group_id`: Id of the lookup table's data group
        """
        return self._upload("lookup-tables.upload", {**renamed(params, {})}, of(LookupTable))

    def get_lookup_upload_status(self, upload_id: str) -> LookupTableUploadStatus:
        """Show how far a file is taken in as a lookup table.

        * `upload_id`: Id that registering the file returned
        """
        return self._run("lookup-tables.upload-status", {"upload_id": upload_id}, of(LookupTableUploadStatus))

    def get_lookup_upload_url(self, content_type: Optional[str] = None) -> LookupTableUploadUrl:
        """Get a signed upload URL.

        * `content_type`: Type of what will be uploaded; else text/csv
        """
        return self._run("lookup-tables.upload-url", {"content_type": content_type}, of(LookupTableUploadUrl))

    def get_business_context_chain(self) -> BusinessContextChain:
        """Show organization and project context together."""
        return self._run("business-context.chain", {}, of(BusinessContextChain))

    def clear_business_context(self, *, level: Optional[Literal["organization", "project"]] = None, organization_id: Optional[int] = None) -> BusinessContext:
        """Empty the business context text. It destroys.

        * `level`: Whose context; else project
        * `organization_id`: Id of the organization, if not that of the project
        """
        return self._run("business-context.clear", {"level": level, "organization_id": organization_id}, of(BusinessContext))

    def get_business_context(self, *, level: Optional[Literal["organization", "project"]] = None, organization_id: Optional[int] = None) -> BusinessContext:
        """Show the business context text.

        * `level`: Whose context; else project
        * `organization_id`: Id of the organization, if not that of the project
        """
        return self._run("business-context.get", {"level": level, "organization_id": organization_id}, of(BusinessContext))

    def set_business_context(self, content: Optional[str] = None, *, level: Optional[Literal["organization", "project"]] = None, organization_id: Optional[int] = None, file: Optional[str] = None) -> BusinessContext:
        """Replace the business context text. It may destroy: a text that is empty clears the context.

        * `content`: The text; without it and a file, from standard input
        * `level`: Whose context; else project
        * `organization_id`: Id of the organization, if not that of the project
        * `file`: File with the text
        """
        return self._run("business-context.set", {"content": content, "level": level, "organization_id": organization_id, "file": file}, of(BusinessContext))

    def create_webhook(self, params: CreateWebhookParams) -> WebhookMutationResult:
        """Create a webhook.

        * `name`: Its name
        * `url`: Address that is called
        * `auth_type`: How it is authenticated
        * `username`: Name for it
        * `password`: Password for it; - for standard input
        """
        return self._run("webhooks.create", {**renamed(params, {})}, of(WebhookMutationResult))

    def delete_webhook(self, webhook_id: str) -> None:
        """Delete a webhook. It destroys.

        * `webhook_id`: Id of the webhook
        """
        self._run("webhooks.delete", {"webhook_id": webhook_id}, nothing)

    def list_webhooks(self) -> List[ProjectWebhook]:
        """List webhooks."""
        return self._run("webhooks.list", {}, of(ProjectWebhook))

    def test_webhook(self, params: WebhookTestParams) -> WebhookTestResult:
        """Send a test request to a webhook URL.

        * `url`: Address that is called
        * `name`: Its name
        * `auth_type`: How it is authenticated
        * `username`: Name for it
        * `password`: Password for it; - for standard input
        """
        return self._run("webhooks.test", {**renamed(params, {})}, of(WebhookTestResult))

    def update_webhook(self, webhook_id: str, params: UpdateWebhookParams) -> WebhookMutationResult:
        """Change a webhook.

        * `webhook_id`: Id of the webhook
        * `is_enabled`: Whether it is active
        * `name`: Its name
        * `url`: Address that is called
        * `auth_type`: How it is authenticated
        * `username`: Name for it
        * `password`: Password for it; - for standard input
        """
        return self._run("webhooks.update", {"webhook_id": webhook_id, **renamed(params, {"is_enabled": "enabled"})}, of(WebhookMutationResult))


class AsyncOperations(AsyncCalls):
    """Every operation of the catalog."""

    async def events(self, *, refresh: bool = False) -> List[str]:
        """List event names, sorted."""
        return await self._run("inspect.events", {}, value, refresh=refresh)

    async def properties(self, event: str, *, refresh: bool = False) -> List[str]:
        """List the properties of an event, sorted.

        * `event`: Event
        """
        return await self._run("inspect.properties", {"event": event}, value, refresh=refresh)

    async def property_values(self, property_name: str, *, limit: Optional[int] = None, event: Optional[str] = None, refresh: bool = False) -> List[str]:
        """List values of a property.

        * `property_name`: Property
        * `limit`: At most so many; else 100
        * `event`: Only of this event
        """
        return await self._run("inspect.values", {"property": property_name, "limit": limit, "event": event}, value, refresh=refresh)

    async def subproperties(self, property_name: str, *, sample_size: Optional[int] = None, event: Optional[str] = None, refresh: bool = False) -> List[SubPropertyInfo]:
        """Infer the fields of a list-of-objects property from sampled values.

        * `property_name`: Property
        * `sample_size`: Look at so many values; else 50
        * `event`: Only of this event
        """
        return await self._run("inspect.subproperties", {"property": property_name, "sample_size": sample_size, "event": event}, of(SubPropertyInfo), refresh=refresh)

    async def funnels(self, *, refresh: bool = False) -> List[FunnelInfo]:
        """List saved funnels, sorted by name."""
        return await self._run("inspect.funnels", {}, of(FunnelInfo), refresh=refresh)

    async def cohorts(self, *, refresh: bool = False) -> List[SavedCohort]:
        """List saved cohorts, sorted by name."""
        return await self._run("inspect.cohorts", {}, of(SavedCohort), refresh=refresh)

    async def top_events(self, *, type: Optional[Literal["general", "unique", "average"]] = None, limit: Optional[int] = None) -> List[TopEvent]:
        """List today's top events.

        * `type`: How they are counted; else general
        * `limit`: At most so many; else 10
        """
        return await self._run("inspect.top-events", {"type": type, "limit": limit}, of(TopEvent))

    async def list_bookmarks(self, bookmark_type: Optional[str] = None) -> List[BookmarkInfo]:
        """List saved reports briefly.

        * `bookmark_type`: Only reports of this type
        """
        return await self._run("inspect.bookmarks", {"type": bookmark_type}, of(BookmarkInfo))

    async def lexicon_schemas(self, *, entity_type: Optional[Literal["event", "profile"]] = None, refresh: bool = False) -> List[LexiconSchemaInfo]:
        """List schemas briefly.

        * `entity_type`: Only schemas of this kind
        """
        return await self._run("inspect.lexicon-schemas", {"type": entity_type}, of(LexiconSchemaInfo), refresh=refresh)

    async def lexicon_schema(self, entity_type: Literal["event", "profile"], name: str, *, refresh: bool = False) -> LexiconSchema:
        """Show one schema.

        * `entity_type`: Kind of entity
        * `name`: Name of the entity
        """
        return await self._run("inspect.lexicon-schema", {"type": entity_type, "name": name}, of(LexiconSchema), refresh=refresh)

    async def schema_graph(self, *, include_density: Optional[bool] = None, include_user_properties: Optional[bool] = None, refresh: bool = False) -> SchemaGraphResult:
        """Gather events, properties and their relations.

        * `include_density`: With how often each property is there; else false
        * `include_user_properties`: With the properties of users; else true
        """
        return await self._run("inspect.schema-graph", {"density": include_density, "user_properties": include_user_properties}, of(SchemaGraphResult), refresh=refresh)

    async def segmentation(self, event: str, *, from_date: str, to_date: str, unit: Optional[Literal["day", "week", "month"]] = None, on: Optional[str] = None, where: Optional[str] = None, link: Optional[bool] = None) -> SegmentationResult:
        """Count an event over time, optionally split by a property.

        * `event`: Event
        * `from_date`: First day, YYYY-MM-DD
        * `to_date`: Last day, YYYY-MM-DD
        * `unit`: Unit of time; else day
        * `on`: Property to split by, or an expression
        * `where`: Only events for which this expression is true
        * `link`: Add a link to the report in Mixpanel
        """
        return await self._run("query.segmentation", {"event": event, "from": from_date, "to": to_date, "unit": unit, "on": on, "where": where, "link": link}, of(SegmentationResult))

    async def funnel(self, funnel_id: int, *, from_date: str, to_date: str, unit: Optional[str] = None, on: Optional[str] = None, link: Optional[bool] = None) -> FunnelResult:
        """Run a saved funnel.

        * `funnel_id`: Id of the funnel
        * `from_date`: First day, YYYY-MM-DD
        * `to_date`: Last day, YYYY-MM-DD
        * `unit`: Unit of time
        * `on`: Expression to split by
        * `link`: Add a link to the report in Mixpanel
        """
        return await self._run("query.funnel", {"funnel_id": funnel_id, "from": from_date, "to": to_date, "unit": unit, "on": on, "link": link}, of(FunnelResult))

    async def retention(self, *, born_event: str, return_event: str, from_date: str, to_date: str, interval_count: Optional[int] = None, born_where: Optional[str] = None, return_where: Optional[str] = None, interval: Optional[int] = None, unit: Optional[Literal["day", "week", "month"]] = None) -> RetentionResult:
        """Run a retention query.

        * `born_event`: Event that makes a user count
        * `return_event`: Event by which a user returns
        * `from_date`: First day, YYYY-MM-DD
        * `to_date`: Last day, YYYY-MM-DD
        * `interval_count`: Number of periods; else 10
        * `born_where`: Only first events for which this expression is true
        * `return_where`: Only returns for which this expression is true
        * `interval`: Units in a period; else 1
        * `unit`: Unit of time; else day
        """
        return await self._run("query.retention", {"born": born_event, "return": return_event, "from": from_date, "to": to_date, "intervals": interval_count, "born_where": born_where, "return_where": return_where, "interval": interval, "unit": unit}, of(RetentionResult))

    async def event_counts(self, events: Sequence[str], *, from_date: str, to_date: str, type: Optional[Literal["general", "unique", "average"]] = None, unit: Optional[Literal["day", "week", "month"]] = None) -> EventCountsResult:
        """Count several events over time.

        * `events`: Events, separated by commas
        * `from_date`: First day, YYYY-MM-DD
        * `to_date`: Last day, YYYY-MM-DD
        * `type`: How they are counted; else general
        * `unit`: Unit of time; else day
        """
        return await self._run("query.event-counts", {"events": events, "from": from_date, "to": to_date, "type": type, "unit": unit}, of(EventCountsResult))

    async def property_counts(self, event: str, property_name: str, *, from_date: str, to_date: str, type: Optional[Literal["general", "unique", "average"]] = None, unit: Optional[Literal["day", "week", "month"]] = None, limit: Optional[int] = None) -> PropertyCountsResult:
        """Count an event by property value over time.

        * `event`: Event
        * `property_name`: Property
        * `from_date`: First day, YYYY-MM-DD
        * `to_date`: Last day, YYYY-MM-DD
        * `type`: How they are counted; else general
        * `unit`: Unit of time; else day
        * `limit`: At most so many values; else 10
        """
        return await self._run("query.property-counts", {"event": event, "property": property_name, "from": from_date, "to": to_date, "type": type, "unit": unit, "limit": limit}, of(PropertyCountsResult))

    async def activity_feed(self, distinct_ids: Sequence[str], *, include_events: Optional[Sequence[str]] = None, exclude_events: Optional[Sequence[str]] = None, from_date: Optional[str] = None, to_date: Optional[str] = None, limit: Optional[int] = None, paging_window: Optional[int] = None, sentinel_event: Optional[Mapping[str, Any]] = None, search: Optional[str] = None, use_custom_events: Optional[bool] = None) -> ActivityFeedResult:
        """Show the event stream of given users.

        * `distinct_ids`: Distinct ids, separated by commas
        * `include_events`: Only events of this name
        * `exclude_events`: No events of this name
        * `from_date`: First day, YYYY-MM-DD
        * `to_date`: Last day, YYYY-MM-DD
        * `limit`: At most so many events
        * `paging_window`: Days to look at in one page
        * `sentinel_event`: Where the former page ended, as it was answered
        * `search`: Only events that hold this text
        * `use_custom_events`: With custom events
        """
        return await self._run("query.activity-feed", {"users": distinct_ids, "include_event": include_events, "exclude_event": exclude_events, "from": from_date, "to": to_date, "limit": limit, "paging_window": paging_window, "sentinel_event": sentinel_event, "search": search, "use_custom_events": use_custom_events}, of(ActivityFeedResult))

    async def query_saved_report(self, bookmark_id: int, *, link: Optional[bool] = None) -> SavedReportResult:
        """Run a saved report.

        * `bookmark_id`: Id of the report
        * `link`: Add a link to the report in Mixpanel
        """
        return await self._run("query.saved-report", {"bookmark_id": bookmark_id, "link": link}, of(SavedReportResult))

    async def query_saved_flows(self, bookmark_id: int, *, link: Optional[bool] = None) -> FlowsResult:
        """Run a saved flows report.

        * `bookmark_id`: Id of the report
        * `link`: Add a link to the report in Mixpanel
        """
        return await self._run("query.flows", {"bookmark_id": bookmark_id, "link": link}, of(FlowsResult))

    async def frequency(self, *, from_date: str, to_date: str, unit: Optional[Literal["day", "week", "month"]] = None, addiction_unit: Optional[Literal["hour", "day"]] = None, event: Optional[str] = None, where: Optional[str] = None) -> FrequencyResult:
        """Show how often users do something per period.

        * `from_date`: First day, YYYY-MM-DD
        * `to_date`: Last day, YYYY-MM-DD
        * `unit`: Unit of time; else day
        * `addiction_unit`: Time that counts once; else hour
        * `event`: Only this event
        * `where`: Only events for which this expression is true
        """
        return await self._run("query.frequency", {"from": from_date, "to": to_date, "unit": unit, "addiction_unit": addiction_unit, "event": event, "where": where}, of(FrequencyResult))

    async def segmentation_numeric(self, event: str, *, from_date: str, to_date: str, on: str, unit: Optional[Literal["hour", "day"]] = None, type: Optional[Literal["general", "unique", "average"]] = None, where: Optional[str] = None) -> NumericBucketResult:
        """Count an event by buckets of a numeric property.

        * `event`: Event
        * `from_date`: First day, YYYY-MM-DD
        * `to_date`: Last day, YYYY-MM-DD
        * `on`: Numeric property, or an expression
        * `unit`: Unit of time; else day
        * `type`: How they are counted; else general
        * `where`: Only events for which this expression is true
        """
        return await self._run("query.segmentation-numeric", {"event": event, "from": from_date, "to": to_date, "on": on, "unit": unit, "type": type, "where": where}, of(NumericBucketResult))

    async def segmentation_sum(self, event: str, *, from_date: str, to_date: str, on: str, unit: Optional[Literal["hour", "day"]] = None, where: Optional[str] = None) -> NumericSumResult:
        """Sum a numeric property over time.

        * `event`: Event
        * `from_date`: First day, YYYY-MM-DD
        * `to_date`: Last day, YYYY-MM-DD
        * `on`: Numeric property, or an expression
        * `unit`: Unit of time; else day
        * `where`: Only events for which this expression is true
        """
        return await self._run("query.segmentation-sum", {"event": event, "from": from_date, "to": to_date, "on": on, "unit": unit, "where": where}, of(NumericSumResult))

    async def segmentation_average(self, event: str, *, from_date: str, to_date: str, on: str, unit: Optional[Literal["hour", "day"]] = None, where: Optional[str] = None) -> NumericAverageResult:
        """Average a numeric property over time.

        * `event`: Event
        * `from_date`: First day, YYYY-MM-DD
        * `to_date`: Last day, YYYY-MM-DD
        * `on`: Numeric property, or an expression
        * `unit`: Unit of time; else day
        * `where`: Only events for which this expression is true
        """
        return await self._run("query.segmentation-average", {"event": event, "from": from_date, "to": to_date, "on": on, "unit": unit, "where": where}, of(NumericAverageResult))

    async def query(self, events: Optional[Union[AskMetric, Sequence[AskMetric]]] = None, *, math: Optional[Literal["total", "unique", "dau", "wau", "mau", "cumulative_unique", "sessions", "average", "median", "min", "max", "p25", "p75", "p90", "p99", "percentile", "histogram", "unique_values", "most_frequent", "first_value", "multi_attribution", "numeric_summary"]] = None, math_property: Optional[str] = None, per_user: Optional[Literal["total", "average", "min", "max", "unique_values"]] = None, percentile_value: Optional[float] = None, formula: Optional[str] = None, formula_label: Optional[str] = None, rolling: Optional[int] = None, cumulative: Optional[bool] = None, mode: Optional[Literal["timeseries", "total", "table"]] = None, unit: Optional[Literal["hour", "day", "week", "month", "quarter"]] = None, group_by: Optional[Union[AskBreakdown, Sequence[AskBreakdown]]] = None, where: Optional[Union[AskFilter, Sequence[AskFilter]]] = None, from_date: Optional[str] = None, to_date: Optional[str] = None, last: Optional[int] = None, time_comparison: Optional[Union[AskTimeComparison, TimeComparison]] = None, limit: Optional[int] = None, data_group_id: Optional[int] = None, workspace_id: Optional[int] = None, params: Optional[Mapping[str, Any]] = None, link: bool = False) -> QueryResult:
        """Measure events over time or in total, by any property or formula. The answer has the parameters that were sent
        (params), the result, and the same as a table; dry_run returns the parameters alone, link stores them as a report and
        returns its URL. All problems of the arguments are told at once, each with a code, before anything is sent.

        * `events`: A metric, or several
        * `math`: How events given by name are measured; else total
        * `math_property`: The property that is measured
        * `per_user`: How it is taken per user first
        * `percentile_value`: Which percentile, for percentile
        * `formula`: A formula over the list: B/A*100
        * `formula_label`: Name of the formula
        * `rolling`: Rolling average over so many periods
        * `cumulative`: Add the periods up; else false
        * `mode`: What is shown; else timeseries
        * `unit`: Length of a time bucket; else day
        * `group_by`: What to break down by
        * `where`: Filters, all of which must pass
        * `from_date`: First day
        * `to_date`: Last day; today when only from_date is given
        * `last`: The last so many days; not with dates; else 30
        * `time_comparison`: A period to compare with
        * `limit`: Most segments, 1 to 50000; else 3000
        * `data_group_id`: Data group that is counted, in place of users
        * `workspace_id`: Workspace of the query, in place of the session's
        * `params`: A whole body, sent as it is, in place of the other arguments
        """
        return await self._run("ask.insights", {"events": events, "math": math, "math_property": math_property, "per_user": per_user, "percentile_value": percentile_value, "formula": formula, "formula_label": formula_label, "rolling": rolling, "cumulative": cumulative, "mode": mode, "unit": unit, "group_by": group_by, "where": where, "from_date": from_date, "to_date": to_date, "last": last, "time_comparison": time_comparison, "limit": limit, "data_group_id": data_group_id, "workspace_id": workspace_id, "params": params}, asked(QueryResult), call={"link": link})

    async def build_params(self, events: Optional[Union[AskMetric, Sequence[AskMetric]]] = None, *, math: Optional[Literal["total", "unique", "dau", "wau", "mau", "cumulative_unique", "sessions", "average", "median", "min", "max", "p25", "p75", "p90", "p99", "percentile", "histogram", "unique_values", "most_frequent", "first_value", "multi_attribution", "numeric_summary"]] = None, math_property: Optional[str] = None, per_user: Optional[Literal["total", "average", "min", "max", "unique_values"]] = None, percentile_value: Optional[float] = None, formula: Optional[str] = None, formula_label: Optional[str] = None, rolling: Optional[int] = None, cumulative: Optional[bool] = None, mode: Optional[Literal["timeseries", "total", "table"]] = None, unit: Optional[Literal["hour", "day", "week", "month", "quarter"]] = None, group_by: Optional[Union[AskBreakdown, Sequence[AskBreakdown]]] = None, where: Optional[Union[AskFilter, Sequence[AskFilter]]] = None, from_date: Optional[str] = None, to_date: Optional[str] = None, last: Optional[int] = None, time_comparison: Optional[Union[AskTimeComparison, TimeComparison]] = None, limit: Optional[int] = None, data_group_id: Optional[int] = None, workspace_id: Optional[int] = None, params: Optional[Mapping[str, Any]] = None) -> Dict[str, Any]:
        """Measure events over time or in total, by any property or formula. The answer has the parameters that were sent
        (params), the result, and the same as a table; dry_run returns the parameters alone, link stores them as a report and
        returns its URL. All problems of the arguments are told at once, each with a code, before anything is sent.

        * `events`: A metric, or several
        * `math`: How events given by name are measured; else total
        * `math_property`: The property that is measured
        * `per_user`: How it is taken per user first
        * `percentile_value`: Which percentile, for percentile
        * `formula`: A formula over the list: B/A*100
        * `formula_label`: Name of the formula
        * `rolling`: Rolling average over so many periods
        * `cumulative`: Add the periods up; else false
        * `mode`: What is shown; else timeseries
        * `unit`: Length of a time bucket; else day
        * `group_by`: What to break down by
        * `where`: Filters, all of which must pass
        * `from_date`: First day
        * `to_date`: Last day; today when only from_date is given
        * `last`: The last so many days; not with dates; else 30
        * `time_comparison`: A period to compare with
        * `limit`: Most segments, 1 to 50000; else 3000
        * `data_group_id`: Data group that is counted, in place of users
        * `workspace_id`: Workspace of the query, in place of the session's
        * `params`: A whole body, sent as it is, in place of the other arguments
        """
        return await self._run("ask.insights", {"events": events, "math": math, "math_property": math_property, "per_user": per_user, "percentile_value": percentile_value, "formula": formula, "formula_label": formula_label, "rolling": rolling, "cumulative": cumulative, "mode": mode, "unit": unit, "group_by": group_by, "where": where, "from_date": from_date, "to_date": to_date, "last": last, "time_comparison": time_comparison, "limit": limit, "data_group_id": data_group_id, "workspace_id": workspace_id, "params": params}, params_of, call={"dry_run": True})

    async def query_funnel(self, steps: Optional[AskFunnelSteps] = None, *, math: Optional[Literal["conversion_rate_unique", "conversion_rate_total", "conversion_rate_session", "unique", "total", "average", "median", "min", "max", "p25", "p75", "p90", "p99", "histogram"]] = None, math_property: Optional[str] = None, mode: Optional[Literal["steps", "trends", "table"]] = None, unit: Optional[Literal["hour", "day", "week", "month", "quarter"]] = None, group_by: Optional[Union[AskBreakdown, Sequence[AskBreakdown]]] = None, where: Optional[Union[AskFilter, Sequence[AskFilter]]] = None, conversion_window: Optional[int] = None, conversion_window_unit: Optional[Literal["second", "minute", "hour", "day", "week", "month", "session"]] = None, order: Optional[Literal["loose", "any"]] = None, exclusions: Optional[Sequence[AskExclusionOrName]] = None, holding_constant: Optional[Union[AskHeldPropertyOrName, Sequence[AskHeldPropertyOrName]]] = None, reentry_mode: Optional[Literal["default", "basic", "aggressive", "optimized"]] = None, from_date: Optional[str] = None, to_date: Optional[str] = None, last: Optional[int] = None, time_comparison: Optional[Union[AskTimeComparison, TimeComparison]] = None, limit: Optional[int] = None, data_group_id: Optional[int] = None, workspace_id: Optional[int] = None, params: Optional[Mapping[str, Any]] = None, link: bool = False) -> FunnelQueryResult:
        """Count how many users go through steps, and where they are lost. The answer has the parameters that were sent (params),
        the result, and the same as a table; dry_run returns the parameters alone, link stores them as a report and returns its
        URL. All problems of the arguments are told at once, each with a code, before anything is sent.

        * `steps`: The steps
        * `math`: How it is measured; else conversion_rate_unique
        * `math_property`: The property that is measured
        * `mode`: What is shown; else steps
        * `unit`: Length of a time bucket; else day
        * `group_by`: What to break down by
        * `where`: Filters, all of which must pass
        * `conversion_window`: How long a user may take for all steps; else 14
        * `conversion_window_unit`: Unit of it; else day
        * `order`: Whether the order of steps counts; else loose
        * `exclusions`: Events that take a user out
        * `holding_constant`: Properties that must stay the same; 3 at most
        * `reentry_mode`: How a user may begin again
        * `from_date`: First day
        * `to_date`: Last day; today when only from_date is given
        * `last`: The last so many days; not with dates; else 30
        * `time_comparison`: A period to compare with
        * `limit`: Most segments, 1 to 50000; else 3000
        * `data_group_id`: Data group that is counted, in place of users
        * `workspace_id`: Workspace of the query, in place of the session's
        * `params`: A whole body, sent as it is, in place of the other arguments
        """
        return await self._run("ask.funnel", {"steps": steps, "math": math, "math_property": math_property, "mode": mode, "unit": unit, "group_by": group_by, "where": where, "conversion_window": conversion_window, "conversion_window_unit": conversion_window_unit, "order": order, "exclusions": exclusions, "holding_constant": holding_constant, "reentry_mode": reentry_mode, "from_date": from_date, "to_date": to_date, "last": last, "time_comparison": time_comparison, "limit": limit, "data_group_id": data_group_id, "workspace_id": workspace_id, "params": params}, asked(FunnelQueryResult), call={"link": link})

    async def build_funnel_params(self, steps: Optional[AskFunnelSteps] = None, *, math: Optional[Literal["conversion_rate_unique", "conversion_rate_total", "conversion_rate_session", "unique", "total", "average", "median", "min", "max", "p25", "p75", "p90", "p99", "histogram"]] = None, math_property: Optional[str] = None, mode: Optional[Literal["steps", "trends", "table"]] = None, unit: Optional[Literal["hour", "day", "week", "month", "quarter"]] = None, group_by: Optional[Union[AskBreakdown, Sequence[AskBreakdown]]] = None, where: Optional[Union[AskFilter, Sequence[AskFilter]]] = None, conversion_window: Optional[int] = None, conversion_window_unit: Optional[Literal["second", "minute", "hour", "day", "week", "month", "session"]] = None, order: Optional[Literal["loose", "any"]] = None, exclusions: Optional[Sequence[AskExclusionOrName]] = None, holding_constant: Optional[Union[AskHeldPropertyOrName, Sequence[AskHeldPropertyOrName]]] = None, reentry_mode: Optional[Literal["default", "basic", "aggressive", "optimized"]] = None, from_date: Optional[str] = None, to_date: Optional[str] = None, last: Optional[int] = None, time_comparison: Optional[Union[AskTimeComparison, TimeComparison]] = None, limit: Optional[int] = None, data_group_id: Optional[int] = None, workspace_id: Optional[int] = None, params: Optional[Mapping[str, Any]] = None) -> Dict[str, Any]:
        """Count how many users go through steps, and where they are lost. The answer has the parameters that were sent (params),
        the result, and the same as a table; dry_run returns the parameters alone, link stores them as a report and returns its
        URL. All problems of the arguments are told at once, each with a code, before anything is sent.

        * `steps`: The steps
        * `math`: How it is measured; else conversion_rate_unique
        * `math_property`: The property that is measured
        * `mode`: What is shown; else steps
        * `unit`: Length of a time bucket; else day
        * `group_by`: What to break down by
        * `where`: Filters, all of which must pass
        * `conversion_window`: How long a user may take for all steps; else 14
        * `conversion_window_unit`: Unit of it; else day
        * `order`: Whether the order of steps counts; else loose
        * `exclusions`: Events that take a user out
        * `holding_constant`: Properties that must stay the same; 3 at most
        * `reentry_mode`: How a user may begin again
        * `from_date`: First day
        * `to_date`: Last day; today when only from_date is given
        * `last`: The last so many days; not with dates; else 30
        * `time_comparison`: A period to compare with
        * `limit`: Most segments, 1 to 50000; else 3000
        * `data_group_id`: Data group that is counted, in place of users
        * `workspace_id`: Workspace of the query, in place of the session's
        * `params`: A whole body, sent as it is, in place of the other arguments
        """
        return await self._run("ask.funnel", {"steps": steps, "math": math, "math_property": math_property, "mode": mode, "unit": unit, "group_by": group_by, "where": where, "conversion_window": conversion_window, "conversion_window_unit": conversion_window_unit, "order": order, "exclusions": exclusions, "holding_constant": holding_constant, "reentry_mode": reentry_mode, "from_date": from_date, "to_date": to_date, "last": last, "time_comparison": time_comparison, "limit": limit, "data_group_id": data_group_id, "workspace_id": workspace_id, "params": params}, params_of, call={"dry_run": True})

    async def query_retention(self, born_event: Optional[AskBornEvent] = None, return_event: Optional[AskReturnEvent] = None, *, math: Optional[Literal["retention_rate", "unique", "total", "average"]] = None, retention_cumulative: Optional[bool] = None, mode: Optional[Literal["curve", "trends", "table"]] = None, unit: Optional[Literal["day", "week", "month"]] = None, group_by: Optional[Union[AskBreakdown, Sequence[AskBreakdown]]] = None, where: Optional[Union[AskFilter, Sequence[AskFilter]]] = None, retention_unit: Optional[Literal["day", "week", "month"]] = None, alignment: Optional[Literal["birth", "interval_start"]] = None, bucket_sizes: Optional[Sequence[int]] = None, unbounded_mode: Optional[Literal["none", "carry_back", "carry_forward", "consecutive_forward"]] = None, from_date: Optional[str] = None, to_date: Optional[str] = None, last: Optional[int] = None, time_comparison: Optional[Union[AskTimeComparison, TimeComparison]] = None, limit: Optional[int] = None, data_group_id: Optional[int] = None, workspace_id: Optional[int] = None, params: Optional[Mapping[str, Any]] = None, link: bool = False) -> RetentionQueryResult:
        """Count how many users come back, by when they came first. The answer has the parameters that were sent (params), the
        result, and the same as a table; dry_run returns the parameters alone, link stores them as a report and returns its URL.
        All problems of the arguments are told at once, each with a code, before anything is sent.

        * `born_event`: The first event
        * `return_event`: The return event; not with saved retention
        * `math`: How it is measured; else retention_rate
        * `retention_cumulative`: Add the buckets up; else false
        * `mode`: What is shown; else curve
        * `unit`: Length of a time bucket; else day
        * `group_by`: What to break down by
        * `where`: Filters, all of which must pass
        * `retention_unit`: Length of a bucket; else week
        * `alignment`: Where buckets begin; else birth
        * `bucket_sizes`: Ends of buckets, rising
        * `unbounded_mode`: How a return counts for other buckets
        * `from_date`: First day
        * `to_date`: Last day; today when only from_date is given
        * `last`: The last so many days; not with dates; else 30
        * `time_comparison`: A period to compare with
        * `limit`: Most segments, 1 to 50000; else 3000
        * `data_group_id`: Data group that is counted, in place of users
        * `workspace_id`: Workspace of the query, in place of the session's
        * `params`: A whole body, sent as it is, in place of the other arguments
        """
        return await self._run("ask.retention", {"born_event": born_event, "return_event": return_event, "math": math, "retention_cumulative": retention_cumulative, "mode": mode, "unit": unit, "group_by": group_by, "where": where, "retention_unit": retention_unit, "alignment": alignment, "bucket_sizes": bucket_sizes, "unbounded_mode": unbounded_mode, "from_date": from_date, "to_date": to_date, "last": last, "time_comparison": time_comparison, "limit": limit, "data_group_id": data_group_id, "workspace_id": workspace_id, "params": params}, asked(RetentionQueryResult), call={"link": link})

    async def build_retention_params(self, born_event: Optional[AskBornEvent] = None, return_event: Optional[AskReturnEvent] = None, *, math: Optional[Literal["retention_rate", "unique", "total", "average"]] = None, retention_cumulative: Optional[bool] = None, mode: Optional[Literal["curve", "trends", "table"]] = None, unit: Optional[Literal["day", "week", "month"]] = None, group_by: Optional[Union[AskBreakdown, Sequence[AskBreakdown]]] = None, where: Optional[Union[AskFilter, Sequence[AskFilter]]] = None, retention_unit: Optional[Literal["day", "week", "month"]] = None, alignment: Optional[Literal["birth", "interval_start"]] = None, bucket_sizes: Optional[Sequence[int]] = None, unbounded_mode: Optional[Literal["none", "carry_back", "carry_forward", "consecutive_forward"]] = None, from_date: Optional[str] = None, to_date: Optional[str] = None, last: Optional[int] = None, time_comparison: Optional[Union[AskTimeComparison, TimeComparison]] = None, limit: Optional[int] = None, data_group_id: Optional[int] = None, workspace_id: Optional[int] = None, params: Optional[Mapping[str, Any]] = None) -> Dict[str, Any]:
        """Count how many users come back, by when they came first. The answer has the parameters that were sent (params), the
        result, and the same as a table; dry_run returns the parameters alone, link stores them as a report and returns its URL.
        All problems of the arguments are told at once, each with a code, before anything is sent.

        * `born_event`: The first event
        * `return_event`: The return event; not with saved retention
        * `math`: How it is measured; else retention_rate
        * `retention_cumulative`: Add the buckets up; else false
        * `mode`: What is shown; else curve
        * `unit`: Length of a time bucket; else day
        * `group_by`: What to break down by
        * `where`: Filters, all of which must pass
        * `retention_unit`: Length of a bucket; else week
        * `alignment`: Where buckets begin; else birth
        * `bucket_sizes`: Ends of buckets, rising
        * `unbounded_mode`: How a return counts for other buckets
        * `from_date`: First day
        * `to_date`: Last day; today when only from_date is given
        * `last`: The last so many days; not with dates; else 30
        * `time_comparison`: A period to compare with
        * `limit`: Most segments, 1 to 50000; else 3000
        * `data_group_id`: Data group that is counted, in place of users
        * `workspace_id`: Workspace of the query, in place of the session's
        * `params`: A whole body, sent as it is, in place of the other arguments
        """
        return await self._run("ask.retention", {"born_event": born_event, "return_event": return_event, "math": math, "retention_cumulative": retention_cumulative, "mode": mode, "unit": unit, "group_by": group_by, "where": where, "retention_unit": retention_unit, "alignment": alignment, "bucket_sizes": bucket_sizes, "unbounded_mode": unbounded_mode, "from_date": from_date, "to_date": to_date, "last": last, "time_comparison": time_comparison, "limit": limit, "data_group_id": data_group_id, "workspace_id": workspace_id, "params": params}, params_of, call={"dry_run": True})

    async def query_flow(self, event: Optional[Union[AskAnchorOrName, Sequence[AskAnchorOrName]]] = None, *, forward: Optional[int] = None, reverse: Optional[int] = None, count_type: Optional[Literal["unique", "total", "session"]] = None, cardinality: Optional[int] = None, conversion_window: Optional[int] = None, conversion_window_unit: Optional[Literal["day", "week", "month", "session"]] = None, collapse_repeated: Optional[bool] = None, hidden_events: Optional[Sequence[str]] = None, exclusions: Optional[Sequence[str]] = None, mode: Optional[Literal["sankey", "paths", "tree"]] = None, where: Optional[Union[AskFlowFilter, Sequence[AskFlowFilter]]] = None, segments: Optional[Union[AskBreakdown, Sequence[AskBreakdown]]] = None, from_date: Optional[str] = None, to_date: Optional[str] = None, last: Optional[int] = None, data_group_id: Optional[int] = None, workspace_id: Optional[int] = None, params: Optional[Mapping[str, Any]] = None, link: bool = False) -> FlowQueryResult:
        """Show which ways users take to and from an event. The answer has the parameters that were sent (params), the result, and
        the same as a table; dry_run returns the parameters alone, link stores them as a report and returns its URL. All problems
        of the arguments are told at once, each with a code, before anything is sent.

        * `event`: An event, or several
        * `forward`: Steps after an event, 0 to 5; else 3
        * `reverse`: Steps before an event, 0 to 5; else 0
        * `count_type`: What is counted; else unique
        * `cardinality`: Nodes per step, 1 to 50; else 3
        * `conversion_window`: How long a user may take; else 7
        * `conversion_window_unit`: Unit of it; else day
        * `collapse_repeated`: Show repeated events as one; else false
        * `hidden_events`: Events that are not shown
        * `exclusions`: Events that end a flow
        * `mode`: What is shown; else sankey
        * `where`: Filters, all of which must pass; one cohort at most
        * `segments`: What to break down by
        * `from_date`: First day
        * `to_date`: Last day; today when only from_date is given
        * `last`: The last so many days; not with dates; else 30
        * `data_group_id`: Data group that is counted, in place of users
        * `workspace_id`: Workspace of the query, in place of the session's
        * `params`: A whole body, sent as it is, in place of the other arguments
        """
        return await self._run("ask.flow", {"event": event, "forward": forward, "reverse": reverse, "count_type": count_type, "cardinality": cardinality, "conversion_window": conversion_window, "conversion_window_unit": conversion_window_unit, "collapse_repeated": collapse_repeated, "hidden_events": hidden_events, "exclusions": exclusions, "mode": mode, "where": where, "segments": segments, "from_date": from_date, "to_date": to_date, "last": last, "data_group_id": data_group_id, "workspace_id": workspace_id, "params": params}, asked(FlowQueryResult), call={"link": link})

    async def build_flow_params(self, event: Optional[Union[AskAnchorOrName, Sequence[AskAnchorOrName]]] = None, *, forward: Optional[int] = None, reverse: Optional[int] = None, count_type: Optional[Literal["unique", "total", "session"]] = None, cardinality: Optional[int] = None, conversion_window: Optional[int] = None, conversion_window_unit: Optional[Literal["day", "week", "month", "session"]] = None, collapse_repeated: Optional[bool] = None, hidden_events: Optional[Sequence[str]] = None, exclusions: Optional[Sequence[str]] = None, mode: Optional[Literal["sankey", "paths", "tree"]] = None, where: Optional[Union[AskFlowFilter, Sequence[AskFlowFilter]]] = None, segments: Optional[Union[AskBreakdown, Sequence[AskBreakdown]]] = None, from_date: Optional[str] = None, to_date: Optional[str] = None, last: Optional[int] = None, data_group_id: Optional[int] = None, workspace_id: Optional[int] = None, params: Optional[Mapping[str, Any]] = None) -> Dict[str, Any]:
        """Show which ways users take to and from an event. The answer has the parameters that were sent (params), the result, and
        the same as a table; dry_run returns the parameters alone, link stores them as a report and returns its URL. All problems
        of the arguments are told at once, each with a code, before anything is sent.

        * `event`: An event, or several
        * `forward`: Steps after an event, 0 to 5; else 3
        * `reverse`: Steps before an event, 0 to 5; else 0
        * `count_type`: What is counted; else unique
        * `cardinality`: Nodes per step, 1 to 50; else 3
        * `conversion_window`: How long a user may take; else 7
        * `conversion_window_unit`: Unit of it; else day
        * `collapse_repeated`: Show repeated events as one; else false
        * `hidden_events`: Events that are not shown
        * `exclusions`: Events that end a flow
        * `mode`: What is shown; else sankey
        * `where`: Filters, all of which must pass; one cohort at most
        * `segments`: What to break down by
        * `from_date`: First day
        * `to_date`: Last day; today when only from_date is given
        * `last`: The last so many days; not with dates; else 30
        * `data_group_id`: Data group that is counted, in place of users
        * `workspace_id`: Workspace of the query, in place of the session's
        * `params`: A whole body, sent as it is, in place of the other arguments
        """
        return await self._run("ask.flow", {"event": event, "forward": forward, "reverse": reverse, "count_type": count_type, "cardinality": cardinality, "conversion_window": conversion_window, "conversion_window_unit": conversion_window_unit, "collapse_repeated": collapse_repeated, "hidden_events": hidden_events, "exclusions": exclusions, "mode": mode, "where": where, "segments": segments, "from_date": from_date, "to_date": to_date, "last": last, "data_group_id": data_group_id, "workspace_id": workspace_id, "params": params}, params_of, call={"dry_run": True})

    async def query_user(self, *, mode: Optional[Literal["aggregate", "profiles"]] = None, where: Optional[AskUsersWhere] = None, cohort: Optional[AskCohort] = None, include_all_users: Optional[bool] = None, group_id: Optional[str] = None, properties: Optional[Sequence[str]] = None, sort_by: Optional[str] = None, sort_order: Optional[str] = None, search: Optional[str] = None, distinct_id: Optional[str] = None, distinct_ids: Optional[Sequence[str]] = None, as_of: Optional[Union[str, int]] = None, limit: Optional[int] = DEFAULT, parallel: Optional[bool] = None, workers: Optional[int] = None, aggregate: Optional[Literal["count", "extremes", "percentile", "numeric_summary"]] = None, aggregate_property: Optional[str] = None, percentile: Optional[float] = None, segment_by: Optional[Sequence[int]] = None, params: Optional[Mapping[str, Any]] = None) -> UserQueryResult:
        """Count or list users by what they are and did. It counts unless mode is profiles, which lists one unless limit says how
        many (null: all). The answer has the parameters that were sent (params), the result, and the same as a table; dry_run
        returns the parameters alone.

        * `mode`: Profiles, or an aggregate of them; else aggregate
        * `where`: Which profiles
        * `cohort`: A cohort that they are in
        * `include_all_users`: Users without a profile, too; else false
        * `group_id`: Group whose profiles are meant
        * `properties`: Properties that are returned
        * `sort_by`: Property to sort by
        * `sort_order`: Order of sorting: descending or ascending; else descending
        * `search`: Words to search profiles for
        * `distinct_id`: One user
        * `distinct_ids`: Several users
        * `as_of`: Profiles as they were then
        * `limit`: Most profiles; null for all; else 1
        * `parallel`: Fetch pages at once; else false
        * `workers`: Pages at once, 1 to 5; else 5
        * `aggregate`: What is computed; else count
        * `aggregate_property`: The property that it is computed of
        * `percentile`: Which percentile, between 0 and 100
        * `segment_by`: Ids of cohorts to break down by
        * `params`: A whole body, sent as it is, in place of the other arguments
        """
        return await self._run("ask.users", {"mode": mode, "where": where, "cohort": cohort, "include_all_users": include_all_users, "group_id": group_id, "properties": properties, "sort_by": sort_by, "sort_order": sort_order, "search": search, "distinct_id": distinct_id, "distinct_ids": distinct_ids, "as_of": as_of, "limit": or_null(limit), "parallel": parallel, "workers": workers, "aggregate": aggregate, "aggregate_property": aggregate_property, "percentile": percentile, "segment_by": segment_by, "params": params}, asked(UserQueryResult))

    async def build_user_params(self, *, mode: Optional[Literal["aggregate", "profiles"]] = None, where: Optional[AskUsersWhere] = None, cohort: Optional[AskCohort] = None, include_all_users: Optional[bool] = None, group_id: Optional[str] = None, properties: Optional[Sequence[str]] = None, sort_by: Optional[str] = None, sort_order: Optional[str] = None, search: Optional[str] = None, distinct_id: Optional[str] = None, distinct_ids: Optional[Sequence[str]] = None, as_of: Optional[Union[str, int]] = None, limit: Optional[int] = DEFAULT, parallel: Optional[bool] = None, workers: Optional[int] = None, aggregate: Optional[Literal["count", "extremes", "percentile", "numeric_summary"]] = None, aggregate_property: Optional[str] = None, percentile: Optional[float] = None, segment_by: Optional[Sequence[int]] = None, params: Optional[Mapping[str, Any]] = None) -> Dict[str, Any]:
        """Count or list users by what they are and did. It counts unless mode is profiles, which lists one unless limit says how
        many (null: all). The answer has the parameters that were sent (params), the result, and the same as a table; dry_run
        returns the parameters alone.

        * `mode`: Profiles, or an aggregate of them; else aggregate
        * `where`: Which profiles
        * `cohort`: A cohort that they are in
        * `include_all_users`: Users without a profile, too; else false
        * `group_id`: Group whose profiles are meant
        * `properties`: Properties that are returned
        * `sort_by`: Property to sort by
        * `sort_order`: Order of sorting: descending or ascending; else descending
        * `search`: Words to search profiles for
        * `distinct_id`: One user
        * `distinct_ids`: Several users
        * `as_of`: Profiles as they were then
        * `limit`: Most profiles; null for all; else 1
        * `parallel`: Fetch pages at once; else false
        * `workers`: Pages at once, 1 to 5; else 5
        * `aggregate`: What is computed; else count
        * `aggregate_property`: The property that it is computed of
        * `percentile`: Which percentile, between 0 and 100
        * `segment_by`: Ids of cohorts to break down by
        * `params`: A whole body, sent as it is, in place of the other arguments
        """
        return await self._run("ask.users", {"mode": mode, "where": where, "cohort": cohort, "include_all_users": include_all_users, "group_id": group_id, "properties": properties, "sort_by": sort_by, "sort_order": sort_order, "search": search, "distinct_id": distinct_id, "distinct_ids": distinct_ids, "as_of": as_of, "limit": or_null(limit), "parallel": parallel, "workers": workers, "aggregate": aggregate, "aggregate_property": aggregate_property, "percentile": percentile, "segment_by": segment_by, "params": params}, params_of, call={"dry_run": True})

    def stream_events(self, *, from_date: str, events: Optional[Sequence[str]] = None, to_date: Optional[str] = None, where: Optional[str] = None, limit: Optional[int] = None, raw: Optional[bool] = None, timezone: Optional[str] = None, stored_in: Optional[str] = None, on_bad_line: Optional[Literal["fail", "skip", "pass"]] = None, strict: Optional[bool] = None) -> AsyncIterator[Dict[str, Any]]:
        """Export raw events of a range of days as JSON Lines. Days begin and end in the time zone of the project, and words such
        as yesterday mean days there. Times are as Mixpanel stores them: UTC for projects made since 2023. For older ones they are
        the local time of the project, though event_time says +00:00.

        * `from_date`: First day: 2025-01-31, yesterday, -7d, 2025-W05, 2025-01, last-month
        * `events`: Only events of this name; may be given more than once
        * `to_date`: Last day, in the same words; yesterday if it is left out
        * `where`: Only events for which this expression is true
        * `limit`: At most so many events, 1 to 100000
        * `raw`: Lines as Mixpanel sends them, byte for byte
        * `timezone`: Show event_time in this time zone: Europe/Berlin, project, utc
        * `stored_in`: Times are stored in this zone: utc, or project for one before 2023
        * `on_bad_line`: Lines that are no events: fail (default), skip, or pass (after U+001E)
        * `strict`: Refuse lines that would have to be mended
        """
        return self._stream("export.events", {"from": from_date, "event": events, "to": to_date, "where": where, "limit": limit, "raw": raw, "timezone": timezone, "stored_in": stored_in, "on_bad_line": on_bad_line, "strict": strict})

    def stream_profiles(self, *, output_properties: Optional[Sequence[str]] = None, where: Optional[str] = None, since: Optional[str] = None, cohort_id: Optional[str] = None, distinct_id: Optional[str] = None, distinct_ids: Optional[Sequence[str]] = None, group_id: Optional[str] = None, behaviors: Any = None, as_of_timestamp: Optional[int] = None, include_all_users: Optional[bool] = None, limit: Optional[int] = None, page_size: Optional[int] = None, raw: Optional[bool] = None, on_bad_line: Optional[Literal["fail", "skip", "pass"]] = None, strict: Optional[bool] = None) -> AsyncIterator[Dict[str, Any]]:
        """Export user or group profiles as JSON Lines. $last_seen, by which --since selects, moves with updates of a profile.
        Edits in Mixpanel's own pages, updates with $ignore_time, events and deletions do not move it: export all profiles now and
        then.

        * `output_properties`: Only this property; may be given more than once
        * `where`: Only profiles for which this expression is true
        * `since`: Only profiles whose $last_seen is since this day
        * `cohort_id`: Only members of this cohort
        * `distinct_id`: Only the profile of this id
        * `distinct_ids`: Only this id; may be given more than once
        * `group_id`: Group profiles of this data group in place of users
        * `behaviors`: Behaviors that --where refers to, a JSON list
        * `as_of_timestamp`: Profiles as of this time, in Unix seconds
        * `include_all_users`: With a cohort: members that have no profile, too
        * `limit`: At most so many profiles
        * `page_size`: So many profiles a request; fewer requests are fewer of the hour's
        * `raw`: Profiles as Mixpanel sends them
        * `on_bad_line`: Lines that are no events: fail (default), skip, or pass (after U+001E)
        * `strict`: Refuse lines that would have to be mended
        """
        return self._stream("export.profiles", {"properties": output_properties, "where": where, "since": since, "cohort_id": cohort_id, "distinct_id": distinct_id, "distinct_ids": distinct_ids, "group_id": group_id, "behaviors": behaviors, "as_of_timestamp": as_of_timestamp, "include_all_users": include_all_users, "limit": limit, "page_size": page_size, "raw": raw, "on_bad_line": on_bad_line, "strict": strict})

    async def add_report_to_dashboard(self, dashboard_id: int, bookmark_id: int) -> Dashboard:
        """Put a copy of a saved report on a dashboard.

        * `dashboard_id`: Id of the dashboard
        * `bookmark_id`: Id of the report
        """
        return await self._run("dashboards.add-report", {"dashboard_id": dashboard_id, "bookmark_id": bookmark_id}, of(Dashboard))

    async def update_blueprint_cohorts(self, cohorts: Sequence[Mapping[str, Any]]) -> None:
        """Set the cohorts that dashboards made from templates use.

        * `cohorts`: The cohorts, as a JSON list of objects
        """
        await self._run("dashboards.blueprint-cohorts", {"cohorts": cohorts}, nothing)

    async def get_blueprint_config(self, dashboard_id: int) -> BlueprintConfig:
        """Show the variables of a dashboard that was made from a template.

        * `dashboard_id`: Id of the dashboard
        """
        return await self._run("dashboards.blueprint-config", {"dashboard_id": dashboard_id}, of(BlueprintConfig))

    async def create_blueprint(self, template_type: str) -> Dashboard:
        """Create a dashboard from a template.

        * `template_type`: Name of the template
        """
        return await self._run("dashboards.blueprint-create", {"template_type": template_type}, of(Dashboard))

    async def finalize_blueprint(self, params: BlueprintFinishParams) -> Dashboard:
        """Fill a dashboard that was made from a template with cards.

        * `dashboard_id`: Id of the dashboard
        * `cards`: The cards, as a JSON list of objects
        """
        return await self._run("dashboards.blueprint-finalize", {**renamed(params, {})}, of(Dashboard))

    async def list_blueprint_templates(self, *, include_reports: Optional[bool] = None) -> List[BlueprintTemplate]:
        """List dashboard templates.

        * `include_reports`: With their reports
        """
        return await self._run("dashboards.blueprints", {"include_reports": include_reports}, of(BlueprintTemplate))

    async def bulk_delete_dashboards(self, ids: Sequence[int]) -> None:
        """Delete several dashboards in one call. It destroys.

        * `ids`: Ids, separated by commas
        """
        await self._run("dashboards.bulk-delete", {"ids": ids}, nothing)

    async def create_dashboard(self, params: CreateDashboardParams) -> Dashboard:
        """Create a dashboard, optionally as a copy of another one.

        * `title`: Its title
        * `is_private`: Whether only you see it
        * `is_restricted`: Whether only you change it
        * `description`: What it is about
        * `duplicate`: Id of the dashboard to copy
        """
        return await self._run("dashboards.create", {**renamed(params, {"is_private": "private", "is_restricted": "restricted"})}, of(Dashboard))

    async def delete_dashboard(self, dashboard_id: int) -> None:
        """Delete one dashboard. It destroys.

        * `dashboard_id`: Id of the dashboard
        """
        await self._run("dashboards.delete", {"dashboard_id": dashboard_id}, nothing)

    async def get_dashboard_erf(self, dashboard_id: int) -> Any:
        """Show the experiment-review metrics of a dashboard.

        * `dashboard_id`: Id of the dashboard
        """
        return await self._run("dashboards.erf", {"dashboard_id": dashboard_id}, value)

    async def favorite_dashboard(self, dashboard_id: int) -> None:
        """Mark a dashboard as favorite.

        * `dashboard_id`: Id of the dashboard
        """
        await self._run("dashboards.favorite", {"dashboard_id": dashboard_id}, nothing)

    async def get_dashboard(self, dashboard_id: int) -> Dashboard:
        """Show one dashboard.

        * `dashboard_id`: Id of the dashboard
        """
        return await self._run("dashboards.get", {"dashboard_id": dashboard_id}, of(Dashboard))

    async def list_dashboards(self, *, ids: Optional[Sequence[int]] = None) -> List[Dashboard]:
        """List the dashboards of the project or pinned workspace.

        * `ids`: Only these ids, separated by commas
        """
        return await self._run("dashboards.list", {"ids": ids}, of(Dashboard))

    async def pin_dashboard(self, dashboard_id: int) -> None:
        """Pin a dashboard.

        * `dashboard_id`: Id of the dashboard
        """
        await self._run("dashboards.pin", {"dashboard_id": dashboard_id}, nothing)

    async def create_rca_dashboard(self, params: CreateRcaDashboardParams) -> Dashboard:
        """Create a root-cause-analysis dashboard.

        * `rca_source_id`: Id of what to explain
        * `rca_source_data`: What to explain, as a JSON object
        """
        return await self._run("dashboards.rca", {**renamed(params, {"rca_source_id": "source_id", "rca_source_data": "source_data"})}, of(Dashboard))

    async def remove_report_from_dashboard(self, dashboard_id: int, bookmark_id: int) -> Dashboard:
        """Take a report off a dashboard. It destroys.

        * `dashboard_id`: Id of the dashboard
        * `bookmark_id`: Id of the report
        """
        return await self._run("dashboards.remove-report", {"dashboard_id": dashboard_id, "bookmark_id": bookmark_id}, of(Dashboard))

    async def unfavorite_dashboard(self, dashboard_id: int) -> None:
        """Remove the favorite mark.

        * `dashboard_id`: Id of the dashboard
        """
        await self._run("dashboards.unfavorite", {"dashboard_id": dashboard_id}, nothing)

    async def unpin_dashboard(self, dashboard_id: int) -> None:
        """Unpin a dashboard.

        * `dashboard_id`: Id of the dashboard
        """
        await self._run("dashboards.unpin", {"dashboard_id": dashboard_id}, nothing)

    async def update_dashboard(self, dashboard_id: int, params: UpdateDashboardParams) -> Dashboard:
        """Change fields of a dashboard.

        * `dashboard_id`: Id of the dashboard
        * `is_private`: Whether only you see it
        * `is_restricted`: Whether only you change it
        * `title`: Its title
        * `description`: What it is about
        """
        return await self._run("dashboards.update", {"dashboard_id": dashboard_id, **renamed(params, {"is_private": "private", "is_restricted": "restricted"})}, of(Dashboard))

    async def update_report_link(self, dashboard_id: int, report_link_id: int, params: UpdateReportLinkParams) -> None:
        """Change the link type of a report on a dashboard.

        * `dashboard_id`: Id of the dashboard
        * `report_link_id`: Id of the link
        * `link_type`: Type of the link
        """
        await self._run("dashboards.update-report-link", {"dashboard_id": dashboard_id, "report_link_id": report_link_id, **renamed(params, {"link_type": "type"})}, nothing)

    async def update_text_card(self, dashboard_id: int, text_card_id: int, params: UpdateTextCardParams) -> None:
        """Change the text of a card on a dashboard. It may destroy: an empty text clears the card.

        * `dashboard_id`: Id of the dashboard
        * `text_card_id`: Id of the card
        * `markdown`: Its text, as Markdown
        """
        await self._run("dashboards.update-text-card", {"dashboard_id": dashboard_id, "text_card_id": text_card_id, **renamed(params, {})}, nothing)

    async def bulk_delete_bookmarks(self, ids: Sequence[int]) -> None:
        """Delete several saved reports. It destroys.

        * `ids`: Ids, separated by commas
        """
        await self._run("reports.bulk-delete", {"ids": ids}, nothing)

    async def bulk_update_bookmarks(self, entries: Sequence[BulkUpdateBookmarkEntry]) -> None:
        """Change several saved reports in one call.

        * `entries`: Changes, as a JSON list of objects with an id
        """
        await self._run("reports.bulk-update", {"entries": entries}, nothing)

    async def create_bookmark(self, params: CreateBookmarkParams) -> Bookmark:
        """Save a report and attach it to a dashboard.

        * `bookmark_type`: Type of the report
        * `name`: Its name
        * `params`: Its parameters, as a JSON object
        * `dashboard_id`: Id of the dashboard
        * `description`: What it is about
        """
        return await self._run("reports.create", {**renamed(params, {"bookmark_type": "type"})}, of(Bookmark))

    async def get_bookmark_dashboard_ids(self, bookmark_id: int) -> List[Any]:
        """List ids of dashboards that contain a report.

        * `bookmark_id`: Id of the report
        """
        return await self._run("reports.dashboard-ids", {"bookmark_id": bookmark_id}, value)

    async def delete_bookmark(self, bookmark_id: int) -> None:
        """Delete one saved report. It destroys.

        * `bookmark_id`: Id of the report
        """
        await self._run("reports.delete", {"bookmark_id": bookmark_id}, nothing)

    async def get_bookmark(self, bookmark_id: int) -> Bookmark:
        """Show one saved report.

        * `bookmark_id`: Id of the report
        """
        return await self._run("reports.get", {"bookmark_id": bookmark_id}, of(Bookmark))

    async def get_bookmark_history(self, bookmark_id: int, *, cursor: Optional[str] = None, page_size: Optional[int] = None) -> BookmarkHistoryResponse:
        """Show one page of the change history of a report.

        * `bookmark_id`: Id of the report
        * `cursor`: Where the page begins, from the page before
        * `page_size`: Entries of a page
        """
        return await self._run("reports.history", {"bookmark_id": bookmark_id, "cursor": cursor, "page_size": page_size}, of(BookmarkHistoryResponse))

    async def create_report_link(self, params: Optional[Mapping[str, Any]] = None, *, report_type: Optional[Literal["insights", "funnels", "retention", "flows"]] = None, params_file: Optional[Mapping[str, Any]] = None, name: Optional[str] = None, description: Optional[str] = None, workspace_id: Optional[int] = None, bookmark_id: Optional[int] = None, no_validate: Optional[bool] = None) -> ReportLink:
        """Store report params under a new slug and print a URL that opens them.

        * `params`: Its parameters, as a JSON object
        * `report_type`: Type of the report; else insights
        * `params_file`: File with the parameters, as JSON
        * `name`: Its name
        * `description`: What it is about
        * `workspace_id`: Workspace of the link
        * `bookmark_id`: Id of the saved report it comes from
        * `no_validate`: Leave it to Mixpanel to check the parameters
        """
        return await self._run("reports.link", {"params": params, "type": report_type, "params_file": params_file, "name": name, "description": description, "workspace_id": workspace_id, "bookmark_id": bookmark_id, "no_validate": no_validate}, of(ReportLink))

    async def bookmark_linked_dashboard_ids(self, bookmark_id: int) -> List[Any]:
        """List ids of dashboards that a report links to.

        * `bookmark_id`: Id of the report
        """
        return await self._run("reports.linked-dashboards", {"bookmark_id": bookmark_id}, value)

    async def list_bookmarks_v2(self, *, bookmark_type: Optional[Literal["insights", "funnels", "retention", "flows", "launch-analysis"]] = None, ids: Optional[Sequence[int]] = None) -> List[Bookmark]:
        """List saved reports.

        * `bookmark_type`: Only reports of this type
        * `ids`: Only these ids, separated by commas
        """
        return await self._run("reports.list", {"type": bookmark_type, "ids": ids}, of(Bookmark))

    async def resolve_report_link(self, link: str, *, run: Optional[bool] = None, mode: Optional[Literal["sankey", "paths", "tree"]] = None) -> ResolvedReport:
        """Turn a report URL, shortlink or slug into its definition, or run it.

        * `link`: URL, short link or slug
        * `run`: Run it and print the result
        * `mode`: How flows are drawn
        """
        return await self._run("reports.resolve", {"link": link, "run": run, "mode": mode}, of(ResolvedReport))

    async def query_report_link(self, link: str, *, mode: Optional[Literal["sankey", "paths", "tree"]] = None) -> ResolvedReport:
        """Turn a report URL, shortlink or slug into its definition, or run it.

        * `link`: URL, short link or slug
        * `mode`: How flows are drawn
        """
        return await self._run("reports.resolve", {"link": link, "mode": mode, "run": True}, of(ResolvedReport))

    async def update_bookmark(self, bookmark_id: int, params: UpdateBookmarkParams) -> Bookmark:
        """Change name, description or params of a saved report.

        * `bookmark_id`: Id of the report
        * `name`: Its name
        * `params`: Its parameters, as a JSON object
        * `description`: What it is about
        """
        return await self._run("reports.update", {"bookmark_id": bookmark_id, **renamed(params, {})}, of(Bookmark))

    async def create_metric(self, params: CreateMetricParams) -> SavedMetric:
        """Create a saved metric from a definition file.

        * `definition`: File with the definition, as JSON; - for standard input
        * `name`: Its name
        * `owned_by`: Id of the user who owns it
        * `kind`: Kind of metric
        * `warehouse_source_id`: Id of the warehouse source
        * `description`: What it is about
        * `verified`: Whether it is verified
        * `no_validate`: Leave it to Mixpanel to check the definition
        """
        return await self._run("metrics.create", {**renamed(params, {"definition": "definition_file", "owned_by": "owner_id"})}, of(SavedMetric))

    async def delete_metrics(self, metric_ids: Sequence[int], *, force: Optional[bool] = None) -> None:
        """Delete saved metrics that the account may edit. It destroys.

        * `metric_ids`: Ids of metrics
        * `force`: Also those that the account may not edit
        """
        await self._run("metrics.delete", {"metric_ids": metric_ids, "force": force}, nothing)

    async def delete_metric(self, metric_id: int, *, force: Optional[bool] = None) -> None:
        """Delete saved metrics that the account may edit. It destroys.

        * `metric_id`: Ids of metrics
        * `force`: Also those that the account may not edit
        """
        await self._run("metrics.delete", {"metric_ids": [metric_id], "force": force}, nothing)

    async def get_metric(self, metric_id: int) -> SavedMetric:
        """Show one saved metric.

        * `metric_id`: Id of the metric
        """
        return await self._run("metrics.get", {"metric_id": metric_id}, of(SavedMetric))

    async def list_metrics(self, *, metric_type: Optional[str] = None, verified: Optional[bool] = None, name_contains: Optional[str] = None, viewable_only: Optional[bool] = None) -> List[SavedMetric]:
        """List saved metrics; all filters are applied by the client.

        * `metric_type`: Only metrics of this type
        * `verified`: Only those that are verified, or are not
        * `name_contains`: Only with this in their name, in any case
        * `viewable_only`: Only those the account may see
        """
        return await self._run("metrics.list", {"type": metric_type, "verified": verified, "name_contains": name_contains, "viewable_only": viewable_only}, of(SavedMetric))

    async def query_metric(self, metric_id: int, *, from_date: Optional[str] = None, to_date: Optional[str] = None, last: Optional[int] = None, unit: Optional[Literal["hour", "day", "week", "month", "quarter"]] = None, group_by: Optional[str] = None) -> QueryResult:
        """Run a saved metric.

        * `metric_id`: Id of the metric
        * `from_date`: First day, YYYY-MM-DD
        * `to_date`: Last day, YYYY-MM-DD
        * `last`: Days up to today; else 30
        * `unit`: Unit of time; else day
        * `group_by`: Property to group by
        """
        return await self._run("metrics.query", {"metric_id": metric_id, "from": from_date, "to": to_date, "last": last, "unit": unit, "group_by": group_by}, of(QueryResult))

    async def update_metric(self, metric_id: int, params: UpdateMetricParams) -> SavedMetric:
        """Change a saved metric.

        * `metric_id`: Id of the metric
        * `definition`: File with the definition, as JSON; - for standard input
        * `owned_by`: Id of the user who owns it
        * `name`: Its name
        * `description`: What it is about
        * `kind`: Kind of metric
        * `warehouse_source_id`: Id of the warehouse source
        * `verified`: Whether it is verified
        * `no_validate`: Leave it to Mixpanel to check the definition
        """
        return await self._run("metrics.update", {"metric_id": metric_id, **renamed(params, {"definition": "definition_file", "owned_by": "owner_id"})}, of(SavedMetric))

    async def verify_metrics(self, metric_ids: Sequence[int], *, unverify: Optional[bool] = None) -> List[SavedMetric]:
        """Set or clear the verified mark of several metrics.

        * `metric_ids`: Ids of metrics
        * `unverify`: Clear the mark instead
        """
        return await self._run("metrics.verify", {"metric_ids": metric_ids, "unverify": unverify}, of(SavedMetric))

    async def create_behavior(self, params: CreateBehaviorParams) -> SavedBehavior:
        """Create a saved behavior from a definition file.

        * `behavior`: File with the definition, as JSON; - for standard input
        * `name`: Its name
        * `description`: What it is about
        * `no_validate`: Leave it to Mixpanel to check the definition
        """
        return await self._run("behaviors.create", {**renamed(params, {"behavior": "definition_file"})}, of(SavedBehavior))

    async def delete_behaviors(self, behavior_ids: Sequence[int], *, force: Optional[bool] = None) -> None:
        """Delete saved behaviors that the account may edit. It destroys.

        * `behavior_ids`: Ids of behaviors
        * `force`: Also those that the account may not edit
        """
        await self._run("behaviors.delete", {"behavior_ids": behavior_ids, "force": force}, nothing)

    async def delete_behavior(self, behavior_id: int, *, force: Optional[bool] = None) -> None:
        """Delete saved behaviors that the account may edit. It destroys.

        * `behavior_id`: Ids of behaviors
        * `force`: Also those that the account may not edit
        """
        await self._run("behaviors.delete", {"behavior_ids": [behavior_id], "force": force}, nothing)

    async def get_behavior(self, behavior_id: int) -> SavedBehavior:
        """Show one saved behavior.

        * `behavior_id`: Id of the behavior
        """
        return await self._run("behaviors.get", {"behavior_id": behavior_id}, of(SavedBehavior))

    async def list_behaviors(self, *, behavior_type: Optional[str] = None, name_contains: Optional[str] = None) -> List[SavedBehavior]:
        """List saved behaviors; filters are applied by the client.

        * `behavior_type`: Only behaviors of this type
        * `name_contains`: Only with this in their name, in any case
        """
        return await self._run("behaviors.list", {"type": behavior_type, "name_contains": name_contains}, of(SavedBehavior))

    async def update_behavior(self, behavior_id: int, params: UpdateBehaviorParams) -> SavedBehavior:
        """Change a saved behavior.

        * `behavior_id`: Id of the behavior
        * `behavior`: File with the definition, as JSON; - for standard input
        * `name`: Its name
        * `description`: What it is about
        * `verified`: Whether it is verified
        * `no_validate`: Leave it to Mixpanel to check the definition
        """
        return await self._run("behaviors.update", {"behavior_id": behavior_id, **renamed(params, {"behavior": "definition_file"})}, of(SavedBehavior))

    async def bulk_delete_cohorts(self, ids: Sequence[int]) -> None:
        """Delete several cohorts. It destroys.

        * `ids`: Ids, separated by commas
        """
        await self._run("cohorts.bulk-delete", {"ids": ids}, nothing)

    async def bulk_update_cohorts(self, entries: Sequence[BulkUpdateCohortEntry]) -> None:
        """Change several cohorts; each entry's definition is merged into the entry.

        * `entries`: Changes, as a JSON list of objects with an id
        """
        await self._run("cohorts.bulk-update", {"entries": entries}, nothing)

    async def create_cohort(self, params: CreateCohortParams) -> Cohort:
        """Create a cohort; the definition's keys go to the top level of the body.

        * `name`: Its name
        * `description`: What it is about
        * `data_group_id`: Id of the data group
        * `definition`: Its definition, as a JSON object
        """
        return await self._run("cohorts.create", {**renamed(params, {})}, of(Cohort))

    async def delete_cohort(self, cohort_id: int) -> None:
        """Delete one cohort. It destroys.

        * `cohort_id`: Id of the cohort
        """
        await self._run("cohorts.delete", {"cohort_id": cohort_id}, nothing)

    async def get_cohort(self, cohort_id: int) -> Cohort:
        """Show one cohort.

        * `cohort_id`: Id of the cohort
        """
        return await self._run("cohorts.get", {"cohort_id": cohort_id}, of(Cohort))

    async def list_cohorts_full(self, *, data_group_id: Optional[str] = None, ids: Optional[Sequence[int]] = None) -> List[Cohort]:
        """List cohorts with their definitions.

        * `data_group_id`: Only cohorts of this data group
        * `ids`: Only these ids, separated by commas
        """
        return await self._run("cohorts.list", {"data_group_id": data_group_id, "ids": ids}, of(Cohort))

    async def update_cohort(self, cohort_id: int, params: UpdateCohortParams) -> Cohort:
        """Change a cohort.

        * `cohort_id`: Id of the cohort
        * `name`: Its name
        * `description`: What it is about
        * `definition`: Its definition, as a JSON object
        """
        return await self._run("cohorts.update", {"cohort_id": cohort_id, **renamed(params, {})}, of(Cohort))

    async def bulk_delete_alerts(self, ids: Sequence[int]) -> None:
        """Delete several alerts. It destroys.

        * `ids`: Ids, separated by commas
        """
        await self._run("alerts.bulk-delete", {"ids": ids}, nothing)

    async def get_alert_count(self, *, alert_type: Optional[str] = None) -> AlertCount:
        """Count alerts against the limit.

        * `alert_type`: Only alerts of this type
        """
        return await self._run("alerts.count", {"type": alert_type}, of(AlertCount))

    async def create_alert(self, params: CreateAlertParams) -> CustomAlert:
        """Create a custom alert.

        * `bookmark_id`: Id of the report it watches
        * `name`: Its name
        * `condition`: When it fires, as JSON
        * `frequency`: Seconds between two checks
        * `paused`: Whether it rests; else false
        * `subscriptions`: Who is told, as a JSON list; else []
        * `notification_windows`: When may be told, as a JSON object
        """
        return await self._run("alerts.create", {**renamed(params, {})}, of(CustomAlert))

    async def delete_alert(self, alert_id: int) -> None:
        """Delete an alert. It destroys.

        * `alert_id`: Id of the alert
        """
        await self._run("alerts.delete", {"alert_id": alert_id}, nothing)

    async def get_alert(self, alert_id: int) -> CustomAlert:
        """Show one alert.

        * `alert_id`: Id of the alert
        """
        return await self._run("alerts.get", {"alert_id": alert_id}, of(CustomAlert))

    async def get_alert_history(self, alert_id: int, *, next_cursor: Optional[str] = None, page_size: Optional[int] = None) -> AlertHistoryResponse:
        """Show one page of an alert's firing history.

        * `alert_id`: Id of the alert
        * `next_cursor`: Where the page begins, from the page before
        * `page_size`: Entries of a page
        """
        return await self._run("alerts.history", {"alert_id": alert_id, "cursor": next_cursor, "page_size": page_size}, of(AlertHistoryResponse))

    async def list_alerts(self, *, bookmark_id: Optional[int] = None, skip_user_filter: Optional[bool] = None) -> List[CustomAlert]:
        """List custom alerts.

        * `bookmark_id`: Only alerts of this report
        * `skip_user_filter`: Also those of other users
        """
        return await self._run("alerts.list", {"bookmark_id": bookmark_id, "skip_user_filter": skip_user_filter}, of(CustomAlert))

    async def get_alert_screenshot_url(self, gcs_key: str) -> AlertScreenshotResponse:
        """Get a signed URL of an alert screenshot.

        * `gcs_key`: Key of the screenshot
        """
        return await self._run("alerts.screenshot", {"gcs_key": gcs_key}, of(AlertScreenshotResponse))

    async def test_alert(self, params: TestAlertParams) -> Any:
        """Send a test notification.

        * `bookmark_id`: Id of the report it watches
        * `name`: Its name
        * `condition`: When it fires, as JSON
        * `frequency`: Seconds between two checks
        * `subscriptions`: Who is told, as a JSON list; else []
        """
        return await self._run("alerts.test", {**renamed(params, {})}, value)

    async def update_alert(self, alert_id: int, params: UpdateAlertParams) -> CustomAlert:
        """Change an alert.

        * `alert_id`: Id of the alert
        * `name`: Its name
        * `bookmark_id`: Id of the report it watches
        * `condition`: When it fires, as JSON
        * `frequency`: Seconds between two checks
        * `paused`: Whether it rests
        * `subscriptions`: Who is told, as a JSON list
        * `notification_windows`: When may be told, as a JSON object
        """
        return await self._run("alerts.update", {"alert_id": alert_id, **renamed(params, {})}, of(CustomAlert))

    async def validate_alerts_for_bookmark(self, params: ValidateAlertsForBookmarkParams) -> ValidateAlertsForBookmarkResponse:
        """Check whether alerts still fit changed report params.

        * `alert_ids`: Ids of alerts, separated by commas
        * `bookmark_type`: Type of the report
        * `bookmark_params`: Parameters of the report, as JSON
        """
        return await self._run("alerts.validate", {**renamed(params, {})}, of(ValidateAlertsForBookmarkResponse))

    async def create_annotation(self, params: CreateAnnotationParams) -> Annotation:
        """Create an annotation.

        * `date`: When, such as 2025-01-31 or 2025-01-31 12:00:00
        * `description`: What happened
        * `tags`: Ids of tags, separated by commas
        * `user_id`: Id of the user it is from
        """
        return await self._run("annotations.create", {**renamed(params, {})}, of(Annotation))

    async def delete_annotation(self, annotation_id: int) -> None:
        """Delete an annotation. It destroys.

        * `annotation_id`: Id of the annotation
        """
        await self._run("annotations.delete", {"annotation_id": annotation_id}, nothing)

    async def get_annotation(self, annotation_id: int) -> Annotation:
        """Show one annotation.

        * `annotation_id`: Id of the annotation
        """
        return await self._run("annotations.get", {"annotation_id": annotation_id}, of(Annotation))

    async def list_annotations(self, *, from_date: Optional[str] = None, to_date: Optional[str] = None, tags: Optional[Sequence[int]] = None) -> List[Annotation]:
        """List annotations.

        * `from_date`: Only from this day on
        * `to_date`: Only up to this day
        * `tags`: Only with one of these tags, ids separated by commas
        """
        return await self._run("annotations.list", {"from": from_date, "to": to_date, "tags": tags}, of(Annotation))

    async def create_annotation_tag(self, params: CreateAnnotationTagParams) -> AnnotationTag:
        """Create an annotation tag.

        * `name`: Its name
        """
        return await self._run("annotations.tags.create", {**renamed(params, {})}, of(AnnotationTag))

    async def list_annotation_tags(self) -> List[AnnotationTag]:
        """List annotation tags."""
        return await self._run("annotations.tags.list", {}, of(AnnotationTag))

    async def update_annotation(self, annotation_id: int, params: UpdateAnnotationParams) -> Annotation:
        """Change an annotation.

        * `annotation_id`: Id of the annotation
        * `description`: What it is about
        * `tags`: Ids of tags, separated by commas
        """
        return await self._run("annotations.update", {"annotation_id": annotation_id, **renamed(params, {})}, of(Annotation))

    async def archive_feature_flag(self, flag_id: str) -> None:
        """Archive a feature flag.

        * `flag_id`: Id of the flag
        """
        await self._run("flags.archive", {"flag_id": flag_id}, nothing)

    async def create_feature_flag(self, params: CreateFeatureFlagParams) -> FeatureFlag:
        """Create a feature flag; several defaults are always sent.

        * `name`: Its name
        * `key`: Key that programs ask for
        * `description`: What it is about
        * `status`: Status
        * `tags`: Tags, separated by commas
        * `serving_method`: Where it is decided; else client
        * `ruleset`: Who gets which variant, as a JSON object
        """
        return await self._run("flags.create", {**renamed(params, {})}, of(FeatureFlag))

    async def delete_feature_flag(self, flag_id: str) -> None:
        """Delete a feature flag. It destroys.

        * `flag_id`: Id of the flag
        """
        await self._run("flags.delete", {"flag_id": flag_id}, nothing)

    async def duplicate_feature_flag(self, flag_id: str) -> FeatureFlag:
        """Copy a feature flag.

        * `flag_id`: Id of the flag
        """
        return await self._run("flags.duplicate", {"flag_id": flag_id}, of(FeatureFlag))

    async def get_feature_flag(self, flag_id: str) -> FeatureFlag:
        """Show one feature flag.

        * `flag_id`: Id of the flag
        """
        return await self._run("flags.get", {"flag_id": flag_id}, of(FeatureFlag))

    async def get_flag_history(self, flag_id: str, *, page: Optional[str] = None, page_size: Optional[int] = None) -> FlagHistoryResponse:
        """Show one page of a flag's change history.

        * `flag_id`: Id of the flag
        * `page`: Which page
        * `page_size`: Entries of a page
        """
        return await self._run("flags.history", {"flag_id": flag_id, "page": page, "page_size": page_size}, of(FlagHistoryResponse))

    async def get_flag_limits(self) -> FlagLimitsResponse:
        """Show the flag quota of the project."""
        return await self._run("flags.limits", {}, of(FlagLimitsResponse))

    async def list_feature_flags(self, *, include_archived: Optional[bool] = None) -> List[FeatureFlag]:
        """List feature flags.

        * `include_archived`: Also archived ones
        """
        return await self._run("flags.list", {"include_archived": include_archived}, of(FeatureFlag))

    async def restore_feature_flag(self, flag_id: str) -> FeatureFlag:
        """Restore an archived feature flag.

        * `flag_id`: Id of the flag
        """
        return await self._run("flags.restore", {"flag_id": flag_id}, of(FeatureFlag))

    async def set_flag_test_users(self, flag_id: str, params: SetTestUsersParams) -> None:
        """Set the test users of a feature flag. It may destroy: without users, all test users are taken off the flag.

        * `flag_id`: Id of the flag
        * `users`: Variants by user, as a JSON object
        """
        await self._run("flags.set-test-users", {"flag_id": flag_id, **renamed(params, {})}, nothing)

    async def update_feature_flag(self, flag_id: str, params: UpdateFeatureFlagParams) -> FeatureFlag:
        """Replace a feature flag completely.

        * `flag_id`: Id of the flag
        * `name`: Its name
        * `key`: Key that programs ask for
        * `status`: Status
        * `ruleset`: Who gets which variant, as a JSON object
        * `description`: What it is about
        * `tags`: Tags, separated by commas
        * `context`: What tells users apart; else distinct_id
        * `serving_method`: Where it is decided; else client
        """
        return await self._run("flags.update", {"flag_id": flag_id, **renamed(params, {})}, of(FeatureFlag))

    async def archive_experiment(self, experiment_id: str) -> None:
        """Archive an experiment.

        * `experiment_id`: Id of the experiment
        """
        await self._run("experiments.archive", {"experiment_id": experiment_id}, nothing)

    async def conclude_experiment(self, experiment_id: str, *, end_date: Optional[str] = None) -> Experiment:
        """End an experiment; without options an empty object is sent. It destroys.

        * `experiment_id`: Id of the experiment
        * `end_date`: Day it ended
        """
        return await self._run("experiments.conclude", {"experiment_id": experiment_id, "end_date": end_date}, of(Experiment))

    async def create_experiment(self, params: CreateExperimentParams) -> Experiment:
        """Create an experiment.

        * `name`: Its name
        * `description`: What it is about
        * `hypothesis`: What it is to show
        * `settings`: Settings, as a JSON object
        """
        return await self._run("experiments.create", {**renamed(params, {})}, of(Experiment))

    async def decide_experiment(self, experiment_id: str, params: ExperimentDecideParams) -> Experiment:
        """Record the decision about an experiment.

        * `experiment_id`: Id of the experiment
        * `success`: Whether it succeeded
        * `variant`: Variant that won
        * `message`: Why
        """
        return await self._run("experiments.decide", {"experiment_id": experiment_id, **renamed(params, {})}, of(Experiment))

    async def delete_experiment(self, experiment_id: str) -> None:
        """Delete an experiment. It destroys.

        * `experiment_id`: Id of the experiment
        """
        await self._run("experiments.delete", {"experiment_id": experiment_id}, nothing)

    async def duplicate_experiment(self, experiment_id: str, params: DuplicateExperimentParams) -> Experiment:
        """Copy an experiment under a new name.

        * `experiment_id`: Id of the experiment
        * `name`: Its name
        """
        return await self._run("experiments.duplicate", {"experiment_id": experiment_id, **renamed(params, {})}, of(Experiment))

    async def list_erf_experiments(self) -> List[Any]:
        """List experiments in review format."""
        return await self._run("experiments.erf", {}, value)

    async def get_experiment(self, experiment_id: str) -> Experiment:
        """Show one experiment.

        * `experiment_id`: Id of the experiment
        """
        return await self._run("experiments.get", {"experiment_id": experiment_id}, of(Experiment))

    async def launch_experiment(self, experiment_id: str) -> Experiment:
        """Start an experiment.

        * `experiment_id`: Id of the experiment
        """
        return await self._run("experiments.launch", {"experiment_id": experiment_id}, of(Experiment))

    async def list_experiments(self, *, include_archived: Optional[bool] = None) -> List[Experiment]:
        """List experiments.

        * `include_archived`: Also archived ones
        """
        return await self._run("experiments.list", {"include_archived": include_archived}, of(Experiment))

    async def restore_experiment(self, experiment_id: str) -> Experiment:
        """Restore an archived experiment.

        * `experiment_id`: Id of the experiment
        """
        return await self._run("experiments.restore", {"experiment_id": experiment_id}, of(Experiment))

    async def update_experiment(self, experiment_id: str, params: UpdateExperimentParams) -> Experiment:
        """Change an experiment.

        * `experiment_id`: Id of the experiment
        * `name`: Its name
        * `description`: What it is about
        * `hypothesis`: What it is to show
        * `variants`: Variants, as JSON
        * `metrics`: Metrics, as JSON
        * `settings`: Settings, as a JSON object
        * `tags`: Tags, separated by commas
        """
        return await self._run("experiments.update", {"experiment_id": experiment_id, **renamed(params, {})}, of(Experiment))

    async def analyze_replay(self, replay_id: str) -> ReplayAnalysis:
        """Summarise what happened in one recording.

        * `replay_id`: Id of the recording
        """
        return await self._run("replays.analyze", {"replay_id": replay_id}, of(ReplayAnalysis))

    async def events_for_replay(self, replay_id: str, *, event_properties: Optional[Sequence[str]] = None, from_date: Optional[str] = None, to_date: Optional[str] = None) -> List[ReplayEvent]:
        """List the tracked events inside a recording.

        * `replay_id`: Id of the recording
        * `event_properties`: Properties to show, separated by commas
        * `from_date`: First day, YYYY-MM-DD
        * `to_date`: Last day, YYYY-MM-DD
        """
        return await self._run("replays.events", {"replay_id": replay_id, "properties": event_properties, "from": from_date, "to": to_date}, of(ReplayEvent))

    async def fetch_replay(self, replay_id: str, *, include_mixpanel_events: Optional[bool] = None, env: Optional[Literal["prod", "dev"]] = None, max_files: Optional[int] = None) -> Replay:
        """Download one recording.

        * `replay_id`: Id of the recording
        * `include_mixpanel_events`: With the tracked events
        * `env`: Which recordings; else prod
        * `max_files`: At most so many files; else 500
        """
        return await self._run("replays.fetch", {"replay_id": replay_id, "include_events": include_mixpanel_events, "env": env, "max_files": max_files}, of(Replay))

    async def replays_for_user(self, distinct_id: str, *, from_date: str, to_date: str, include_mixpanel_events: Optional[bool] = None, include: Optional[Sequence[Literal["summary", "analyze"]]] = None, limit: Optional[int] = None) -> ReplayBundle:
        """Fetch and summarise the recordings of a user.

        * `distinct_id`: Distinct id of the user
        * `from_date`: First day, YYYY-MM-DD
        * `to_date`: Last day, YYYY-MM-DD
        * `include_mixpanel_events`: With the tracked events; else true
        * `include`: Only this of all that is told
        * `limit`: At most so many; else 100
        """
        return await self._run("replays.for-user", {"user": distinct_id, "from": from_date, "to": to_date, "mixpanel_events": include_mixpanel_events, "include": include, "limit": limit}, of(ReplayBundle))

    async def list_replays(self, *, distinct_id: Optional[str] = None, replay_ids: Optional[Sequence[str]] = None, from_date: Optional[str] = None, to_date: Optional[str] = None, limit: Optional[int] = None) -> List[ReplaySummary]:
        """Find session recordings of a user, or hydrate given ids.

        * `distinct_id`: Distinct id of the user
        * `replay_ids`: Id of a recording
        * `from_date`: First day, YYYY-MM-DD
        * `to_date`: Last day, YYYY-MM-DD
        * `limit`: At most so many; else 100
        """
        return await self._run("replays.list", {"user": distinct_id, "replay_id": replay_ids, "from": from_date, "to": to_date, "limit": limit}, of(ReplaySummary))

    async def sign_replays(self, replay_ids: Sequence[str], *, env: Optional[Literal["prod", "dev"]] = None, reveal_signed_urls: Optional[bool] = None) -> List[SignedReplay]:
        """Sign recordings for download.

        * `replay_ids`: Ids of recordings
        * `env`: Which recordings; else prod
        * `reveal_signed_urls`: Show the secret part of the URLs, too
        """
        return await self._run("replays.sign", {"replay_ids": replay_ids, "env": env, "reveal_signed_urls": reveal_signed_urls}, of(SignedReplay))

    async def bulk_update_anomalies(self, params: BulkUpdateAnomalyParams) -> Any:
        """Change the status of several anomalies.

        * `params`: The change, as a JSON object
        """
        return await self._run("lexicon.anomalies.bulk-update", {"body": params}, value)

    async def list_data_volume_anomalies(self, *, status: Optional[str] = None, limit: Optional[int] = None) -> List[DataVolumeAnomaly]:
        """List data volume anomalies.

        * `status`: Only with this status
        * `limit`: At most so many
        """
        return await self._run("lexicon.anomalies.list", {"status": status, "limit": limit}, of(DataVolumeAnomaly))

    async def update_anomaly(self, params: UpdateAnomalyParams) -> Any:
        """Change the status of an anomaly.

        * `id`: Id of the anomaly
        * `status`: Status
        * `anomaly_class`: Class of the anomaly
        """
        return await self._run("lexicon.anomalies.update", {**renamed(params, {})}, value)

    async def run_audit(self, *, events_only: Optional[bool] = None) -> AuditResponse:
        """Run the tracking audit.

        * `events_only`: Only events
        """
        return await self._run("lexicon.audit", {"events_only": events_only}, of(AuditResponse))

    async def run_audit_events_only(self) -> AuditResponse:
        """Run the tracking audit."""
        return await self._run("lexicon.audit", {"events_only": True}, of(AuditResponse))

    async def cancel_deletion_request(self, request_id: int) -> List[EventDeletionRequest]:
        """Cancel a deletion request.

        * `request_id`: Id of the request
        """
        return await self._run("lexicon.deletion-requests.cancel", {"id": request_id}, of(EventDeletionRequest))

    async def create_deletion_request(self, params: CreateDeletionRequestParams) -> List[EventDeletionRequest]:
        """Ask for deletion of event data. It destroys.

        * `event_name`: Name of the event
        * `from_date`: First day, YYYY-MM-DD
        * `to_date`: Last day, YYYY-MM-DD
        * `filters`: Which of them, as a JSON object
        """
        return await self._run("lexicon.deletion-requests.create", {**renamed(params, {})}, of(EventDeletionRequest))

    async def list_deletion_requests(self) -> List[EventDeletionRequest]:
        """List data deletion requests."""
        return await self._run("lexicon.deletion-requests.list", {}, of(EventDeletionRequest))

    async def preview_deletion_filters(self, params: PreviewDeletionFiltersParams) -> List[Any]:
        """Preview what a deletion request would match.

        * `event_name`: Name of the event
        * `from_date`: First day, YYYY-MM-DD
        * `to_date`: Last day, YYYY-MM-DD
        * `filters`: Which of them, as a JSON object
        """
        return await self._run("lexicon.deletion-requests.preview", {**renamed(params, {})}, value)

    async def delete_schema_enforcement(self) -> None:
        """Delete schema enforcement. It destroys."""
        await self._run("lexicon.enforcement.delete", {}, nothing)

    async def get_schema_enforcement(self, *, fields: Optional[str] = None) -> SchemaEnforcementConfig:
        """Show schema enforcement settings.

        * `fields`: Only these fields, separated by commas
        """
        return await self._run("lexicon.enforcement.get", {"fields": fields}, of(SchemaEnforcementConfig))

    async def init_schema_enforcement(self, params: InitSchemaEnforcementParams) -> Any:
        """Start schema enforcement. It may destroy: a rule that drops what fits no schema loses it for good.

        * `rule_event`: What happens to what does not fit
        """
        return await self._run("lexicon.enforcement.init", {**renamed(params, {})}, value)

    async def replace_schema_enforcement(self, params: ReplaceSchemaEnforcementParams) -> Any:
        """Replace schema enforcement. It destroys.

        * `params`: The change, as a JSON object
        """
        return await self._run("lexicon.enforcement.replace", {"body": params}, value)

    async def update_schema_enforcement(self, params: UpdateSchemaEnforcementParams) -> Any:
        """Change schema enforcement. It may destroy: a rule that drops what fits no schema loses it for good.

        * `params`: The change, as a JSON object
        """
        return await self._run("lexicon.enforcement.update", {"body": params}, value)

    async def get_event_history(self, event_name: str) -> List[Any]:
        """Show the change history of an event definition.

        * `event_name`: Name of the event
        """
        return await self._run("lexicon.event-history", {"event_name": event_name}, value)

    async def bulk_update_event_definitions(self, params: BulkUpdateEventsParams) -> List[EventDefinition]:
        """Change several event definitions. It may destroy: what is dropped is not kept any more, and cannot be had back.

        * `params`: Changes, as a JSON object
        """
        return await self._run("lexicon.events.bulk-update", {"data": params}, of(EventDefinition))

    async def delete_event_definition(self, event_name: str) -> None:
        """Delete one event definition. It destroys.

        * `event_name`: Its name
        """
        await self._run("lexicon.events.delete", {"name": event_name}, nothing)

    async def get_event_definitions(self, *, names: Sequence[str]) -> List[EventDefinition]:
        """Show event definitions by name.

        * `names`: Names, separated by commas
        """
        return await self._run("lexicon.events.get", {"names": names}, of(EventDefinition))

    async def update_event_definition(self, event_name: str, params: UpdateEventDefinitionParams) -> EventDefinition:
        """Change one event definition. It may destroy: what is dropped is not kept any more, and cannot be had back.

        * `event_name`: Its name
        * `hidden`: Whether it is hidden
        * `dropped`: Whether it is dropped
        * `verified`: Whether it is verified
        * `display_name`: Name that people see
        * `description`: What it is about
        * `tags`: Tags, separated by commas
        """
        return await self._run("lexicon.events.update", {"name": event_name, **renamed(params, {})}, of(EventDefinition))

    async def export_lexicon(self, *, export_types: Optional[Sequence[str]] = None) -> Any:
        """Export definitions.

        * `export_types`: What to export, separated by commas; else ["All Events and Properties","All User Profile Properties"]
        """
        return await self._run("lexicon.export", {"types": export_types}, value)

    async def bulk_update_property_definitions(self, params: BulkUpdatePropertiesParams) -> List[PropertyDefinition]:
        """Change several property definitions. It may destroy: what is dropped is not kept any more, and cannot be had back.

        * `params`: Changes, as a JSON object
        """
        return await self._run("lexicon.properties.bulk-update", {"data": params}, of(PropertyDefinition))

    async def get_property_definitions(self, *, names: Sequence[str], resource_type: Optional[str] = None) -> List[PropertyDefinition]:
        """Show property definitions by name.

        * `names`: Names, separated by commas
        * `resource_type`: What has it: Event or User
        """
        return await self._run("lexicon.properties.get", {"names": names, "resource_type": resource_type}, of(PropertyDefinition))

    async def update_property_definition(self, property_name: str, params: UpdatePropertyDefinitionParams) -> PropertyDefinition:
        """Change one property definition. It may destroy: what is dropped is not kept any more, and cannot be had back.

        * `property_name`: Its name
        * `hidden`: Whether it is hidden
        * `dropped`: Whether it is dropped
        * `sensitive`: Whether it is sensitive
        * `display_name`: Name that people see
        * `description`: What it is about
        * `example_value`: An example
        * `resource_type`: What has it
        """
        return await self._run("lexicon.properties.update", {"name": property_name, **renamed(params, {})}, of(PropertyDefinition))

    async def get_property_history(self, property_name: str, entity_type: str) -> List[Any]:
        """Show the change history of a property definition.

        * `property_name`: Name of the property
        * `entity_type`: Kind of entity
        """
        return await self._run("lexicon.property-history", {"property_name": property_name, "entity_type": entity_type}, value)

    async def create_lexicon_tag(self, params: CreateTagParams) -> LexiconTag:
        """Create a tag.

        * `name`: Its name
        """
        return await self._run("lexicon.tags.create", {**renamed(params, {})}, of(LexiconTag))

    async def delete_lexicon_tag(self, tag_name: str) -> None:
        """Delete a tag by name. It destroys.

        * `tag_name`: Its name
        """
        await self._run("lexicon.tags.delete", {"name": tag_name}, nothing)

    async def list_lexicon_tags(self) -> List[LexiconTag]:
        """List tags."""
        return await self._run("lexicon.tags.list", {}, of(LexiconTag))

    async def update_lexicon_tag(self, tag_id: int, params: UpdateTagParams) -> LexiconTag:
        """Rename a tag.

        * `tag_id`: Id of the tag
        * `name`: Its name
        """
        return await self._run("lexicon.tags.update", {"id": tag_id, **renamed(params, {})}, of(LexiconTag))

    async def get_tracking_metadata(self, event_name: str) -> Any:
        """Show where an event is sent from.

        * `event_name`: Name of the event
        """
        return await self._run("lexicon.tracking-metadata", {"event_name": event_name}, value)

    async def create_schema(self, entity_type: str, entity_name: str, schema_json: Mapping[str, Any]) -> Any:
        """Register one schema; the body is the schema itself.

        * `entity_type`: Kind of entity
        * `entity_name`: Name of the entity
        * `schema_json`: The schema, as a JSON object
        """
        return await self._run("schemas.create", {"entity_type": entity_type, "entity_name": entity_name, "schema_json": schema_json}, value)

    async def create_schemas_bulk(self, params: BulkCreateSchemasParams) -> BulkCreateSchemasResponse:
        """Register several schemas. It may destroy: with truncate, all other schemas are deleted.

        * `entries`: Schemas, as a JSON list
        * `truncate`: Delete all others first
        * `entity_type`: Kind of entity
        """
        return await self._run("schemas.create-bulk", {**renamed(params, {})}, of(BulkCreateSchemasResponse))

    async def delete_schemas(self, *, entity_type: Optional[str] = None, entity_name: Optional[str] = None) -> DeleteSchemasResponse:
        """Delete schemas, all of them when no filter is given. It destroys.

        * `entity_type`: Kind of entity
        * `entity_name`: Name of the entity
        """
        return await self._run("schemas.delete", {"entity_type": entity_type, "entity_name": entity_name}, of(DeleteSchemasResponse))

    async def list_schema_registry(self, *, entity_type: Optional[str] = None) -> List[SchemaEntry]:
        """List schema registry entries.

        * `entity_type`: Kind of entity
        """
        return await self._run("schemas.list", {"entity_type": entity_type}, of(SchemaEntry))

    async def update_schema(self, entity_type: str, entity_name: str, schema_json: Mapping[str, Any]) -> Any:
        """Merge changes into one schema.

        * `entity_type`: Kind of entity
        * `entity_name`: Name of the entity
        * `schema_json`: The schema, as a JSON object
        """
        return await self._run("schemas.update", {"entity_type": entity_type, "entity_name": entity_name, "schema_json": schema_json}, value)

    async def update_schemas_bulk(self, params: BulkUpdateSchemasParams) -> List[BulkPatchResult]:
        """Merge changes into several schemas.

        * `entries`: Schemas, as a JSON list
        """
        return await self._run("schemas.update-bulk", {**renamed(params, {})}, of(BulkPatchResult))

    async def create_custom_event(self, params: CreateCustomEventParams) -> CustomEvent:
        """Create a custom event out of existing events.

        * `alternatives`: Event that counts as one
        * `name`: Its name
        """
        return await self._run("custom-events.create", {**renamed(params, {"alternatives": "alternative"})}, of(CustomEvent))

    async def delete_custom_event(self, custom_event_id: Optional[int] = None, *, name: Optional[str] = None) -> None:
        """Delete a custom event. It destroys.

        * `custom_event_id`: Id of the custom event
        * `name`: Its name, if the id is not known
        """
        await self._run("custom-events.delete", {"id": custom_event_id, "name": name}, nothing)

    async def list_custom_events(self) -> List[EventDefinition]:
        """List custom events."""
        return await self._run("custom-events.list", {}, of(EventDefinition))

    async def update_custom_event(self, custom_event_id: int, params: UpdateCustomEventParams) -> EventDefinition:
        """Change the definition of a custom event. It may destroy: what is dropped is not kept any more, and cannot be had back.

        * `custom_event_id`: Id of the custom event
        * `name`: Its name, if the id is not known
        * `hidden`: Whether it is hidden
        * `dropped`: Whether it is dropped
        * `description`: What it is about
        * `verified`: Whether it is verified
        """
        return await self._run("custom-events.update", {"id": custom_event_id, **renamed(params, {})}, of(EventDefinition))

    async def create_custom_property(self, params: CreateCustomPropertyParams) -> CustomProperty:
        """Create a custom property from a formula or a behavior.

        * `name`: Its name
        * `resource_type`: What has it
        * `display_formula`: Formula
        * `composed_properties`: Inputs of the formula, as a JSON object by letter
        * `behavior`: Behavior it counts, as a JSON object
        * `description`: What it is about
        """
        return await self._run("custom-properties.create", {**renamed(params, {})}, of(CustomProperty))

    async def delete_custom_property(self, property_id: str) -> None:
        """Delete a custom property. It destroys.

        * `property_id`: Id of the custom property
        """
        await self._run("custom-properties.delete", {"id": property_id}, nothing)

    async def get_custom_property(self, property_id: str) -> CustomProperty:
        """Show one custom property.

        * `property_id`: Id of the custom property
        """
        return await self._run("custom-properties.get", {"id": property_id}, of(CustomProperty))

    async def list_custom_properties(self) -> List[CustomProperty]:
        """List custom properties."""
        return await self._run("custom-properties.list", {}, of(CustomProperty))

    async def update_custom_property(self, property_id: str, params: UpdateCustomPropertyParams) -> CustomProperty:
        """Change a custom property.

        * `property_id`: Id of the custom property
        * `name`: Its name
        * `description`: What it is about
        * `display_formula`: Formula
        * `composed_properties`: Inputs of the formula, as a JSON object by letter
        * `is_locked`: Whether it is locked
        * `is_visible`: Whether it is shown
        """
        return await self._run("custom-properties.update", {"id": property_id, **renamed(params, {})}, of(CustomProperty))

    async def validate_custom_property(self, params: ValidateCustomPropertyParams) -> Any:
        """Check a custom property without saving it.

        * `name`: Its name
        * `resource_type`: What has it
        * `display_formula`: Formula
        * `composed_properties`: Inputs of the formula, as a JSON object by letter
        * `behavior`: Behavior it counts, as a JSON object
        """
        return await self._run("custom-properties.validate", {**renamed(params, {})}, value)

    async def create_drop_filter(self, params: CreateDropFilterParams) -> List[DropFilter]:
        """Create a drop filter; the whole list comes back. It destroys.

        * `event_name`: Name of the event
        * `filters`: Which events, as JSON
        """
        return await self._run("drop-filters.create", {**renamed(params, {})}, of(DropFilter))

    async def delete_drop_filter(self, drop_filter_id: int) -> List[DropFilter]:
        """Delete a drop filter; the remaining list comes back. It destroys.

        * `drop_filter_id`: Id of the drop filter
        """
        return await self._run("drop-filters.delete", {"id": drop_filter_id}, of(DropFilter))

    async def get_drop_filter_limits(self) -> DropFilterLimitsResponse:
        """Show the drop filter quota."""
        return await self._run("drop-filters.limits", {}, of(DropFilterLimitsResponse))

    async def list_drop_filters(self) -> List[DropFilter]:
        """List drop filters."""
        return await self._run("drop-filters.list", {}, of(DropFilter))

    async def update_drop_filter(self, params: UpdateDropFilterParams) -> List[DropFilter]:
        """Change a drop filter; the whole list comes back. It may destroy: a filter that is not switched off drops events, which
        cannot be had back.

        * `id`: Id of the drop filter
        * `event_name`: Name of the event
        * `filters`: Which events, as JSON
        * `active`: Whether it is active
        """
        return await self._run("drop-filters.update", {**renamed(params, {})}, of(DropFilter))

    async def delete_lookup_tables(self, data_group_ids: Sequence[int]) -> None:
        """Delete lookup tables. It destroys.

        * `data_group_ids`: Ids of their data groups, separated by commas
        """
        await self._run("lookup-tables.delete", {"data_group_ids": data_group_ids}, nothing)

    async def download_lookup_table(self, data_group_id: int, *, file_name: Optional[str] = None, limit: Optional[int] = None) -> bytes:
        """Download a lookup table as CSV.

        * `data_group_id`: Id of the lookup table's data group
        * `file_name`: Name of the file
        * `limit`: At most so many
        """
        return await self._run("lookup-tables.download", {"data_group_id": data_group_id, "file_name": file_name, "limit": limit}, data)

    async def get_lookup_download_url(self, data_group_id: int) -> DownloadUrl:
        """Get a signed download URL.

        * `data_group_id`: Id of the lookup table's data group
        """
        return await self._run("lookup-tables.download-url", {"data_group_id": data_group_id}, of(DownloadUrl))

    async def list_lookup_tables(self, *, data_group_id: Optional[int] = None) -> List[LookupTable]:
        """List lookup tables.

        * `data_group_id`: Id of the lookup table's data group
        """
        return await self._run("lookup-tables.list", {"data_group_id": data_group_id}, of(LookupTable))

    async def mark_lookup_table_ready(self, params: MarkLookupTableReadyParams) -> LookupTable:
        """Register a file that was uploaded by a signed URL as a lookup table. It may destroy: with a data group, the rows of its
        table are replaced.

        * `name`: Its name
        * `key`: Key that came with the URL of the upload
        * `data_group_id`: Id of the lookup table's data group
        """
        return await self._run("lookup-tables.mark-ready", {**renamed(params, {})}, of(LookupTable))

    async def update_lookup_table(self, data_group_id: int, params: UpdateLookupTableParams) -> LookupTable:
        """Rename a lookup table.

        * `data_group_id`: Id of the lookup table's data group
        * `name`: Its name
        """
        return await self._run("lookup-tables.update", {"data_group_id": data_group_id, **renamed(params, {})}, of(LookupTable))

    async def upload_lookup_table(self, params: UploadLookupTableParams) -> LookupTable:
        """Upload a CSV file as a lookup table. It may destroy: with a data group, the rows of its table are replaced.

        * `name`: Its name
        * `data_group_id`: Id of the lookup table's data group
        """
        return await self._upload("lookup-tables.upload", {**renamed(params, {})}, of(LookupTable))

    async def get_lookup_upload_status(self, upload_id: str) -> LookupTableUploadStatus:
        """Show how far a file is taken in as a lookup table.

        * `upload_id`: Id that registering the file returned
        """
        return await self._run("lookup-tables.upload-status", {"upload_id": upload_id}, of(LookupTableUploadStatus))

    async def get_lookup_upload_url(self, content_type: Optional[str] = None) -> LookupTableUploadUrl:
        """Get a signed upload URL.

        * `content_type`: Type of what will be uploaded; else text/csv
        """
        return await self._run("lookup-tables.upload-url", {"content_type": content_type}, of(LookupTableUploadUrl))

    async def get_business_context_chain(self) -> BusinessContextChain:
        """Show organization and project context together."""
        return await self._run("business-context.chain", {}, of(BusinessContextChain))

    async def clear_business_context(self, *, level: Optional[Literal["organization", "project"]] = None, organization_id: Optional[int] = None) -> BusinessContext:
        """Empty the business context text. It destroys.

        * `level`: Whose context; else project
        * `organization_id`: Id of the organization, if not that of the project
        """
        return await self._run("business-context.clear", {"level": level, "organization_id": organization_id}, of(BusinessContext))

    async def get_business_context(self, *, level: Optional[Literal["organization", "project"]] = None, organization_id: Optional[int] = None) -> BusinessContext:
        """Show the business context text.

        * `level`: Whose context; else project
        * `organization_id`: Id of the organization, if not that of the project
        """
        return await self._run("business-context.get", {"level": level, "organization_id": organization_id}, of(BusinessContext))

    async def set_business_context(self, content: Optional[str] = None, *, level: Optional[Literal["organization", "project"]] = None, organization_id: Optional[int] = None, file: Optional[str] = None) -> BusinessContext:
        """Replace the business context text. It may destroy: a text that is empty clears the context.

        * `content`: The text; without it and a file, from standard input
        * `level`: Whose context; else project
        * `organization_id`: Id of the organization, if not that of the project
        * `file`: File with the text
        """
        return await self._run("business-context.set", {"content": content, "level": level, "organization_id": organization_id, "file": file}, of(BusinessContext))

    async def create_webhook(self, params: CreateWebhookParams) -> WebhookMutationResult:
        """Create a webhook.

        * `name`: Its name
        * `url`: Address that is called
        * `auth_type`: How it is authenticated
        * `username`: Name for it
        * `password`: Password for it; - for standard input
        """
        return await self._run("webhooks.create", {**renamed(params, {})}, of(WebhookMutationResult))

    async def delete_webhook(self, webhook_id: str) -> None:
        """Delete a webhook. It destroys.

        * `webhook_id`: Id of the webhook
        """
        await self._run("webhooks.delete", {"webhook_id": webhook_id}, nothing)

    async def list_webhooks(self) -> List[ProjectWebhook]:
        """List webhooks."""
        return await self._run("webhooks.list", {}, of(ProjectWebhook))

    async def test_webhook(self, params: WebhookTestParams) -> WebhookTestResult:
        """Send a test request to a webhook URL.

        * `url`: Address that is called
        * `name`: Its name
        * `auth_type`: How it is authenticated
        * `username`: Name for it
        * `password`: Password for it; - for standard input
        """
        return await self._run("webhooks.test", {**renamed(params, {})}, of(WebhookTestResult))

    async def update_webhook(self, webhook_id: str, params: UpdateWebhookParams) -> WebhookMutationResult:
        """Change a webhook.

        * `webhook_id`: Id of the webhook
        * `is_enabled`: Whether it is active
        * `name`: Its name
        * `url`: Address that is called
        * `auth_type`: How it is authenticated
        * `username`: Name for it
        * `password`: Password for it; - for standard input
        """
        return await self._run("webhooks.update", {"webhook_id": webhook_id, **renamed(params, {"is_enabled": "enabled"})}, of(WebhookMutationResult))
