//! The operations of `custom-events`.
//!
//! Made from the rows in proto/catalog/src/ops by proto/catalog/tests/clients; do not edit.

use mp_proto::failure::Failure;

use crate::sdk::Workspace;
use crate::typed::call::{Answered, Call, calls, list, sent, taken};
use crate::typed::generated::models::{CustomEvent, EventDefinition};

calls! {
    /// Create a custom event out of existing events.
    ///
    /// * `alternatives`: Event that counts as one.
    /// * `name`: Its name.
    create_custom_event CreateCustomEventCall = "custom-events.create" -> CustomEvent, answer {
        first alternatives: texts = "alternative";
        first name: text = "name";
    }

    /// Delete a custom event. It destroys.
    ///
    /// * `custom_event_id`: Id of the custom event.
    delete_custom_event DeleteCustomEventCall = "custom-events.delete" -> (), nothing {
        /// Id of the custom event.
        option custom_event_id: int = "id";
        /// Its name, if the id is not known.
        option name: text = "name";
    }

    /// List custom events.
    list_custom_events ListCustomEventsCall = "custom-events.list" -> Vec<EventDefinition>, answer {
    }

    /// Change the definition of a custom event. It may destroy: what is dropped is not kept any more, and cannot be had back.
    ///
    /// * `custom_event_id`: Id of the custom event.
    update_custom_event UpdateCustomEventCall = "custom-events.update" -> EventDefinition, answer {
        first custom_event_id: int = "id";
        /// Its name, if the id is not known.
        option name: text = "name";
        /// Whether it is hidden.
        option hidden: flag = "hidden";
        /// Whether it is dropped.
        option dropped: flag = "dropped";
        /// What it is about.
        option description: text = "description";
        /// Whether it is verified.
        option verified: flag = "verified";
    }
}
