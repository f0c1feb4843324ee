//! Profiles come in pages: one is asked for while the one before it is passed on, and no more than one.

mod course;
mod page;

use bytes::Bytes;
use futures_util::stream;
use mp_catalog::export::Profiles;
use mp_proto::failure::{Failure, FailureKind};
use mp_proto::plane::Plane;
use serde_json::Value;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tracing::info;

use crate::call::calls::Calls;
use crate::call::decoding::Asked;
use crate::call::lines::Manners;
use crate::call::request::{Faults, Outgoing, Payload, Query};
use crate::call::waits::Callers;
use crate::identity::Identity;
use crate::operation::call::{Lines, Ran, Run, Told};
use course::Course;
use page::{NoPage, PageOfLines, read_page};

/// Largest page: 1000 profiles, of which hardly any has more than 10 KB.
const MAX_PAGE: usize = 64 * 1024 * 1024;

/// Profiles of a page when Mixpanel does not tell.
const PAGE_SIZE: u64 = 1000;

/// Pages above which an export uses most of what a project may ask in an hour.
const MANY: u64 = 48;

/// Exports profiles.
///
/// # Errors
/// When the arguments are wrong, or the first page cannot be had.
pub(super) async fn run(run: Run<'_>) -> Result<Ran, Failure> {
    let now = run.operations.clock.now().as_second();
    let asked = Profiles::read(run.arguments, now).map_err(|problems| run.wrong_arguments(problems))?;
    if asked.is_empty {
        run.session.project()?;
        return Ok(Ran::Lines(Lines { parts: Box::pin(stream::empty()), told: Told::default(), is_raw: asked.raw }));
    }
    let (told, is_raw) = (Told::default(), asked.raw);
    let mut pages = Pages::of(&run, asked, Told::clone(&told))?;
    let first = pages.next().await?;
    // Room for one page: together with the one that is passed on, two are in memory, and a third is on its way at most.
    let further = pages.goes_on.then(|| {
        let (sender, receiver) = channel(1);
        run.operations.life.spawn(Callers::here().work(async move { ahead(pages, &sender).await }));
        receiver
    });
    let parts = Box::pin(stream::unfold((Some(first), further), next));
    Ok(Ran::Lines(Lines { parts, told, is_raw }))
}

type Page = Result<Bytes, Failure>;

/// The pages that are still to come; none when there are no more.
type Ahead = Option<Receiver<Option<Page>>>;

async fn next((first, ahead): (Option<Bytes>, Ahead)) -> Option<(Page, (Option<Bytes>, Ahead))> {
    if let Some(first) = first.filter(|first| !first.is_empty()) {
        return Some((Ok(first), (None, ahead)));
    }
    let mut pages = ahead?;
    match pages.recv().await {
        Some(Some(page)) => Some((page, (None, Some(pages)))),
        Some(None) => None,
        // Only an end that was said is one.
        None => {
            let lost = Failure::new(FailureKind::Internal, "the pages of profiles have ended without a reason");
            Some((Err(lost), (None, None)))
        }
    }
}

/// Asks for the pages after the first, each when there is room for it, until nobody wants them any more.
async fn ahead(mut pages: Pages, wanted: &Sender<Option<Page>>) {
    while pages.goes_on {
        let Ok(room) = wanted.reserve().await else { return };
        let page = tokio::select! {
            biased;
            () = wanted.closed() => return,
            page = pages.next() => page,
        };
        match page {
            Ok(lines) if lines.is_empty() => {}
            Ok(lines) => room.send(Some(Ok(lines))),
            Err(failure) => return room.send(Some(Err(failure))),
        }
    }
    // Nobody is left to hear it where this fails.
    let _ = wanted.send(None).await;
}

/// The pages of an export.
struct Pages {
    calls: Calls,
    asked: Profiles,
    identity: Identity,
    project: String,
    request: Outgoing,
    manners: Manners,
    /// What was mended and left out.
    told: Told,
    course: Course,
    /// The next one.
    number: u64,
    session: Option<String>,
    /// Profiles so far.
    count: u64,
    goes_on: bool,
}

