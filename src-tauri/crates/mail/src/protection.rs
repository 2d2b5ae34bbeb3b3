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
    /// All of it is inside a signature (S/MIME, `smime.p7m`) or compressed, and could not be taken out.
    Sealed,
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
            hidden @ (Protection::Encrypted(_) | Protection::Sealed) => return hidden,
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
    if is_cms(part) {
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

/// Servers on the way that do not know the type keep the name (RFC 8551, 3.2.1).
fn is_cms(part: &MessagePart<'_>) -> bool {
    let is = |subtype| part.is_content_type("application", subtype);
    is("pkcs7-mime") || is("x-pkcs7-mime") || is("octet-stream") && is_named(part, "smime.p7m")
}

fn smime_type(part: &MessagePart<'_>) -> Option<String> {
    let told = part.content_type()?.attribute("smime-type")?;
    Some(told.to_ascii_lowercase())
}

/// Where the part is that holds what was signed, and whether there is nothing else: all of the mail, or what a mailing list has put its own
/// text around. A file that somebody signed is a file.
pub(crate) fn seal(message: &Message<'_>) -> Option<(usize, IsAll)> {
    let root = message.parts.first()?;
    if is_cms(root) {
        // Certificates and receipts hold nothing.
        let holds = match smime_type(root).as_deref() {
            Some("signed-data" | "compressed-data") | None => true,
            Some(_) => false,
        };
        return holds.then_some((0, IsAll::Yes));
    }
    let is_sealed = |part: &MessagePart<'_>| {
        let told = is_cms(part) && smime_type(part).as_deref() == Some("signed-data");
        told && is_named(part, "smime.p7m")
    };
    let place = message.parts.iter().position(is_sealed)?;
    Some((place, IsAll::No))
}

/// Whether what was signed is all of a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum IsAll {
    /// It is.
    Yes,
    /// There is more.
    No,
}

/// `smime-type` says it where it is there; else the content does.
fn of_cms(part: &MessagePart<'_>) -> Protection {
    let is_encrypted = match smime_type(part).as_deref() {
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
