//! Bodies: stored as they came, HTML or text; shown in the form that was asked for. Text is converted to HTML and HTML to text about
//! as Exchange does it: tags go, blocks become lines, links keep their address.
//! Deliberately not here: cleaning of dangerous HTML.

use super::item::Item;
use super::shape::BodyForm;
use super::xml::Element;

/// A body of an item in a form; `None` where it has none.
pub fn in_form(item: &Item, form: BodyForm, name: &str) -> Option<Element> {
    let stored = item.fields.get("Body")?;
    let is_html = stored.get_attribute("BodyType") == Some("HTML");
    let (kind, text) = match (form, is_html) {
        (BodyForm::Text, true) => ("Text", html_to_text(&stored.text)),
        (BodyForm::Html, false) => ("HTML", text_to_html(&stored.text)),
        (BodyForm::Html | BodyForm::Best, true) => ("HTML", stored.text.clone()),
        (BodyForm::Text | BodyForm::Best, false) => ("Text", stored.text.clone()),
    };
    Some(
        Element::t(name)
            .attribute("BodyType", kind)
            .attribute("IsTruncated", "false")
            .text(text),
    )
}

/// A body as Exchange stores it: text has its lines ended by CR LF.
pub fn stored(body: &Element) -> Element {
    let kind = body.get_attribute("BodyType").unwrap_or("Text");
    let text = if kind == "Text" {
        with_crlf(&body.text)
    } else {
        body.text.clone()
    };
    Element::t("Body").attribute("BodyType", kind).text(text)
}

fn with_crlf(text: &str) -> String {
    text.replace("\r\n", "\n")
        .replace('\r', "\n")
        .replace('\n', "\r\n")
}

fn text_to_html(text: &str) -> String {
    let escaped = text
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    let lines = escaped.replace("\r\n", "\n").replace('\n', "<br>\r\n");
    format!(
        "<html><head><meta http-equiv=\"Content-Type\" content=\"text/html; charset=utf-8\"></head><body>{lines}</body></html>"
    )
}

/// HTML as plain text.
pub fn html_to_text(html: &str) -> String {
    let mut out = Text::default();
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        out.words(&rest[..start]);
        rest = &rest[start..];
        if let Some(after) = rest.strip_prefix("<!--") {
            rest = after.split_once("-->").map_or("", |(_, after)| after);
            continue;
        }
        let Some(end) = rest.find('>') else { break };
        let tag = &rest[1..end];
        rest = &rest[end + 1..];
        let name = tag_name(tag);
        if ["style", "script", "head", "title"].contains(&name.as_str()) && !tag.ends_with('/') {
            let close = format!("</{name}");
            let at = rest.to_ascii_lowercase().find(&close).unwrap_or(rest.len());
            rest = rest[at..].split_once('>').map_or("", |(_, after)| after);
            continue;
        }
        out.tag(&name, tag);
    }
    if !rest.starts_with('<') {
        out.words(rest);
    }
    out.finish()
}

/// The name with its slash, if it closes.
fn tag_name(tag: &str) -> String {
    let ends = |(at, character): &(usize, char)| {
        *at > 0 && (character.is_whitespace() || *character == '/')
    };
    let end = tag
        .char_indices()
        .find(ends)
        .map_or(tag.len(), |(at, _)| at);
    tag[..end].to_ascii_lowercase()
}

/// Plain text as it grows.
#[derive(Default)]
struct Text {
    out: String,
    blank_due: bool,
    link: Option<String>,
}

impl Text {
    fn words(&mut self, raw: &str) {
        let text = decode_entities(raw);
        for character in text.chars() {
            match character {
                ' ' | '\t' | '\r' | '\n' => self.blank_due = true,
                other => {
                    if self.blank_due && !self.out.is_empty() && !self.out.ends_with('\n') {
                        self.out.push(' ');
                    }
                    self.blank_due = false;
                    self.out.push(other);
                }
            }
        }
    }

    fn tag(&mut self, name: &str, tag: &str) {
        match name {
            "br" | "br/" => self.new_line(),
            "p" | "/p" | "/div" | "/tr" | "/table" | "/h1" | "/h2" | "/h3" | "/h4" | "/ul"
            | "/ol" | "hr" | "table" | "h1" | "h2" | "h3" | "h4" | "blockquote" | "/blockquote"
            | "div" | "/li" => self.end_line(name == "/p"),
            "li" => {
                self.end_line(false);
                self.out.push_str("  * ");
            }
            "/td" | "/th" => self.out.push('\t'),
            "a" => self.link = attribute(tag, "href"),
            "/a" => {
                if let Some(address) = self
                    .link
                    .take()
                    .filter(|address| !self.out.ends_with(address.as_str()))
                {
                    self.out.push_str(&format!("<{address}>"));
                }
            }
            _ => {}
        }
    }

