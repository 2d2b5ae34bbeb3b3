//! Whether others can read a mail. One that is encrypted is not imported: the CRM's users could not read it, and its sender did not want them
//! to (R5.7). A signature hides nothing.

use mail_parser::decoders::html::html_to_text;
use mail_parser::{Message, MessagePart, MimeHeaders, PartType};

/// Whether others can read a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protection {
    /// They can.
    None,
    /// They can, and it is signed.
    Signed,
    /// They cannot.
    Encrypted(Encryption),
}

/// How a mail is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encryption {
    /// S/MIME (RFC 8551).
    Smime,
    /// PGP/MIME (RFC 3156).
    PgpMime,
    /// PGP within the text (RFC 9580).
    PgpInline,
    /// Microsoft's rights management (MS-OXORMMS).
    Rights,
}

/// `enveloped-data` and `authEnveloped-data` of CMS (RFC 5652, RFC 5083), as object identifiers in DER.
const ENVELOPED: [&[u8]; 2] = [
    b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03",
    b"\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x17",
];
/// The identifier of the content is at the very beginning.
const BEGINNING: usize = 64;
/// How a PGP message begins.
const PGP: &str = "-----BEGIN PGP MESSAGE-----";

/// Looks at all parts of a mail; those of forwarded mails are theirs.
pub(crate) fn of(message: &Message<'_>) -> Protection {
    let mut found = Protection::None;
    for part in &message.parts {
        match of_part(part) {
            Protection::None => {}
            Protection::Signed => found = Protection::Signed,
            encrypted @ Protection::Encrypted(_) => return encrypted,
        }
    }
    found
}

fn of_part(part: &MessagePart<'_>) -> Protection {
    let is = |kind: &str, subtype: &str| part.is_content_type(kind, subtype);
    if is("multipart", "encrypted") {
        return Protection::Encrypted(Encryption::PgpMime);
    }
    if is("multipart", "signed") {
        return Protection::Signed;
    }
    if is("application", "pkcs7-mime") || is("application", "x-pkcs7-mime") {
        return of_cms(part);
    }
    if is("application", "x-microsoft-rpmsg-message") || is_named(part, "message.rpmsg") {
        return Protection::Encrypted(Encryption::Rights);
    }
    match &part.body {
        PartType::Text(text) if has_pgp(text) => Protection::Encrypted(Encryption::PgpInline),
        PartType::Html(html) if has_pgp(&html_to_text(html)) => {
            Protection::Encrypted(Encryption::PgpInline)
        }
        _ => Protection::None,
    }
}

/// `smime-type` says it where it is there; else the content does.
fn of_cms(part: &MessagePart<'_>) -> Protection {
    let told = part
        .content_type()
        .and_then(|told| told.attribute("smime-type"))
        .map(str::to_ascii_lowercase);
    let is_encrypted = match told.as_deref() {
        Some("enveloped-data" | "authenveloped-data") => true,
        Some(_) => false,
        None => {
            let bytes = part.contents();
            let beginning = &bytes[..bytes.len().min(BEGINNING)];
            ENVELOPED
                .iter()
                .any(|id| beginning.windows(id.len()).any(|window| window == *id))
        }
    };
    match is_encrypted {
        true => Protection::Encrypted(Encryption::Smime),
        false => Protection::Signed,
    }
}

fn is_named(part: &MessagePart<'_>, name: &str) -> bool {
    part.attachment_name()
        .is_some_and(|own| own.eq_ignore_ascii_case(name))
}

/// One that is quoted or talked about has other letters on its line.
fn has_pgp(text: &str) -> bool {
    text.lines().any(|line| line.trim() == PGP)
}

#[cfg(test)]
mod tests;
