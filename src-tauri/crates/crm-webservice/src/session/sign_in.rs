//! Challenge and login, once more if another computer came in between, and what a refusal means (R7.5, R7.8).

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use model::{Code, UserId};
use ports::{ErrorKind, Failure, Result};
use tracing::debug;
use transport::Sending;
use transport::backoff::chance;

use super::{KeyHistory, Sessions, SignedIn};
use crate::failure::{Attempt, answer_malformed};
use crate::wire::sign_in::{Challenge, Login};
use crate::wire::{Answered, ErrorCode, Request, ServerError};

enum Outcome {
    In(Login),
    NotYet(ServerError),
    Refused(Code, ServerError),
}

impl Sessions {
    /// A new session; the challenge and the login are never under way twice at once.
    pub(super) async fn open_session(&self) -> Result<String> {
        let _one_at_a_time = self.signing_in.lock().await;
        if let Some(code) = self.known().refused {
            return Err(self.named(Failure::new(ErrorKind::SignInNeeded, code)));
        }
        let mut outcome = self.challenge_and_login().await?;
        if let Outcome::NotYet(error) = &outcome {
            // Another computer of the same user may have asked for a newer challenge in between.
            debug!(code = %error.code, "sign-in refused, trying once more");
            let pause = Duration::from_secs(1) + Duration::from_secs(2).mul_f64(chance());
            self.waiting.wait(pause).await;
            outcome = self.challenge_and_login().await?;
        }
        match outcome {
            Outcome::In(login) => Ok(login.session),
            Outcome::NotYet(error) => Err(self.refused(self.code_for_wrong_key(), error)),
            Outcome::Refused(code, error) => Err(self.refused(code, error)),
        }
    }

    async fn challenge_and_login(&self) -> Result<Outcome> {
        let user = self.identity.user.as_str();
        let asked = self.clock.now();
        let challenge = match self.plain(&Request::challenge(user)).await? {
            Answered::Success(value) => Challenge::read(&value)
                .ok_or_else(|| self.named(answer_malformed(Sending::Read, "getchallenge")))?,
            Answered::Failure(error) => {
                let code = self.code_for_wrong_key();
                return Ok(Outcome::Refused(code, error));
            }
        };
        let offset = self.clock_offset(asked, challenge.server_time);
        let proof = challenge.proof(&self.identity.key);
        match self.plain(&Request::login(user, proof)).await? {
            Answered::Success(value) => {
                let login = Login::read(&value)
                    .ok_or_else(|| self.named(answer_malformed(Sending::Read, "login")))?;
                self.remember(&login, offset);
                Ok(Outcome::In(login))
            }
            Answered::Failure(error) => Ok(match error.code {
                ErrorCode::AccessKeyUndefined => Outcome::Refused(Code::AccessKeyUndefined, error),
                _ => Outcome::NotYet(error),
            }),
        }
    }

    async fn plain(&self, request: &Request) -> Result<Answered> {
        self.exchange(request, None)
            .await
            .map_err(|trouble| self.named(Attempt::read("").sort(trouble)))
    }

    /// Server clock minus ours; its time is taken as of the middle between question and answer.
    fn clock_offset(&self, asked: Timestamp, server_time: Option<i64>) -> SignedDuration {
        let answered = self.clock.now();
        let middle = asked + answered.duration_since(asked) / 2;
        server_time
            .and_then(|seconds| Timestamp::from_second(seconds).ok())
            .map_or(SignedDuration::ZERO, |server| {
                let offset = server.duration_since(middle);
                SignedDuration::from_secs(offset.as_millis().div_euclid(1000) as i64)
            })
    }

    fn remember(&self, login: &Login, clock_offset: SignedDuration) {
        let mut known = self.known();
        known.confirmed = Some(self.clock.now());
        known.account = Some(SignedIn {
            user: UserId::new(&login.user),
            server: login.server.clone(),
            clock_offset,
            zone: login.time_zone.clone(),
        });
    }

    fn refused(&self, code: Code, error: ServerError) -> Failure {
        self.known().refused = Some(code);
        let failure = Failure::new(ErrorKind::SignInNeeded, code);
        self.named(failure).caused_by(error)
    }

    fn code_for_wrong_key(&self) -> Code {
        let worked = self.known().account.is_some();
        match self.identity.history {
            KeyHistory::New if !worked => Code::WrongAccessKey,
            KeyHistory::New | KeyHistory::WorkedBefore => Code::AccessKeyNoLongerValid,
        }
    }
}
