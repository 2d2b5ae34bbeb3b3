//! The page a browser shows at the end. It holds the sentences it was given and nothing of the request it answers; it loads nothing.

use std::fmt::Write;

/// What a page says, in the user's language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The language, as in `de`.
    pub language: String,
    /// What happened.
    pub title: String,
    /// What else there is to say.
    pub lines: Vec<String>,
}

/// The pages that are shown before anybody knows how signing in ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pages {
    /// For an answer that belongs to no sign-in that waits.
    pub foreign: Page,
    /// For one whose sign-in was given up while the browser waited.
    pub given_up: Page,
}

impl Page {
    /// The page as HTML.
    pub(crate) fn html(&self) -> String {
        let (language, title) = (escaped(&self.language), escaped(&self.title));
        let mut html = format!(
            "<!doctype html>\n<html lang=\"{language}\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" \
             content=\"width=device-width\">\n<title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n"
        );
        for line in &self.lines {
            writeln!(html, "<p>{}</p>", escaped(line)).expect("a text takes everything");
        }
        html + "</main>\n</body>\n</html>\n"
    }
}

const STYLE: &str = ":root{color-scheme:light dark;font:1.125rem/1.5 system-ui,sans-serif}\
                     main{max-width:34rem;margin:15vh auto 0;padding:0 1.5rem}\
                     h1{font-size:1.5rem;line-height:1.25}p{overflow-wrap:anywhere}";

fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_is_text_and_never_markup() {
        let page = Page {
            language: "de".to_owned(),
            title: "Größe <1> & \"mehr\"".to_owned(),
            lines: vec!["<script>alert(1)</script>".to_owned()],
        };
        let html = page.html();
        assert!(html.starts_with("<!doctype html>\n<html lang=\"de\">"));
        assert!(html.contains("<h1>Größe &lt;1&gt; &amp; &quot;mehr&quot;</h1>"));
        assert!(!html.contains("<script"), "{html}");
    }
}
