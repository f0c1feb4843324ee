//! The tokens of an expression, one after the other, and what is said where they are not what they should be.

use super::mistake::Mistake;
use super::token::{Placed, Token};

/// A place among tokens.
pub(super) struct Cursor {
    tokens: Vec<Placed>,
    pub(super) at: usize,
    /// How many parentheses are open.
    pub(super) depth: usize,
}

impl Cursor {
    /// Returns the place before the first of some tokens, the last of which is the end.
    pub(super) fn new(tokens: Vec<Placed>) -> Self {
        Self { tokens, at: 0, depth: 0 }
    }

    pub(super) fn placed(&self) -> &Placed {
        // The last token is the end, and nobody steps over it.
        &self.tokens[self.at.min(self.tokens.len() - 1)]
    }

    pub(super) fn token(&self) -> &Token {
        &self.placed().token
    }

    /// Takes the next token.
    pub(super) fn take(&mut self) -> Placed {
        let placed = self.placed().clone();
        if placed.token != Token::End {
            self.at += 1;
        }
        placed
    }

    /// Returns the words that come next, in lower case.
    pub(super) fn words(&self) -> Vec<String> {
        self.tokens[self.at..].iter().map_while(word_of).take(4).collect()
    }

    pub(super) fn has_word(&self, word: &str) -> bool {
        matches!(self.token(), Token::Word(typed) if typed.eq_ignore_ascii_case(word))
    }

    pub(super) fn takes_word(&mut self, word: &str) -> bool {
        let has = self.has_word(word);
        self.at += usize::from(has);
        has
    }

    pub(super) fn takes_sign(&mut self, sign: &str) -> bool {
        let has = matches!(self.token(), Token::Sign(there) if *there == sign);
        self.at += usize::from(has);
        has
    }

    /// Takes a whole number.
    ///
    /// # Errors
    /// When there is none.
    pub(super) fn whole(&mut self, of_what: &str) -> Result<u64, Mistake> {
        let found = match self.token() {
            Token::Number(number) => number.parse().ok(),
            _ => None,
        };
        let number = found.ok_or_else(|| self.expected(&format!("{of_what}, a whole number")))?;
        self.take();
        Ok(number)
    }

    pub(super) fn wrong(&self, what: impl Into<String>) -> Mistake {
        Mistake::new(self.placed().at, what)
    }

    pub(super) fn expected(&self, what: &str) -> Mistake {
        self.wrong(format!("expected {what}, found {}", described(self.token())))
    }
}

fn word_of(placed: &Placed) -> Option<String> {
    match &placed.token {
        Token::Word(word) => Some(word.to_lowercase()),
        _ => None,
    }
}

fn described(token: &Token) -> String {
    match token {
        Token::Word(word) => format!("`{word}`"),
        Token::Quoted(_) => "a text".to_owned(),
        Token::Number(number) => format!("the number {number}"),
        Token::Date(day) => format!("the day {day}"),
        Token::Sign(sign) => format!("`{sign}`"),
        Token::End => "the end".to_owned(),
    }
}
