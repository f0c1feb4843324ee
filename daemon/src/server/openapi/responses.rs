//! What a row of the route table may answer, status by status.

use std::collections::BTreeMap;

use mp_proto::failure::{FailureKind, ProblemBody};
use mp_proto::routes::{FORMAT_HEADER, NOTE_HEADER, ORIGIN_HEADER, PROTOCOL_HEADER, REQUEST_ID_HEADER, WAITED_HEADER};
use utoipa::ToSchema;
use utoipa::openapi::header::Header;
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{Content, Ref, Response, ResponseBuilder};

use super::reference::reference;
use crate::server::failures;
use crate::server::route::{Reply, Route};

const PROBLEM: &str = "application/problem+json";

/// A header of answers.
pub(super) struct Told {
    pub(super) name: &'static str,
    about: &'static str,
    kind: Type,
    /// The values that it may have, if they are few.
    words: &'static [&'static str],
    on: On,
}

/// Which answers have a header.
#[derive(PartialEq, Eq)]
enum On {
    All,
    Success,
    Later,
}

pub(super) const HEADERS: &[Told] = &[
    Told {
        name: ORIGIN_HEADER,
        about: "Who decided the status",
        kind: Type::String,
        words: &["daemon", "upstream"],
        on: On::All,
    },
    Told {
        name: PROTOCOL_HEADER,
        about: "The protocols that the daemon speaks, as a range",
        kind: Type::String,
        words: &[],
        on: On::All,
    },
    Told {
        name: REQUEST_ID_HEADER,
        about: "The id under which the log knows the call",
        kind: Type::String,
        words: &[],
        on: On::All,
    },
    Told {
        name: NOTE_HEADER,
        about: "Something to tell the user beside the answer; may come several times",
        kind: Type::String,
        words: &[],
        on: On::All,
    },
    Told {
        name: FORMAT_HEADER,
        about: "The format in which the user wants lists at a terminal, where the settings say it",
        kind: Type::String,
        words: &[],
        on: On::All,
    },
    Told {
        name: WAITED_HEADER,
        about: "Milliseconds for which the call waited for its turn at Mixpanel",
        kind: Type::Integer,
        words: &[],
        on: On::Success,
    },
    Told {
        name: "retry-after",
        about: "Seconds after which a repetition may succeed",
        kind: Type::Integer,
        words: &[],
        on: On::Later,
    },
];

impl Told {
    /// Returns it as a component.
    pub(super) fn described(&self) -> Header {
        let schema = ObjectBuilder::new().schema_type(self.kind.clone());
        let words = (!self.words.is_empty()).then(|| self.words.iter().copied());
        Header::builder().schema(Some(schema.enum_values(words).build())).description(Some(self.about)).build()
    }

    fn is_on(&self, status: &str) -> bool {
        match self.on {
            On::All => true,
            On::Success => status.starts_with('2'),
            On::Later => matches!(status, "429" | "503" | "4XX" | "5XX"),
        }
    }
}

/// What a row may answer with a status.
pub(super) struct Answer {
    pub(super) status: String,
    /// Its name among those that many rows share.
    pub(super) name: Option<String>,
    pub(super) response: Response,
}

/// Returns what a row may answer.
pub(super) fn of(route: &Route) -> Vec<Answer> {
    let mut all: Vec<Answer> =
        successes(&route.reply).into_iter().map(|(status, one)| answer(status, None, one)).collect();
    // What is passed on may have any status that Mixpanel's answer has, and any content.
    let is_passed = matches!(route.reply, Reply::Passed);
    let prefix = if is_passed { "Passed" } else { "Problem" };
    let problem = |status: String, words: &str, said: String| {
        let response = ResponseBuilder::new().description(said).content(PROBLEM, reference(&ProblemBody::name()));
        let response = if is_passed { response.content("*/*", Content::default()) } else { response };
        answer(status.clone(), Some(format!("{prefix}{status}{words}")), response)
    };
    for (status, kinds) in kinds(route) {
        let codes: String = kinds.iter().map(|kind| format!(".{}", kind.code())).collect();
        let said: Vec<String> = kinds.iter().map(|kind| format!("`{}`: {}", kind.code(), kind.title())).collect();
        all.push(problem(status.to_string(), &codes, said.join("; ")));
    }
    if route.asks_mixpanel {
        for (range, said) in [("4XX", "Mixpanel refused the request"), ("5XX", "Mixpanel met a fault")] {
            let said = format!("{said}: its own status, with `mp-origin: upstream`");
            all.push(problem(range.to_owned(), ".of_mixpanel", said));
        }
    }
    all
}

fn answer(status: String, name: Option<String>, response: ResponseBuilder) -> Answer {
    let response = with_headers(&status, response).build();
    Answer { status, name, response }
}

/// Returns the kinds of a row's failures by their status, each once and in the order of the one table: moving a group changes nothing.
fn kinds(route: &Route) -> BTreeMap<u16, Vec<FailureKind>> {
    let mut kinds: BTreeMap<u16, Vec<FailureKind>> = BTreeMap::new();
    let own: Vec<&FailureKind> = failures::ANY.iter().chain(route.fails.iter().copied().flatten()).collect();
    for kind in FailureKind::ALL.iter().filter(|kind| own.contains(kind)) {
        kinds.entry(kind.status()).or_default().push(*kind);
    }
    kinds
}

fn successes(reply: &Reply) -> Vec<(String, ResponseBuilder)> {
    let one = |status: &str, said: &str| (status.to_owned(), ResponseBuilder::new().description(said));
    let (codes, said): (&[&str], _) = match reply {
        Reply::Json(_) | Reply::Other(_) => (&["200"], "Success"),
        Reply::Created(_) => (&["201"], "It was made"),
        Reply::CreatedOrFound(_) => (&["200", "201"], "It was made, or (200) was there already"),
        Reply::Upgraded => (&["101"], "The connection is theirs"),
        Reply::Accepted(_) => (&["202"], "It will be done"),
        Reply::Passed => (&["2XX", "3XX"], "What Mixpanel answered"),
    };
    let contents: Vec<(&str, Content)> = match reply {
        Reply::Other(kinds) => kinds.iter().map(|kind| (*kind, Content::default())).collect(),
        Reply::Passed => vec![("*/*", Content::default())],
        _ => reply.body().iter().map(|body| ("application/json", reference(&body.name))).collect(),
    };
    let with_contents = |(status, response): (String, ResponseBuilder)| {
        (status, contents.iter().cloned().fold(response, |response, (kind, content)| response.content(kind, content)))
    };
    codes.iter().map(|status| with_contents(one(status, said))).collect()
}

fn with_headers(status: &str, response: ResponseBuilder) -> ResponseBuilder {
    let own = HEADERS.iter().filter(|header| header.is_on(status));
    own.fold(response, |response, header| {
        response.header_ref(header.name, Ref::new(format!("#/components/headers/{}", header.name)))
    })
}
