//! NTLM's three messages, made by the crate `sspi`. On which connection they travel is seen to in `sign_in`.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use model::Code;
use ports::{ErrorKind, Failure, Result};
use sspi::{
    AuthIdentity, BufferType, ClientRequestFlags, CredentialUse, DataRepresentation, Ntlm,
    SecurityBuffer, SecurityStatus, Sspi, SspiImpl, Username,
};

use super::Credentials;
use super::binding::end_point_binding;

/// A handshake between its first message and its last.
pub struct Handshake {
    ntlm: Ntlm,
    handle: <Ntlm as SspiImpl>::CredentialsHandle,
}

impl Handshake {
    /// Begins: the handshake and its first message.
    pub fn begin(credentials: &Credentials) -> Result<(Self, String)> {
        let user = Username::parse(credentials.user.as_str()).map_err(|error| {
            Failure::new(ErrorKind::SignInNeeded, Code::WrongPassword)
                .with("account", credentials.user.as_str())
                .caused_by(error)
        })?;
        let identity = AuthIdentity {
            username: user,
            password: credentials.password.reveal().to_owned().into(),
        };
        let mut ntlm = Ntlm::new();
        let acquired = ntlm
            .acquire_credentials_handle()
            .with_credential_use(CredentialUse::Outbound)
            .with_auth_data(&identity)
            .execute(&mut ntlm)
            .map_err(broken)?;
        let mut handshake = Self {
            ntlm,
            handle: acquired.credentials_handle,
        };
        let hello = handshake.step(&[])?;
        Ok((handshake, hello))
    }

    /// Answers the server's challenge. Where there is TLS the answer is bound to the server's certificate, so that nobody between
    /// can pass it on (Extended Protection).
    pub fn answer(mut self, challenge: &str, certificate: Option<&[u8]>) -> Result<String> {
        let challenge = STANDARD.decode(challenge).map_err(|error| {
            Failure::new(ErrorKind::Malformed, Code::AnswerMalformed).caused_by(error)
        })?;
        if let Some(certificate) = certificate {
            self.ntlm
                .set_channel_bindings(&end_point_binding(certificate));
        }
        self.step(&challenge)
    }

    fn step(&mut self, challenge: &[u8]) -> Result<String> {
        let mut input = [SecurityBuffer::new(challenge.to_vec(), BufferType::Token)];
        let mut output = [SecurityBuffer::new(Vec::new(), BufferType::Token)];
        let mut step = self
            .ntlm
            .initialize_security_context()
            .with_credentials_handle(&mut self.handle)
            .with_context_requirements(
                ClientRequestFlags::CONFIDENTIALITY | ClientRequestFlags::ALLOCATE_MEMORY,
            )
            .with_target_data_representation(DataRepresentation::Native)
            .with_input(&mut input)
            .with_output(&mut output);
        let stepped = self
            .ntlm
            .initialize_security_context_impl(&mut step)
            .map_err(broken)?
            .resolve_to_result()
            .map_err(broken)?;
        let needs_completion = [
            SecurityStatus::CompleteNeeded,
            SecurityStatus::CompleteAndContinue,
        ];
        if needs_completion.contains(&stepped.status) {
            self.ntlm.complete_auth_token(&mut output).map_err(broken)?;
        }
        Ok(STANDARD.encode(&output[0].buffer))
    }
}

