//! Which code runs a row: the one request that it says, or a workflow.

use futures_util::stream;
use mp_catalog::{Shape, Workflow};
use mp_proto::failure::Failure;

use crate::operation::call::{Ran, Run, plain};
use crate::operation::workflow::{
    ask, business_context, checked_delete, custom_event, event_names, event_properties, export, lookup_table_upload,
    metric_query, recording, report_create, report_link, report_resolve, report_store, saved_behavior, saved_metric,
    schema_graph,
};

/// Runs an operation.
///
/// # Errors
/// Those of its requests.
pub(crate) async fn run(run: Run<'_>) -> Result<Ran, Failure> {
    let answered = match run.operation.call.workflow {
        None if run.operation.reply.shape == Shape::Bytes => return bytes(&run).await,
        None => plain(&run).await,
        Some(Workflow::Ask) => ask::run(&run).await,
        Some(Workflow::EventNames) => event_names::run(&run).await,
        Some(Workflow::EventProperties) => event_properties::run(&run).await,
        Some(Workflow::SchemaGraph) => schema_graph::run(&run).await,
        Some(Workflow::ReportLink) => report_link::run(&run).await,
        Some(Workflow::ExportEvents | Workflow::ExportProfiles) => return export::run(run).await,
        Some(Workflow::BusinessContext) => business_context::run(&run).await,
        Some(Workflow::CheckedDelete) => checked_delete::run(&run).await,
        Some(Workflow::CustomEvent) => custom_event::run(&run).await,
        Some(Workflow::LookupTableUpload) => lookup_table_upload::run(&run).await,
        Some(Workflow::MetricQuery) => metric_query::run(&run).await,
        Some(Workflow::Recording) => recording::run(&run).await,
        Some(Workflow::ReportCreate) => report_create::run(&run).await,
        Some(Workflow::ReportResolve) => report_resolve::run(&run).await,
        Some(Workflow::ReportStore) => report_store::run(&run).await,
        Some(Workflow::SavedBehavior) => saved_behavior::run(&run).await,
        Some(Workflow::SavedMetric) => saved_metric::run(&run).await,
    };
    answered.map(Ran::Value)
}

/// Sends the one request of a row and passes on its answer.
async fn bytes(run: &Run<'_>) -> Result<Ran, Failure> {
    let request = run.request(run.bound.clone()).await?;
    let opened = run.operations.calls.open_good(&run.session.identity, &request).await?;
    let parts = stream::unfold(Some(opened), |opened| async {
        let mut opened = opened?;
        match opened.chunk().await {
            Ok(part) => part.map(|part| (Ok(part), Some(opened))),
            Err(failure) => Some((Err(failure), None)),
        }
    });
    Ok(Ran::Bytes(Box::pin(parts)))
}
