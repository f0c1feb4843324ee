//! A text, cut into tokens by the table of its language. It takes whatever somebody has typed so far: a string without an end ends with
//! its line, and what makes no sense is a sign. Each byte is read a fixed number of times at most.

mod asides;

use super::language::{Inside, Language, Lexis, Quote};
use super::token::{COMPUTED, Kind, Token, Tokens};

/// Deepest nesting of strings in what is computed in strings; whoever has more is not read as code.
const DEEPEST: usize = 32;

/// Words of JavaScript and Ruby behind which a value follows, and so a regular expression may.
const BEFORE_VALUES: [&str; 19] = [
    "return", "typeof", "case", "in", "of", "delete", "void", "throw", "new", "do", "else", "await", "yield", "if",
    "unless", "when", "while", "and", "or",
];

/// Cuts a text into tokens.
pub(crate) fn tokens(text: &str, language: Language) -> Tokens<'_> {
    let mut lexer = Lexer::new(text, language);
    for (from, to) in islands(text, language) {
        lexer.run(from, to);
    }
    Tokens::new(text, language, lexer.tokens)
}

/// Returns the parts of a text that are code.
fn islands(text: &str, language: Language) -> Vec<(usize, usize)> {
    let Some((begins, end)) = language.islands(text) else { return vec![(0, text.len())] };
    let (mut found, mut at) = (Vec::new(), 0);
    while at < text.len() {
        let begin_of = |at: usize| begins.iter().find(|begin| text.as_bytes()[at..].starts_with(begin.as_bytes()));
        let mut signs = memchr::memchr_iter(b'<', &text.as_bytes()[at..]).map(|sign| at + sign);
        let Some((begin, length)) = signs.find_map(|sign| Some((sign, begin_of(sign)?.len()))) else { break };
        let mut from = begin + length;
        if begins == ["<script"] {
            from = text[from..].find('>').map_or(text.len(), |tag| from + tag + 1);
        }
        let to = text[from..].find(end).map_or(text.len(), |length| from + length);
        found.push((from, to));
        at = to.max(from) + end.len().min(text.len() - to.max(from));
        at = crate::text::floor(text, at);
    }
    found
}

/// A string in which something is computed, while that is read.
struct Frame {
    quote: u8,
    /// Whether its text is read, not what is computed.
    in_text: bool,
    /// What ends what is computed.
    close: u8,
    /// How many such brackets are open in what is computed.
    depth: usize,
}

struct Lexer<'t> {
    text: &'t str,
    bytes: &'t [u8],
    lexis: &'static Lexis,
    language: Language,
    /// What bytes a string may begin with.
    begins_text: [bool; 256],
    tokens: Vec<Token>,
    frames: Vec<Frame>,
    /// Names that end the texts which begin on the next line.
    heredocs: Vec<&'t str>,
    /// How many bytes may still be looked at for ends of such texts.
    patience: usize,
    at: usize,
    end: usize,
}

impl<'t> Lexer<'t> {
    fn new(text: &'t str, language: Language) -> Self {
        let lexis = language.lexis();
        let mut begins_text = [false; 256];
        for quote in lexis.quotes {
            for before in quote.before {
                let first = before.bytes().chain(quote.open.bytes()).next().unwrap_or_default();
                begins_text[first as usize] = true;
            }
        }
        Self {
            text,
            bytes: text.as_bytes(),
            lexis,
            language,
            begins_text,
            // Code has a token for about each five bytes.
            tokens: Vec::with_capacity(text.len() / 5),
            frames: Vec::new(),
            heredocs: Vec::new(),
            patience: text.len().saturating_mul(4),
            at: 0,
            end: 0,
        }
    }

    fn run(&mut self, from: usize, to: usize) {
        (self.at, self.end) = (from, to);
        while self.at < self.end {
            match self.frames.last() {
                Some(frame) if frame.in_text => self.text_goes_on(),
                _ => self.code(),
            }
        }
        while self.frames.pop().is_some() {
            self.push(Kind::Close(COMPUTED), self.end, self.end);
        }
    }

    fn push(&mut self, kind: Kind, start: usize, end: usize) {
        self.tokens.push(Token { kind, start: start as u32, end: end as u32 });
    }

