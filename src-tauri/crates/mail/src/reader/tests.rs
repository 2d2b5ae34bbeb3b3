//! Mails as programs write them: well made, odd and hostile.

use super::*;

fn mail(text: &str) -> Mail {
    read(text.replace('\n', "\r\n").as_bytes()).expect("a mail")
}

fn addresses(people: &[Person]) -> Vec<&str> {
    people
        .iter()
        .map(|person| person.address.as_str())
        .collect()
}

#[test]
fn r5_1_people_are_read_with_the_names_they_show() {
    let mail = mail(
        "From: =?utf-8?Q?J=C3=B6rg_M=C3=BCller?= <j@kunde.de>\nTo: \"Gro=C3=9F, Anna\" <a@x.example>, b@x.example,\n undisclosed-recipients:;\nCc: Team: c@x.example, d@x.example;\nBcc: e@x.example\nSubject: =?iso-8859-1?Q?Gr=FC=DFe?=\n aus Kiel\n\nHallo\n",
    );
    assert_eq!(mail.from[0].name, "Jörg Müller");
    assert_eq!(addresses(&mail.to), ["a@x.example", "b@x.example"]);
    assert_eq!(addresses(&mail.cc), ["c@x.example", "d@x.example"]);
    assert_eq!(addresses(&mail.bcc), ["e@x.example"]);
    assert_eq!(mail.subject, "Grüße aus Kiel");
}

#[test]
fn r5_1_what_is_no_address_is_passed_over() {
    let mail = mail(
        "From: \"/O=FIRMA/CN=ANNA\"\nSender: s@x.example\nTo: <>, x@, @y, \"a b\"@x.example, ok@x.example\n\nx\n",
    );
    assert_eq!(addresses(&mail.from), ["s@x.example"], "the sender");
    assert_eq!(addresses(&mail.to), ["ok@x.example"]);
}

#[test]
fn r5_1_the_moment_it_was_sent_is_one_in_every_zone() {
    let sent = |date: &str| mail(&format!("Date: {date}\n\nx\n")).sent;
    let expected = "2026-03-29T00:30:00Z".parse().ok();
    assert_eq!(sent("Sun, 29 Mar 2026 01:30:00 +0100"), expected);
    assert_eq!(sent("29 Mar 2026 00:30:00 GMT"), expected);
    assert_eq!(mail("Subject: x\n\nx\n").sent, None);
}

const MIXED: &str = "From: a@x.example\nContent-Type: multipart/mixed; boundary=m\n\n--m\nContent-Type: multipart/related; boundary=r\n\n--r\nContent-Type: multipart/alternative; boundary=a\n\n--a\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\nGr=C3=BC=C3=9Fe\n--a\nContent-Type: text/html; charset=utf-8\n\n<p>Gr&uuml;&szlig;e <img src=\"cid:logo\"></p>\n--a--\n--r\nContent-Type: image/png\nContent-ID: <logo>\nContent-Transfer-Encoding: base64\n\niVBORw==\n--r--\n--m\nContent-Type: application/pdf; name=\"=?utf-8?Q?Angebot_=C3=BC.pdf?=\"\nContent-Disposition: attachment\nContent-Transfer-Encoding: base64\n\nJVBERg==\n--m\nContent-Type: message/rfc822\n\nFrom: b@x.example\nSubject: Re: offer / please\n\nwithin\n--m--\n";

#[test]
fn r5_6_attachments_are_read_inline_attached_and_forwarded() {
    let mail = mail(MIXED);
    assert_eq!(mail.body.text.trim(), "Grüße");
    assert!(
        mail.body
            .html
            .as_deref()
            .is_some_and(|html| html.contains("cid:logo"))
    );
    let shown: Vec<(&str, &str)> = mail
        .attachments
        .iter()
        .map(|one| (one.name.as_str(), one.content_type.as_str()))
        .collect();
    let expected = [
        ("1.png", "image/png"),
        ("Angebot ü.pdf", "application/pdf"),
        ("please.eml", "message/rfc822"),
    ];
    assert_eq!(shown, expected);
    assert_eq!(mail.attachments[0].content_id.as_deref(), Some("logo"));
    assert_eq!(mail.attachments[1].bytes, b"%PDF");
    let within = read(&mail.attachments[2].bytes).expect("a mail of its own");
    assert_eq!(within.subject, "Re: offer / please");
}

