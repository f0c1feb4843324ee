//! What `ops/custom_properties.rs` sends and gets.

use crate::operation::{Field, Model, Of};

/// `ComposedPropertyValue`.
pub(crate) const COMPOSED_PROPERTY_VALUE: Model = Model::new(
    "ComposedPropertyValue",
    &[
        Field::new("type", Of::Text),
        Field::new("type_cast", Of::Text).wire("typeCast"),
        Field::new("resource_type", Of::Text).wire("resourceType").required(),
        Field::new("value", Of::Text),
        Field::new("label", Of::Text),
        Field::new("property_default_type", Of::Word(&["string", "number", "boolean", "datetime"]))
            .wire("propertyDefaultType"),
        Field::new("behavior", Of::Any),
        Field::new("join_property_type", Of::Text).wire("joinPropertyType"),
    ],
);

/// `CustomProperty`.
pub(crate) const CUSTOM_PROPERTY: Model = Model::new(
    "CustomProperty",
    &[
        Field::new("custom_property_id", Of::Int).wire("customPropertyId").required(),
        Field::new("name", Of::Text).required(),
        Field::new("description", Of::Text),
        Field::new("resource_type", Of::Word(&["events", "people", "group_profiles"])).wire("resourceType").required(),
        Field::new("property_type", Of::Text).wire("propertyType"),
        Field::new("display_formula", Of::Text).wire("displayFormula"),
        Field::new("composed_properties", Of::Map(&COMPOSED_PROPERTY_VALUE)).wire("composedProperties"),
        Field::new("is_locked", Of::Bool).wire("isLocked"),
        Field::new("is_visible", Of::Bool).wire("isVisible"),
        Field::new("data_group_id", Of::Text).wire("dataGroupId"),
        Field::new("created", Of::Text),
        Field::new("modified", Of::Text),
        Field::new("example_value", Of::Text).wire("exampleValue"),
    ],
)
.columns(&["custom_property_id", "name", "resource_type", "property_type", "description"]);