    fn looks_at(&self, what: &str) -> bool {
        self.bytes[self.at..self.end].starts_with(what.as_bytes())
    }

    fn is_name(&self, byte: u8) -> bool {
        byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80 || self.lexis.in_names.contains(&byte)
    }

    fn code(&mut self) {
        let byte = self.bytes[self.at];
        if self.comment() {
            return;
        }
        match byte {
            b'\n' => self.line_ends(),
            b' ' | b'\t' | b'\r' | 0x0b | 0x0c => self.at += 1,
            _ if self.begins_text[byte as usize] && self.string() => {}
            b'/' if self.lexis.has_regex && self.regex() => {}
            b'<' if self.lexis.heredoc.is_some() && self.heredoc() => {}
            b'0'..=b'9' => self.number(),
            _ if self.is_name(byte) => self.word(),
            b'(' | b'[' | b'{' => self.opens(byte),
            b')' | b']' | b'}' => self.closes(byte),
            _ => {
                self.push(Kind::Sign(byte), self.at, self.at + 1);
                self.at += 1;
            }
        }
    }

    fn end_of_line(&self, from: usize) -> usize {
        memchr::memchr(b'\n', &self.bytes[from..self.end]).map_or(self.end, |length| from + length)
    }

    fn line_ends(&mut self) {
        self.at += 1;
        // A string of one line does not go on, whatever was computed in it.
        if let Some(first) = self.frames.iter().position(|frame| !self.quote(frame.quote).is_long) {
            for _ in first..self.frames.len() {
                self.frames.pop();
                self.push(Kind::Close(COMPUTED), self.at - 1, self.at - 1);
            }
        }
        for name in std::mem::take(&mut self.heredocs) {
            self.skip_heredoc(name);
        }
    }

