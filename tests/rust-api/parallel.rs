//! The same question about several projects at once.

use mp_client::{Failure, Workspace};
use serde_json::{Value, json};

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let team = Workspace::connect().await?.use_account("team");
    for (project, answer) in side_by_side(&team, &["3018488", "3018489"]).await {
        println!("{project}: {}", answer?);
    }
    Ok(())
}

/// Asks for the cohorts of each project. A project that cannot be asked does not stop the others.
pub(crate) async fn side_by_side(ws: &Workspace, projects: &[&str]) -> Vec<(String, Result<Value, Failure>)> {
    let mut tasks = tokio::task::JoinSet::new();
    for project in projects {
        let (project, ws) = (project.to_string(), ws.use_project(*project));
        tasks.spawn(async move { (project, async { ws.pin().await?.run("inspect.cohorts", json!({})).await }.await) });
    }
    let mut answers = tasks.join_all().await;
    answers.sort_by(|one, other| one.0.cmp(&other.0));
    answers
}
