//! The operations of `inspect`.
//!
//! Made from the rows in proto/catalog/src/ops by proto/catalog/tests/clients; do not edit.

use mp_proto::failure::Failure;

use crate::sdk::Workspace;
use crate::typed::call::{Answered, Call, calls, sent, taken};
use crate::typed::generated::models::{BookmarkInfo, FunnelInfo, LexiconSchema, LexiconSchemaInfo, SavedCohort, SchemaGraphResult, SubPropertyInfo, TopEvent};

calls! {
    /// List event names, sorted.
    events EventsCall = "inspect.events" -> Vec<String>, answer {
        kept refresh;
    }

    /// List the properties of an event, sorted.
    ///
    /// * `event`: Event.
    properties PropertiesCall = "inspect.properties" -> Vec<String>, answer {
        first event: text = "event";
        kept refresh;
    }

    /// List values of a property.
    ///
    /// * `property_name`: Property.
    property_values PropertyValuesCall = "inspect.values" -> Vec<String>, answer {
        first property_name: text = "property";
        /// At most so many; else 100.
        option limit: int = "limit";
        /// Only of this event.
        option event: text = "event";
        kept refresh;
    }

    /// Infer the fields of a list-of-objects property from sampled values.
    ///
    /// * `property_name`: Property.
    subproperties SubpropertiesCall = "inspect.subproperties" -> Vec<SubPropertyInfo>, answer {
        first property_name: text = "property";
        /// Look at so many values; else 50.
        option sample_size: int = "sample_size";
        /// Only of this event.
        option event: text = "event";
        kept refresh;
    }

    /// List saved funnels, sorted by name.
    funnels FunnelsCall = "inspect.funnels" -> Vec<FunnelInfo>, answer {
        kept refresh;
    }

    /// List saved cohorts, sorted by name.
    cohorts CohortsCall = "inspect.cohorts" -> Vec<SavedCohort>, answer {
        kept refresh;
    }

    /// List today's top events.
    top_events TopEventsCall = "inspect.top-events" -> Vec<TopEvent>, answer {
        /// How they are counted; else general: `general`, `unique`, `average`.
        option type_: text = "type";
        /// At most so many; else 10.
        option limit: int = "limit";
    }

    /// List saved reports briefly.
    ///
    /// * `bookmark_type`: Only reports of this type.
    list_bookmarks ListBookmarksCall = "inspect.bookmarks" -> Vec<BookmarkInfo>, answer {
        /// Only reports of this type.
        option bookmark_type: text = "type";
    }

    /// List schemas briefly.
    lexicon_schemas LexiconSchemasCall = "inspect.lexicon-schemas" -> Vec<LexiconSchemaInfo>, answer {
        /// Only schemas of this kind: `event`, `profile`.
        option entity_type: text = "type";
        kept refresh;
    }

    /// Show one schema.
    ///
    /// * `entity_type`: Kind of entity: `event`, `profile`.
    /// * `name`: Name of the entity.
    lexicon_schema LexiconSchemaCall = "inspect.lexicon-schema" -> LexiconSchema, answer {
        first entity_type: text = "type";
        first name: text = "name";
        kept refresh;
    }

    /// Gather events, properties and their relations.
    schema_graph SchemaGraphCall = "inspect.schema-graph" -> SchemaGraphResult, answer {
        /// With how often each property is there; else false.
        option include_density: flag = "density";
        /// With the properties of users; else true.
        option include_user_properties: flag = "user_properties";
        kept refresh;
    }
}
