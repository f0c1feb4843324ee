//! Manage custom properties.

use mp_proto::plane::Plane;

use crate::models;
use crate::operation::{Call, Effect, Kind, Of, Operation, Param, Reply, Weight};
use crate::shape::definitions;

const NAME: Param = Param::body("name", Kind::Str, "Its name").required();

/// What can have custom properties.
const RESOURCES: Kind = Kind::OneOf(&["events", "people", "group_profiles"]);

const RESOURCE_TYPE: Param = Param::body("resource_type", RESOURCES, "What has it").wire("resourceType").required();

const DISPLAY_FORMULA: Param = Param::body("display_formula", Kind::Str, "Formula").wire("displayFormula");

const COMPOSED_PROPERTIES: Param = Param::body(
    "composed_properties",
    Kind::Json(Of::Map(&models::COMPOSED_PROPERTY_VALUE)),
    "Inputs of the formula, as a JSON object by letter",
)
.wire("composedProperties");

const BEHAVIOR: Param = Param::body("behavior", Kind::Json(Of::Object), "Behavior it counts, as a JSON object");

const DESCRIPTION: Param = Param::body("description", Kind::Str, "What it is about");

const ID: Param = Param::path("id", Kind::Str, "Id of the custom property").option();

/// The operations on custom properties.
pub(crate) const ROWS: &[Operation] = &[
    Operation {
        id: "custom-properties.create",
        command: &["custom-properties", "create"],
        summary: "Create a custom property from a formula or a behavior",
        effect: Effect::Write,
        params: &[NAME, RESOURCE_TYPE, DISPLAY_FORMULA, COMPOSED_PROPERTIES, BEHAVIOR, DESCRIPTION],
        call: Call::post(Plane::App, "custom_properties/").arrange(definitions::custom_property),
        reply: Reply::ONE.of(&models::CUSTOM_PROPERTY),
        ..Operation::APP
    },
    Operation {
        id: "custom-properties.delete",
        command: &["custom-properties", "delete"],
        summary: "Delete a custom property",
        effect: Effect::Destroy,
        params: &[ID],
        call: Call::delete(Plane::App, "custom_properties/{id}/"),
        reply: Reply::EMPTY.done("Deleted custom property {id}"),
        ..Operation::APP
    },
    Operation {
        id: "custom-properties.get",
        command: &["custom-properties", "get"],
        summary: "Show one custom property",
        params: &[ID],
        call: Call::get(Plane::App, "custom_properties/{id}/"),
        reply: Reply::ONE.of(&models::CUSTOM_PROPERTY),
        ..Operation::APP
    },
    Operation {
        id: "custom-properties.list",
        command: &["custom-properties", "list"],
        summary: "List custom properties",
        call: Call::get(Plane::App, "custom_properties/"),
        reply: Reply::LIST.of(&models::CUSTOM_PROPERTY),
        ..Operation::APP
    },
    Operation {
        id: "custom-properties.update",
        command: &["custom-properties", "update"],
        summary: "Change a custom property",
        effect: Effect::Write,
        weight: Weight::settled("fields that are not given stay as they are, and the property stays"),
        params: &[
            ID,
            Param::body("name", Kind::Str, "Its name"),
            DESCRIPTION,
            DISPLAY_FORMULA,
            COMPOSED_PROPERTIES,
            Param::body("is_locked", Kind::Toggle, "Whether it is locked").wire("isLocked"),
            Param::body("is_visible", Kind::Toggle, "Whether it is shown").wire("isVisible"),
        ],
        call: Call::put(Plane::App, "custom_properties/{id}/"),
        reply: Reply::ONE.of(&models::CUSTOM_PROPERTY),
        ..Operation::APP
    },
    Operation {
        id: "custom-properties.validate",
        command: &["custom-properties", "validate"],
        summary: "Check a custom property without saving it",
        params: &[NAME, RESOURCE_TYPE, DISPLAY_FORMULA, COMPOSED_PROPERTIES, BEHAVIOR],
        call: Call::post(Plane::App, "custom_properties/validate/").arrange(definitions::custom_property),
        reply: Reply::ANY,
        ..Operation::APP
    },
];
