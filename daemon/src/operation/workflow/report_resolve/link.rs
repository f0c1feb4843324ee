//! Links to reports, as people paste them. Pure.

use mp_proto::ids::Region;
use url::Url;

/// Letters of a slug: all that nobody mistakes for others.
const SLUG: usize = 12;

/// Longest code of a short link.
const LONGEST_CODE: usize = 64;

/// What a link leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Link {
    /// Another link.
    Short {
        /// Where it is.
        region: Region,
        /// Its code.
        code: String,
    },
    /// A report.
    Report(Report),
}

/// A report that a link names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Report {
    /// Where it is; none when the link is a slug alone.
    pub(super) place: Option<ReportPlace>,
    /// Which one.
    pub(super) target: ReportTarget,
}

/// A place in Mixpanel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ReportPlace {
    pub(super) region: Region,
    pub(super) project: String,
    pub(super) workspace: Option<u64>,
}

/// A report by its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ReportTarget {
    /// Parameters that were stored under a slug.
    Slug(String),
    /// A saved report.
    Saved(u64),
}

/// Why a text is no link to a report: a code for programs, and what is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) code: &'static str,
    pub(super) why: &'static str,
}

const fn refusal(code: &'static str, why: &'static str) -> Refusal {
    Refusal { code, why }
}

const GARBAGE: Refusal =
    refusal("REPORT_LINK_INVALID", "is no link to a report: a URL of Mixpanel, a short link or a slug");

/// Reads a link.
///
/// # Errors
/// When it is none to a report.
pub(super) fn parse(text: &str) -> Result<Link, Refusal> {
    let text = text.trim();
    if is_slug(text) {
        return Ok(Link::Report(Report { place: None, target: ReportTarget::Slug(text.to_owned()) }));
    }
    let url = url(text).ok_or(GARBAGE)?;
    let region = match url.host_str() {
        Some("mixpanel.com" | "www.mixpanel.com") => Region::Us,
        Some("eu.mixpanel.com") => Region::Eu,
        Some("in.mixpanel.com") => Region::In,
        _ => return Err(refusal("REPORT_LINK_INVALID", "is of another host than Mixpanel's")),
    };
    let segments: Vec<&str> = url.path().split('/').filter(|segment| !segment.is_empty()).collect();
    let (project, workspace, app) = match segments.as_slice() {
        ["s", code] if is_code(code) => return Ok(Link::Short { region, code: (*code).to_owned() }),
        ["project", project, "view", workspace, "app", app] | ["report", project, "view", workspace, app] => {
            (*project, Some(*workspace), *app)
        }
        ["project", project, "app", app] | ["report", project, app] => (*project, None, *app),
        _ => return Err(GARBAGE),
    };
    let (project, workspace) =
        (number(project).ok_or(GARBAGE)?, workspace.map(|id| number(id).ok_or(GARBAGE)).transpose()?);
    let place = ReportPlace { region, project: project.to_string(), workspace };
    let target = target(app, url.fragment().unwrap_or_default())?;
    Ok(Link::Report(Report { place: Some(place), target }))
}

fn url(text: &str) -> Option<Url> {
    let text = if text.contains('#') { text.to_owned() } else { text.replacen("%23", "#", 1) };
    let text = if text.contains("://") { text } else { format!("https://{text}") };
    let url = Url::parse(&text).ok()?;
    let is_plain = url.username().is_empty() && url.password().is_none() && url.port().is_none();
    (is_plain && matches!(url.scheme(), "http" | "https")).then_some(url)
}

fn target(app: &str, fragment: &str) -> Result<ReportTarget, Refusal> {
    if matches!(app, "boards" | "dashboards" | "dashboard") {
        return Err(refusal("UNSUPPORTED_DASHBOARD_LINK", "leads to a dashboard, not to a report"));
    }
    if fragment.starts_with("~(") {
        return Err(refusal(
            "UNSUPPORTED_LEGACY_HASH",
            "holds its report in itself, as old links do; open it in Mixpanel and share it anew",
        ));
    }
    let mut parts = fragment.split(['/', '?', '~']);
    match (parts.next(), parts.next()) {
        (Some("report" | "view"), Some(id)) => number(id).map(ReportTarget::Saved).ok_or(GARBAGE),
        (Some(slug), _) if is_slug(slug) => Ok(ReportTarget::Slug(slug.to_owned())),
        _ => Err(GARBAGE),
    }
}

