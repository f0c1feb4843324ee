//! What was asked, what was answered, and what was wrong with it.

use std::ops::Deref;

use super::server::Received;

/// A request and what became of it. It has everything that [`Received`] has.
#[derive(Debug, Clone)]
pub struct Record {
    /// The request.
    pub request: Received,
    /// The status that was answered, or will be when a gate opens; none where no answer is sent, or none is decided yet.
    pub status: Option<u16>,
    /// What the strict checks objected to: things that no faultless client does. A refusal alone is none of them.
    pub problem: Option<String>,
}

impl Record {
    /// Returns the header `Authorization`.
    pub fn authorization(&self) -> Option<&str> {
        self.request.header("authorization")
    }
}

impl Deref for Record {
    type Target = Received;

    fn deref(&self) -> &Received {
        &self.request
    }
}

/// All requests since the start, or since they were cleared.
#[derive(Debug, Default)]
pub(crate) struct Records(Vec<Record>);

impl Records {
    pub(crate) fn begin(&mut self, received: &Received) {
        self.0.push(Record { request: received.clone(), status: None, problem: None });
    }

    /// Notes what became of a request, unless it was cleared away meanwhile.
    pub(crate) fn finish(&mut self, number: usize, status: Option<u16>, problems: &[String]) {
        if let Some(record) = self.0.iter_mut().rev().find(|record| record.number == number) {
            record.status = status;
            record.problem = (!problems.is_empty()).then(|| problems.join("; "));
        }
    }

    pub(crate) fn all(&self) -> &[Record] {
        &self.0
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    pub(crate) fn count(&self, method: &str, path: &str) -> usize {
        self.0.iter().filter(|record| record.method == method && record.path == path).count()
    }

    pub(crate) fn problems(&self) -> Vec<String> {
        let problem = |record: &Record| {
            let problem = record.problem.as_ref()?;
            Some(format!("{} {}: {problem}", record.method, record.path))
        };
        self.0.iter().filter_map(problem).collect()
    }

    /// Returns the request lines with their answers, for the message of a failed test.
    pub(crate) fn summary(&self) -> String {
        let line = |record: &Record| match record.status {
            Some(status) => format!("{} {} -> {status}", record.method, record.path),
            None => format!("{} {} -> nothing", record.method, record.path),
        };
        self.0.iter().map(line).collect::<Vec<_>>().join("\n")
    }
}
