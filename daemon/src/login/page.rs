//! The pages of a login: the one that a browser sees at its end, self-contained and never with a code or a state in it, and the one that
//! leads to its beginning. Pure.

/// What the page may load: nothing but its own style.
pub(super) const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const STYLE: &str = "\
:root{color-scheme:light dark}\
body{margin:0;min-height:100vh;display:grid;place-items:center;font:17px/1.5 system-ui,sans-serif;background:#f6f7f9;color:#1c2024}\
main{max-width:34rem;margin:1rem;padding:2rem 2.5rem;border-radius:12px;background:#fff;border-top:6px solid #12805c;\
box-shadow:0 1px 12px #0002;overflow-wrap:anywhere}\
main.failed{border-color:#c62a2f}main.open{border-color:#b87900}\
h1{margin:0 0 .5rem;font-size:1.4rem}p{margin:.5rem 0}code{font:.92em ui-monospace,monospace;background:#8882;padding:.1em .35em;border-radius:4px}\
small{color:#687076}\
@media(prefers-color-scheme:dark){body{background:#111315;color:#eceef0}main{background:#1b1e21;box-shadow:none}small{color:#9ba1a6}}";

/// How a login looks from the browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Page {
    /// It is over and done.
    Done {
        /// Mail address of the user.
        email: Option<String>,
        /// The account.
        account: String,
        /// Its project.
        project: Option<String>,
    },
    /// A project has to be chosen where the login was started.
    GoOn,
    /// It failed.
    Failed {
        /// Why.
        detail: String,
        /// What to run.
        commands: Vec<String>,
    },
    /// A request that has nothing to do with this login, or not yet.
    Stray(&'static str),
}

impl Page {
    /// Returns the page as HTML.
    pub(super) fn html(&self) -> String {
        let (title, class, body) = match self {
            Self::Done { email, account, project } => {
                let who =
                    email.as_ref().map_or_else(String::new, |email| format!(" as <strong>{}</strong>", escape(email)));
                let project = project
                    .as_ref()
                    .map_or_else(String::new, |name| format!(", project <strong>{}</strong>", escape(name)));
                let line = format!(
                    "<p>You are logged in{who}. The account is <strong>{}</strong>{project}.</p>",
                    escape(account)
                );
                ("Logged in", "done", line + CLOSE)
            }
            Self::GoOn => {
                let line = "<p>There are several projects. Choose one in the terminal where you started the login.</p>";
                ("Almost there", "open", line.to_owned() + CLOSE)
            }
            Self::Failed { detail, commands } => {
                let run: String =
                    commands.iter().map(|command| format!("<p>Try <code>{}</code></p>", escape(command))).collect();
                ("Login failed", "failed", format!("<p>{}.</p>{run}{CLOSE}", escape(&sentence(detail))))
            }
            Self::Stray(why) => ("Nothing to see here", "open", format!("<p>{}</p>", escape(why))),
        };
        format!(
            "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
             <meta name=\"referrer\" content=\"no-referrer\"><title>{title}</title><style>{STYLE}</style></head>\
             <body><main class=\"{class}\"><h1>{title}</h1>{body}</main></body></html>"
        )
    }
}

/// Returns a page that leads on at once. It holds the `state`, and is for a file that nobody else can read.
pub(super) fn forward(url: &str) -> String {
    let url = escape(url);
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"referrer\" content=\"no-referrer\">\
         <meta http-equiv=\"refresh\" content=\"0;url={url}\"><title>Log in to Mixpanel</title></head>\
         <body><a href=\"{url}\">Go on to log in</a></body></html>"
    )
}

const CLOSE: &str = "<p><small>You can close this tab and return to the terminal.</small></p>";

/// Returns the fragment that a failure is as the beginning of a sentence.
fn sentence(fragment: &str) -> String {
    let mut characters = fragment.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}

/// Makes a text safe anywhere in a page.
fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            c => safe.push(c),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVIL: &str = "<script>alert('x')</script>\" onload=\"&amp;";

    #[test]
    fn nothing_from_outside_becomes_markup() {
        let pages = [
            Page::Done { email: Some(EVIL.into()), account: EVIL.into(), project: Some(EVIL.into()) },
            Page::Failed { detail: EVIL.into(), commands: vec![EVIL.into()] },
        ];
        for page in pages {
            let html = page.html();
            assert!(
                !html.contains("<script") && !html.contains("\" onload") && html.contains("&lt;script&gt;"),
                "{html}"
            );
            assert!(html.contains("&amp;amp;"), "{html}");
        }
    }

    #[test]
    fn a_page_says_what_happened_and_what_to_do() {
        let done = Page::Done { email: Some("ada@example.com".into()), account: "acme".into(), project: None }.html();
        for text in ["<title>Logged in</title>", "ada@example.com", "acme", "close this tab"] {
            assert!(done.contains(text), "{text}: {done}");
        }
        let failed = Page::Failed { detail: "no".into(), commands: vec!["mp login".into()] }.html();
        for text in ["<title>Login failed</title>", "<code>mp login</code>", "close this tab"] {
            assert!(failed.contains(text), "{text}: {failed}");
        }
        assert!(Page::GoOn.html().contains("in the terminal"));
        for page in [done, failed] {
            assert!(!page.contains("http") && !page.contains("src="), "nothing is loaded: {page}");
        }
    }
}
