//! Calls that are made step by step: what must be given at once, then what may be, then `.await`.

use std::fs::File;
use std::future::Future;
use std::pin::Pin;

use mp_proto::failure::{Failure, FailureKind};
use serde_json::{Map, Value};

use super::record::Field;
use crate::sdk::{ByteStream, Lines, Workspace};

/// What a call becomes when it is awaited.
pub type Answered<T> = Pin<Box<dyn Future<Output = Result<T, Failure>> + Send>>;

/// A call that is being made.
#[derive(Debug, Clone)]
pub(super) struct Call {
    workspace: Workspace,
    id: &'static str,
    arguments: Map<String, Value>,
    /// What the call says beside its arguments.
    said: Map<String, Value>,
}

impl Call {
    /// Begins a call; `said` is what it says beside its arguments, as JSON texts.
    pub(super) fn new(workspace: &Workspace, id: &'static str, said: &[(&str, &str)]) -> Self {
        let said = said.iter().map(|(name, json)| ((*name).to_owned(), serde_json::from_str(json).unwrap_or_default()));
        Self { workspace: workspace.clone(), id, arguments: Map::new(), said: said.collect() }
    }

    pub(super) fn set(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.arguments.insert(name.to_owned(), value.into());
        self
    }

    pub(super) fn fixed(self, name: &'static str, json: &'static str) -> Self {
        self.set(name, serde_json::from_str::<Value>(json).unwrap_or_default())
    }

    /// Says a word beside the arguments.
    pub(super) fn say(mut self, word: &str) -> Self {
        self.said.insert(word.to_owned(), true.into());
        self
    }

    async fn value(self) -> Result<Value, Failure> {
        self.workspace.operations().say(self.said).run(self.id, self.arguments.into()).await
    }

    pub(super) fn answer<T: Field + Send + 'static>(self) -> Answered<T> {
        Box::pin(async move {
            let id = self.id;
            T::of(self.value().await?).map_err(|odd| {
                let kind = if odd.is_string() { odd.to_string() } else { "it has another form".to_owned() };
                Failure::new(
                    FailureKind::UpstreamInvalid,
                    format!("{id} was answered with something unexpected: {kind}"),
                )
            })
        })
    }

    pub(super) fn nothing(self) -> Answered<()> {
        Box::pin(async move { self.value().await.map(drop) })
    }

    pub(super) fn lines(self) -> Answered<Lines> {
        Box::pin(async move { self.workspace.operations().stream(self.id, self.arguments.into()).await })
    }

    pub(super) fn bytes(self) -> Answered<ByteStream> {
        Box::pin(async move { self.workspace.operations().download(self.id, self.arguments.into()).await })
    }

    pub(super) fn upload<T: Field + Send + 'static>(self, file: File) -> Answered<T> {
        Box::pin(async move {
            let answer = self.workspace.operations().upload(self.id, self.arguments.into(), file).await?;
            T::of(answer).map_err(|_| {
                Failure::new(
                    FailureKind::UpstreamInvalid,
                    format!("{} was answered with something unexpected", self.id),
                )
            })
        })
    }
}

/// Several values of one kind.
pub(super) fn list<T: Into<Value>>(values: impl IntoIterator<Item = T>) -> Value {
    Value::Array(values.into_iter().map(Into::into).collect())
}

/// Makes the types of calls, and the methods that begin them.
macro_rules! calls {
    ($($(#[$about:meta])* $method:ident $name:ident = $id:literal -> $answer:ty, $end:ident {
        $(first $first:ident: $($first_of:ident)+ = $first_key:literal;)*
        $(fixed $fixed_key:literal = $fixed:literal;)*
        $(say $say_key:literal = $say:literal;)*
        $($(#[$of:meta])* option $option:ident: $($option_of:ident)+ = $key:literal;)*
        $(kept $refresh:ident;)?
        $(link $link:ident;)?
        $(upload $file:ident;)?
    })*) => {
        $(
            #[doc = concat!("A call of [`Workspace::", stringify!($method), "`].")]
            #[derive(Debug)]
            #[must_use = "nothing is asked before `.await`"]
            pub struct $name {
                call: Call,
                $($file: std::fs::File,)?
            }

            impl $name {
                $(
                    $(#[$of])*
                    pub fn $option(mut self, value: taken!($($option_of)+)) -> Self {
                        self.call = self.call.set($key, sent!(value: $($option_of)+));
                        self
                    }
                )*
                $(
                    /// The answer has a link to the same report.
                    pub fn $link(mut self) -> Self {
                        self.call = self.call.say("link");
                        self
                    }
                )?
                $(
                    /// An answer that is kept does not count.
                    pub fn $refresh(mut self) -> Self {
                        self.call = self.call.say("refresh");
                        self
                    }
                )?
            }

            impl std::future::IntoFuture for $name {
                type Output = Result<$answer, Failure>;
                type IntoFuture = Answered<$answer>;

                fn into_future(self) -> Self::IntoFuture {
                    self.call.$end($(self.$file)?)
                }
            }
        )*

        impl Workspace {
            $(
                $(#[$about])*
                pub fn $method(&self, $($first: taken!($($first_of)+),)* $($file: std::fs::File)?) -> $name {
                    let call = Call::new(self, $id, &[$(($say_key, $say)),*])
                        $(.set($first_key, sent!($first: $($first_of)+)))*
                        $(.fixed($fixed_key, $fixed))*;
                    $name { call, $($file)? }
                }
            )*
        }
    };
}

/// The type of an argument.
macro_rules! taken {
    (text) => { impl Into<String> };
    (int) => { i64 };
    (number) => { f64 };
    (flag) => { bool };
    (json) => { impl Into<serde_json::Value> };
    (texts) => { impl IntoIterator<Item = impl Into<String>> };
    (ints) => { impl IntoIterator<Item = i64> };
    (list) => { impl IntoIterator<Item = impl Into<serde_json::Value>> };
    (entry int) => { i64 };
    (entry text) => { impl Into<String> };
}

/// An argument as it is sent.
macro_rules! sent {
    ($value:ident: text) => {
        $value.into()
    };
    ($value:ident: texts) => {
        list($value.into_iter().map(Into::<String>::into))
    };
    ($value:ident: ints) => {
        list($value)
    };
    ($value:ident: list) => {
        list($value)
    };
    ($value:ident: json) => {
        $value.into()
    };
    ($value:ident: entry int) => {
        list([$value])
    };
    ($value:ident: entry text) => {
        list([Into::<String>::into($value)])
    };
    ($value:ident: $other:ident) => {
        $value
    };
}

pub(super) use {calls, sent, taken};
