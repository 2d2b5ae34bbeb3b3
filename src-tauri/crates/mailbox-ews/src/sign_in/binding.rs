//! The channel binding `tls-server-end-point` (RFC 5929, section 4): what ties a sign-in to the server's certificate. Exchange
//! demands it since 2019 CU14 where Extended Protection is on; a proxy that ends TLS in between makes such a sign-in fail.

use sha2::{Digest, Sha256, Sha384, Sha512};

const PREFIX: &[u8] = b"tls-server-end-point:";

// Object identifiers as DER writes them.
const RSA_SHA384: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0c];
const RSA_SHA512: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0d];
const RSA_PSS: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0a];
const ECDSA_SHA384: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x03];
const ECDSA_SHA512: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x04];
const SHA384: &[u8] = &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02];
const SHA512: &[u8] = &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x03];

const SEQUENCE: u8 = 0x30;
const OBJECT_IDENTIFIER: u8 = 0x06;

/// The application data of the binding for a certificate (DER).
pub fn end_point_binding(certificate: &[u8]) -> Vec<u8> {
    let mut binding = PREFIX.to_vec();
    match signature_hash(certificate) {
        Hash::Sha256 => binding.extend(Sha256::digest(certificate)),
        Hash::Sha384 => binding.extend(Sha384::digest(certificate)),
        Hash::Sha512 => binding.extend(Sha512::digest(certificate)),
    }
    binding
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hash {
    Sha256,
    Sha384,
    Sha512,
}

/// The hash of the certificate's own signature; MD5, SHA-1 and everything unknown count as SHA-256.
fn signature_hash(certificate: &[u8]) -> Hash {
    let Some((oid, parameters)) = signature_algorithm(certificate) else {
        return Hash::Sha256;
    };
    let names = |hash: &[u8]| parameters.windows(hash.len()).any(|part| part == hash);
    match oid {
        RSA_SHA384 | ECDSA_SHA384 => Hash::Sha384,
        RSA_SHA512 | ECDSA_SHA512 => Hash::Sha512,
        RSA_PSS if names(SHA384) => Hash::Sha384,
        RSA_PSS if names(SHA512) => Hash::Sha512,
        _ => Hash::Sha256,
    }
}

/// `Certificate ::= SEQUENCE { tbsCertificate, signatureAlgorithm SEQUENCE { OID, parameters }, ... }`
fn signature_algorithm(certificate: &[u8]) -> Option<(&[u8], &[u8])> {
    let (inside, _) = value(certificate, SEQUENCE)?;
    let (_, after_tbs) = value(inside, SEQUENCE)?;
    let (algorithm, _) = value(after_tbs, SEQUENCE)?;
    value(algorithm, OBJECT_IDENTIFIER)
}

/// The content of the DER value at the front, and what comes after it.
fn value(der: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (own, rest) = der.split_first()?;
    let (first, rest) = rest.split_first()?;
    if *own != tag {
        return None;
    }
    let (length, rest) = match first {
        0..=0x7f => (usize::from(*first), rest),
        0x81..=0x84 => {
            let (bytes, rest) = rest.split_at_checked(usize::from(first - 0x80))?;
            let length = bytes
                .iter()
                .fold(0, |sum, byte| sum << 8 | usize::from(*byte));
            (length, rest)
        }
        _ => return None,
    };
    rest.split_at_checked(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CERTIFICATES: &[(&str, &[u8])] = &[
        (
            "ecdsa-sha256",
            include_bytes!("../../tests/certificates/ecdsa-sha256.der"),
        ),
        (
            "ecdsa-sha384",
            include_bytes!("../../tests/certificates/ecdsa-sha384.der"),
        ),
        (
            "ecdsa-sha512",
            include_bytes!("../../tests/certificates/ecdsa-sha512.der"),
        ),
        (
            "rsa-pss-sha256",
            include_bytes!("../../tests/certificates/rsa-pss-sha256.der"),
        ),
        (
            "rsa-pss-sha384",
            include_bytes!("../../tests/certificates/rsa-pss-sha384.der"),
        ),
        (
            "rsa-pss-sha512",
            include_bytes!("../../tests/certificates/rsa-pss-sha512.der"),
        ),
        (
            "rsa-sha1",
            include_bytes!("../../tests/certificates/rsa-sha1.der"),
        ),
        (
            "rsa-sha256",
            include_bytes!("../../tests/certificates/rsa-sha256.der"),
        ),
        (
            "rsa-sha384",
            include_bytes!("../../tests/certificates/rsa-sha384.der"),
        ),
        (
            "rsa-sha512",
            include_bytes!("../../tests/certificates/rsa-sha512.der"),
        ),
    ];

    /// What openssl says, see the README beside the certificates.
    const DIGESTS: &str = include_str!("../../tests/certificates/digests.txt");

    #[test]
    fn the_hash_is_that_of_the_certificates_signature_and_at_least_sha_256() {
        for (name, certificate) in CERTIFICATES {
            let digest = DIGESTS
                .lines()
                .find_map(|line| line.strip_prefix(&format!("{name} ")));
            let binding = end_point_binding(certificate);
            let hash = binding.strip_prefix(PREFIX).expect("it begins so");
            let hash: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
            assert_eq!(Some(hash.as_str()), digest, "{name}");
        }
    }

    #[test]
    fn what_is_no_certificate_has_a_binding_all_the_same() {
        let whole = CERTIFICATES[0].1;
        for end in 0..whole.len() {
            assert!(end_point_binding(&whole[..end]).starts_with(PREFIX));
        }
    }
}
