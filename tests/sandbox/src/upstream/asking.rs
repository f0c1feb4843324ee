//! The checks that all data planes share: method, parameters, dates, and whether the user may see the project.
//!
//! A refusal is what Mixpanel would answer. A problem is noted where no faultless client would have asked so.

use jiff::civil::Date;
use mp_proto::ids::Region;
use serde_json::{Map, Value, json};

use super::people::{Place, Project, User};
use super::reply::Reply;
use super::server::Received;

/// What a data plane does not answer.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    pub(crate) text: String,
}

impl Refusal {
    pub(crate) fn new(status: u16, text: impl Into<String>) -> Self {
        Self { status, text: text.into() }
    }

    /// Returns it as the query, engage and export planes word it.
    pub(crate) fn reply(&self, received: &Received) -> Reply {
        let (mut words, path) = (received.path.splitn(4, '/').skip(2), "/api");
        let (plane, rest) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let request = match plane {
            "engage" => format!("{path}/query/engage/{rest}"),
            "export" => format!("{path}/2.0/{rest}"),
            plane => format!("{path}/{plane}/{rest}"),
        };
        let reply = Reply::json(self.status, &json!({"error": self.text, "request": request}));
        if self.status == 405 { reply.header("Allow", "GET, POST") } else { reply }
    }
}

/// A request whose credential was good.
pub(crate) struct Asking<'a> {
    pub(crate) region: Region,
    pub(crate) user: &'a User,
    pub(crate) received: &'a Received,
    pub(crate) problems: &'a mut Vec<String>,
}

impl<'a> Asking<'a> {
    pub(crate) fn object(&mut self, problem: impl Into<String>) {
        self.problems.push(problem.into());
    }

    /// Notes a problem and returns its refusal.
    pub(crate) fn fault(&mut self, status: u16, text: impl Into<String>) -> Refusal {
        let text = text.into();
        self.object(text.clone());
        Refusal::new(status, text)
    }

    /// Checks the method; a GET has no body.
    pub(crate) fn method(&mut self, method: &str) -> Result<(), Refusal> {
        if self.received.method != method {
            return Err(self.fault(405, format!("the method must be {method}")));
        }
        if method == "GET" && !self.received.body.is_empty() {
            self.object("a GET has no body");
        }
        Ok(())
    }

    /// Notes each parameter that is not among the known ones, or is there twice.
    pub(crate) fn only(&mut self, known: &[&str]) {
        let names: Vec<&str> = self.received.query.iter().map(|(name, _)| name.as_str()).collect();
        for (at, name) in names.iter().enumerate() {
            if !known.contains(name) {
                self.object(format!("there is no parameter {name}"));
            }
            if names[..at].contains(name) {
                self.object(format!("the parameter {name} is there twice"));
            }
        }
    }

    pub(crate) fn optional(&self, name: &str) -> Option<&'a str> {
        self.received.parameter(name)
    }

    pub(crate) fn required(&mut self, name: &str) -> Result<&'a str, Refusal> {
        let given = self.received.parameter(name);
        given.ok_or_else(|| self.fault(400, format!("Missing required parameter: {name}")))
    }

    /// Returns a whole number within its bounds, or the default.
    pub(crate) fn number(&mut self, name: &str, default: u64, bounds: (u64, u64)) -> Result<u64, Refusal> {
        let Some(text) = self.optional(name) else { return Ok(default) };
        let Ok(number) = text.parse::<i128>() else {
            return Err(self.fault(400, format!("{name} must be an integer")));
        };
        let number = u64::try_from(number).ok().filter(|number| (bounds.0..=bounds.1).contains(number));
        number.ok_or_else(|| Refusal::new(400, format!("{name} must be between {} and {}", bounds.0, bounds.1)))
    }

    /// Returns the one of the words that a parameter has; the first where it is not there.
    pub(crate) fn choice(&mut self, name: &str, words: &[&'static str]) -> Result<&'static str, Refusal> {
        let Some(given) = self.optional(name) else { return Ok(words[0]) };
        let known = words.iter().find(|word| **word == given);
        known.copied().ok_or_else(|| Refusal::new(400, format!("{name} must be one of {}", words.join(", "))))
    }

    /// Returns a JSON array of texts, if the parameter is there.
    pub(crate) fn texts(&mut self, name: &str) -> Result<Option<Vec<String>>, Refusal> {
        let Some(text) = self.optional(name) else { return Ok(None) };
        match serde_json::from_str(text) {
            Ok(texts) => Ok(Some(texts)),
            Err(_) => Err(self.fault(400, format!("{name} must be a JSON array of strings"))),
        }
    }

    /// Returns the dates of a required range.
    pub(crate) fn range(&mut self) -> Result<(Date, Date), Refusal> {
        let (from, to) = (self.required("from_date")?, self.required("to_date")?);
        let (from, to) = (date("from_date", from)?, date("to_date", to)?);
        if from > to {
            return Err(Refusal::new(400, "from_date must not be later than to_date"));
        }
        Ok((from, to))
    }

    /// Returns the project of the parameter `project_id`, if the user may see it here.
    pub(crate) fn project(&mut self) -> Result<&'a Project, Refusal> {
        let text = self.required("project_id")?;
        let Ok(id) = text.parse() else { return Err(self.fault(400, "project_id must be an integer")) };
        self.seen(id)
    }

    /// Returns a project by its id, if the user may see it here, and its workspace, too, that the parameter names.
    pub(crate) fn seen(&mut self, id: u64) -> Result<&'a Project, Refusal> {
        let denied = || Refusal::new(403, "You do not have permission to access this project");
        let project = self.user.sees(self.region, Place::Project(id)).ok_or_else(denied)?;
        let workspace = self.optional("workspace_id");
        let is_of_project = |text: &str| project.workspaces.iter().any(|one| one.id.to_string() == text);
        if workspace.is_some_and(|text| !is_of_project(text)) {
            return Err(Refusal::new(403, "You do not have permission to access this workspace"));
        }
        Ok(project)
    }

    /// Returns the members of a JSON object in the body, and notes those that are not known.
    pub(crate) fn body(&mut self, known: &[&str]) -> Result<Map<String, Value>, Refusal> {
        if self.received.media_type() != "application/json" {
            self.object("the body must be application/json");
        }
        let Ok(Value::Object(members)) = serde_json::from_slice(&self.received.body) else {
            return Err(self.fault(400, "the body must be a JSON object"));
        };
        for name in members.keys().filter(|name| !known.contains(&name.as_str())) {
            self.problems.push(format!("the body has no member {name}"));
        }
        Ok(members)
    }
}

fn date(name: &str, text: &str) -> Result<Date, Refusal> {
    let parsed = if text.len() == 10 { text.parse().ok() } else { None };
    parsed.ok_or_else(|| Refusal::new(400, format!("{name}: '{text}' is not a date of the form YYYY-MM-DD")))
}
