//! Restrictions of FindItem and FindFolder, and sorting. Comparisons of text do not mind the case of letters, numbers and times
//! compare as such.

use super::failure::Failure;
use super::item::{ExtendedPath, ExtendedValue, Path};
use super::xml::Element;
use std::cmp::Ordering;

/// A restriction, read once and asked for each item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Restriction {
    /// All of these.
    And(Vec<Restriction>),
    /// One of these.
    Or(Vec<Restriction>),
    /// Not this.
    Not(Box<Restriction>),
    /// The field has a value.
    Exists(Path),
    /// The field has none of these bits.
    Excludes(Path, i64),
    /// The field compares so with the operand.
    Compare(Path, Comparison, Operand),
    /// The field holds this text.
    Contains(Path, Containment),
}

/// How two values compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// The same.
    Equal,
    /// Not the same; a missing value is not the same as any.
    NotEqual,
    /// More.
    Greater,
    /// More or the same.
    GreaterOrEqual,
    /// Less.
    Less,
    /// Less or the same.
    LessOrEqual,
}

/// What a field is compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Operand {
    /// A constant.
    Constant(String),
    /// Another field.
    Field(Path),
}

/// How a text is held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Containment {
    text: String,
    mode: Mode,
    exact_case: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    Whole,
    Prefix,
    Substring,
    PrefixOfWord,
}

impl Restriction {
    /// Reads the element inside a `Restriction`.
    pub fn read(element: &Element) -> Result<Self, Failure> {
        let all = || {
            element
                .children
                .iter()
                .map(Self::read)
                .collect::<Result<Vec<_>, _>>()
        };
        let path = || Path::inside(element).ok_or_else(invalid)?;
        let comparison = match element.name.as_str() {
            "And" => return all().map(Self::And),
            "Or" => return all().map(Self::Or),
            "Not" => {
                return Ok(Self::Not(Box::new(Self::read(
                    element.children.first().ok_or_else(invalid)?,
                )?)));
            }
            "Exists" => return Ok(Self::Exists(path()?)),
            "Excludes" => {
                let mask = element
                    .get("Bitmask")
                    .and_then(|mask| mask.get_attribute("Value"))
                    .unwrap_or_default();
                let number = match mask.strip_prefix("0x") {
                    Some(hex) => i64::from_str_radix(hex, 16),
                    None => mask.parse(),
                };
                return Ok(Self::Excludes(path()?, number.map_err(|_| invalid())?));
            }
            "Contains" => return Ok(Self::Contains(path()?, Containment::read(element))),
            "IsEqualTo" => Comparison::Equal,
            "IsNotEqualTo" => Comparison::NotEqual,
            "IsGreaterThan" => Comparison::Greater,
            "IsGreaterThanOrEqualTo" => Comparison::GreaterOrEqual,
            "IsLessThan" => Comparison::Less,
            "IsLessThanOrEqualTo" => Comparison::LessOrEqual,
            _ => return Err(invalid()),
        };
        let operand = element.get("FieldURIOrConstant").ok_or_else(invalid)?;
        let operand = match operand
            .get("Constant")
            .and_then(|constant| constant.get_attribute("Value"))
        {
            Some(value) => Operand::Constant(value.to_owned()),
            None => Operand::Field(Path::inside(operand).ok_or_else(invalid)??),
        };
        Ok(Self::Compare(path()?, comparison, operand))
    }

    /// Whether something fits whose values `value` gives.
    pub fn fits(&self, value: &dyn Fn(&Path) -> Option<String>) -> bool {
        match self {
            Self::And(all) => all.iter().all(|one| one.fits(value)),
            Self::Or(all) => all.iter().any(|one| one.fits(value)),
            Self::Not(one) => !one.fits(value),
            Self::Exists(path) => value(path).is_some(),
            Self::Excludes(path, mask) => {
                let number: i64 = value(path)
                    .and_then(|text| text.trim().parse().ok())
                    .unwrap_or(0);
                number & mask == 0
            }
            Self::Contains(path, containment) => {
                value(path).is_some_and(|text| containment.holds(&text))
            }
            Self::Compare(path, comparison, operand) => {
                let right = match operand {
                    Operand::Constant(text) => Some(text.clone()),
                    Operand::Field(path) => value(path),
                };
                match (value(path), right) {
                    (Some(left), Some(right)) => comparison.fits(compare(&left, &right)),
                    _ => *comparison == Comparison::NotEqual,
                }
            }
        }
    }

