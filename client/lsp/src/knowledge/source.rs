//! Asks the daemon about a project. Its answers are shared by all tools and kept for some minutes; a few requests tell of all events and
//! properties, and whatever is asked for single ones is asked when somebody needs it.

use std::collections::BTreeMap;

use jiff::{ToSpan, Zoned};
use mp_client::{Client, Failure, FailureKind, Session, Switch, Workspace};
use mp_proto::ids::Region;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::facts::Facts;

/// How many values of a property are asked for.
const VALUES: u64 = 100;

/// Over how many days events are counted, today included.
const DAYS: i64 = 7;

/// Which project something is about, and whose login sees it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Owner {
    /// The account.
    pub account: String,
    /// Its region.
    pub region: Option<Region>,
    /// The project.
    pub project: String,
    /// The name of the project, where it is known.
    pub project_name: Option<String>,
    /// The workspace, where one is chosen.
    pub workspace: Option<u64>,
}

impl Owner {
    fn of(session: &Session) -> Option<Self> {
        let (account, project) = (session.account.as_ref()?, session.project.as_ref()?);
        Some(Self {
            account: account.name.clone(),
            region: account.region,
            project: project.id.as_str().to_owned(),
            project_name: project.name.clone(),
            workspace: session.workspace.as_ref().map(|workspace| workspace.id.get()),
        })
    }

    /// Returns where an event is in Mixpanel's pages.
    pub fn link(&self, event: &str) -> String {
        use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
        let host = match self.region {
            Some(Region::Eu) => "eu.mixpanel.com",
            Some(Region::In) => "in.mixpanel.com",
            _ => "mixpanel.com",
        };
        let view = self.workspace.map_or_else(String::new, |id| format!("/view/{id}"));
        let event = utf8_percent_encode(event, NON_ALPHANUMERIC);
        format!("https://{host}/project/{}{view}/app/lexicon#events?search={event}", self.project)
    }

    /// Returns account and project in words.
    pub fn words(&self) -> String {
        format!("{} · {}", self.account, self.project_name.as_deref().unwrap_or(&self.project))
    }
}

/// A project that can be asked about, held to what it is now.
#[derive(Debug, Clone)]
pub struct Source {
    workspace: Workspace,
    /// Whose it is.
    pub owner: Owner,
}

impl Source {
    /// Finds the project that a choice leads to.
    ///
    /// # Errors
    /// When there is no daemon, account or project.
    pub async fn find(client: &Client, choice: &Switch) -> Result<Self, Failure> {
        let workspace = client.workspace().switch(choice)?.pin().await?;
        let owner = workspace.session().and_then(Owner::of);
        let owner = owner.ok_or_else(|| Failure::new(FailureKind::NeedsProject, "there is no project to ask about"))?;
        Ok(Self { workspace, owner })
    }

    /// Asks for events, properties and definitions. What cannot be had is left out and told, unless it is the names.
    ///
    /// # Errors
    /// When not even the names of the events can be had.
    pub async fn facts(&self, fresh: bool) -> Result<(Facts, Vec<String>), Failure> {
        let operations = self.workspace.operations();
        let operations = if fresh { operations.fresh() } else { operations };
        let (names, graph, schemas) = tokio::join!(
            operations.run_as("inspect.events", json!({})),
            operations.run_as("inspect.schema-graph", json!({})),
            operations.run_as("schemas.list", json!({})),
        );
        let mut missing = Vec::new();
        let mut note =
            |what: &str, failure: &Failure| missing.push(format!("{what} could not be read: {}", failure.detail));
        let graph = graph.inspect_err(|failure| note("the lexicon", failure)).ok().map(|answer| answer.body);
        let schemas = schemas.inspect_err(|failure| note("the schemas", failure)).ok().map(|answer| answer.body);
        let names: Vec<String> = names?.body;
        Ok((Facts { names: Some(names), graph, schemas }, missing))
    }

    /// Asks for the properties of one event.
    ///
    /// # Errors
    /// When Mixpanel does not say.
    pub async fn properties(&self, event: &str) -> Result<Vec<String>, Failure> {
        Ok(self.workspace.operations().run_as("inspect.properties", json!({"event": event})).await?.body)
    }

    /// Asks for values of a property.
    ///
    /// # Errors
    /// When Mixpanel does not say.
    pub async fn values(&self, event: Option<&str>, property: &str) -> Result<Vec<String>, Failure> {
        let mut arguments = json!({"property": property, "limit": VALUES});
        if let Some(event) = event {
            arguments["event"] = event.into();
        }
        let values: Vec<Value> = self.workspace.operations().run_as("inspect.values", arguments).await?.body;
        let text = |value: Value| value.as_str().map(str::to_owned).filter(|text| text != "None");
        Ok(values.into_iter().filter_map(text).collect())
    }

    /// Asks how often events came in the last days, all of them at once.
    ///
    /// # Errors
    /// When Mixpanel does not say.
    pub async fn volumes(&self, events: &[String]) -> Result<BTreeMap<String, u64>, Failure> {
        let today = Zoned::now().date();
        let from = today.saturating_sub((DAYS - 1).days());
        let names: Vec<&str> = events.iter().map(String::as_str).collect();
        let arguments = json!({"events": names, "from": from.to_string(), "to": today.to_string()});
        let answer: Value = self.workspace.operations().run("query.event-counts", arguments).await?;
        let series = answer.get("series").and_then(Value::as_object);
        let sum = |days: &Value| days.as_object().into_iter().flatten().filter_map(|(_, count)| count.as_u64()).sum();
        Ok(series.into_iter().flatten().map(|(event, days)| (event.clone(), sum(days))).collect())
    }

    /// Makes an entry of the lexicon for an event.
    ///
    /// # Errors
    /// When Mixpanel refuses.
    pub async fn create(&self, event: &str, description: &str, properties: &[(String, &str)]) -> Result<(), Failure> {
        let properties: serde_json::Map<String, Value> =
            properties.iter().map(|(name, kind)| (name.clone(), json!({"type": kind}))).collect();
        let mut schema = json!({"additionalProperties": true, "properties": properties});
        if !description.is_empty() {
            schema["description"] = description.into();
        }
        let arguments = json!({"entity_type": "event", "entity_name": event, "schema_json": schema});
        self.workspace.run("schemas.create", arguments).await.map(drop)
    }
}