impl Pages {
    fn of(run: &Run<'_>, asked: Profiles, told: Told) -> Result<Self, Failure> {
        let project = run.session.project()?;
        let mut query = vec![("project_id".to_owned(), project.to_string())];
        query.extend(run.session.workspace.map(|workspace| ("workspace_id".to_owned(), workspace.to_string())));
        query.push(("query_origin".to_owned(), "mixpanel-headless".to_owned()));
        let request = Outgoing {
            method: reqwest::Method::POST,
            query: Query::Pairs(query),
            budget: Some(project.clone()),
            tool: run.tool,
            faults: if run.once { Faults::Told } else { Faults::Repeated },
            is_paced: run.is_paced,
            ..Outgoing::read(Plane::Engage, "/")
        };
        let (identity, project) = (run.session.identity.clone(), project.to_string());
        let calls = run.operations.calls.clone();
        let manners = Manners { raw: asked.raw, strict: run.strict || asked.strict, on_bad_line: asked.on_bad_line };
        let course = Course::default();
        Ok(Self {
            calls,
            asked,
            identity,
            project,
            request,
            manners,
            told,
            course,
            number: 0,
            session: None,
            count: 0,
            goes_on: true,
        })
    }

    /// Asks for the next page and returns its lines.
    async fn next(&mut self) -> Result<Bytes, Failure> {
        let body = self.asked.body(&self.project, self.number, self.session.as_deref());
        self.request.payload = Payload::Json(Value::Object(body));
        let mut opened = self.calls.open_good(&self.identity, &self.request).await?;
        let body = opened.rest(MAX_PAGE).await?;
        let asked = Asked::about(&self.identity, &self.request, opened.credential.expose());
        let odd = |said: &str| asked.failure(FailureKind::UpstreamInvalid, said);
        let body = body.ok_or_else(|| odd("was answered with a page that is larger than any can be"))?;
        let left = self.asked.limit.map_or(u64::MAX, |limit| limit - self.count);
        let manners = self.manners;
        let read = self.calls.large().read(body, move |body| read_page(body, left, manners)).await?;
        let page = read.map_err(|excess| odd(&excess.to_string()))?;
        let page = page.map_err(|no_page| odd(&self.said(&no_page, &asked)))?;
        if self.number == 0 {
            self.warn(&page);
        }
        self.count += page.taken;
        let is_enough = self.asked.limit.is_some_and(|limit| self.count >= limit);
        self.goes_on = !is_enough && self.course.goes_on(&page).map_err(|why| odd(&why))?;
        self.told.lock().join(&page.tally);
        (self.session, self.number) = (page.session_id, self.number + 1);
        Ok(page.lines.into())
    }

    /// Says why an answer is no page.
    fn said(&self, no_page: &NoPage, asked: &Asked<'_>) -> String {
        let page = self.number + 1;
        let quoted = |text: &str| asked.quoted(text).map_or_else(String::new, |text| format!(": {text}"));
        match no_page {
            NoPage::Profiles(body) => match asked.message(body) {
                Some(words) => format!("was answered without profiles. Mixpanel says: {words}"),
                None => "was answered without profiles".to_owned(),
            },
            NoPage::Profile(number, shown) => {
                format!(
                    "was answered with something else than a profile, number {number} of page {page}{}",
                    quoted(shown)
                )
            }
            NoPage::Odd(what, shown) => {
                format!("was answered with {} on page {page}, which --strict refuses{}", what.words(), quoted(shown))
            }
        }
    }

    /// Notes in the log that an export takes most of what the project may ask in an hour.
    fn warn(&self, page: &PageOfLines) {
        let pages = page.total.unwrap_or(0).div_ceil(page.page_size.unwrap_or(PAGE_SIZE).max(1));
        if pages > MANY {
            info!(project = self.project, pages, "an export of profiles uses most of the queries of an hour");
        }
    }
}