    fn quote(&self, number: u8) -> &'static Quote {
        &self.lexis.quotes[number as usize]
    }

    fn number(&mut self) {
        let start = self.at;
        while self.at < self.end {
            let byte = self.bytes[self.at];
            let is_point = byte == b'.' && self.bytes.get(self.at + 1).is_some_and(u8::is_ascii_digit);
            let is_exponent = matches!(byte, b'+' | b'-')
                && matches!(self.bytes[self.at - 1], b'e' | b'E')
                && !self.text[start..self.at].starts_with("0x");
            if !byte.is_ascii_alphanumeric() && byte != b'_' && !is_point && !is_exponent {
                break;
            }
            self.at += 1;
        }
        self.push(Kind::Number, start, self.at);
    }

    fn word(&mut self) {
        let start = self.at;
        while self.at < self.end && self.is_name(self.bytes[self.at]) {
            self.at += 1;
        }
        self.push(Kind::Word, start, self.at);
    }

    fn opens(&mut self, bracket: u8) {
        if let Some(frame) = self.frames.last_mut().filter(|frame| closing(bracket) == frame.close) {
            frame.depth += 1;
        }
        self.push(Kind::Open(bracket), self.at, self.at + 1);
        self.at += 1;
    }

    fn closes(&mut self, bracket: u8) {
        self.at += 1;
        if let Some(frame) = self.frames.last_mut().filter(|frame| frame.close == bracket) {
            if frame.depth == 0 {
                frame.in_text = true;
                return;
            }
            frame.depth -= 1;
        }
        self.push(Kind::Close(opening(bracket)), self.at - 1, self.at);
    }

    /// Reads a string, if one begins here.
    fn string(&mut self) -> bool {
        let is_within_word = self.at > 0 && {
            let before = self.bytes[self.at - 1];
            before.is_ascii_alphanumeric() || before == b'_'
        };
        let found = self.lexis.quotes.iter().enumerate().find_map(|(number, quote)| {
            let before = quote.before.iter().find(|before| {
                self.looks_at(before) && self.bytes[self.at + before.len()..self.end].starts_with(quote.open.as_bytes())
            })?;
            Some((number as u8, before.len() + quote.open.len(), *before))
        });
        let Some((number, open, before)) = found else { return false };
        let is_letter = before.starts_with(|one: char| one.is_ascii_alphabetic());
        if is_within_word && (is_letter || self.is_apostrophe()) {
            return false;
        }
        let start = self.at;
        self.at += open;
        self.frames.push(Frame { quote: number, in_text: true, close: 0, depth: 0 });
        match self.find_end(number) {
            Some((end, close)) => {
                self.frames.pop();
                self.push(Kind::Text { quote: number, open: open as u8, close }, start, end);
                self.at = end;
            }
            None => self.push(Kind::Open(COMPUTED), start, start + open),
        }
        true
    }

    /// Whether the sign here is one in the text between the tags of JSX: no string of JavaScript begins right behind a name.
    fn is_apostrophe(&self) -> bool {
        let is_value = |word: &str| !BEFORE_VALUES.contains(&word);
        self.language == Language::JavaScript
            && self.bytes[self.at] == b'\''
            && self.tokens.last().is_some_and(|last| {
                last.kind == Kind::Word && is_value(&self.text[last.start as usize..last.end as usize])
            })
    }

    /// Returns where the string that begins before `at` ends, and how long what it ends with is; none if something is computed in it:
    /// then `at` is in there.
    fn find_end(&mut self, number: u8) -> Option<(usize, u8)> {
        let quote = self.quote(number);
        let open = quote.open.as_bytes();
        let closing: Vec<u8> = if open[0] == b'#' { [&open[1..], b"#"].concat() } else { open.to_vec() };
        while self.at < self.end {
            let byte = self.bytes[self.at];
            let rest = &self.bytes[self.at..self.end];
            if byte == b'\n' && !quote.is_long {
                return Some((self.at, 0));
            }
            if rest.starts_with(&closing) {
                if quote.doubles && rest[closing.len()..].starts_with(&closing) {
                    self.at += 2 * closing.len();
                    continue;
                }
                return Some((self.at + closing.len(), closing.len() as u8));
            }
            if self.computes(quote) {
                return None;
            }
            let taken = usize::from(
                quote.escapes && byte == b'\\' && rest.get(1).is_some_and(|next| *next != b'\n' || quote.is_long),
            );
            let doubled = quote.inside == Inside::Brace && matches!(byte, b'{' | b'}') && rest.get(1) == Some(&byte);
            self.at += 1 + taken.max(usize::from(doubled));
        }
        self.at = self.end;
        Some((self.end, 0))
    }

    /// Steps over what something computed begins with, if it begins here.
    fn computes(&mut self, quote: &Quote) -> bool {
        if quote.inside == Inside::Nothing || self.frames.len() > DEEPEST {
            return false;
        }
        let rest = &self.bytes[self.at..self.end];
        let next = rest.get(1).copied().unwrap_or_default();
        let (length, close) = match (quote.inside, rest[0], next) {
            (Inside::DollarBrace | Inside::Dollar, b'$', b'{') => (2, b'}'),
            (Inside::Dollar, b'{', b'$') if self.language == Language::Php => (1, b'}'),
            (Inside::Dollar, b'$', name) if name.is_ascii_alphabetic() || name == b'_' => (1, 0),
            (Inside::HashBrace, b'#', b'{') => (2, b'}'),
            (Inside::BackslashParen, b'\\', b'(') => (2, b')'),
            (Inside::Brace, b'{', next) if next != b'{' => (1, b'}'),
            _ => return false,
        };
        self.at += length;
        if let Some(frame) = self.frames.last_mut() {
            (frame.in_text, frame.close, frame.depth) = (close == 0, close, 0);
        }
        true
    }

    /// Reads on in a string in which something was computed.
    fn text_goes_on(&mut self) {
        let number = self.frames.last().map_or(0, |frame| frame.quote);
        if let Some((end, close)) = self.find_end(number) {
            self.frames.pop();
            self.push(Kind::Close(COMPUTED), end - close as usize, end);
            self.at = end;
        }
    }
}

fn closing(bracket: u8) -> u8 {
    match bracket {
        b'(' => b')',
        b'[' => b']',
        _ => b'}',
    }
}

fn opening(bracket: u8) -> u8 {
    match bracket {
        b')' => b'(',
        b']' => b'[',
        _ => b'{',
    }
}
