//! Mails whose content is inside their signature (S/MIME, opaque-signed; RFC 8551, 3.5.2). `smime/definite.eml` and `smime/streamed.eml` were
//! made with OpenSSL 3.0.19 from one text and a self-made certificate: `openssl cms -sign -nodetach -binary -in … -outform SMIME`, the first with
//! `-noindef`, the other with `-stream`, as programs write it that sign while they send.

use std::path::Path;

use mail::{Mail, Protection, look, read};

fn sample(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/smime");
    std::fs::read(folder.join(name)).expect("a sample")
}

fn assert_open(mail: &Mail) {
    assert_eq!(mail.protection, Protection::Signed);
    let html = mail.body.html.as_deref().expect("HTML");
    assert!(html.contains("<p>Grüße von Karl</p>"), "{html}");
    let files = mail.attachments.iter();
    let files: Vec<_> = files.map(|file| (&*file.name, &*file.bytes)).collect();
    assert_eq!(files, [("Angebot.pdf", b"%PDF-1.4\n".as_slice())]);
}

#[test]
fn r5_6_r5_7_what_is_inside_a_signature_is_taken_out() {
    for name in ["definite.eml", "streamed.eml"] {
        let mail = read(&sample(name)).expect("a mail");
        assert_open(&mail);
        assert_eq!(mail.subject, "Signed offer");
        assert_eq!(mail.from[0].address, "karl@kunde.example");
        assert_eq!(mail.to[0].address, "anna@firma.example");
    }
}

/// As a mailing list sends it on.
#[test]
fn r5_6_r5_7_also_with_a_text_that_was_put_around_it() {
    let signed = String::from_utf8(sample("streamed.eml")).expect("text");
    let (_, part) = signed.split_once("MIME-Version: 1.0\n").expect("a head");
    let text = format!(
        "Subject: x\nContent-Type: multipart/mixed; boundary=l\n\n--l\n{part}\n--l\nContent-Type: text/plain\n\nUnsubscribe & more\n--l--\n"
    );
    let mail = read(text.as_bytes()).expect("a mail");
    assert_open(&mail);
    let html = mail.body.html.expect("HTML");
    assert!(html.ends_with("Unsubscribe&#32;&amp;&#32;more"), "{html}");
    // A file that somebody signed is a file.
    let file = text.replace("smime.p7m", "offer.pdf.p7m");
    let mail = read(file.as_bytes()).expect("a mail");
    assert_eq!(mail.attachments.len(), 1);
    assert_eq!(mail.attachments[0].name, "offer.pdf.p7m");
    assert!(mail.attachments[0].bytes.len() > 500);
}

#[test]
fn r5_7_what_cannot_be_taken_out_is_named_and_nothing_panics() {
    let whole = String::from_utf8(sample("definite.eml")).expect("text");
    let (head, base64) = whole.split_once("\n\n").expect("a head and a body");
    for end in (0..base64.len()).step_by(7) {
        let cut = format!("{head}\n\n{}\n", &base64[..end]);
        let mail = look(cut.as_bytes()).expect("a mail");
        // What is behind the content is not looked at.
        assert!(matches!(
            mail.protection,
            Protection::Sealed | Protection::Signed
        ));
        if end < 400 {
            assert_eq!(mail.protection, Protection::Sealed, "{end}");
        }
    }
}
