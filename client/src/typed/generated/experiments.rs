//! The operations of `experiments`.
//!
//! Made from the rows in proto/catalog/src/ops by proto/catalog/tests/clients; do not edit.

use mp_proto::failure::Failure;
use serde_json::Value;

use crate::sdk::Workspace;
use crate::typed::call::{Answered, Call, calls, list, sent, taken};
use crate::typed::generated::models::Experiment;

calls! {
    /// Archive an experiment.
    ///
    /// * `experiment_id`: Id of the experiment.
    archive_experiment ArchiveExperimentCall = "experiments.archive" -> (), nothing {
        first experiment_id: text = "experiment_id";
    }

    /// End an experiment; without options an empty object is sent. It destroys.
    ///
    /// * `experiment_id`: Id of the experiment.
    conclude_experiment ConcludeExperimentCall = "experiments.conclude" -> Experiment, answer {
        first experiment_id: text = "experiment_id";
        /// Day it ended.
        option end_date: text = "end_date";
    }

    /// Create an experiment.
    ///
    /// * `name`: Its name.
    create_experiment CreateExperimentCall = "experiments.create" -> Experiment, answer {
        first name: text = "name";
        /// What it is about.
        option description: text = "description";
        /// What it is to show.
        option hypothesis: text = "hypothesis";
        /// Settings, as a JSON object.
        option settings: json = "settings";
    }

    /// Record the decision about an experiment.
    ///
    /// * `experiment_id`: Id of the experiment.
    /// * `success`: Whether it succeeded.
    decide_experiment DecideExperimentCall = "experiments.decide" -> Experiment, answer {
        first experiment_id: text = "experiment_id";
        first success: flag = "success";
        /// Variant that won.
        option variant: text = "variant";
        /// Why.
        option message: text = "message";
    }

    /// Delete an experiment. It destroys.
    ///
    /// * `experiment_id`: Id of the experiment.
    delete_experiment DeleteExperimentCall = "experiments.delete" -> (), nothing {
        first experiment_id: text = "experiment_id";
    }

    /// Copy an experiment under a new name.
    ///
    /// * `experiment_id`: Id of the experiment.
    /// * `name`: Its name.
    duplicate_experiment DuplicateExperimentCall = "experiments.duplicate" -> Experiment, answer {
        first experiment_id: text = "experiment_id";
        first name: text = "name";
    }

    /// List experiments in review format.
    list_erf_experiments ListErfExperimentsCall = "experiments.erf" -> Vec<Value>, answer {
    }

    /// Show one experiment.
    ///
    /// * `experiment_id`: Id of the experiment.
    get_experiment GetExperimentCall = "experiments.get" -> Experiment, answer {
        first experiment_id: text = "experiment_id";
    }

    /// Start an experiment.
    ///
    /// * `experiment_id`: Id of the experiment.
    launch_experiment LaunchExperimentCall = "experiments.launch" -> Experiment, answer {
        first experiment_id: text = "experiment_id";
    }

    /// List experiments.
    list_experiments ListExperimentsCall = "experiments.list" -> Vec<Experiment>, answer {
        /// Also archived ones.
        option include_archived: flag = "include_archived";
    }

    /// Restore an archived experiment.
    ///
    /// * `experiment_id`: Id of the experiment.
    restore_experiment RestoreExperimentCall = "experiments.restore" -> Experiment, answer {
        first experiment_id: text = "experiment_id";
    }

    /// Change an experiment.
    ///
    /// * `experiment_id`: Id of the experiment.
    update_experiment UpdateExperimentCall = "experiments.update" -> Experiment, answer {
        first experiment_id: text = "experiment_id";
        /// Its name.
        option name: text = "name";
        /// What it is about.
        option description: text = "description";
        /// What it is to show.
        option hypothesis: text = "hypothesis";
        /// Variants, as JSON.
        option variants: json = "variants";
        /// Metrics, as JSON.
        option metrics: json = "metrics";
        /// Settings, as a JSON object.
        option settings: json = "settings";
        /// Tags, separated by commas.
        option tags: texts = "tags";
    }
}
