//! The operations of `behaviors`.
//!
//! Made from the rows in proto/catalog/src/ops by proto/catalog/tests/clients; do not edit.

use mp_proto::failure::Failure;

use crate::sdk::Workspace;
use crate::typed::call::{Answered, Call, calls, list, sent, taken};
use crate::typed::generated::models::SavedBehavior;

calls! {
    /// Create a saved behavior from a definition file.
    ///
    /// * `behavior`: File with the definition, as JSON; - for standard input.
    /// * `name`: Its name.
    create_behavior CreateBehaviorCall = "behaviors.create" -> SavedBehavior, answer {
        first behavior: json = "definition_file";
        first name: text = "name";
        /// What it is about.
        option description: text = "description";
        /// Leave it to Mixpanel to check the definition.
        option no_validate: flag = "no_validate";
    }

    /// Delete saved behaviors that the account may edit. It destroys.
    ///
    /// * `behavior_ids`: Ids of behaviors.
    delete_behaviors DeleteBehaviorsCall = "behaviors.delete" -> (), nothing {
        first behavior_ids: ints = "behavior_ids";
        /// Also those that the account may not edit.
        option force: flag = "force";
    }

    /// Delete saved behaviors that the account may edit. It destroys.
    ///
    /// * `behavior_id`: Ids of behaviors.
    delete_behavior DeleteBehaviorCall = "behaviors.delete" -> (), nothing {
        first behavior_id: entry int = "behavior_ids";
        /// Also those that the account may not edit.
        option force: flag = "force";
    }

    /// Show one saved behavior.
    ///
    /// * `behavior_id`: Id of the behavior.
    get_behavior GetBehaviorCall = "behaviors.get" -> SavedBehavior, answer {
        first behavior_id: int = "behavior_id";
    }

    /// List saved behaviors; filters are applied by the client.
    list_behaviors ListBehaviorsCall = "behaviors.list" -> Vec<SavedBehavior>, answer {
        /// Only behaviors of this type.
        option behavior_type: text = "type";
        /// Only with this in their name, in any case.
        option name_contains: text = "name_contains";
    }

    /// Change a saved behavior.
    ///
    /// * `behavior_id`: Id of the behavior.
    update_behavior UpdateBehaviorCall = "behaviors.update" -> SavedBehavior, answer {
        first behavior_id: int = "behavior_id";
        /// File with the definition, as JSON; - for standard input.
        option behavior: json = "definition_file";
        /// Its name.
        option name: text = "name";
        /// What it is about.
        option description: text = "description";
        /// Whether it is verified.
        option verified: flag = "verified";
        /// Leave it to Mixpanel to check the definition.
        option no_validate: flag = "no_validate";
    }
}
