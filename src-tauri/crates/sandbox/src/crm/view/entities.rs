//! Letters as HTML entities, as PHP's `htmlentities` writes labels: quotes and angle brackets, all of Latin-1, and the signs a
//! German text is likely to hold.
//! Deliberately not here: the way back.

/// Latin-1 from U+00A0 to U+00FF, in order.
const LATIN_1: [&str; 96] = [
    "nbsp", "iexcl", "cent", "pound", "curren", "yen", "brvbar", "sect", "uml", "copy", "ordf",
    "laquo", "not", "shy", "reg", "macr", "deg", "plusmn", "sup2", "sup3", "acute", "micro",
    "para", "middot", "cedil", "sup1", "ordm", "raquo", "frac14", "frac12", "frac34", "iquest",
    "Agrave", "Aacute", "Acirc", "Atilde", "Auml", "Aring", "AElig", "Ccedil", "Egrave", "Eacute",
    "Ecirc", "Euml", "Igrave", "Iacute", "Icirc", "Iuml", "ETH", "Ntilde", "Ograve", "Oacute",
    "Ocirc", "Otilde", "Ouml", "times", "Oslash", "Ugrave", "Uacute", "Ucirc", "Uuml", "Yacute",
    "THORN", "szlig", "agrave", "aacute", "acirc", "atilde", "auml", "aring", "aelig", "ccedil",
    "egrave", "eacute", "ecirc", "euml", "igrave", "iacute", "icirc", "iuml", "eth", "ntilde",
    "ograve", "oacute", "ocirc", "otilde", "ouml", "divide", "oslash", "ugrave", "uacute", "ucirc",
    "uuml", "yacute", "thorn", "yuml",
];

/// The text with every such letter as an entity.
pub(in crate::crm) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match entity(letter) {
            Some(name) => escaped.extend(["&", name, ";"]),
            None => escaped.push(letter),
        }
    }
    escaped
}

fn entity(letter: char) -> Option<&'static str> {
    Some(match letter {
        '&' => "amp",
        '<' => "lt",
        '>' => "gt",
        '"' => "quot",
        '\'' => "#039",
        '€' => "euro",
        '–' => "ndash",
        '—' => "mdash",
        '„' => "bdquo",
        '“' => "ldquo",
        '”' => "rdquo",
        '‚' => "sbquo",
        '‘' => "lsquo",
        '’' => "rsquo",
        '…' => "hellip",
        '\u{a0}'..='\u{ff}' => LATIN_1[letter as usize - 0xa0],
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_escaped_as_the_server_does_it() {
        // create_Contacts.json of the recorded samples.
        assert_eq!(escaped("Zoë O'Brien"), "Zo&euml; O&#039;Brien");
        assert_eq!(
            escaped("<b>&ÿ\u{a0}ß Ł"),
            "&lt;b&gt;&amp;&yuml;&nbsp;&szlig; Ł"
        );
    }
}
