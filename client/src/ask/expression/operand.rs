//! Operators, and what they take.

use super::cursor::Cursor;
use super::mistake::Mistake;
use super::model::{OPERATORS, Operand, Operator, Takes, is_reserved, operator_of};
use super::token::Token;
use mp_catalog::ask::words::SPANS;

impl Cursor {
    /// Takes an operator; of several that fit, the longest.
    pub(super) fn operator(&mut self) -> Result<&'static str, Mistake> {
        if let Token::Sign(sign) = *self.token()
            && let Some(found) = OPERATORS.iter().find(|one| one.words == sign)
        {
            self.take();
            return Ok(found.words);
        }
        // As one says it: in the last 7 days.
        let is_said = |(at, word): &(usize, String)| *at == 0 || word != "the";
        let typed: Vec<(usize, String)> = self.words().into_iter().enumerate().filter(is_said).collect();
        let fits = |one: &&Operator| {
            let words: Vec<&str> = one.words.split(' ').collect();
            words.len() <= typed.len() && words.iter().zip(&typed).all(|(word, (_, typed))| word == typed)
        };
        let Some(found) = OPERATORS.iter().filter(fits).max_by_key(|one| one.words.len()) else {
            return Err(self.expected(&all_operators()));
        };
        self.at += typed[found.words.split(' ').count() - 1].0 + 1;
        Ok(found.words)
    }

    /// Reads what an operator takes. Of several entries with its words, the literal decides.
    pub(super) fn operand(&mut self, words: &'static str) -> Result<(&'static Operator, Operand), Mistake> {
        let takes: Vec<Takes> = OPERATORS.iter().filter(|one| one.words == words).map(|one| one.takes).collect();
        let of = |takes| {
            let found = OPERATORS.iter().find(|one| one.words == words && one.takes == takes);
            found.map(|one| operator_of(one.op, takes))
        };
        if takes == [Takes::Nothing] {
            return Ok((of(Takes::Nothing).expect("it was found"), Operand::Nothing));
        }
        if let Some(found) = self.truth(words).or(self.later(words)) {
            self.take();
            return Ok(found);
        }
        let is_list = words == "in" || words == "not in";
        let literal = self.token().clone();
        for takes in takes {
            let operand = match (takes, &literal) {
                (Takes::Values, Token::Sign("(")) if is_list => self.list()?,
                (Takes::Values, Token::Quoted(_) | Token::Number(_)) if !is_list => self.value()?,
                (Takes::Text, Token::Quoted(text)) => self.passed(Operand::Text(text.clone())),
                (Takes::Number, Token::Number(number)) => self.passed(Operand::Number(number.clone())),
                (Takes::Day, Token::Date(day)) => self.passed(Operand::Day(*day)),
                (Takes::Range | Takes::Days, Token::Number(_)) if takes == Takes::Range => self.range()?,
                (Takes::Range | Takes::Days, Token::Date(_)) if takes == Takes::Days => self.range()?,
                (Takes::Span, Token::Number(_)) => self.span()?,
                _ => continue,
            };
            return Ok((of(takes).expect("it was found"), operand));
        }
        Err(self.unfit(words))
    }

    fn passed(&mut self, operand: Operand) -> Operand {
        self.take();
        operand
    }

    /// Returns what `= true` and its like mean.
    fn truth(&self, words: &str) -> Option<(&'static Operator, Operand)> {
        let is_true = self.has_word("true");
        let is_equal = match words {
            "=" => true,
            "!=" => false,
            _ => return None,
        };
        let op = if is_true == is_equal { "is_true" } else { "is_false" };
        (is_true || self.has_word("false")).then(|| (operator_of(op, Takes::Nothing), Operand::Nothing))
    }

    /// Returns what `> 2025-01-31` and `<= 2025-01-31` mean: since, or before, the next day.
    fn later(&self, words: &str) -> Option<(&'static Operator, Operand)> {
        let op = match words {
            ">" => "since",
            "<=" => "before",
            _ => return None,
        };
        match self.token() {
            Token::Date(day) => Some((operator_of(op, Takes::Day), Operand::Day(day.tomorrow().ok()?))),
            _ => None,
        }
    }

    fn value(&mut self) -> Result<Operand, Mistake> {
        match self.token().clone() {
            Token::Quoted(text) => Ok(self.passed(Operand::Texts(vec![text]))),
            Token::Number(number) => Ok(self.passed(Operand::Numbers(vec![number]))),
            _ => Err(self.expected("a text in quotes or a number")),
        }
    }

    fn list(&mut self) -> Result<Operand, Mistake> {
        let open = self.take().at;
        let mut values = self.value()?;
        while self.takes_sign(",") {
            let place = self.placed().at;
            let next = self.value()?;
            let mixed = || Mistake::new(place, "a list has texts or numbers, and not both");
            values = joined(values, next).ok_or_else(mixed)?;
        }
        match self.token() {
            Token::End => Err(Mistake::new(open, "the list that begins here is not closed")),
            Token::Sign(")") => Ok(self.passed(values)),
            _ => Err(self.expected(", or )")),
        }
    }

    fn range(&mut self) -> Result<Operand, Mistake> {
        let low = self.take().token;
        if !self.takes_word("and") {
            return Err(self.expected("`and` and the other end"));
        }
        let operand = match (low, self.token().clone()) {
            (Token::Number(low), Token::Number(high)) => Operand::Range(low, high),
            (Token::Date(from), Token::Date(to)) => Operand::Days(from, to),
            (Token::Date(_), _) => return Err(self.expected("a day, as the other end is")),
            _ => return Err(self.expected("a number, as the other end is")),
        };
        Ok(self.passed(operand))
    }

    fn span(&mut self) -> Result<Operand, Mistake> {
        let count = self.whole("how many")?;
        let typed = self.words().first().cloned().unwrap_or_default();
        let unit = SPANS.iter().find(|unit| typed == **unit || typed.strip_suffix('s') == Some(unit));
        match unit {
            Some(unit) => Ok(self.passed(Operand::Span(count, unit))),
            None => Err(self.expected("hours, days, weeks or months")),
        }
    }

    /// Says that what follows an operator is not what it takes.
    fn unfit(&self, words: &str) -> Mistake {
        if let Token::Word(word) = self.token()
            && !is_reserved(word)
        {
            return self.wrong(format!("a text stands in quotes: \"{word}\""));
        }
        let of_words = OPERATORS.iter().filter(|one| one.words == words);
        let mut takes: Vec<&str> = of_words.map(|one| told(one.takes, words.ends_with("in"))).collect();
        takes.extend(matches!(words, ">" | "<=").then_some(told(Takes::Day, false)));
        self.expected(&format!("{} behind `{words}`", takes.join(" or ")))
    }
}