#[test]
fn r5_6_texts_and_mails_that_go_along_are_whole() {
    let mail = mail(
        "Content-Type: multipart/mixed; boundary=m\n\n--m\nContent-Type: text/plain\n\nx\n--m\nContent-Type: text/plain; charset=iso-8859-1; name=a.txt\nContent-Disposition: attachment\nContent-Transfer-Encoding: base64\n\nR3L832U=\n--m\nContent-Type: text/html; name=b.html\nContent-Disposition: attachment\n\n<b>b</b>\n--m\nContent-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\nU3ViamVjdDogYwoKYw==\n--m--\n",
    );
    assert_eq!(mail.body.text.trim(), "x");
    let files: Vec<(&str, &[u8])> = mail
        .attachments
        .iter()
        .map(|one| (one.name.as_str(), one.bytes.trim_ascii()))
        .collect();
    let expected: [(&str, &[u8]); 3] = [
        ("a.txt", b"Gr\xfc\xdfe"),
        ("b.html", b"<b>b</b>"),
        ("c.eml", b"Subject: c\n\nc"),
    ];
    assert_eq!(files, expected);
}

#[test]
fn r5_6_a_text_that_goes_along_keeps_every_byte_however_it_was_sent() {
    let csv = b"Name;Ort\r\nM\xfcller;K\xf6ln\r\n";
    let sent: [(&str, &[u8]); 4] = [
        ("8bit", csv),
        ("binary", csv),
        ("base64", b"TmFtZTtPcnQNCk38bGxlcjtL9mxuDQo="),
        ("quoted-printable", b"Name;Ort\r\nM=FCller;K=F6l=\r\nn\r\n"),
    ];
    for (encoding, written) in sent {
        for kind in [
            "text/csv",
            "text/plain; charset=utf-8",
            "text/html; charset=x-none",
        ] {
            let headers = format!(
                "Content-Type: multipart/mixed; boundary=m\r\n\r\n--m\r\nContent-Type: text/plain\r\n\r\nx\r\n--m\r\nContent-Type: {kind}; name=a.csv\r\nContent-Disposition: attachment\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n"
            );
            let bytes = [headers.as_bytes(), written, b"\r\n--m--\r\n"].concat();
            let files = read(&bytes).expect("a mail").attachments;
            assert_eq!(files[0].bytes, csv, "{encoding} {kind}");
        }
    }
}

#[test]
fn r5_6_no_name_leads_out_of_a_folder() {
    for (name, expected) in [
        ("../../etc/passwd", "passwd"),
        ("C:\\\\Users\\\\a\\\\b.doc", "b.doc"),
        ("..", "1.bin"),
        ("a<b>c:d.txt", "abcd.txt"),
        (" . ", "1.bin"),
    ] {
        let mail = mail(&format!(
            "Content-Type: multipart/mixed; boundary=m\n\n--m\nContent-Type: text/plain\n\nx\n--m\nContent-Type: application/octet-stream; name=\"{name}\"\nContent-Disposition: attachment\n\nx\n--m--\n"
        ));
        assert_eq!(mail.attachments[0].name, expected, "{name}");
    }
}

#[test]
fn r5_1_a_mail_of_html_only_has_no_text_and_one_of_text_only_no_html() {
    let html = mail("Content-Type: text/html\n\n<b>x</b>\n");
    assert!(html.body.html.is_some() && html.body.text.is_empty());
    let text = mail("Subject: x\n\nx\n");
    assert_eq!((text.body.html, text.body.text.trim()), (None, "x"));
}

#[test]
fn r5_1_text_beside_html_is_shown_in_its_place() {
    let mail = mail(
        "Content-Type: multipart/mixed; boundary=m\n\n--m\nContent-Type: text/plain\n\na < b\n--m\nContent-Type: text/html\n\n<p>offer</p>\n--m\nContent-Type: text/plain\n\nsent by a list\n--m--\n",
    );
    let shown = for_crm(&mail.body);
    let places = ["a &lt; b", "<p>offer</p>", "sent by a list"].map(|words| shown.find(words));
    assert!(places.iter().all(Option::is_some), "{shown}");
    assert!(places.is_sorted(), "{shown}");
    assert!(mail.attachments.is_empty());
}

#[test]
fn nothing_is_no_mail() {
    assert_eq!(read(b""), None);
}
