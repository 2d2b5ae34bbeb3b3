//! The body of a mail for the CRM. It keeps HTML, but shows a body with scripts or event handlers as source (facts/crm.md 8), and what runs in
//! a colleague's browser must be nothing a stranger wrote: only what formats text stays. References to inline pictures (`cid:`) stay too.

use std::collections::HashSet;
use std::sync::LazyLock;

use ammonia::Builder;
use mail_parser::decoders::html::html_to_text;

use crate::reader::Body;

/// Formats text and nothing else: none of them places anything over something else or loads anything.
const STYLES: [&str; 24] = [
    "background-color",
    "border",
    "border-bottom",
    "border-collapse",
    "border-left",
    "border-right",
    "border-top",
    "color",
    "direction",
    "font-family",
    "font-size",
    "font-style",
    "font-weight",
    "height",
    "line-height",
    "margin",
    "margin-bottom",
    "margin-left",
    "margin-top",
    "padding",
    "text-align",
    "text-decoration",
    "vertical-align",
    "width",
];

static CLEANER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut cleaner = Builder::default();
    cleaner
        .add_url_schemes(["cid"])
        .add_tags(["font"])
        .add_tag_attributes("font", ["color", "face", "size"])
        .add_tag_attributes("table", ["border", "cellpadding", "cellspacing", "width"])
        .add_tag_attributes("td", ["valign", "width"])
        .add_generic_attributes(["style", "dir"])
        .filter_style_properties(HashSet::from(STYLES))
        .clean_content_tags(HashSet::from(["script", "style", "title"]));
    cleaner
});

/// The body as the CRM is to show it: its HTML, else its text as HTML.
pub fn for_crm(body: &Body) -> String {
    match &body.html {
        Some(html) => clean(html),
        None => from_text(&body.text),
    }
}

/// HTML without anything that runs, loads or hides something.
pub fn clean(html: &str) -> String {
    CLEANER.clean(html).to_string()
}

/// Text as HTML: the CRM shows descriptions of mails as HTML.
pub fn from_text(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let lines = text.trim_end().split('\n');
    let lines: Vec<String> = lines.map(ammonia::clean_text).collect();
    lines.join("<br>\n")
}

/// HTML as text.
pub fn to_text(html: &str) -> String {
    html_to_text(html)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn r5_1_nothing_that_runs_gets_into_the_crm() {
        for hostile in [
            "<script>alert(1)</script>ok",
            "<img src=x onerror=alert(1)>ok",
            "<a href=\"javascript:alert(1)\">ok</a>",
            "<svg onload=alert(1)>ok</svg>",
            "<iframe src=\"https://x.example\"></iframe>ok",
            "<style>body{background:url(javascript:alert(1))}</style>ok",
            "<p style=\"position:fixed;background:url('https://x.example/p')\">ok</p>",
            "<form action=\"https://x.example\"><input onfocus=alert(1) autofocus></form>ok",
            "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>ok",
            "<ScRiPt >alert(1)</sCrIpT>ok",
        ] {
            let clean = clean(hostile);
            let lower = clean.to_lowercase();
            for word in [
                "script", "onerror", "onload", "onfocus", "iframe", "position", "url(",
            ] {
                assert!(!lower.contains(word), "{hostile} gave {clean}");
            }
        }
    }

    #[test]
    fn r5_1_what_formats_text_stays() {
        let html = "<p style=\"color:red\">Guten <b>Tag</b>,<br>anbei <a href=\"https://x.example/\">der Link</a></p><table><tbody><tr><td>1</td></tr></tbody></table>";
        let clean = clean(html);
        for part in [
            "color:red",
            "<b>Tag</b>",
            "<br>",
            "https://x.example/",
            "<td>1</td>",
        ] {
            assert!(clean.contains(part), "{clean} has no {part}");
        }
    }

    #[test]
    fn r5_6_inline_pictures_stay_in_their_place() {
        let clean = clean("<img src=\"cid:logo@x\" alt=\"Logo\" width=\"10\">");
        assert!(clean.contains("cid:logo@x"), "{clean}");
    }

    #[test]
    fn r5_1_text_is_shown_as_it_was_written() {
        let body = Body {
            html: None,
            text: "a < b & c\r\n\r\n  <script>\n".to_owned(),
        };
        let shown = for_crm(&body);
        assert!(!shown.contains("<script>"), "{shown}");
        assert_eq!(shown.matches("<br>").count(), 2);
        assert!(to_text(&shown).contains("a < b & c"), "{shown}");
    }

    proptest! {
        #[test]
        fn cleaning_twice_is_cleaning_once(html in "[<>a-z/\"'= &;:!-]{0,200}") {
            let once = clean(&html);
            prop_assert_eq!(clean(&once), once);
        }

        #[test]
        fn any_text_is_read_without_a_panic(html in any::<String>()) {
            to_text(&html);
            from_text(&html);
        }
    }
}