    fn new_line(&mut self) {
        self.out.push('\n');
        self.blank_due = false;
    }

    fn end_line(&mut self, and_a_blank_one: bool) {
        if !self.out.is_empty() && !self.out.ends_with('\n') {
            self.out.push('\n');
        }
        if and_a_blank_one && !self.out.is_empty() && !self.out.ends_with("\n\n") {
            self.out.push('\n');
        }
        self.blank_due = false;
    }

    fn finish(self) -> String {
        with_crlf(self.out.trim_end_matches(['\n', ' ', '\t']))
    }
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let at = tag.to_ascii_lowercase().find(&format!("{name}="))? + name.len() + 1;
    let value = tag.get(at..)?;
    let quote = value.chars().next()?;
    let text = match quote {
        '"' | '\'' => value[1..].split(quote).next()?,
        _ => value.split_whitespace().next()?,
    };
    Some(decode_entities(text))
}

fn decode_entities(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let known = rest
            .find(';')
            .filter(|end| *end < 12)
            .and_then(|end| Some((entity(&rest[1..end])?, end)));
        match known {
            Some((character, end)) => {
                out.push(character);
                rest = &rest[end + 1..];
            }
            None => {
                out.push('&');
                rest = &rest[1..];
            }
        }
    }
    out.push_str(rest);
    out
}

fn entity(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok()?,
            None => number.parse().ok()?,
        };
        return char::from_u32(code);
    }
    const NAMED: [(&str, char); 26] = [
        ("amp", '&'),
        ("lt", '<'),
        ("gt", '>'),
        ("quot", '"'),
        ("apos", '\''),
        ("nbsp", '\u{a0}'),
        ("auml", 'ä'),
        ("ouml", 'ö'),
        ("uuml", 'ü'),
        ("Auml", 'Ä'),
        ("Ouml", 'Ö'),
        ("Uuml", 'Ü'),
        ("szlig", 'ß'),
        ("euro", '€'),
        ("eacute", 'é'),
        ("egrave", 'è'),
        ("agrave", 'à'),
        ("ccedil", 'ç'),
        ("copy", '©'),
        ("reg", '®'),
        ("ndash", '–'),
        ("mdash", '—'),
        ("hellip", '…'),
        ("bdquo", '„'),
        ("ldquo", '“'),
        ("rdquo", '”'),
    ];
    NAMED
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, character)| *character)
}

#[cfg(test)]
mod tests {
    //! Both directions.
    use super::*;

    #[test]
    fn html_becomes_lines_without_tags() {
        let html = "<html><head><style>p {}</style></head><body><!-- x --><p>Hallo  <b>Welt</b> &amp; &Uuml;b&#x65;r</p>\
                    <div>zwei<br>drei</div><ul><li>vier</li></ul>5 &lt; 6</body></html>";
        assert_eq!(
            html_to_text(html),
            "Hallo Welt & Über\r\n\r\nzwei\r\ndrei\r\n  * vier\r\n5 < 6"
        );
    }

    #[test]
    fn a_link_keeps_its_address_unless_it_is_its_text() {
        assert_eq!(
            html_to_text("<a href=\"http://a.example/?x=1&amp;y=2\">da</a>"),
            "da<http://a.example/?x=1&y=2>"
        );
        assert_eq!(
            html_to_text("<a href='http://a.example'>http://a.example</a>"),
            "http://a.example"
        );
    }

    #[test]
    fn odd_html_does_no_harm() {
        for odd in [
            "<", "a<b", "a & b", "<p", "</p>", "<>", "</>", "&;", "<!-- ", "<style>", "ä<ö>ü",
        ] {
            html_to_text(odd);
        }
        assert_eq!(html_to_text("a & b &unknown; c"), "a & b &unknown; c");
    }

    #[test]
    fn text_shown_as_html_comes_back_as_the_same_text() {
        let text = "Zeile 1\r\nZeile 2: äöüß € <5 & mehr>\r\n\r\nEnde";
        assert_eq!(html_to_text(&text_to_html(text)), text);
    }
}
