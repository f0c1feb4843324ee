//! Read and write the business context.

use mp_proto::plane::Plane;

use crate::models;
use crate::operation::{Call, Effect, Kind, Operation, Param, Reply, Scope, Weight, Workflow};
use crate::shape::{business_context, effects};

const LEVEL: Param =
    Param::local("level", Kind::OneOf(&["organization", "project"]), "Whose context").default("project");

const ORGANIZATION_ID: Param =
    Param::local("organization_id", Kind::Int, "Id of the organization, if not that of the project");

/// The operations on the business context.
pub(crate) const ROWS: &[Operation] = &[
    Operation {
        id: "business-context.chain",
        command: &["business-context", "chain"],
        summary: "Show organization and project context together",
        scope: Scope::Project,
        call: Call::get(Plane::App, "business-context/chain"),
        reply: Reply::ONE
            .described(&models::BUSINESS_CONTEXT_CHAIN)
            .reshape(business_context::context_chain)
            .rows(business_context::levels),
        ..Operation::APP
    },
    Operation {
        id: "business-context.clear",
        command: &["business-context", "clear"],
        summary: "Empty the business context text",
        effect: Effect::Destroy,
        scope: Scope::Project,
        params: &[LEVEL, ORGANIZATION_ID],
        call: Call::put(Plane::App, "business-context")
            .fixed_body(&[("content", "\"\"")])
            .by(Workflow::BusinessContext),
        reply: Reply::ONE.described(&models::BUSINESS_CONTEXT),
        ..Operation::APP
    },
    Operation {
        id: "business-context.get",
        command: &["business-context", "get"],
        summary: "Show the business context text",
        scope: Scope::Project,
        params: &[LEVEL, ORGANIZATION_ID],
        call: Call::get(Plane::App, "business-context").by(Workflow::BusinessContext),
        reply: Reply::ONE.described(&models::BUSINESS_CONTEXT),
        ..Operation::APP
    },
    Operation {
        id: "business-context.set",
        command: &["business-context", "set"],
        summary: "Replace the business context text",
        effect: Effect::Write,
        weight: Weight::destroys_if(effects::leaves_no_context, "a text that is empty clears the context"),
        scope: Scope::Project,
        params: &[
            LEVEL,
            ORGANIZATION_ID,
            Param::body("content", Kind::Str, "The text; without it and a file, from standard input"),
            Param::local("file", Kind::TextFile, "File with the text").or_stdin(&["content"]),
        ],
        call: Call::put(Plane::App, "business-context").by(Workflow::BusinessContext),
        reply: Reply::ONE.described(&models::BUSINESS_CONTEXT),
        ..Operation::APP
    },
];
