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
