//! Filling a sentence: placeholders and numbers. The same rules as in the window's `texts.ts`.

/// `sentence` with each `{name}` replaced by the value of that name. A part in brackets that has a placeholder, as in
/// `The server[ {server}] is busy`, is left out where a value of it is missing. Any other placeholder without a value
/// stays, and nothing in a value is read as a placeholder or a bracket.
pub(crate) fn fill(sentence: &str, values: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(sentence.len());
    let mut rest = sentence;
    while let Some((before, opened)) = rest.split_once('[') {
        let optional = opened
            .split_once(']')
            .filter(|(part, _)| !part.contains('[') && holes(part).next().is_some());
        match optional {
            Some((part, after)) => {
                fill_holes(before, values, &mut filled);
                if holes(part).all(|name| value_of(name, values).is_some()) {
                    fill_holes(part, values, &mut filled);
                }
                rest = after;
            }
            None => {
                fill_holes(before, values, &mut filled);
                filled.push('[');
                rest = opened;
            }
        }
    }
    fill_holes(rest, values, &mut filled);
    filled
}

fn fill_holes(part: &str, values: &[(&str, &str)], filled: &mut String) {
    let mut rest = part;
    while let Some((before, hole)) = rest.split_once('{') {
        filled.push_str(before);
        let value = hole
            .split_once('}')
            .and_then(|(name, after)| Some((value_of(name, values)?, after)));
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
}

/// The names of the placeholders of a part.
fn holes(part: &str) -> impl Iterator<Item = &str> {
    part.split('{')
        .skip(1)
        .filter_map(|hole| hole.split_once('}'))
        .map(|(name, _)| name)
}

fn value_of<'a>(name: &str, values: &[(&str, &'a str)]) -> Option<&'a str> {
    values
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, value)| *value)
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
    fn a_part_in_brackets_is_left_out_where_its_value_is_missing() {
        let sentence = "The server[ {server}] is busy[: {detail}].";
        assert_eq!(fill(sentence, &[]), "The server is busy.");
        assert_eq!(
            fill(sentence, &[("server", "a.example")]),
            "The server a.example is busy."
        );
        assert_eq!(
            fill(sentence, &[("detail", "[{server}]")]),
            "The server is busy: [{server}]."
        );
    }

    #[test]
    fn brackets_without_a_placeholder_stay() {
        assert_eq!(fill("Go on? [y/N] ", &[]), "Go on? [y/N] ");
        assert_eq!(fill("[--json] {a} [", &[("a", "b")]), "[--json] b [");
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