fn number(text: &str) -> Option<u64> {
    let is_plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|number| is_plain && *number > 0)
}

fn is_slug(text: &str) -> bool {
    text.len() == SLUG && text.bytes().all(|byte| byte.is_ascii_alphanumeric() && !b"0IOl".contains(&byte))
}

fn is_code(text: &str) -> bool {
    text.len() <= LONGEST_CODE && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    const SLUG: &str = "EBrV5bW2u9Mw";

    fn report(text: &str) -> (Option<ReportPlace>, ReportTarget) {
        match parse(text) {
            Ok(Link::Report(report)) => (report.place, report.target),
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn every_form_of_a_link_is_understood() {
        let slug = ReportTarget::Slug(SLUG.to_owned());
        assert_eq!(report(SLUG), (None, slug.clone()));
        let place = |region, workspace| Some(ReportPlace { region, project: "7".to_owned(), workspace });
        for text in [
            "https://mixpanel.com/project/7/view/8/app/insights#",
            " mixpanel.com/project/7/view/8/app/insights/#",
            "http://www.mixpanel.com/report/7/view/8/insights%23",
        ] {
            assert_eq!(report(&format!("{text}{SLUG}")), (place(Region::Us, Some(8)), slug.clone()), "{text}");
        }
        assert_eq!(
            report("https://eu.mixpanel.com/project/7/app/funnels#view/102/checkout"),
            (place(Region::Eu, None), ReportTarget::Saved(102))
        );
        assert_eq!(
            report("https://in.mixpanel.com/report/7/insights#report/101?x=1"),
            (place(Region::In, None), ReportTarget::Saved(101))
        );
        for text in ["https://mixpanel.com/s/AbC-1_", "mixpanel.com/s/AbC-1_/"] {
            assert_eq!(parse(text), Ok(Link::Short { region: Region::Us, code: "AbC-1_".to_owned() }), "{text}");
        }
    }

    #[test]
    fn what_is_no_link_to_a_report_is_refused() {
        let code = |text: &str| parse(text).expect_err("is refused").code;
        assert_eq!(code("https://mixpanel.com/project/7/app/boards#id=77001"), "UNSUPPORTED_DASHBOARD_LINK");
        assert_eq!(code("https://mixpanel.com/project/7/app/insights#~(a~'b)"), "UNSUPPORTED_LEGACY_HASH");
        let slug = format!("#{SLUG}");
        for text in [
            "",
            "not a link",
            "https://example.com/project/1/app/insights",
            "https://mixpanel.com.evil.example/s/x",
            "https://user@mixpanel.com/s/x",
            "https://mixpanel.com:444/s/x",
            "ftp://mixpanel.com/s/x",
            "https://mixpanel.com/s/../me",
            "https://mixpanel.com/s/a%2fb",
            "https://mixpanel.com/project/0/app/insights",
            "https://mixpanel.com/project/7x/app/insights",
            "https://mixpanel.com/project/7/app/insights#report/../../me",
            "https://mixpanel.com/project/7/view/-1/app/insights",
            "https://mixpanel.com/project/99999999999999999999999/app/insights",
            "EBrV5bW2u9M0",
            "ЕBrV5bW2u9M",
        ] {
            let text = if text.contains("insights") && !text.contains('#') {
                format!("{text}{slug}")
            } else {
                text.to_owned()
            };
            assert_eq!(code(&text), "REPORT_LINK_INVALID", "{text}");
        }
        assert_eq!(code(&format!("https://mixpanel.com/s/{}", "a".repeat(100_000))), "REPORT_LINK_INVALID");
    }
}
