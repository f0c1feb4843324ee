//! Profiles come in pages: one is asked for while the one before it is passed on, and no more than one.

use bytes::Bytes;
use futures_util::stream;
use memchr::memmem;
use mp_catalog::export::Profiles;
use mp_catalog::{PAGE_MARK, PageMark, PagesFrom};
use mp_proto::failure::{Failure, FailureKind};
use mp_proto::plane::Plane;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tracing::info;

use crate::call::calls::Calls;
use crate::call::decoding::{Asked, without_odd_numbers};
use crate::call::lines::profile;
use crate::call::request::{Faults, Outgoing, Payload, Query};
use crate::call::waits::Callers;
use crate::identity::Identity;
use crate::operation::call::{Ran, Run};

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
        return Ok(Ran::Lines(Box::pin(stream::empty())));
    }
    let mut pages = Pages::of(&run, asked)?;
    let first = pages.next().await?;
    // Room for one page: together with the one that is passed on, two are in memory, and a third is on its way at most.
    let further = pages.goes_on.then(|| {
        let (sender, receiver) = channel(1);
        run.operations.life.spawn(Callers::here().work(async move { ahead(pages, &sender).await }));
        receiver
    });
    Ok(Ran::Lines(Box::pin(stream::unfold((Some(first), further), next))))
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
    /// The next one.
    number: u64,
    session: Option<String>,
    /// Profiles so far.
    count: u64,
    goes_on: bool,
    /// Whether the ends of pages are marked.
    marks: bool,
}

/// A page as Mixpanel sends it.
#[derive(Deserialize)]
struct PageAnswer<'a> {
    #[serde(borrow)]
    results: Vec<&'a RawValue>,
    session_id: Option<String>,
    page_size: Option<u64>,
    total: Option<u64>,
}

/// A page as lines.
struct PageOfLines {
    lines: Vec<u8>,
    /// How many of its profiles were wanted.
    taken: u64,
    /// How many it has.
    size: u64,
    session_id: Option<String>,
    page_size: Option<u64>,
    total: Option<u64>,
}

/// Why an answer is no page.
enum NoPage {
    /// It has no list of profiles. This is its text.
    Profiles(Vec<u8>),
    /// Something in the list is none.
    Profile,
}

/// Makes lines of a page, of so many profiles at most.
fn read_page(body: Vec<u8>, left: u64, raw: bool) -> Result<PageOfLines, NoPage> {
    let may_be_odd = [&b"NaN"[..], b"Infinity"].iter().any(|odd| memmem::find(&body, odd).is_some());
    let mended = if may_be_odd { without_odd_numbers(&body) } else { None };
    let body = mended.unwrap_or(body);
    let Ok(page) = serde_json::from_slice::<PageAnswer<'_>>(&body) else { return Err(NoPage::Profiles(body)) };
    let (mut lines, mut taken) = (Vec::with_capacity(body.len()), 0);
    for result in page.results.iter().take(usize::try_from(left).unwrap_or(usize::MAX)) {
        profile(result, raw, &mut lines).ok_or(NoPage::Profile)?;
        taken += 1;
    }
    let (size, PageAnswer { session_id, page_size, total, .. }) = (page.results.len() as u64, page);
    Ok(PageOfLines { lines, taken, size, session_id, page_size, total })
}

impl Pages {
    fn of(run: &Run<'_>, asked: Profiles) -> Result<Self, Failure> {
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
        let marks = run.pages.is_some();
        let PagesFrom { page: number, session, profiles: count } = run.pages.clone().unwrap_or_default();
        Ok(Self { calls, asked, identity, project, request, number, session, count, goes_on: true, marks })
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
        let raw = self.asked.raw;
        let read = self.calls.large().read(body, move |body| read_page(body, left, raw)).await?;
        let page = match read.map_err(|excess| odd(&excess.to_string()))? {
            Ok(page) => page,
            Err(NoPage::Profiles(body)) => {
                return Err(match asked.message(&body) {
                    Some(words) => odd(&format!("was answered without profiles. Mixpanel says: {words}")),
                    None => odd("was answered without profiles"),
                });
            }
            Err(NoPage::Profile) => return Err(odd("was answered with something else than profiles")),
        };
        if self.number == 0 {
            self.warn(&page);
        }
        self.count += page.taken;
        let is_short = page.size < page.page_size.unwrap_or(1);
        let is_enough = self.asked.limit.is_some_and(|limit| self.count >= limit);
        let is_all = page.size == 0 || is_short || is_enough;
        // A list without sessions is one page, if Mixpanel does not say that there are more.
        if !is_all && page.session_id.is_none() && page.total.is_none_or(|total| total > self.count) {
            return Err(odd("was answered with a full page and no session to ask for the next one with"));
        }
        self.goes_on = !is_all && page.session_id.is_some();
        let mark = self.marks.then(|| self.mark(&page));
        let (mut lines, session) = (page.lines, page.session_id);
        lines.extend(mark.unwrap_or_default());
        (self.session, self.number) = (session, self.number + 1);
        Ok(lines.into())
    }

    /// Returns the line that marks the end of a page.
    fn mark(&self, page: &PageOfLines) -> Vec<u8> {
        let mark = PageMark {
            page: self.number,
            session: page.session_id.clone().filter(|_| self.goes_on),
            profiles: self.count,
            page_size: page.page_size,
            total: page.total,
        };
        let text = serde_json::to_vec(&mark).unwrap_or_default();
        [&[PAGE_MARK], text.as_slice(), b"\n"].concat()
    }

    /// Notes in the log that an export takes most of what the project may ask in an hour.
    fn warn(&self, page: &PageOfLines) {
        let pages = page.total.unwrap_or(0).div_ceil(page.page_size.unwrap_or(PAGE_SIZE).max(1));
        if pages > MANY {
            info!(project = self.project, pages, "an export of profiles uses most of the queries of an hour");
        }
    }
}