/// The library objects to the server's message: there is nothing else it reads.
fn broken(error: sspi::Error) -> Failure {
    Failure::new(ErrorKind::Malformed, Code::AnswerMalformed).caused_by(error)
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{AccountName, Secret};
    use sspi::ServerRequestFlags;

    fn credentials(user: &str) -> Credentials {
        Credentials {
            user: AccountName::new(user),
            password: Secret::new("Geheim!1"),
        }
    }

    /// A server's answer to the first message.
    fn challenge(hello: &str) -> String {
        let mut ntlm = Ntlm::new();
        let mut handle = ntlm
            .acquire_credentials_handle()
            .with_credential_use(CredentialUse::Inbound)
            .execute(&mut ntlm)
            .expect("it needs nothing")
            .credentials_handle;
        let hello = STANDARD.decode(hello).expect("base64");
        let mut input = [SecurityBuffer::new(hello, BufferType::Token)];
        let mut output = [SecurityBuffer::new(Vec::new(), BufferType::Token)];
        let step = ntlm
            .accept_security_context()
            .with_credentials_handle(&mut handle)
            .with_context_requirements(ServerRequestFlags::ALLOCATE_MEMORY)
            .with_target_data_representation(DataRepresentation::Native)
            .with_input(&mut input)
            .with_output(&mut output);
        ntlm.accept_security_context_impl(step)
            .expect("a first message")
            .resolve_to_result()
            .expect("it needs no network");
        STANDARD.encode(&output[0].buffer)
    }

    /// MsvAvChannelBindings (MS-NLMP 2.2.2.1): id 10, 16 bytes.
    fn bound_to(reply: &str) -> Option<Vec<u8>> {
        let reply = STANDARD.decode(reply).expect("base64");
        let at = reply.windows(4).position(|part| part == [10, 0, 16, 0])?;
        Some(reply[at + 4..at + 20].to_vec())
    }

    #[test]
    fn the_answer_is_bound_to_the_end_of_the_connection() {
        // Microsoft's example of a channel binding hash ("NTLM and Channel Binding Hash"): the SHA-256 of a certificate, and the
        // MD5 that NTLM has to carry for it.
        let digest = [
            0xea, 0x05, 0xfe, 0xfe, 0xcc, 0x6b, 0x0b, 0xd5, 0x71, 0xdb, 0xbc, 0x5b, 0xaa, 0x3e,
            0xd4, 0x53, 0x86, 0xd0, 0x44, 0x68, 0x35, 0xf7, 0xb7, 0x4c, 0x85, 0x62, 0x1b, 0x99,
            0x83, 0x47, 0x5f, 0x95,
        ];
        let carried = [
            0x65, 0x86, 0xe9, 0x9d, 0x81, 0xc2, 0xfc, 0x98, 0x4e, 0x47, 0x17, 0x2f, 0xd4, 0xdd,
            0x03, 0x10,
        ];
        let (mut handshake, hello) = Handshake::begin(&credentials("FIRMA\\anna")).expect("begun");
        let binding = [b"tls-server-end-point:".as_slice(), &digest].concat();
        handshake.ntlm.set_channel_bindings(&binding);
        let reply = handshake
            .answer(&challenge(&hello), None)
            .expect("answered");
        assert_eq!(bound_to(&reply), Some(carried.to_vec()));
    }

    #[test]
    fn only_where_there_is_tls_is_an_answer_bound() {
        let certificate = include_bytes!("../../tests/certificates/ecdsa-sha384.der");
        for (certificate, bound) in [(Some(certificate.as_slice()), true), (None, false)] {
            let (handshake, hello) = Handshake::begin(&credentials("anna")).expect("begun");
            let reply = handshake
                .answer(&challenge(&hello), certificate)
                .expect("answered");
            let hash = bound_to(&reply).filter(|hash| hash.iter().any(|byte| *byte != 0));
            assert_eq!(hash.is_some(), bound);
        }
    }

    #[test]
    fn every_form_of_a_user_name_begins_a_handshake() {
        for user in [
            "anna",
            "anna@firma.example",
            "FIRMA\\anna",
            "FIRMA\\anna@firma.example",
        ] {
            let (_, hello) = Handshake::begin(&credentials(user)).expect(user);
            assert!(hello.starts_with("TlRMTVNTUAAB"), "{user}");
        }
    }

    #[test]
    fn a_user_name_that_cannot_be_one_needs_another() {
        let failure = Handshake::begin(&credentials("a\\b\\c"))
            .err()
            .expect("two domains");
        assert_eq!(failure.kind, ErrorKind::SignInNeeded);
    }
}
