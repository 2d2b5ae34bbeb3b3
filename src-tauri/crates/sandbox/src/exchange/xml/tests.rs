//! Reading and writing, on their own.

use super::*;

#[test]
fn any_prefix_reads_as_the_same_element() {
    let types = Ns::Types.uri();
    let one = Element::parse(&format!("<t:Surname xmlns:t=\"{types}\">Li</t:Surname>"))
        .expect("well-formed");
    let two = Element::parse(&format!(
        "<Surname xmlns=\"{types}\"><![CDATA[Li]]></Surname>"
    ))
    .expect("well-formed");
    assert_eq!(one, two);
    assert_eq!(one, Element::t("Surname").text("Li"));
}

#[test]
fn text_survives_writing_and_reading() {
    for text in [
        "a & b < c > \"d\"",
        "line\r\nline\nline\ttab",
        "ä 😀 ' ",
        " leading and trailing ",
    ] {
        let element = Element::t("A").attribute("Id", text).text(text);
        assert_eq!(
            Element::parse(&element.to_xml()).expect("own text"),
            element,
            "{text:?}"
        );
    }
}

#[test]
fn what_exchange_refuses_is_refused() {
    for bad in [
        "<a>",
        "<a></b>",
        "<a/><b/>",
        "",
        "text",
        "<x:a/>",
        "<a>&#x1;</a>",
        "<a>\u{b}</a>",
        "<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>",
        "<a>&unknown;</a>",
        "<a b='1' b='2'/>",
    ] {
        assert!(Element::parse(bad).is_err(), "{bad:?}");
    }
}

#[test]
fn white_space_between_children_is_no_text() {
    let element = Element::parse("<a>\n  <b> x </b>\n</a>").expect("well-formed");
    assert_eq!(
        (element.text.as_str(), element.get_text("b")),
        ("", Some(" x "))
    );
}
