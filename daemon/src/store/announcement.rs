//! What a new snapshot means for those who listen.

use mp_proto::event::Event;
use tracing::{info, warn};

use crate::config::snapshot::Snapshot;
use crate::hub::Hub;

/// Publishes what a new snapshot means for those who listen.
pub(super) fn announce(hub: &Hub, before: &Snapshot, after: &Snapshot) {
    let revision = after.revision;
    if !after.is_usable() {
        warn!(revision, problems = after.problems().len(), "config became invalid");
        return hub.publish(&Event::ConfigInvalid { revision, problems: after.problems() });
    }
    info!(revision, "snapshot published");
    hub.publish(&Event::ConfigChanged { revision });
    for event in differences(before, after) {
        hub.publish(&event);
    }
}

fn differences(before: &Snapshot, after: &Snapshot) -> Vec<Event> {
    let (old, new) = (&before.config.accounts, &after.config.accounts);
    let mut events = Vec::new();
    for (name, account) in new {
        match old.get(name) {
            None => events.push(Event::AccountAdded {
                name: name.to_string(),
                account_type: account.account_type(),
                region: account.region,
            }),
            Some(known) if !known.same_settings(account) => {
                events.push(Event::AccountChanged { name: name.to_string() });
            }
            Some(_) => {}
        }
    }
    let gone = old.keys().filter(|name| !new.contains_key(*name));
    events.extend(gone.map(|name| Event::AccountRemoved { name: name.to_string() }));
    let is = after.persisted();
    if is != before.persisted() {
        events.push(Event::SessionChanged {
            revision: after.revision,
            account: is.account,
            project: is.project.map(|project| project.to_string()),
            workspace: is.workspace.map(|id| id.get()),
        });
    }
    events
}

/// Returns the first event of a stream.
pub fn snapshot_event(snapshot: &Snapshot) -> Event {
    Event::Snapshot {
        revision: snapshot.revision,
        active_account: snapshot.persisted().account,
        accounts: snapshot.config.accounts.keys().map(ToString::to_string).collect(),
        targets: snapshot.config.targets.keys().map(ToString::to_string).collect(),
        problems: snapshot.problems(),
    }
}
