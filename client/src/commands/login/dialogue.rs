//! What a person sees of a login and what becomes of the answers. Nothing here prints, reads or asks the daemon.

use jiff::Timestamp;
use mp_proto::failure::{Failure, FailureKind, Problem};
use mp_proto::secret::Secret;
use mp_proto::wire::{LoginBody, LoginProject, LoginState};

use super::picker;

/// How often a wrong answer is asked again.
const TRIES: u32 = 3;

/// Longest address that is put together of several lines, in bytes.
const MAX_PASTED: usize = 64 * 1024;

/// How the login is shown.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Manner {
    /// Whether the URL is to be opened, too.
    pub(super) opens_browser: bool,
    /// Whether lines are read while the browser is waited for.
    pub(super) reads_pasted: bool,
    /// Whether somebody is there to choose a project.
    pub(super) can_ask: bool,
    /// Whether notes are unwanted.
    pub(super) quiet: bool,
    /// Whether somebody sees what is waited for.
    pub(super) shows_waiting: bool,
}

/// What to do next.
#[derive(Debug)]
pub(super) enum Act {
    /// Print a text.
    Say(String),
    /// Print a note.
    Note(String),
    /// Print a question, and forget what was typed before it.
    Ask(String),
    /// Open a URL.
    Open(String),
    /// Hand the daemon what was pasted.
    Paste(Secret),
    /// Tell the daemon the chosen project.
    Choose(String),
    /// Give up.
    Fail(Failure),
    /// Go, and leave the login open for whoever finishes it.
    Leave(Failure),
}

/// The course of a login, as far as this client has shown it.
pub(super) struct Dialogue {
    manner: Manner,
    /// The command that finishes it where nobody can choose a project here.
    finish: String,
    state: LoginState,
    projects: Vec<LoginProject>,
    /// When the login stops waiting for a choice.
    expires_at: Option<Timestamp>,
    /// What was pasted and refused so far: an address may come in several lines.
    pasted: String,
    /// What else the last line may mean.
    alone: Option<Secret>,
    /// How many of the login's notes were shown.
    noted: usize,
    has_url: bool,
    has_asked: bool,
    /// Whether a question stands open, so that the cursor is behind it.
    is_asking: bool,
    wrong: u32,
}

impl Dialogue {
    /// Returns a dialogue that has not begun.
    pub(super) fn new(manner: Manner, finish: String) -> Self {
        Self {
            manner,
            finish,
            state: LoginState::Finishing,
            projects: Vec::new(),
            expires_at: None,
            pasted: String::new(),
            alone: None,
            noted: 0,
            has_url: false,
            has_asked: false,
            is_asking: false,
            wrong: 0,
        }
    }

    /// Returns whether the next line of stdin is of use.
    pub(super) fn wants_lines(&self) -> bool {
        match self.state {
            LoginState::WaitingForBrowser => self.manner.reads_pasted,
            LoginState::ChooseProject => self.is_asking,
            LoginState::Finishing | LoginState::Done | LoginState::Failed => false,
        }
    }

    /// Takes in where the login is now.
    pub(super) fn look(&mut self, login: &LoginBody) -> Vec<Act> {
        let mut acts = Vec::new();
        if self.is_asking && login.state != LoginState::ChooseProject {
            // Somebody else has chosen.
            self.is_asking = false;
            acts.push(Act::Say(String::new()));
        }
        self.state = login.state;
        if !self.manner.quiet {
            acts.extend(login.notes.iter().skip(self.noted).cloned().map(Act::Note));
        }
        self.noted = login.notes.len();
        match login.state {
            LoginState::WaitingForBrowser => acts.extend(self.show_url(login)),
            LoginState::ChooseProject if !self.has_asked => acts.extend(self.ask(login)),
            LoginState::Failed => acts.push(Act::Fail(reason(login))),
            LoginState::ChooseProject | LoginState::Finishing | LoginState::Done => {}
        }
        acts
    }

    fn show_url(&mut self, login: &LoginBody) -> Vec<Act> {
        let Some(url) = login.authorize_url.as_ref().filter(|_| !self.has_url) else { return Vec::new() };
        self.has_url = true;
        let opened = login.open_url.as_ref().filter(|_| self.manner.opens_browser);
        let mut acts = vec![Act::Say(invitation(url, opened.is_some(), self.manner.reads_pasted))];
        if self.manner.shows_waiting && !self.manner.quiet {
            acts.push(Act::Say("Waiting for the browser…".to_owned()));
        }
        acts.extend(opened.cloned().map(Act::Open));
        acts
    }

