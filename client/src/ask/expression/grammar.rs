//! From tokens to tests.

use super::cursor::Cursor;
use super::mistake::Mistake;
use super::model::{HOW_OFTEN, Property, Test, USER, is_reserved};
use super::operand::joined;
use super::token::{Token, begins_word, tokens};

/// Deepest nesting of parentheses.
const DEEPEST: usize = 32;

/// Reads an expression. All of its tests must pass.
///
/// # Errors
/// When it is none: what is there, and what was expected.
pub(crate) fn parse(text: &str) -> Result<Vec<Test>, Mistake> {
    let mut parser = Cursor::new(tokens(text)?);
    let tests = parser.chain()?;
    match parser.token() {
        Token::End => Ok(tests),
        Token::Sign(")") => Err(parser.wrong("there is no ( that this ) would close")),
        _ => Err(parser.expected("`and`, or the end")),
    }
}

impl Cursor {
    /// Reads tests that are joined by `and`, or folded by `or`.
    fn chain(&mut self) -> Result<Vec<Test>, Mistake> {
        let mut tests = self.unit()?;
        let mut joined = None;
        loop {
            let joiner = match self.words().first().map(String::as_str) {
                Some("and") => "and",
                Some("or") => "or",
                _ => return Ok(tests),
            };
            if *joined.get_or_insert(joiner) != joiner {
                return Err(self.wrong("`and` and `or` side by side need parentheses: (a = 1 or a = 2) and b = 3"));
            }
            let place = self.take().at;
            let more = self.unit()?;
            if joiner == "and" {
                tests.extend(more);
            } else {
                tests = vec![folded(tests, more).ok_or_else(|| {
                    let what =
                        "`or` joins values of one property alone, as in a = \"x\" or a = \"y\": a query has no other";
                    Mistake::new(place, what)
                })?];
            }
        }
    }

    fn unit(&mut self) -> Result<Vec<Test>, Mistake> {
        if *self.token() != Token::Sign("(") {
            return Ok(vec![self.test()?]);
        }
        self.inside()
    }

    /// Reads tests in parentheses.
    fn inside(&mut self) -> Result<Vec<Test>, Mistake> {
        let open = self.placed().at;
        if !self.takes_sign("(") {
            return Err(self.expected("("));
        }
        if self.depth == DEEPEST {
            return Err(Mistake::new(open, "parentheses are nested too deep"));
        }
        self.depth += 1;
        let tests = self.chain()?;
        self.depth -= 1;
        self.close(open)?;
        Ok(tests)
    }

    fn close(&mut self, open: usize) -> Result<(), Mistake> {
        if self.takes_sign(")") {
            return Ok(());
        }
        match self.token() {
            Token::End => Err(Mistake::new(open, "the ( that begins here is not closed")),
            _ => Err(self.expected("`and`, `or` or )")),
        }
    }

    fn test(&mut self) -> Result<Test, Mistake> {
        let words = self.words();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        match words.as_slice() {
            ["in", "cohort", ..] => self.cohort(2, false),
            ["not", "in", "cohort", ..] => self.cohort(3, true),
            ["did", ..] => self.did(),
            _ => {
                let begins = self.placed().at;
                let property = self.property()?;
                self.tested(property, begins)
            }
        }
    }

    fn cohort(&mut self, words: usize, negated: bool) -> Result<Test, Mistake> {
        self.at += words;
        Ok(Test::Cohort { id: self.whole("the id of a cohort")?, negated })
    }

    fn did(&mut self) -> Result<Test, Mistake> {
        self.take();
        let event = match self.token() {
            Token::Word(name) | Token::Quoted(name) => name.clone(),
            _ => return Err(self.expected("an event: did \"Login\" >= 5")),
        };
        self.take();
        let found = HOW_OFTEN.iter().find(|(sign, _)| *self.token() == Token::Sign(sign));
        match found {
            Some(operator) => {
                self.take();
                Ok(Test::Did { event, operator, times: self.whole("how often")? })
            }
            None if matches!(self.token(), Token::Sign("!=")) => Err(self.expected("one of >= <= > < =")),
            None => Ok(Test::Did { event, operator: &HOW_OFTEN[0], times: 1 }),
        }
    }

    fn property(&mut self) -> Result<Property, Mistake> {
        match self.token().clone() {
            Token::Word(word) if is_reserved(&word) => {
                Err(self.expected(&format!("a property; one that is named {word} stands in quotes")))
            }
            Token::Word(word) => {
                let end = self.take().end;
                self.named(&word, end)
            }
            Token::Quoted(name) if !name.trim().is_empty() => {
                self.take();
                Ok(Property::Event(name))
            }
            Token::Quoted(_) => Err(self.wrong("a property has a name")),
            _ => Err(self.expected("a property, as in plan = \"pro\"")),
        }
    }

    /// Returns the property of a word that ends there.
    fn named(&mut self, word: &str, end: usize) -> Result<Property, Mistake> {
        let adjacent = self.placed().at == end;
        match (word, self.token().clone()) {
            ("custom", Token::Sign("(")) if adjacent => {
                self.take();
                let id = self.whole("the id of a custom property")?;
                if self.takes_sign(")") { Ok(Property::Custom(id)) } else { Err(self.expected(")")) }
            }
            (USER, Token::Quoted(name)) if adjacent && !name.trim().is_empty() => {
                self.take();
                Ok(Property::User(name))
            }
            (USER, _) => Err(self.expected("the name of a property of the user")),
            _ => Ok(match word.strip_prefix(USER) {
                Some(name) if name.starts_with(begins_word) => Property::User(name.to_owned()),
                _ => Property::Event(word.to_owned()),
            }),
        }
    }

    /// Reads what follows a property.
    fn tested(&mut self, property: Property, begins: usize) -> Result<Test, Mistake> {
        for (word, all) in [("any", false), ("all", true)] {
            if self.takes_word(word) {
                let tests = self.inside()?;
                let is_field = |test: &Test| matches!(test, Test::Value { property: Property::Event(_), .. });
                if !tests.iter().all(is_field) {
                    return Err(Mistake::new(begins, "inside of any (…) and all (…) stand tests of fields alone"));
                }
                return Ok(Test::Items { property, all, tests });
            }
        }
        let words = self.operator()?;
        let (operator, operand) = self.operand(words)?;
        Ok(Test::Value { property, operator, operand })
    }
}

/// Returns the test that two mean together when either may pass; none when a filter cannot say it.
fn folded(one: Vec<Test>, other: Vec<Test>) -> Option<Test> {
    let (Ok([one]), Ok([other])) = (<[Test; 1]>::try_from(one), <[Test; 1]>::try_from(other)) else { return None };
    match (one, other) {
        (Test::Value { property, operator, operand }, Test::Value { property: same, operator: too, operand: more })
            if property == same && operator == too && operator.op == "equals" =>
        {
            Some(Test::Value { property, operator, operand: joined(operand, more)? })
        }
        _ => None,
    }
}
