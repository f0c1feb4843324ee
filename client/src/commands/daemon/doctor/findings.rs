//! What was found, in the order of the checks.

/// How a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Ok,
    Warn,
    Fail,
}

impl Verdict {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Fail => "fail",
        }
    }
}

/// The findings: how each check ended, what was found, and what would help.
#[derive(Debug, Default)]
pub(super) struct Findings(Vec<(Verdict, String, String)>);

impl Findings {
    pub(super) fn add(&mut self, verdict: Verdict, what: impl Into<String>, hint: impl Into<String>) {
        self.0.push((verdict, what.into(), hint.into()));
    }

    pub(super) fn all(&self) -> &[(Verdict, String, String)] {
        &self.0
    }

    pub(super) fn failed(&self) -> usize {
        self.0.iter().filter(|(verdict, ..)| *verdict == Verdict::Fail).count()
    }
}
