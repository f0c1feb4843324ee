//! Discovery: what there is in a project.

use mp_proto::plane::Plane;

use crate::models;
use crate::operation::{Call, Kind, Operation, PROJECT_ID, Param, Reply, Scope, Workflow};
use crate::shape::{activity, discovery, lexicon, subproperties};

/// Entities that have a schema.
const ENTITIES: Kind = Kind::OneOf(&["event", "profile"]);

/// How occurrences are counted.
pub(super) const TYPES: Kind = Kind::OneOf(&["general", "unique", "average"]);

const PROPERTY: Param = Param::query("property", Kind::Str, "Property").wire("name").short('p').required();

const EVENT: Param = Param::query("event", Kind::Str, "Only of this event").short('e').unless_empty();

/// The operations that discover.
pub(crate) const ROWS: &[Operation] = &[
    Operation {
        id: "inspect.events",
        command: &["inspect", "events"],
        summary: "List event names, sorted",
        call: Call::get(Plane::Query, "events/names")
            .fixed(&[("type", "general"), ("limit", "5000")])
            .by(Workflow::EventNames),
        reply: Reply::WORDS.bare().reshape(discovery::names).kept(),
        ..Operation::READ
    },
    Operation {
        id: "inspect.properties",
        command: &["inspect", "properties"],
        summary: "List the properties of an event, sorted",
        params: &[Param::query("event", Kind::Str, "Event").short('e').required()],
        call: Call::get(Plane::Query, "events/properties/top").by(Workflow::EventProperties),
        reply: Reply::WORDS.bare().reshape(discovery::keys).kept(),
        ..Operation::READ
    },
    Operation {
        id: "inspect.values",
        command: &["inspect", "values"],
        summary: "List values of a property",
        params: &[PROPERTY, Param::query("limit", Kind::Int, "At most so many").short('l').default("100"), EVENT],
        call: Call::get(Plane::Query, "events/properties/values"),
        reply: Reply::WORDS.bare().reshape(discovery::words).kept(),
        ..Operation::READ
    },
    Operation {
        id: "inspect.subproperties",
        command: &["inspect", "subproperties"],
        summary: "Infer the fields of a list-of-objects property from sampled values",
        params: &[
            PROPERTY,
            Param::query("sample_size", Kind::Int, "Look at so many values").wire("limit").short('s').default("50"),
            EVENT,
        ],
        call: Call::get(Plane::Query, "events/properties/values"),
        reply: Reply::LIST
            .described(&models::SUB_PROPERTY_INFO)
            .bare()
            .reshape(subproperties::infer)
            .columns(&["name", "type", "sample_values"])
            .kept(),
        ..Operation::READ
    },
    Operation {
        id: "inspect.funnels",
        command: &["inspect", "funnels"],
        summary: "List saved funnels, sorted by name",
        call: Call::get(Plane::Query, "funnels/list"),
        reply: Reply::LIST.described(&models::FUNNEL_INFO).bare().fields(&["funnel_id", "name"]).sort("name").kept(),
        ..Operation::READ
    },
    Operation {
        id: "inspect.cohorts",
        command: &["inspect", "cohorts"],
        summary: "List saved cohorts, sorted by name",
        call: Call::post(Plane::Query, "cohorts/list"),
        reply: Reply::LIST
            .described(&models::SAVED_COHORT)
            .bare()
            .fields(&["id", "name", "count", "description?"])
            .sort("name")
            .kept(),
        ..Operation::READ
    },
    Operation {
        id: "inspect.top-events",
        command: &["inspect", "top-events"],
        summary: "List today's top events",
        params: &[
            Param::query("type", TYPES, "How they are counted").short('t').default("general"),
            Param::query("limit", Kind::Int, "At most so many").short('l').default("10"),
        ],
        call: Call::get(Plane::Query, "events/top"),
        reply: Reply::LIST.described(&models::TOP_EVENT).bare().reshape(discovery::top_events).columns(&[
            "event",
            "count",
            "percent_change",
        ]),
        ..Operation::READ
    },
    Operation {
        id: "inspect.bookmarks",
        command: &["inspect", "bookmarks"],
        summary: "List saved reports briefly",
        params: &[Param::query("type", Kind::Str, "Only reports of this type").short('t')],
        call: Call::get(Plane::App, "bookmarks").fixed(&[("v", "2"), ("project_id", PROJECT_ID)]).origin(),
        reply: Reply::LIST
            .described(&models::BOOKMARK_INFO)
            .reshape(discovery::inner_results)
            .fields(&["id", "name", "type", "modified"]),
        ..Operation::READ
    },
    Operation {
        id: "inspect.lexicon-schemas",
        command: &["inspect", "lexicon-schemas"],
        summary: "List schemas briefly",
        params: &[Param::local("type", ENTITIES, "Only schemas of this kind").short('t')],
        call: Call::get(Plane::App, "schemas").origin().arrange(lexicon::of_type),
        reply: Reply::LIST
            .described(&models::LEXICON_SCHEMA_INFO)
            .reshape(lexicon::list)
            .columns(&["entity_type", "name", "property_count", "description"])
            .kept(),
        ..Operation::READ
    },
    Operation {
        id: "inspect.lexicon-schema",
        command: &["inspect", "lexicon-schema"],
        summary: "Show one schema",
        params: &[
            Param::path("type", ENTITIES, "Kind of entity").option().short('t'),
            Param::query("name", Kind::Str, "Name of the entity").wire("entity_name").short('n').required(),
        ],
        call: Call::get(Plane::App, "schemas/{type}").origin(),
        reply: Reply::ONE.described(&models::LEXICON_SCHEMA).reshape(lexicon::single).kept(),
        ..Operation::READ
    },
    Operation {
        id: "inspect.schema-graph",
        command: &["inspect", "schema-graph"],
        summary: "Gather events, properties and their relations",
        scope: Scope::WorkspaceOptional,
        params: &[
            Param::local("density", Kind::Toggle, "With how often each property is there").default("false"),
            Param::local("user_properties", Kind::Toggle, "With the properties of users").default("true"),
        ],
        call: Call::get(Plane::App, "data-definitions/events/").by(Workflow::SchemaGraph),
        reply: Reply::ONE
            .described(&models::SCHEMA_GRAPH_RESULT)
            .columns(&["event", "property", "density_local"])
            .rows(activity::graph_rows)
            .kept(),
        ..Operation::READ
    },
];
