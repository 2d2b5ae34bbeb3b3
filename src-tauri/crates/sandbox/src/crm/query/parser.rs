//! Reads `select F|* from Module [where ...] [order by ...] [limit [offset,]n];` and nothing else: no brackets, no `not`, no `is`, one
//! direction for all fields of the order, a semicolon at the end.
//! Deliberately not here: whether the fields exist.

use super::lexer::{self, Token};
use crate::crm::error::CrmError;
use std::cmp::Ordering;
use std::iter::Peekable;
use std::vec::IntoIter;

/// A query, read.
#[derive(Debug)]
pub(super) struct Query {
    pub(super) columns: Columns,
    /// Comparisons joined by `and`, these joined by `or`. Empty: everything.
    pub(super) any_of: Vec<Vec<Comparison>>,
    pub(super) order: Option<Order>,
    pub(super) offset: usize,
    pub(super) limit: Option<usize>,
}

/// What is selected.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Columns {
    /// `*`
    All,
    /// `count(*)`
    Count,
    /// Fields by name.
    Named(Vec<String>),
}

/// One comparison.
#[derive(Debug)]
pub(super) struct Comparison {
    pub(super) field: String,
    pub(super) operator: Operator,
    pub(super) values: Vec<Literal>,
}

/// How to compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Equal,
    Unequal,
    Less,
    Greater,
    AtMost,
    AtLeast,
    Like,
    /// Equal to one of several.
    In,
}

/// A value as written.
#[derive(Debug, Clone)]
pub(super) struct Literal {
    /// The quote around it, if any.
    pub(super) quote: Option<char>,
    /// What stands between the quotes.
    pub(super) raw: String,
}

/// The order of the rows.
#[derive(Debug)]
pub(super) struct Order {
    pub(super) fields: Vec<String>,
    pub(super) direction: Direction,
}

/// Its direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    Ascending,
    Descending,
}

impl Direction {
    /// The ordering in this direction.
    pub(super) fn apply(self, ordering: Ordering) -> Ordering {
        match self {
            Self::Ascending => ordering,
            Self::Descending => ordering.reverse(),
        }
    }
}

/// Reads a query.
pub(super) fn parse(text: &str) -> Result<Query, CrmError> {
    let mut reader = Reader(lexer::tokens(text)?.into_iter().peekable());
    reader.keyword("select")?;
    let columns = reader.columns()?;
    reader.keyword("from")?;
    reader.name()?;
    let any_of = if reader.skips("where") {
        reader.alternatives()?
    } else {
        Vec::new()
    };
    let order = if reader.skips("order") {
        Some(reader.order()?)
    } else {
        None
    };
    let (offset, limit) = if reader.skips("limit") {
        reader.limit()?
    } else {
        (0, None)
    };
    reader.sign(";")?;
    match reader.0.next() {
        Some(token) => Err(CrmError::syntax(&token.to_string())),
        None => Ok(Query {
            columns,
            any_of,
            order,
            offset,
            limit,
        }),
    }
}

struct Reader(Peekable<IntoIter<Token>>);

impl Reader {
    fn columns(&mut self) -> Result<Columns, CrmError> {
        if self.skips_sign("*") {
            return Ok(Columns::All);
        }
        let first = self.name()?;
        if first.eq_ignore_ascii_case("count") && self.skips_sign("(") {
            self.sign("*")?;
            self.sign(")")?;
            return Ok(Columns::Count);
        }
        self.more_names(first).map(Columns::Named)
    }

    fn more_names(&mut self, first: String) -> Result<Vec<String>, CrmError> {
        let mut names = vec![first];
        while self.skips_sign(",") {
            names.push(self.name()?);
        }
        Ok(names)
    }

    fn alternatives(&mut self) -> Result<Vec<Vec<Comparison>>, CrmError> {
        let mut any_of = vec![vec![self.comparison()?]];
        loop {
            if self.skips("and") {
                let comparison = self.comparison()?;
                any_of
                    .last_mut()
                    .expect("it starts with one")
                    .push(comparison);
            } else if self.skips("or") {
                any_of.push(vec![self.comparison()?]);
            } else {
                return Ok(any_of);
            }
        }
    }

