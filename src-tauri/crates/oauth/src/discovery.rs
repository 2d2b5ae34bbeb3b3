//! Which endpoints an authority has (OpenID Connect Discovery 1.0).

use model::Code;
use ports::{ErrorKind, Failure, Result};
use serde::Deserialize;
use transport::{Address, Client, Method, Sending, StatusCode};

use crate::Authority;

/// What an authority says of itself.
#[derive(Debug, Clone)]
pub struct Endpoints {
    /// How it calls itself.
    pub issuer: String,
    /// Where users sign in.
    pub authorization: Address,
    /// Where tokens are given out.
    pub token: Address,
    /// Whether it says in each answer who answers (RFC 9207).
    pub names_itself: bool,
}

#[derive(Deserialize)]
struct Document {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

/// Asks the authority.
pub async fn endpoints(client: &Client, authority: &Authority) -> Result<Endpoints> {
    let address = authority.discovery()?;
    let request = client.request(Method::GET, &address)?;
    let answer = client.send(request, &address, Sending::Read).await?;
    if answer.status.is_server_error() || answer.status == StatusCode::TOO_MANY_REQUESTS {
        return Err(Failure::new(ErrorKind::Offline, Code::ServerError)
            .with("server", authority.server())
            .with("status", answer.status.as_u16().to_string()));
    }
    if answer.status != StatusCode::OK {
        // Of an unknown tenant Microsoft says 400.
        return Err(no_authority(authority, &format!("{}", answer.status)));
    }
    let document: Document = serde_json::from_slice(&answer.body)
        .map_err(|error| no_authority(authority, "openid-configuration").caused_by(error))?;
    if !authority.may_be_called(&document.issuer) {
        return Err(no_authority(authority, "issuer"));
    }
    Ok(Endpoints {
        authorization: Address::parse(&document.authorization_endpoint)?,
        token: Address::parse(&document.token_endpoint)?,
        issuer: document.issuer,
        names_itself: document.authorization_response_iss_parameter_supported,
    })
}

fn no_authority(authority: &Authority, detail: &str) -> Failure {
    Failure::new(ErrorKind::SignInNeeded, Code::SignInMisconfigured)
        .with("server", authority.server())
        .with("detail", detail)
}
