//! Tells when the account in use has changed, or a person has to log in.

use mp_client::{Client, Event, Failure, Happened};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Failure> {
    let client = Client::builder().name("watch/1.0").connect().await?;
    watch(&client, |line| println!("{line}")).await
}

/// Tells one line for each event, until the daemon refuses.
pub(crate) async fn watch(client: &Client, mut tell: impl FnMut(String)) -> Result<(), Failure> {
    let mut events = client.events().types(["snapshot", "session.changed", "login.required"]);
    while let Some(told) = events.next().await {
        match told?.event {
            Happened::Known(Event::Snapshot { active_account, .. }) => tell(format!("account {active_account:?}")),
            Happened::Known(Event::SessionChanged { account, .. }) => tell(format!("now {account:?}")),
            Happened::Known(Event::LoginRequired { command, .. }) => tell(format!("please run {command}")),
            other => tell(format!("({})", other.name())),
        }
    }
    Ok(())
}
