//! Manage definitions of events and properties.

use mp_proto::plane::Plane;

use crate::models;
use crate::operation::{Call, Confirm, Effect, Kind, Of, Operation, Param, Reply, Weight};
use crate::shape::{definitions, effects, pages};

const EVENT_NAME: Param = Param::body("event_name", Kind::Str, "Name of the event").wire("eventName").required();

const FROM_DATE: Param = Param::body("from_date", Kind::Date, "First day, YYYY-MM-DD").wire("fromDate").required();

const TO_DATE: Param = Param::body("to_date", Kind::Date, "Last day, YYYY-MM-DD").wire("toDate").required();

const FILTERS: Param = Param::body("filters", Kind::Json(Of::Object), "Which of them, as a JSON object");

const NAME: Param = Param::body("name", Kind::Str, "Its name").required();

const NAMES: Param = Param::query("names", Kind::Names, "Names, separated by commas").wire("name[]").required();

const HIDDEN: Param = Param::body("hidden", Kind::Toggle, "Whether it is hidden");

const DROPPED: Param = Param::body("dropped", Kind::Toggle, "Whether it is dropped");

const DISPLAY_NAME: Param = Param::body("display_name", Kind::Str, "Name that people see").wire("displayName");

const DESCRIPTION: Param = Param::body("description", Kind::Str, "What it is about");

/// How an event or a property is lost.
const DROPPED_DATA: &str = "what is dropped is not kept any more, and cannot be had back";

/// How what fits no schema is lost.
const DROPPING: &str = "a rule that drops what fits no schema loses it for good";

