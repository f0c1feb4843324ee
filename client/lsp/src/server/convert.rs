//! What we say, in the words of the protocol.

use std::ops::Range;

use lsp_types as lsp;
use serde_json::json;

use crate::help::complete::{Offer, Offers, Sort};
use crate::judge::Finding;
use crate::rule::{Rule, Severity};
use crate::text::{Encoding, Place, Text};

/// Who says it.
pub(crate) const SOURCE: &str = "mixpanel";

/// Returns the place of the protocol.
pub(crate) fn position(text: &Text, offset: usize, encoding: Encoding) -> lsp::Position {
    let place = text.place(offset, encoding);
    lsp::Position { line: place.line, character: place.column }
}

/// Returns the range of the protocol.
pub(crate) fn range(text: &Text, range: &Range<usize>, encoding: Encoding) -> lsp::Range {
    lsp::Range { start: position(text, range.start, encoding), end: position(text, range.end, encoding) }
}

/// Returns the place that a client means.
pub(crate) fn place(position: lsp::Position) -> Place {
    Place { line: position.line, column: position.character }
}

fn severity(severity: Severity) -> lsp::DiagnosticSeverity {
    match severity {
        Severity::Error => lsp::DiagnosticSeverity::ERROR,
        Severity::Warning => lsp::DiagnosticSeverity::WARNING,
        Severity::Information => lsp::DiagnosticSeverity::INFORMATION,
        Severity::Hint | Severity::Off => lsp::DiagnosticSeverity::HINT,
    }
}

/// Returns a problem of code.
pub(crate) fn finding(text: &Text, found: &Finding, encoding: Encoding) -> lsp::Diagnostic {
    let tags = (found.rule == Rule::DeprecatedEvent).then(|| vec![lsp::DiagnosticTag::DEPRECATED]);
    let meant = found.meant.as_ref().map(|(name, at)| json!({"name": name, "range": range(text, at, encoding)}));
    lsp::Diagnostic {
        range: range(text, &found.at, encoding),
        severity: Some(severity(found.severity)),
        code: Some(lsp::NumberOrString::String(found.rule.word().to_owned())),
        source: Some(SOURCE.to_owned()),
        message: found.message.clone(),
        tags,
        data: Some(json!({"event": found.event, "property": found.property, "meant": meant})),
        ..lsp::Diagnostic::default()
    }
}

/// Returns a problem of a file of settings.
pub(crate) fn mistake(text: &Text, at: &Range<usize>, detail: &str, encoding: Encoding) -> lsp::Diagnostic {
    lsp::Diagnostic {
        range: range(text, at, encoding),
        severity: Some(lsp::DiagnosticSeverity::ERROR),
        code: Some(lsp::NumberOrString::String("settings".to_owned())),
        source: Some(SOURCE.to_owned()),
        message: detail.to_owned(),
        ..lsp::Diagnostic::default()
    }
}

/// Returns what is offered.
pub(crate) fn offers(text: &Text, offers: &Offers, encoding: Encoding) -> lsp::CompletionList {
    let range = range(text, &offers.range, encoding);
    let items = offers.all.iter().enumerate().map(|(number, offer)| item(offer, number, range)).collect();
    lsp::CompletionList { is_incomplete: offers.is_incomplete, items }
}

fn item(offer: &Offer, number: usize, range: lsp::Range) -> lsp::CompletionItem {
    let kind = match offer.sort {
        Sort::Event => lsp::CompletionItemKind::EVENT,
        Sort::Property => lsp::CompletionItemKind::PROPERTY,
        Sort::Value => lsp::CompletionItemKind::VALUE,
    };
    lsp::CompletionItem {
        label: offer.label.clone(),
        kind: Some(kind),
        detail: Some(offer.detail.clone()).filter(|detail| !detail.is_empty()),
        documentation: offer.about.clone().map(lsp::Documentation::String),
        tags: offer.is_deprecated.then(|| vec![lsp::CompletionItemTag::DEPRECATED]),
        sort_text: Some(format!("{number:04}")),
        filter_text: Some(offer.label.clone()),
        text_edit: Some(lsp::CompletionTextEdit::Edit(lsp::TextEdit { range, new_text: offer.insert.clone() })),
        ..lsp::CompletionItem::default()
    }
}
