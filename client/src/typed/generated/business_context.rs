//! The operations of `business-context`.
//!
//! Made from the rows in proto/catalog/src/ops by proto/catalog/tests/clients; do not edit.

use mp_proto::failure::Failure;

use crate::sdk::Workspace;
use crate::typed::call::{Answered, Call, calls, sent, taken};
use crate::typed::generated::models::{BusinessContext, BusinessContextChain};

calls! {
    /// Show organization and project context together.
    get_business_context_chain GetBusinessContextChainCall = "business-context.chain" -> BusinessContextChain, answer {
    }

    /// Empty the business context text. It destroys.
    clear_business_context ClearBusinessContextCall = "business-context.clear" -> BusinessContext, answer {
        /// Whose context; else project: `organization`, `project`.
        option level: text = "level";
        /// Id of the organization, if not that of the project.
        option organization_id: int = "organization_id";
    }

    /// Show the business context text.
    get_business_context GetBusinessContextCall = "business-context.get" -> BusinessContext, answer {
        /// Whose context; else project: `organization`, `project`.
        option level: text = "level";
        /// Id of the organization, if not that of the project.
        option organization_id: int = "organization_id";
    }

    /// Replace the business context text. It may destroy: a text that is empty clears the context.
    ///
    /// * `content`: The text; without it and a file, from standard input.
    set_business_context SetBusinessContextCall = "business-context.set" -> BusinessContext, answer {
        /// The text; without it and a file, from standard input.
        option content: text = "content";
        /// Whose context; else project: `organization`, `project`.
        option level: text = "level";
        /// Id of the organization, if not that of the project.
        option organization_id: int = "organization_id";
        /// File with the text.
        option file: text = "file";
    }
}
