//! What is no code: comments, regular expressions, and texts that begin on the next line.

use super::{BEFORE_VALUES, Lexer};
use crate::scan::language::Language;
use crate::scan::token::{COMPUTED, Kind};

/// Longest regular expression, in bytes: what is longer was a division.
const LONGEST_REGEX: usize = 1024;

impl<'t> Lexer<'t> {
    pub(super) fn comment(&mut self) -> bool {
        if self.lexis.line_comments.iter().any(|begin| self.looks_at(begin)) {
            // An attribute of PHP.
            if self.language == Language::Php && self.looks_at("#[") {
                return false;
            }
            self.at = self.end_of_line(self.at);
            return true;
        }
        let Some((open, close)) = self.lexis.block_comment.filter(|(open, _)| self.looks_at(open)) else {
            return false;
        };
        let (mut depth, mut at) = (1, self.at + open.len());
        while depth > 0 && at < self.end {
            let rest = &self.bytes[at..self.end];
            if rest.starts_with(close.as_bytes()) {
                (depth, at) = (depth - 1, at + close.len());
            } else if self.lexis.nests && rest.starts_with(open.as_bytes()) {
                (depth, at) = (depth + 1, at + open.len());
            } else {
                at += 1;
            }
        }
        self.at = at;
        true
    }

    /// Reads a regular expression, if one begins here.
    pub(super) fn regex(&mut self) -> bool {
        let is_spaced = self.at > 0 && self.bytes[self.at - 1] == b' ' && self.bytes.get(self.at + 1) != Some(&b' ');
        let may_begin =
            match self.tokens.last().map(|last| (last.kind, &self.text[last.start as usize..last.end as usize])) {
                Some((Kind::Word, word)) => {
                    BEFORE_VALUES.contains(&word) || (self.language == Language::Ruby && is_spaced)
                }
                Some((Kind::Number | Kind::Text { .. } | Kind::Close(_), _)) => false,
                // The end of a tag.
                Some((Kind::Sign(b'<'), _)) => false,
                _ => true,
            };
        if !may_begin {
            return false;
        }
        let (mut at, mut in_class) = (self.at + 1, false);
        let last = self.end.min(self.at + LONGEST_REGEX);
        while at < last {
            match self.bytes[at] {
                b'\n' => return false,
                b'\\' => at += 1,
                b'[' => in_class = true,
                b']' => in_class = false,
                b'/' if !in_class => {
                    self.push(Kind::Open(COMPUTED), self.at, self.at + 1);
                    self.push(Kind::Close(COMPUTED), at, at + 1);
                    self.at = at + 1;
                    return true;
                }
                _ => {}
            }
            at += 1;
        }
        false
    }

    /// Reads the name of a text that begins on the next line, if one stands here.
    pub(super) fn heredoc(&mut self) -> bool {
        let Some(begin) = self.lexis.heredoc.filter(|begin| self.looks_at(begin)) else { return false };
        let rest = self.text[self.at + begin.len()..self.end].trim_start_matches(['~', '-', ' ']);
        let quoted = rest.strip_prefix(['\'', '"']).unwrap_or(rest);
        let length = quoted.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count();
        let name = &quoted[..length];
        if !name.starts_with(|first: char| first.is_ascii_uppercase() || first == '_') {
            return false;
        }
        let line_end = self.end_of_line(self.at);
        if self.find_heredoc_end(line_end, name).is_none() {
            return false;
        }
        let behind = self.end
            - (self.text[..self.end].len()
                - (self.at + begin.len())
                - (self.text[self.at + begin.len()..self.end].len() - quoted.len())
                - length);
        self.push(Kind::Open(COMPUTED), self.at, self.at + begin.len());
        self.push(Kind::Close(COMPUTED), behind, behind);
        self.at = behind + usize::from(matches!(self.bytes.get(behind), Some(b'\'' | b'"')));
        self.heredocs.push(name);
        true
    }

    /// Returns where the line begins that ends such a text.
    fn find_heredoc_end(&mut self, from: usize, name: &str) -> Option<usize> {
        let mut at = from;
        while at < self.end {
            let start = at + 1;
            if start > self.end || self.patience == 0 {
                return None;
            }
            let end = self.end_of_line(start.min(self.end));
            self.patience = self.patience.saturating_sub(end - at);
            let line = self.text[start.min(end)..end].trim();
            if line
                .strip_prefix(name)
                .is_some_and(|rest| !rest.starts_with(|one: char| one.is_alphanumeric() || one == '_'))
            {
                return Some(start);
            }
            at = end;
        }
        None
    }

    pub(super) fn skip_heredoc(&mut self, name: &str) {
        if let Some(start) = self.find_heredoc_end(self.at.saturating_sub(1), name) {
            let indent = self.text[start..self.end].find(name).unwrap_or(0);
            self.at = start + indent + name.len();
        }
    }
}
