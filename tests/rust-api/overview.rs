//! Who am I, and which events are there?

use mp_client::{Failure, Workspace};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Failure> {
    print!("{}", overview(&Workspace::connect().await?).await?);
    Ok(())
}

/// Returns the session and the first events of its project, as text.
pub(crate) async fn overview(ws: &Workspace) -> Result<String, Failure> {
    let session = ws.resolve().await?;
    let (account, project) = (session.account.map(|account| account.name), session.project.map(|project| project.id));
    let mut text = format!("{} in {}\n", account.unwrap_or_default(), project.map_or("-".into(), |id| id.to_string()));

    let names = ws.run("inspect.events", serde_json::json!({})).await?;
    for name in names.as_array().into_iter().flatten().take(3) {
        text += &format!("  {}\n", name.as_str().unwrap_or_default());
    }
    Ok(text)
}
