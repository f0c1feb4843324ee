//! How events are measured: the rules on math, property, per-user aggregation and percentile, and their wire form.

use serde_json::{Value, json};

use super::codes as c;
use super::declared::words::{MAY_HAVE_PROPERTY, NOT_PER_USER, OF_PROPERTY};
use super::fault::Report;
use super::object::Object;
use super::property::Property;

/// Where the parts of a measure stand, and the codes for what is wrong with them.
pub(in crate::ask) struct Place {
    math: &'static str,
    property: &'static str,
    no_property: super::fault::Code,
    odd_property: super::fault::Code,
    /// Whether problems are told of the object as a whole.
    is_object: bool,
}

/// The measure of events that are given by name.
pub(in crate::ask) const QUERY: Place = Place {
    math: "math",
    property: "math_property",
    no_property: c::V1_MATH_REQUIRES_PROPERTY,
    odd_property: c::V2_MATH_REJECTS_PROPERTY,
    is_object: false,
};

/// The measure of a metric.
pub(in crate::ask) const METRIC: Place = Place {
    math: "math",
    property: "property",
    no_property: c::V13_METRIC_MATH_PROPERTY,
    odd_property: c::V14_METRIC_REJECTS_PROPERTY,
    is_object: true,
};

/// Tells whether a math is of a property, and must have one.
pub(in crate::ask) fn needs_property(math: &str) -> bool {
    OF_PROPERTY.contains(&math)
}

/// Tells whether a math can be of a property.
pub(in crate::ask) fn takes_property(math: &str) -> bool {
    needs_property(math) || MAY_HAVE_PROPERTY.contains(&math)
}

/// Reports parts of a measure that do not go together.
pub(in crate::ask) fn check(given: Object<'_, '_>, place: &Place, report: &mut Report) {
    let Some(math) = given.text(place.math) else { return };
    let has_property = given.has(place.property);
    let mut add = |key: &str, said: super::fault::Said| {
        if place.is_object {
            report.add(given.at, said);
        } else {
            report.add(given.at(key), said);
        }
    };
    if needs_property(math) && !has_property {
        add(place.math, place.no_property.with("x", math));
    }
    if !takes_property(math) && has_property {
        add(place.property, place.odd_property.with("x", math));
    }
    if math == "percentile" && !given.has("percentile_value") {
        add("percentile_value", c::V26_PERCENTILE_REQUIRES_VALUE.into());
    }
    if math == "histogram" && !given.has("per_user") {
        add("per_user", c::V27_HISTOGRAM_REQUIRES_PER_USER.into());
    }
    if given.has("per_user") {
        if NOT_PER_USER.contains(&math) {
            add("per_user", c::V3_PER_USER_INCOMPATIBLE.with("x", math));
        }
        if !has_property {
            add("per_user", c::V3B_PER_USER_REQUIRES_PROPERTY.into());
        }
    }
}

/// Returns a measurement. A percentile goes only with the math of that name.
pub(in crate::ask) fn wire(given: Object<'_, '_>, place: &Place, report: &mut Report) -> Value {
    let math = given.text(place.math).unwrap_or_default();
    let is_percentile = math == "percentile";
    let mut wire = json!({"math": if is_percentile { "custom_percentile" } else { math }});
    if let Some(property) = property(given, place.property, report) {
        wire["property"] = property.measured();
    }
    if let Some(per_user) = given.get("per_user") {
        wire["perUserAggregation"] = per_user.clone();
    }
    if let Some(percentile) = given.get("percentile_value").filter(|_| is_percentile) {
        if percentile.is_number() && percentile.as_f64().is_none() {
            report.add(given.at("percentile_value"), c::ASK_TYPE.with("x", "percentile_value").with("type", "finite"));
        }
        wire["percentile"] = percentile.clone();
    }
    if place.is_object
        && let Some(method) = given.get("segment_method")
    {
        wire["segmentMethod"] = method.clone();
    }
    wire
}

/// Reads the property that is measured.
pub(in crate::ask) fn property<'a>(given: Object<'a, '_>, key: &str, report: &mut Report) -> Option<Property<'a>> {
    given.get(key).and_then(|value| Property::read(value, given.at(key), report))
}
