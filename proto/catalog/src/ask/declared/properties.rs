//! Properties, and tests of them.

use super::words as w;
use crate::ask::codes as c;
use crate::ask::kind::{Choice, Kind, Shape, field};

/// A property: by its name, or a custom one.
pub(in crate::ask) static PROPERTY: Choice = Choice {
    name: "Property",
    about: "A property by its name, or a custom property",
    plain: &[Kind::Text],
    shapes: &[&CUSTOM_PROPERTY],
    wrong: None,
};

pub(in crate::ask) static CUSTOM_PROPERTY: Shape = Shape {
    name: "CustomProperty",
    about: "A custom property: the id of a saved one, or a formula",
    key: "custom_property",
    fields: &[&[field("custom_property", Kind::Choice(&CUSTOM), "Its id, or what it is").needed()]],
};

pub(in crate::ask) static CUSTOM: Choice = Choice {
    name: "CustomPropertyDefinition",
    about: "The id of a saved custom property, or one made for this query",
    plain: &[Kind::Int],
    shapes: &[&INLINE],
    wrong: None,
};

pub(in crate::ask) static INLINE: Shape = Shape {
    name: "InlineCustomProperty",
    about: "A custom property made for this query",
    key: "",
    fields: &[&[
        field("formula", Kind::Text, "Formula over the letters of the inputs").needed(),
        field("inputs", Kind::Map(&INPUT), "Properties by the letters A to Z that the formula uses").needed(),
        field("property_type", Kind::Word(w::SCALARS), "Type of the result"),
        field("resource_type", Kind::Word(w::RESOURCES), "Whose property it is").word("events"),
    ]],
};

pub(in crate::ask) static INPUT: Shape = Shape {
    name: "CustomPropertyInput",
    about: "A property that a formula uses",
    key: "",
    fields: &[&[
        field("name", Kind::Text, "Name of the property").needed(),
        field("type", Kind::Word(w::VALUES), "Its type").word("string"),
        field("resource_type", Kind::Word(w::INPUT_RESOURCES), "Whose property it is").word("event"),
    ]],
};

pub(in crate::ask) static TEST: Shape = Shape {
    name: "PropertyFilter",
    about: "A test of a property",
    key: "property",
    fields: &[&[
        field("property", Kind::Choice(&PROPERTY), "The property that is tested").needed(),
        field("op", Kind::Text, "The test: equals, contains, greater_than, between, is_set, on, in_the_last …")
            .needed(),
        field("value", Kind::Plain, "What it is tested against"),
        field("unit", Kind::Word(w::SPANS), "Unit of a relative date"),
        field("type", Kind::Word(w::FILTERED), "Type of the property, when the test does not tell it")
            .wrong(c::B14_INVALID_FILTER_TYPE),
        field("resource_type", Kind::Word(w::RESOURCES), "Whose property it is").word("events"),
        field("items", Kind::List(&Kind::Object(&TEST)), "Tests of an item, for list_contains"),
        field("quantifier", Kind::Word(w::ALL_OR_ANY), "How many items must pass, for list_contains")
            .word("any")
            .wrong(c::LC4_INVALID_QUANTIFIER),
    ]],
};
