//! Filling a sentence: placeholders and numbers. The same rules as in the window's `texts.ts`.

/// `sentence` with each `{name}` replaced by the value of that name. A placeholder without a value stays, and a
/// value is never read as a placeholder.
pub(crate) fn fill(sentence: &str, values: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(sentence.len());
    let mut rest = sentence;
    while let Some((before, hole)) = rest.split_once('{') {
        filled.push_str(before);
        let value = hole.split_once('}').and_then(|(name, after)| {
            let (_, value) = values.iter().find(|(known, _)| *known == name)?;
            Some((*value, after))
        });
        match value {
            Some((value, after)) => {
                filled.push_str(value);
                rest = after;
            }
            None => {
                filled.push('{');
                rest = hole;
            }
        }
    }
    filled.push_str(rest);
    filled
}

/// The digits of `value` in groups of three.
pub(crate) fn grouped(value: u64, separator: char) -> String {
    let digits = value.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(separator);
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_filled_in_any_order() {
        let values = [("total", "10"), ("done", "3")];
        assert_eq!(fill("{done} of {total}, {done}", &values), "3 of 10, 3");
    }

    #[test]
    fn a_placeholder_without_a_value_stays() {
        assert_eq!(fill("{done} of {total}", &[("done", "3")]), "3 of {total}");
        assert_eq!(fill("an open { brace", &[]), "an open { brace");
    }

    #[test]
    fn a_value_is_not_read_as_a_placeholder() {
        let values = [("a", "{b}"), ("b", "wrong")];
        assert_eq!(fill("<{a}>", &values), "<{b}>");
    }

    #[test]
    fn numbers_are_grouped_in_threes() {
        for (value, expected) in [
            (0, "0"),
            (999, "999"),
            (1000, "1.000"),
            (1_234_567, "1.234.567"),
        ] {
            assert_eq!(grouped(value, '.'), expected);
        }
    }
}