    fn comparison(&mut self) -> Result<Comparison, CrmError> {
        let field = self.name()?;
        let operator = self.operator()?;
        let values = if operator == Operator::In {
            self.list()?
        } else {
            vec![self.literal()?]
        };
        Ok(Comparison {
            field,
            operator,
            values,
        })
    }

    fn operator(&mut self) -> Result<Operator, CrmError> {
        match self.token()? {
            Token::Sign("=") => Ok(Operator::Equal),
            Token::Sign("!=") => Ok(Operator::Unequal),
            Token::Sign("<") => Ok(Operator::Less),
            Token::Sign(">") => Ok(Operator::Greater),
            Token::Sign("<=") => Ok(Operator::AtMost),
            Token::Sign(">=") => Ok(Operator::AtLeast),
            Token::Word(word) if word.eq_ignore_ascii_case("like") => Ok(Operator::Like),
            Token::Word(word) if word.eq_ignore_ascii_case("in") => Ok(Operator::In),
            other => Err(CrmError::syntax(&other.to_string())),
        }
    }

    fn list(&mut self) -> Result<Vec<Literal>, CrmError> {
        self.sign("(")?;
        let mut values = vec![self.literal()?];
        while self.skips_sign(",") {
            values.push(self.literal()?);
        }
        self.sign(")")?;
        Ok(values)
    }

    fn literal(&mut self) -> Result<Literal, CrmError> {
        match self.token()? {
            Token::Text { quote, raw } => Ok(Literal {
                quote: Some(quote),
                raw,
            }),
            Token::Word(raw) => Ok(Literal { quote: None, raw }),
            Token::Sign(sign) => Err(CrmError::syntax(sign)),
        }
    }

    fn order(&mut self) -> Result<Order, CrmError> {
        self.keyword("by")?;
        let first = self.name()?;
        let fields = self.more_names(first)?;
        let direction = if self.skips("desc") {
            Direction::Descending
        } else {
            self.skips("asc");
            Direction::Ascending
        };
        Ok(Order { fields, direction })
    }

    fn limit(&mut self) -> Result<(usize, Option<usize>), CrmError> {
        let first = self.number()?;
        if self.skips_sign(",") {
            Ok((first, Some(self.number()?)))
        } else {
            Ok((0, Some(first)))
        }
    }

    fn number(&mut self) -> Result<usize, CrmError> {
        let word = self.name()?;
        word.parse().map_err(|_| CrmError::syntax(&word))
    }

    fn name(&mut self) -> Result<String, CrmError> {
        match self.token()? {
            Token::Word(word) => Ok(word),
            other => Err(CrmError::syntax(&other.to_string())),
        }
    }

    fn keyword(&mut self, keyword: &str) -> Result<(), CrmError> {
        let word = self.name()?;
        if word.eq_ignore_ascii_case(keyword) {
            Ok(())
        } else {
            Err(CrmError::syntax(&word))
        }
    }

    fn sign(&mut self, sign: &str) -> Result<(), CrmError> {
        match self.token()? {
            Token::Sign(found) if found == sign => Ok(()),
            other => Err(CrmError::syntax(&other.to_string())),
        }
    }

    /// Whether the keyword comes next; if so it is behind us.
    fn skips(&mut self, keyword: &str) -> bool {
        self.0
            .next_if(
                |token| matches!(token, Token::Word(word) if word.eq_ignore_ascii_case(keyword)),
            )
            .is_some()
    }

    fn skips_sign(&mut self, sign: &str) -> bool {
        self.0
            .next_if(|token| matches!(token, Token::Sign(found) if *found == sign))
            .is_some()
    }

    fn token(&mut self) -> Result<Token, CrmError> {
        self.0.next().ok_or_else(|| CrmError::syntax("the end"))
    }
}
