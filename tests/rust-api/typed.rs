//! Operations as methods: arguments that the compiler checks, answers as types.

use mp_client::{Failure, Workspace};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Failure> {
    print!("{}", report(&Workspace::connect().await?).await?);
    Ok(())
}

/// Tells where people sign up, and what there is to look at.
pub(crate) async fn report(ws: &Workspace) -> Result<String, Failure> {
    let result = ws.segmentation("Sign Up", "2025-01-01", "2025-01-31").on("country").unit("week").await?;
    let mut text = format!("{} of {}, by {} countries\n", result.total, result.event, result.series.len());

    for funnel in ws.funnels().await?.iter().take(2) {
        let run = ws.funnel(funnel.funnel_id, "2025-01-01", "2025-01-31").await?;
        text += &format!("{}: {} steps, {:.0} %\n", funnel.name, run.steps.len(), run.conversion_rate * 100.0);
    }
    for board in ws.list_dashboards().await? {
        // What a type does not know is kept.
        text += &format!("{} ({} more fields)\n", board.title, board.more.len());
    }
    let mut events = ws.stream_events("2025-01-01").to_date("2025-01-01").events(["Sign Up"]).limit(3).await?;
    while let Some(event) = events.next().await {
        text += &format!("{}\n", event?["event_name"]);
    }
    Ok(text)
}
