//! Cuts a query into tokens. A text keeps the way it was written until it is compared, because the database, not the lexer, takes
//! the backslashes out.
//! Deliberately not here: which token may follow which.

use crate::crm::error::CrmError;
use std::fmt;

/// A piece of a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    /// A name, a keyword or a bare value.
    Word(String),
    /// A quoted text, without its outer quotes.
    Text {
        /// The quote it stands in.
        quote: char,
        /// What stands between the quotes, as written.
        raw: String,
    },
    /// `=`, `<=` and so on, or one of `( ) , ; *`.
    Sign(&'static str),
}

const SIGNS: [&str; 11] = ["!=", "<=", ">=", "=", "<", ">", "(", ")", ",", ";", "*"];

/// The tokens of a query.
pub(super) fn tokens(text: &str) -> Result<Vec<Token>, CrmError> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let (token, length) = match first {
            '\'' | '"' => quoted(rest, first)?,
            _ => sign(rest)
                .or_else(|| word(rest))
                .ok_or_else(|| CrmError::syntax(&first.to_string()))?,
        };
        tokens.push(token);
        rest = rest[length..].trim_start();
    }
    Ok(tokens)
}

/// A quoted text: a doubled quote is part of it. A backslash protects nothing here.
fn quoted(rest: &str, quote: char) -> Result<(Token, usize), CrmError> {
    let mut end = 1;
    loop {
        end += rest[end..]
            .find(quote)
            .ok_or_else(|| CrmError::syntax(rest))?;
        if !rest[end + 1..].starts_with(quote) {
            return Ok((
                Token::Text {
                    quote,
                    raw: rest[1..end].to_owned(),
                },
                end + 1,
            ));
        }
        end += 2;
    }
}

fn sign(rest: &str) -> Option<(Token, usize)> {
    SIGNS
        .iter()
        .find(|sign| rest.starts_with(*sign))
        .map(|sign| (Token::Sign(sign), sign.len()))
}

fn word(rest: &str) -> Option<(Token, usize)> {
    let length = rest
        .find(|letter: char| !(letter.is_alphanumeric() || "_.-:@%+".contains(letter)))
        .unwrap_or(rest.len());
    (length > 0).then(|| (Token::Word(rest[..length].to_owned()), length))
}

impl fmt::Display for Token {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Word(word) => out.write_str(word),
            Self::Text { raw, .. } => out.write_str(raw),
            Self::Sign(sign) => out.write_str(sign),
        }
    }
}