/// Returns what an operator takes, in words.
const fn told(takes: Takes, is_list: bool) -> &'static str {
    match takes {
        Takes::Nothing => "nothing",
        Takes::Values if is_list => "a list such as (\"x\", \"y\")",
        Takes::Values => "a text in quotes, a number, true, false",
        Takes::Text => "a text in quotes",
        Takes::Number => "a number",
        Takes::Range => "two numbers with `and` between them",
        Takes::Day => "a day such as 2025-01-31",
        Takes::Days => "two days",
        Takes::Span => "a length such as 7 days",
    }
}

/// Returns all operators, each once.
fn all_operators() -> String {
    let mut words: Vec<&str> = Vec::new();
    for one in OPERATORS {
        if !words.contains(&one.words) {
            words.push(one.words);
        }
    }
    format!("an operator ({}, any (…))", words.join(", "))
}

/// Returns the values of two lists in one.
pub(super) fn joined(one: Operand, other: Operand) -> Option<Operand> {
    match (one, other) {
        (Operand::Texts(mut all), Operand::Texts(more)) => {
            all.extend(more);
            Some(Operand::Texts(all))
        }
        (Operand::Numbers(mut all), Operand::Numbers(more)) => {
            all.extend(more);
            Some(Operand::Numbers(all))
        }
        _ => None,
    }
}
