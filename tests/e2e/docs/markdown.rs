//! Markdown as these tests need it: blocks of code, links, and the anchors of headings.

use std::collections::BTreeMap;

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

/// A fenced block of code.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Block {
    /// What stands behind its fence, such as `sh` or `text,output`.
    pub(super) info: String,
    pub(super) body: String,
    /// The line of its fence, from 1.
    pub(super) line: usize,
}

/// A link or an image.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Link {
    pub(super) target: String,
    pub(super) line: usize,
}

/// Returns the events of a page, each with its line.
fn events(text: &str) -> impl Iterator<Item = (Event<'_>, usize)> {
    // Counted on from the last one: a page may have thousands.
    let (mut seen, mut line) = (0, 1);
    Parser::new_ext(text, Options::ENABLE_TABLES).into_offset_iter().map(move |(event, range)| {
        if range.start > seen {
            line += text[seen..range.start].matches('\n').count();
            seen = range.start;
        }
        (event, line)
    })
}

pub(super) fn blocks(text: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut is_open = false;
    for (event, line) in events(text) {
        match event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) => {
                is_open = true;
                blocks.push(Block { info: info.into_string(), body: String::new(), line });
            }
            Event::End(TagEnd::CodeBlock) => is_open = false,
            Event::Text(text) if is_open => blocks.last_mut().expect("one is open").body.push_str(&text),
            _ => {}
        }
    }
    blocks
}

pub(super) fn links(text: &str) -> Vec<Link> {
    let mut links = Vec::new();
    for (event, line) in events(text) {
        match event {
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                links.push(Link { target: dest_url.into_string(), line });
            }
            Event::Html(html) | Event::InlineHtml(html) => {
                links.extend(attributes(&html).map(|target| Link { target, line }))
            }
            _ => {}
        }
    }
    links
}

/// Returns what the attributes `href` and `src` of a piece of HTML say.
fn attributes(html: &str) -> impl Iterator<Item = String> + use<'_> {
    ["href=\"", "src=\""]
        .into_iter()
        .flat_map(|name| html.split(name).skip(1).filter_map(|rest| Some(rest.split_once('"')?.0.to_owned())))
}

/// Returns the anchors of the headings, as GitHub and mdBook make them.
pub(super) fn anchors(text: &str) -> Vec<String> {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let mut heading: Option<String> = None;
    let mut anchors = Vec::new();
    for (event, _) in events(text) {
        match event {
            Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
            Event::Text(text) | Event::Code(text) => {
                if let Some(heading) = &mut heading {
                    heading.push_str(&text);
                }
            }
            Event::End(TagEnd::Heading(_)) => {
                let name = slug(&heading.take().unwrap_or_default());
                let count = seen.entry(name.clone()).or_default();
                anchors.push(if *count == 0 { name } else { format!("{name}-{count}") });
                *count += 1;
            }
            _ => {}
        }
    }
    anchors
}

pub(super) fn slug(heading: &str) -> String {
    let kept = heading.to_lowercase().replace(' ', "-");
    kept.chars().filter(|c| c.is_alphanumeric() || ['-', '_'].contains(c)).collect()
}

#[test]
fn what_is_in_code_is_no_link_and_headings_have_numbers() {
    let text = "# A `b` (c)\n\n## A b c\n\n[x](y.md#z) `[no](no.md)` <a href=\"h.md\">\n\n```sh,no-test\n# no\n[no](no.md)\n```\n";
    assert_eq!(anchors(text), ["a-b-c", "a-b-c-1"]);
    assert_eq!(links(text).iter().map(|link| link.target.as_str()).collect::<Vec<_>>(), ["y.md#z", "h.md"]);
    assert_eq!(blocks(text), [Block { info: "sh,no-test".into(), body: "# no\n[no](no.md)\n".into(), line: 7 }]);
}