    /// The named property that must have exactly this value for anything to fit, if there is one: the way to the index.
    pub fn named_value(&self) -> Option<(&ExtendedPath, ExtendedValue)> {
        match self {
            Self::Compare(
                Path::Extended { path, .. },
                Comparison::Equal,
                Operand::Constant(value),
            ) if path.tag().is_none() && !path.kind().ends_with("Array") => {
                Some((path, ExtendedValue::One(value.clone())))
            }
            Self::And(all) => all.iter().find_map(Self::named_value),
            _ => None,
        }
    }
}

fn invalid() -> Failure {
    Failure::new("ErrorInvalidRestriction", "The restriction is not valid.")
}

impl Comparison {
    fn fits(self, ordering: Ordering) -> bool {
        match self {
            Self::Equal => ordering.is_eq(),
            Self::NotEqual => ordering.is_ne(),
            Self::Greater => ordering.is_gt(),
            Self::GreaterOrEqual => ordering.is_ge(),
            Self::Less => ordering.is_lt(),
            Self::LessOrEqual => ordering.is_le(),
        }
    }
}

/// Compares two values: times as times, numbers as numbers, all else as text without case.
pub fn compare(left: &str, right: &str) -> Ordering {
    let time = |text: &str| text.trim().parse::<jiff::Timestamp>().ok();
    if let (Some(left), Some(right)) = (time(left), time(right)) {
        return left.cmp(&right);
    }
    let number = |text: &str| text.trim().parse::<i64>().ok();
    if let (Some(left), Some(right)) = (number(left), number(right)) {
        return left.cmp(&right);
    }
    left.to_lowercase().cmp(&right.to_lowercase())
}

impl Containment {
    fn read(element: &Element) -> Self {
        let mode = match element.get_attribute("ContainmentMode") {
            Some("Prefixed") => Mode::Prefix,
            Some("Substring" | "ExactPhrase") => Mode::Substring,
            Some("PrefixOnWords") => Mode::PrefixOfWord,
            _ => Mode::Whole,
        };
        let exact_case = matches!(
            element.get_attribute("ContainmentComparison"),
            None | Some("Exact")
        );
        let text = element
            .get("Constant")
            .and_then(|constant| constant.get_attribute("Value"))
            .unwrap_or_default();
        Self {
            text: text.to_owned(),
            mode,
            exact_case,
        }
    }

    fn holds(&self, text: &str) -> bool {
        let fold = |text: &str| {
            if self.exact_case {
                text.to_owned()
            } else {
                text.to_lowercase()
            }
        };
        let (text, wanted) = (fold(text), fold(&self.text));
        match self.mode {
            Mode::Whole => text == wanted,
            Mode::Prefix => text.starts_with(&wanted),
            Mode::Substring => text.contains(&wanted),
            Mode::PrefixOfWord => text
                .split_whitespace()
                .any(|word| word.starts_with(&wanted)),
        }
    }
}

/// The order of `SortOrder`: paths with their direction.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SortOrder(Vec<(Path, Direction)>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Direction {
    Up,
    Down,
}

impl SortOrder {
    /// Reads a `SortOrder` element.
    pub fn read(element: Option<&Element>) -> Result<Self, Failure> {
        let fields = element.into_iter().flat_map(|order| &order.children);
        let one = |field: &Element| {
            let direction = match field.get_attribute("Order") {
                Some("Descending") => Direction::Down,
                _ => Direction::Up,
            };
            Ok((Path::inside(field).ok_or_else(invalid)??, direction))
        };
        fields.map(one).collect::<Result<_, _>>().map(Self)
    }

    /// Whether nothing was asked for.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The values to sort by.
    pub fn key(&self, value: &dyn Fn(&Path) -> Option<String>) -> Vec<Option<String>> {
        self.0.iter().map(|(path, _)| value(path)).collect()
    }

    /// Compares two keys; a missing value comes first.
    pub fn compare(&self, left: &[Option<String>], right: &[Option<String>]) -> Ordering {
        for ((_, direction), (left, right)) in self.0.iter().zip(left.iter().zip(right)) {
            let ordering = match (left, right) {
                (Some(left), Some(right)) => compare(left, right),
                (left, right) => left.is_some().cmp(&right.is_some()),
            };
            let ordering = if *direction == Direction::Down {
                ordering.reverse()
            } else {
                ordering
            };
            if ordering.is_ne() {
                return ordering;
            }
        }
        Ordering::Equal
    }
}