    fn ask(&mut self, login: &LoginBody) -> Vec<Act> {
        self.projects.clone_from(&login.projects);
        self.expires_at = login.expires_at;
        if !self.manner.can_ask {
            return vec![Act::Leave(self.undecided())];
        }
        self.has_asked = true;
        self.is_asking = true;
        vec![Act::Say(picker::list(&self.projects)), Act::Ask(format!("\n{}", picker::QUESTION))]
    }

    /// Takes in a line.
    pub(super) fn line(&mut self, line: Secret) -> Vec<Act> {
        match self.state {
            LoginState::WaitingForBrowser => self.paste(line.expose().trim()),
            // Here it is a number that the user types, and no secret.
            LoginState::ChooseProject => match picker::answer(line.expose(), self.projects.len()) {
                Some(at) => {
                    self.is_asking = false;
                    vec![Act::Choose(self.projects[at].id.to_string())]
                }
                None => self.ask_again(format!("Give a number from 1 to {}.", self.projects.len())),
            },
            LoginState::Finishing | LoginState::Done | LoginState::Failed => Vec::new(),
        }
    }

    /// Takes in a line of an address, which goes on from the lines before unless it begins like one.
    fn paste(&mut self, line: &str) -> Vec<Act> {
        if line.is_empty() {
            return Vec::new();
        }
        if ["http://", "https://", "\"", "<", "?"].iter().any(|start| line.starts_with(start))
            || self.pasted.len() > MAX_PASTED
        {
            self.pasted.clear();
        }
        self.alone = (!self.pasted.is_empty()).then(|| Secret::new(line));
        self.pasted.push_str(line);
        vec![Act::Paste(Secret::new(self.pasted.as_str()))]
    }

    /// Takes in that no more lines will come.
    pub(super) fn end_of_input(&mut self) -> Vec<Act> {
        self.manner.reads_pasted = false;
        if !self.is_asking {
            return Vec::new();
        }
        vec![Act::Say(String::new()), Act::Leave(self.undecided())]
    }

    /// Takes in that the daemon refused the last line, and where the login is: where it went on meanwhile, the line was only late.
    /// `more` lines that are there already may complete it.
    pub(super) fn refused(&mut self, failure: &Failure, login: &LoginBody, more: bool) -> Vec<Act> {
        if login.state != self.state {
            return self.look(login);
        }
        match self.state {
            LoginState::ChooseProject => self.ask_again(failure.detail.clone()),
            _ if self.alone.is_some() => self.alone.take().map(Act::Paste).into_iter().collect(),
            _ if more => Vec::new(),
            _ => {
                vec![Act::Say(format!("Not accepted: {}. Paste another one, or go on in the browser.", failure.detail))]
            }
        }
    }

    fn ask_again(&mut self, why: String) -> Vec<Act> {
        self.wrong += 1;
        self.is_asking = self.wrong < TRIES;
        if self.is_asking {
            vec![Act::Say(why), Act::Ask(picker::QUESTION.to_owned())]
        } else {
            vec![Act::Say(why), Act::Leave(self.undecided())]
        }
    }

    fn undecided(&self) -> Failure {
        let detail = format!("no project was chosen of the {} that the login can see", self.projects.len());
        let rows = self.projects.iter().map(|project| Problem::new(project.id.to_string(), picker::label(project)));
        let until = self.expires_at.map(|end| format!("; it stays open until {}", end.strftime("%H:%M:%S UTC")));
        let label = format!("finish this login with one of them{}", until.unwrap_or_default());
        Failure::new(FailureKind::NeedsProject, detail).errors(rows.collect()).next(self.finish.clone(), label)
    }
}

/// Returns the text around the URL, which stands on a line of its own so that it can be copied.
fn invitation(url: &str, is_opened: bool, reads_pasted: bool) -> String {
    let heading = if is_opened {
        "Opening a browser to log in. If none shows, open this URL:"
    } else {
        "Open this URL in a browser to log in:"
    };
    let hint = if reads_pasted {
        "The login goes on by itself. If the browser ends on a page that it cannot show,\n\
         paste the address of that page here and press Enter:"
    } else {
        "The login goes on by itself when the browser is done."
    };
    format!("{heading}\n  {url}\n\n{hint}")
}

fn reason(login: &LoginBody) -> Failure {
    let unsaid = || Failure::new(FailureKind::LoginFailed, "the login failed, and mpd does not say why");
    login.problem.clone().map_or_else(unsaid, Failure::from)
}

#[cfg(test)]
mod tests;
