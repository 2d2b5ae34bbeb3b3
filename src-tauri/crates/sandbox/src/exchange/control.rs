//! The control door of this half: acting as a user and looking at everything, for tests in other processes.
//! Deliberately not here: faults and clock, which both halves share (`crate::control`).

use super::{Act, Exchange};
use crate::http::{Reply, Request};
use serde::Deserialize;
use serde_json::{Value, json};

/// An act with its user.
#[derive(Deserialize)]
struct Wish {
    user: String,
    #[serde(flatten)]
    act: Act,
}

/// An access token and whose it is.
#[derive(Deserialize)]
struct Told {
    token: String,
    user: String,
}

impl Exchange {
    pub(super) fn control(&self, request: &Request) -> Reply {
        let query = request.query_pairs();
        let user = query.get("user").map(String::as_str).unwrap_or_default();
        match (request.method.as_str(), request.path.trim_end_matches('/')) {
            ("POST", "/sandbox/exchange/act") => self.wished(&request.body),
            ("GET", "/sandbox/exchange/items") => {
                let items = match query.get("folder") {
                    Some(folder) => self.items_in(user, folder),
                    None => self.items(user),
                };
                Reply::json(200, &json!(items))
            }
            ("GET", "/sandbox/exchange/mails") => {
                let mails = match query.get("folder") {
                    Some(folder) => self.mails(user, folder),
                    None => self.all_mails(user),
                };
                Reply::json(200, &json!(mails))
            }
            ("GET", "/sandbox/exchange/folders") => Reply::json(200, &json!(self.folders(user))),
            ("GET", "/sandbox/exchange/calendar") => {
                let text = |name: &str| query.get(name).map(String::as_str).unwrap_or_default();
                match (text("from").parse(), text("to").parse()) {
                    (Ok(from), Ok(to)) => {
                        Reply::json(200, &json!(self.calendar(user, text("folder"), from, to)))
                    }
                    _ => refused(400, "from and to are times in UTC"),
                }
            }
            ("GET", "/sandbox/exchange/outbox") => {
                let (sent, touched) = (self.outbox(user), self.touched_meetings(user));
                Reply::json(200, &json!({ "sent": sent, "touched_meetings": touched }))
            }
            ("POST", "/sandbox/exchange/tokens") => self.told(&request.body),
            ("DELETE", "/sandbox/exchange/tokens") => {
                self.forget_tokens();
                Reply::json(200, &json!({}))
            }
            ("GET", "/sandbox/requests") => Reply::json(200, &self.journal().to_json()),
            ("DELETE", "/sandbox/requests") => {
                self.reset_journal();
                Reply::json(200, &self.journal().to_json())
            }
            _ => crate::control::answer(&self.0.ground, None, request),
        }
    }

    fn wished(&self, body: &[u8]) -> Reply {
        let wish: Wish = match serde_json::from_slice(body) {
            Ok(wish) => wish,
            Err(error) => return refused(400, &format!("the body is no act: {error}")),
        };
        match self.act(&wish.user, &wish.act) {
            Ok(id) => Reply::json(200, &json!({ "id": id })),
            Err(error) => refused(409, &error.to_string()),
        }
    }
}

impl Exchange {
    fn told(&self, body: &[u8]) -> Reply {
        match serde_json::from_slice::<Told>(body) {
            Ok(Told { token, user }) => {
                self.allow_token(&token, &user);
                Reply::json(200, &json!({}))
            }
            Err(error) => refused(400, &format!("the body names no token: {error}")),
        }
    }
}

fn refused(status: u16, reason: &str) -> Reply {
    let body: Value = json!({ "error": reason });
    Reply::json(status, &body)
}