/// The operations on definitions.
pub(crate) const ROWS: &[Operation] = &[
    Operation {
        id: "lexicon.anomalies.bulk-update",
        command: &["lexicon", "anomalies", "bulk-update"],
        summary: "Change the status of several anomalies",
        effect: Effect::Write,
        weight: Weight::settled("a status that can be set back"),
        params: &[Param::spread(
            "body",
            Kind::Json(Of::One(&models::BULK_UPDATE_ANOMALY_PARAMS)),
            "The change, as a JSON object",
        )
        .required()],
        call: Call::patch(Plane::App, "data-definitions/data-volume-anomalies/bulk/"),
        reply: Reply::ANY,
        ..Operation::APP
    },
    Operation {
        id: "lexicon.anomalies.list",
        command: &["lexicon", "anomalies", "list"],
        summary: "List data volume anomalies",
        params: &[
            Param::query("status", Kind::Str, "Only with this status"),
            Param::query("limit", Kind::Int, "At most so many"),
        ],
        call: Call::get(Plane::App, "data-definitions/data-volume-anomalies/"),
        reply: Reply::LIST.of_wire(&models::DATA_VOLUME_ANOMALY).reshape(definitions::anomalies),
        ..Operation::APP
    },
    Operation {
        id: "lexicon.anomalies.update",
        command: &["lexicon", "anomalies", "update"],
        summary: "Change the status of an anomaly",
        effect: Effect::Write,
        params: &[
            Param::body("id", Kind::Int, "Id of the anomaly").required(),
            Param::body("status", Kind::Str, "Status").required(),
            Param::body("anomaly_class", Kind::Str, "Class of the anomaly").wire("anomalyClass").required(),
        ],
        call: Call::patch(Plane::App, "data-definitions/data-volume-anomalies/"),
        reply: Reply::ANY,
        ..Operation::APP
    },
    Operation {
        id: "lexicon.audit",
        command: &["lexicon", "audit"],
        summary: "Run the tracking audit",
        params: &[Param::local("events_only", Kind::Flag, "Only events")],
        call: Call::get(Plane::App, "data-definitions/audit/").arrange(definitions::audit),
        reply: Reply::ONE.of_wire(&models::AUDIT_RESPONSE).reshape(definitions::audited).rows(pages::violations),
        ..Operation::APP
    },
    Operation {
        id: "lexicon.deletion-requests.cancel",
        command: &["lexicon", "deletion-requests", "cancel"],
        summary: "Cancel a deletion request",
        effect: Effect::Write,
        weight: Weight::settled("it keeps the data that would have been deleted"),
        params: &[Param::body("id", Kind::Int, "Id of the request").positional()],
        call: Call::delete(Plane::App, "data-definitions/events/deletion-requests/"),
        reply: Reply::LIST.of_wire(&models::EVENT_DELETION_REQUEST),
        ..Operation::APP
    },
    Operation {
        id: "lexicon.deletion-requests.create",
        command: &["lexicon", "deletion-requests", "create"],
        summary: "Ask for deletion of event data",
        effect: Effect::Destroy,
        params: &[EVENT_NAME, FROM_DATE, TO_DATE, FILTERS],
        call: Call::post(Plane::App, "data-definitions/events/deletion-requests/"),
        reply: Reply::LIST.of_wire(&models::EVENT_DELETION_REQUEST),
        ..Operation::APP
    },
    Operation {
        id: "lexicon.deletion-requests.list",
        command: &["lexicon", "deletion-requests", "list"],
        summary: "List data deletion requests",
        call: Call::get(Plane::App, "data-definitions/events/deletion-requests/"),
        reply: Reply::LIST.of_wire(&models::EVENT_DELETION_REQUEST),
        ..Operation::APP
    },
    Operation {
        id: "lexicon.deletion-requests.preview",
        command: &["lexicon", "deletion-requests", "preview"],
        summary: "Preview what a deletion request would match",
        params: &[EVENT_NAME, FROM_DATE, TO_DATE, FILTERS],
        call: Call::post(Plane::App, "data-definitions/events/deletion-requests/preview-filters/"),
        reply: Reply::VALUES,
        ..Operation::APP
    },
    Operation {
        id: "lexicon.enforcement.delete",
        command: &["lexicon", "enforcement", "delete"],
        summary: "Delete schema enforcement",
        effect: Effect::Destroy,
        confirm: Confirm::Always(|_| true),
        call: Call::delete(Plane::App, "data-definitions/schema/"),
        reply: Reply::EMPTY.done("Deleted schema enforcement"),
        ..Operation::APP
    },
    Operation {
        id: "lexicon.enforcement.get",
        command: &["lexicon", "enforcement", "get"],
        summary: "Show schema enforcement settings",
        params: &[Param::query("fields", Kind::Str, "Only these fields, separated by commas")],
        call: Call::get(Plane::App, "data-definitions/schema/"),
        reply: Reply::ONE.of_wire(&models::SCHEMA_ENFORCEMENT_CONFIG),
        ..Operation::APP
    },
    Operation {
        id: "lexicon.enforcement.init",
        command: &["lexicon", "enforcement", "init"],
        summary: "Start schema enforcement",
        effect: Effect::Write,
        weight: Weight::destroys_if(effects::enforces, DROPPING),
        params: &[Param::body("rule_event", Kind::Str, "What happens to what does not fit")
            .wire("ruleEvent")
            .required()],
        call: Call::post(Plane::App, "data-definitions/schema/"),
        reply: Reply::ANY,
        ..Operation::APP
    },
    Operation {
        id: "lexicon.enforcement.replace",
        command: &["lexicon", "enforcement", "replace"],
        summary: "Replace schema enforcement",
        effect: Effect::Destroy,
        weight: Weight::settled("the rules, events, properties and addresses that were there are gone"),
        params: &[Param::spread(
            "body",
            Kind::Json(Of::One(&models::REPLACE_SCHEMA_ENFORCEMENT_PARAMS)),
            "The change, as a JSON object",
        )
        .required()],
        call: Call::put(Plane::App, "data-definitions/schema/"),
        reply: Reply::ANY,
        ..Operation::APP
    },
    Operation {
        id: "lexicon.enforcement.update",
        command: &["lexicon", "enforcement", "update"],
        summary: "Change schema enforcement",
        effect: Effect::Write,
        weight: Weight::destroys_if(effects::enforces, DROPPING),
        params: &[Param::spread(
            "body",
            Kind::Json(Of::One(&models::UPDATE_SCHEMA_ENFORCEMENT_PARAMS)),
            "The change, as a JSON object",
        )
        .required()],
        call: Call::patch(Plane::App, "data-definitions/schema/"),
        reply: Reply::ANY,
        ..Operation::APP
    },
    Operation {
        id: "lexicon.event-history",
        command: &["lexicon", "event-history"],
        summary: "Show the change history of an event definition",
        params: &[Param::path("event_name", Kind::Str, "Name of the event").option()],
        call: Call::get(Plane::App, "data-definitions/events/{event_name}/history/"),
        reply: Reply::VALUES,
        ..Operation::APP
    },
    Operation {
        id: "lexicon.events.bulk-update",
        command: &["lexicon", "events", "bulk-update"],
        summary: "Change several event definitions",
        effect: Effect::Write,
        weight: Weight::destroys_if(effects::drops_one, DROPPED_DATA),
        params: &[Param::spread(
            "data",
            Kind::Json(Of::One(&models::BULK_UPDATE_EVENTS_PARAMS)),
            "Changes, as a JSON object",
        )
        .required()],
        call: Call::patch(Plane::App, "data-definitions/events/"),
        reply: Reply::LIST.of(&models::EVENT_DEFINITION),
        ..Operation::APP
    },
    Operation {
        id: "lexicon.events.delete",
        command: &["lexicon", "events", "delete"],
        summary: "Delete one event definition",
        effect: Effect::Destroy,
        params: &[NAME],
        call: Call::delete(Plane::App, "data-definitions/events/"),
        reply: Reply::EMPTY.done("Deleted the definition of event '{name}'"),
        ..Operation::APP
    },
    Operation {
        id: "lexicon.events.get",
        command: &["lexicon", "events", "get"],
        summary: "Show event definitions by name",
        params: &[NAMES],
        call: Call::get(Plane::App, "data-definitions/events/"),
        reply: Reply::LIST.of(&models::EVENT_DEFINITION),
        ..Operation::APP
    },
    Operation {
        id: "lexicon.events.update",
        command: &["lexicon", "events", "update"],
        summary: "Change one event definition",
        effect: Effect::Write,
        weight: Weight::destroys_if(effects::drops, DROPPED_DATA),
        params: &[
            NAME,
            HIDDEN,
            DROPPED,
            Param::body("verified", Kind::Toggle, "Whether it is verified"),
            DISPLAY_NAME,
            DESCRIPTION,
            Param::body("tags", Kind::Names, "Tags, separated by commas").or_none(),
        ],
        call: Call::patch(Plane::App, "data-definitions/events/"),
        reply: Reply::ONE.of(&models::EVENT_DEFINITION),
        ..Operation::APP
    },
    Operation {
        id: "lexicon.export",
        command: &["lexicon", "export"],
        summary: "Export definitions",
        params: &[Param::query("types", Kind::Names, "What to export, separated by commas")
            .wire("export_type")
            .default("All Events and Properties,All User Profile Properties")],
        call: Call::get(Plane::App, "data-definitions/export/"),
        reply: Reply::ANY.reshape(definitions::exported),
        ..Operation::APP
    },
    Operation {
        id: "lexicon.properties.bulk-update",
        command: &["lexicon", "properties", "bulk-update"],
        summary: "Change several property definitions",
        effect: Effect::Write,
        weight: Weight::destroys_if(effects::drops_one, DROPPED_DATA),
        params: &[Param::spread(
            "data",
            Kind::Json(Of::One(&models::BULK_UPDATE_PROPERTIES_PARAMS)),
            "Changes, as a JSON object",
        )
        .required()],
        call: Call::patch(Plane::App, "data-definitions/properties/"),
        reply: Reply::LIST.of(&models::PROPERTY_DEFINITION),
        ..Operation::APP
    },
    Operation {
        id: "lexicon.properties.get",
        command: &["lexicon", "properties", "get"],
        summary: "Show property definitions by name",
        params: &[
            NAMES,
            Param::query("resource_type", Kind::Str, "What has it: Event or User")
                .wire("resourceType")
                .through(definitions::resource),
        ],
        call: Call::get(Plane::App, "data-definitions/properties/"),
        reply: Reply::LIST.of(&models::PROPERTY_DEFINITION),
        ..Operation::APP
    },
    Operation {
        id: "lexicon.properties.update",
        command: &["lexicon", "properties", "update"],
        summary: "Change one property definition",
        effect: Effect::Write,
        weight: Weight::destroys_if(effects::drops, DROPPED_DATA),
        params: &[
            NAME,
            HIDDEN,
            DROPPED,
            Param::body("sensitive", Kind::Toggle, "Whether it is sensitive"),
            DISPLAY_NAME,
            DESCRIPTION,
            Param::body("example_value", Kind::Str, "An example").wire("exampleValue"),
            Param::body("resource_type", Kind::OneOf(&["Event", "User"]), "What has it").wire("resourceType"),
        ],
        call: Call::patch(Plane::App, "data-definitions/properties/"),
        reply: Reply::ONE.of(&models::PROPERTY_DEFINITION),
        ..Operation::APP
    },
    Operation {
        id: "lexicon.property-history",
        command: &["lexicon", "property-history"],
        summary: "Show the change history of a property definition",
        params: &[
            Param::path("property_name", Kind::Str, "Name of the property").option(),
            Param::query("entity_type", Kind::Str, "Kind of entity").required(),
        ],
        call: Call::get(Plane::App, "data-definitions/properties/{property_name}/history/"),
        reply: Reply::VALUES,
        ..Operation::APP
    },
    Operation {
        id: "lexicon.tags.create",
        command: &["lexicon", "tags", "create"],
        summary: "Create a tag",
        effect: Effect::Write,
        params: &[NAME],
        call: Call::post(Plane::App, "data-definitions/tags/"),
        reply: Reply::ONE.of(&models::LEXICON_TAG),
        ..Operation::APP
    },
    Operation {
        id: "lexicon.tags.delete",
        command: &["lexicon", "tags", "delete"],
        summary: "Delete a tag by name",
        effect: Effect::Destroy,
        params: &[NAME],
        call: Call::post(Plane::App, "data-definitions/tags/").fixed_body(&[("delete", "true")]),
        reply: Reply::EMPTY.done("Deleted tag '{name}'"),
        ..Operation::APP
    },
    Operation {
        id: "lexicon.tags.list",
        command: &["lexicon", "tags", "list"],
        summary: "List tags",
        call: Call::get(Plane::App, "data-definitions/tags/"),
        reply: Reply::LIST.of(&models::LEXICON_TAG).reshape(definitions::tags),
        ..Operation::APP
    },
    Operation {
        id: "lexicon.tags.update",
        command: &["lexicon", "tags", "update"],
        summary: "Rename a tag",
        effect: Effect::Write,
        params: &[Param::path("id", Kind::Int, "Id of the tag").option(), NAME],
        call: Call::patch(Plane::App, "data-definitions/tags/{id}/"),
        reply: Reply::ONE.of(&models::LEXICON_TAG),
        ..Operation::APP
    },
    Operation {
        id: "lexicon.tracking-metadata",
        command: &["lexicon", "tracking-metadata"],
        summary: "Show where an event is sent from",
        params: &[Param::query("event_name", Kind::Str, "Name of the event").required()],
        call: Call::get(Plane::App, "data-definitions/events/tracking-metadata/"),
        reply: Reply::ANY,
        ..Operation::APP
    },
];
