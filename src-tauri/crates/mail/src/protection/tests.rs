//! Each way to encrypt a mail, each way to sign one, and mails that only talk about it.

use super::*;
use crate::read;

fn protection(text: &str) -> Protection {
    let mail = read(text.replace('\n', "\r\n").as_bytes());
    mail.expect("a mail").protection
}

fn cms(parameters: &str, base64: &str) -> Protection {
    protection(&format!(
        "Content-Type: application/pkcs7-mime{parameters}; name=smime.p7m\nContent-Transfer-Encoding: base64\n\n{base64}\n"
    ))
}

/// The beginning of a CMS message: a sequence, its length, and what it is.
const ENVELOPED: &str = "MIAGCSqGSIb3DQEHA6CAMIA=";
const SIGNED: &str = "MIAGCSqGSIb3DQEHAqCAMIA=";
const AUTHENTICATED: &str = "MIAGCyqGSIb3DQEJEAEXoIAwgA==";

#[test]
fn r5_7_s_mime_is_told_by_its_type_else_by_its_content() {
    let encrypted = Protection::Encrypted(Encryption::Smime);
    for (parameters, base64, expected) in [
        ("; smime-type=enveloped-data", ENVELOPED, encrypted),
        ("; smime-type=authEnveloped-data", AUTHENTICATED, encrypted),
        ("; smime-type=signed-data", SIGNED, Protection::Sealed),
        ("; smime-type=compressed-data", SIGNED, Protection::Sealed),
        ("; smime-type=certs-only", SIGNED, Protection::Signed),
        ("", ENVELOPED, encrypted),
        ("", AUTHENTICATED, encrypted),
        // The beginning alone cannot be opened.
        ("", SIGNED, Protection::Sealed),
    ] {
        assert_eq!(cms(parameters, base64), expected, "{parameters} {base64}");
    }
}

#[test]
fn r5_7_s_mime_whose_type_was_lost_on_the_way_is_told_by_its_name() {
    let part = |name: &str, base64: &str| {
        format!(
            "Content-Type: application/octet-stream; name={name}\nContent-Disposition: attachment; filename={name}\nContent-Transfer-Encoding: base64\n\n{base64}\n"
        )
    };
    let below = |part: &str| {
        format!(
            "Content-Type: multipart/mixed; boundary=m\n\n--m\nContent-Type: text/plain\n\nsent by a list\n--m\n{part}\n--m--\n"
        )
    };
    let encrypted = Protection::Encrypted(Encryption::Smime);
    for id in [ENVELOPED, AUTHENTICATED] {
        assert_eq!(protection(&part("smime.p7m", id)), encrypted);
        assert_eq!(protection(&below(&part("SMIME.P7M", id))), encrypted);
    }
    let sealed = protection(&part("smime.p7m", SIGNED));
    assert_eq!(sealed, Protection::Sealed, "the beginning cannot be opened");
    let file = protection(&below(&part("offer.p7m", ENVELOPED)));
    assert_eq!(file, Protection::None, "a file like any other");
}

#[test]
fn r5_7_pgp_is_told_in_both_forms() {
    let mime = "Content-Type: multipart/encrypted; protocol=\"application/pgp-encrypted\"; boundary=e\n\n--e\nContent-Type: application/pgp-encrypted\n\nVersion: 1\n--e\nContent-Type: application/octet-stream\n\n-----BEGIN PGP MESSAGE-----\n--e--\n";
    assert_eq!(protection(mime), Protection::Encrypted(Encryption::PgpMime));
    let inline = "Subject: x\n\n-----BEGIN PGP MESSAGE-----\n\nhQEM\n-----END PGP MESSAGE-----\n";
    assert_eq!(
        protection(inline),
        Protection::Encrypted(Encryption::PgpInline)
    );
    let html = "Content-Type: text/html\n\n<html><body><p>-----BEGIN PGP MESSAGE-----\n<br>hQEM</p></body></html>\n";
    assert_eq!(
        protection(html),
        Protection::Encrypted(Encryption::PgpInline)
    );
}

#[test]
fn r5_7_a_mail_that_talks_about_pgp_is_open() {
    let text = "Subject: x\n\nWhat does -----BEGIN PGP MESSAGE----- mean?\n> -----BEGIN PGP MESSAGE-----\n";
    assert_eq!(protection(text), Protection::None);
    let key = "Subject: x\n\n-----BEGIN PGP PUBLIC KEY BLOCK-----\n";
    assert_eq!(protection(key), Protection::None);
}

#[test]
fn r5_7_a_mail_of_rights_management_is_told_by_its_only_attachment() {
    let mail = "Content-Type: multipart/mixed; boundary=m\n\n--m\nContent-Type: text/plain\n\nopen with\n--m\nContent-Type: application/x-microsoft-rpmsg-message; name=\"message.rpmsg\"\nContent-Disposition: attachment\n\nx\n--m--\n";
    assert_eq!(protection(mail), Protection::Encrypted(Encryption::Rights));
}

#[test]
fn r5_7_a_signed_mail_is_imported() {
    let mail = "Content-Type: multipart/signed; protocol=\"application/pgp-signature\"; boundary=s\n\n--s\nContent-Type: text/plain\n\nHallo\n--s\nContent-Type: application/pgp-signature\n\n-----BEGIN PGP SIGNATURE-----\n--s--\n";
    assert_eq!(protection(mail), Protection::Signed);
    assert_eq!(protection("Subject: x\n\nHallo\n"), Protection::None);
}

#[test]
fn r5_7_an_encrypted_mail_within_an_open_one_is_an_attachment() {
    let mail = "Content-Type: multipart/mixed; boundary=m\n\n--m\nContent-Type: text/plain\n\nsee below\n--m\nContent-Type: message/rfc822\n\nSubject: y\n\n-----BEGIN PGP MESSAGE-----\n--m--\n";
    assert_eq!(protection(mail), Protection::None);
}
