//! Whom a call is for: what was chosen, what holds it, and the way to the daemon.

use std::sync::Arc;

use hyper::Method;
use mp_proto::context::Context;
use mp_proto::deadline::Deadline;
use mp_proto::failure::Failure;
use mp_proto::routes::{TARGET, fill};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::choice::{Choice, Pin};
use super::link::{Link, Request};
use super::names::Target;
use crate::api::{Answer, Streamed};
use crate::transport::Streaming;

/// Whom calls are for.
#[derive(Debug, Clone)]
pub(super) struct Scope {
    link: Link,
    choice: Choice,
    pin: Option<Arc<Pin>>,
}

impl Scope {
    /// Returns a scope in which nothing is chosen.
    pub(super) fn of(link: Link) -> Self {
        Self { link, choice: Choice::default(), pin: None }
    }

    /// Returns a scope of another choice, held as this one is.
    pub(super) fn with(&self, choice: Choice) -> Self {
        Self { choice, ..self.clone() }
    }

    /// Returns a scope of a choice that a pin holds.
    pub(super) fn pinned(&self, choice: Choice, pin: Pin) -> Self {
        Self { link: self.link.clone(), choice, pin: Some(Arc::new(pin)) }
    }

    pub(super) fn link(&self) -> &Link {
        &self.link
    }

    pub(super) fn choice(&self) -> &Choice {
        &self.choice
    }

    pub(super) fn pin(&self) -> Option<&Pin> {
        self.pin.as_deref()
    }

    /// Returns the choice from which a part is changed: `MP_TARGET` counts as one.
    pub(super) fn here(&self) -> Choice {
        let target = self.link.environment().get("MP_TARGET").filter(|_| self.pin.is_none());
        match (&self.choice, target) {
            (choice, Some(target)) if choice.is_empty() => Choice::target(target.to_owned()),
            (choice, _) => choice.clone(),
        }
    }

    /// Reads something.
    pub(super) async fn get<T: DeserializeOwned>(&self, path: &str, deadline: Deadline) -> Result<T, Failure> {
        let request = Request { method: Method::GET, path, body: None::<&()>, deadline };
        self.call(request).await.map(|answer| answer.body)
    }

    /// Sends a request and reads the JSON answer.
    pub(super) async fn call<T: DeserializeOwned, B: Serialize + Sync>(
        &self,
        request: Request<'_, B>,
    ) -> Result<Answer<T>, Failure> {
        self.link.call(self.context().await?, request).await
    }

    /// Opens an answer that comes as a stream.
    pub(super) async fn open(&self, request: Streamed, deadline: Deadline) -> Result<Streaming, Failure> {
        self.link.open(self.context().await?, request, deadline).await
    }

    async fn context(&self) -> Result<Context, Failure> {
        let mut context = self.link.context();
        self.settled().await?.write(&mut context);
        if let Some(pin) = &self.pin {
            pin.write(&mut context);
        }
        Ok(context)
    }

    /// Returns the choice without a target that is chosen only in part: of that one, the rest is looked up.
    pub(super) async fn settled(&self) -> Result<Choice, Failure> {
        match self.choice.parted() {
            None => Ok(self.choice.clone()),
            Some((name, over)) => {
                let target = self.link.get::<Target>(&fill(TARGET, name)).await?;
                Ok(Choice::over(&target, over))
            }
        }
    }
}
