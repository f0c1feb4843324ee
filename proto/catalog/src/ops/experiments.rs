//! Manage experiments.

use mp_proto::plane::Plane;

use crate::models;
use crate::operation::{Call, Effect, Kind, Of, Operation, Param, Reply, Weight};
use crate::shape::bodies;

const EXPERIMENT_ID: Param = Param::path("experiment_id", Kind::Str, "Id of the experiment");

const NAME: Param = Param::body("name", Kind::Str, "Its name").required();

const DESCRIPTION: Param = Param::body("description", Kind::Str, "What it is about");

const HYPOTHESIS: Param = Param::body("hypothesis", Kind::Str, "What it is to show");

const SETTINGS: Param = Param::body("settings", Kind::Json(Of::Object), "Settings, as a JSON object");

/// The operations on experiments.
pub(crate) const ROWS: &[Operation] = &[
    Operation {
        id: "experiments.archive",
        command: &["experiments", "archive"],
        summary: "Archive an experiment",
        effect: Effect::Write,
        weight: Weight::settled("experiments restore brings it back"),
        params: &[EXPERIMENT_ID],
        call: Call::post(Plane::App, "experiments/{experiment_id}/archive"),
        reply: Reply::EMPTY.done("Archived experiment {experiment_id}"),
        ..Operation::APP
    },
    Operation {
        id: "experiments.conclude",
        command: &["experiments", "conclude"],
        summary: "End an experiment; without options an empty object is sent",
        effect: Effect::Destroy,
        weight: Weight::settled("it does not go on: what it would have measured is never measured"),
        params: &[EXPERIMENT_ID, Param::body("end_date", Kind::Str, "Day it ended")],
        call: Call::put(Plane::App, "experiments/{experiment_id}/force_conclude"),
        reply: Reply::ONE.of(&models::EXPERIMENT),
        ..Operation::APP
    },
    Operation {
        id: "experiments.create",
        command: &["experiments", "create"],
        summary: "Create an experiment",
        effect: Effect::Write,
        params: &[NAME, DESCRIPTION, HYPOTHESIS, SETTINGS],
        call: Call::post(Plane::App, "experiments/"),
        reply: Reply::ONE.of(&models::EXPERIMENT),
        ..Operation::APP
    },
    Operation {
        id: "experiments.decide",
        command: &["experiments", "decide"],
        summary: "Record the decision about an experiment",
        effect: Effect::Write,
        params: &[
            EXPERIMENT_ID,
            Param::body("success", Kind::Toggle, "Whether it succeeded").required(),
            Param::body("variant", Kind::Str, "Variant that won"),
            Param::body("message", Kind::Str, "Why"),
        ],
        call: Call::patch(Plane::App, "experiments/{experiment_id}/decide"),
        reply: Reply::ONE.of(&models::EXPERIMENT),
        ..Operation::APP
    },
    Operation {
        id: "experiments.delete",
        command: &["experiments", "delete"],
        summary: "Delete an experiment",
        effect: Effect::Destroy,
        params: &[EXPERIMENT_ID],
        call: Call::delete(Plane::App, "experiments/{experiment_id}"),
        reply: Reply::EMPTY.done("Deleted experiment {experiment_id}"),
        ..Operation::APP
    },
    Operation {
        id: "experiments.duplicate",
        command: &["experiments", "duplicate"],
        summary: "Copy an experiment under a new name",
        effect: Effect::Write,
        params: &[EXPERIMENT_ID, NAME],
        call: Call::post(Plane::App, "experiments/{experiment_id}/duplicate"),
        reply: Reply::ONE.of(&models::EXPERIMENT),
        ..Operation::APP
    },
    Operation {
        id: "experiments.erf",
        command: &["experiments", "erf"],
        summary: "List experiments in review format",
        call: Call::get(Plane::App, "experiments/erf/"),
        reply: Reply::VALUES,
        ..Operation::APP
    },
    Operation {
        id: "experiments.get",
        command: &["experiments", "get"],
        summary: "Show one experiment",
        params: &[EXPERIMENT_ID],
        call: Call::get(Plane::App, "experiments/{experiment_id}"),
        reply: Reply::ONE.of(&models::EXPERIMENT),
        ..Operation::APP
    },
    Operation {
        id: "experiments.launch",
        command: &["experiments", "launch"],
        summary: "Start an experiment",
        effect: Effect::Write,
        weight: Weight::settled("it begins to measure, and takes nothing away"),
        params: &[EXPERIMENT_ID],
        call: Call::put(Plane::App, "experiments/{experiment_id}/launch"),
        reply: Reply::ONE.of(&models::EXPERIMENT),
        ..Operation::APP
    },
    Operation {
        id: "experiments.list",
        command: &["experiments", "list"],
        summary: "List experiments",
        params: &[Param::query("include_archived", Kind::Flag, "Also archived ones")],
        call: Call::get(Plane::App, "experiments/"),
        reply: Reply::LIST.of(&models::EXPERIMENT),
        ..Operation::APP
    },
    Operation {
        id: "experiments.restore",
        command: &["experiments", "restore"],
        summary: "Restore an archived experiment",
        effect: Effect::Write,
        weight: Weight::settled("it takes the mark of the archive off"),
        params: &[EXPERIMENT_ID],
        call: Call::delete(Plane::App, "experiments/{experiment_id}/archive"),
        reply: Reply::ONE.of(&models::EXPERIMENT),
        ..Operation::APP
    },
    Operation {
        id: "experiments.update",
        command: &["experiments", "update"],
        summary: "Change an experiment",
        effect: Effect::Write,
        params: &[
            EXPERIMENT_ID,
            Param::body("name", Kind::Str, "Its name"),
            DESCRIPTION,
            HYPOTHESIS,
            Param::body("variants", Kind::Json(Of::Any), "Variants, as JSON"),
            Param::body("metrics", Kind::Json(Of::Any), "Metrics, as JSON"),
            SETTINGS,
            Param::body("tags", Kind::Names, "Tags, separated by commas").or_none(),
        ],
        call: Call::patch(Plane::App, "experiments/{experiment_id}").arrange(bodies::experiment),
        reply: Reply::ONE.of(&models::EXPERIMENT),
        ..Operation::APP
    },
];
