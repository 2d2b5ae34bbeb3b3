//! `exco connect`: signs in to one side and keeps what is needed to do so again.

use controller::{Controller, CrmSignIn, ExchangeSignIn, OAuthSignIn, Remember};
use ports::MailboxAccount;
use serde::Serialize;

use crate::arguments::{ConnectCrm, ConnectExchange, claim};
use crate::exit::Exit;
use crate::output::Output;
use crate::secret::{self, Source, Wanted};

/// A connection that works.
#[derive(Serialize)]
struct Connected<'a> {
    side: &'a str,
    account: &'a str,
    server: &'a str,
}

/// Signs in to the CRM.
pub async fn crm(
    output: &Output,
    controller: &Controller,
    asked: ConnectCrm,
) -> ports::Result<Exit> {
    let preset = config::load_policy()?.policy.crm_url;
    let Some(url) = asked.url.or(Some(preset).filter(|url| !url.is_empty())) else {
        return Ok(missing(output, "--url <URL>"));
    };
    let wanted = Wanted {
        variable: "EXCO_CRM_ACCESS_KEY",
        prompt: "cli.connect.access_key",
        source: Source::of(asked.secret_stdin),
    };
    let given = secret::get(output.texts, wanted)?;
    let account = controller
        .connect_crm(CrmSignIn {
            url,
            user: asked.user,
            access_key: given.secret,
            remember: given.remember,
            claim: claim(asked.take_over),
        })
        .await?;
    let connected = Connected {
        side: "crm",
        account: account.name.as_str(),
        server: &account.server,
    };
    tell(output, &connected, "cli.connect.crm");
    Ok(Exit::Done)
}

/// Signs in to Exchange.
pub async fn exchange(
    output: &Output,
    controller: &Controller,
    asked: ConnectExchange,
) -> ports::Result<Exit> {
    let Some(user) = asked.user else {
        return in_browser(output, controller, asked).await;
    };
    // A user name is often the address, and then nothing else is needed to find the server.
    let is_address = asked.url.is_none() && user.contains('@');
    let email = asked.email.or(is_address.then(|| user.clone()));
    let preset = config::load_policy()?.policy.exchange_url;
    if asked.url.is_none() && email.is_none() && preset.is_empty() {
        return Ok(missing(output, "--url <URL>, --email <ADDRESS>"));
    }
    let wanted = Wanted {
        variable: "EXCO_EXCHANGE_PASSWORD",
        prompt: "cli.connect.password",
        source: Source::of(asked.secret_stdin),
    };
    let given = secret::get(output.texts, wanted)?;
    let account = controller
        .connect_exchange(ExchangeSignIn {
            url: asked.url,
            email,
            user,
            password: given.secret,
            method: asked.auth.into(),
            past_days: asked.past_days,
            remember: given.remember,
            claim: claim(asked.take_over),
        })
        .await?;
    Ok(tell_of_mailbox(output, &account))
}

/// The same in the browser; it is the only way where no user is named.
async fn in_browser(
    output: &Output,
    controller: &Controller,
    asked: ConnectExchange,
) -> ports::Result<Exit> {
    let entry = OAuthSignIn {
        email: asked.email,
        past_days: asked.past_days,
        claim: claim(asked.take_over),
        remember: Remember::InStore,
    };
    let attempt = controller.begin_oauth(entry).await?;
    output.say(&match attempt.is_shown() {
        true => output.texts.t("cli.connect.browser"),
        false => {
            let values = [("address", attempt.address())];
            output.texts.fill("cli.connect.address", &values)
        }
    });
    let account = attempt.finish().await?;
    Ok(tell_of_mailbox(output, &account))
}

fn tell_of_mailbox(output: &Output, account: &MailboxAccount) -> Exit {
    let connected = Connected {
        side: "mailbox",
        account: account.address.as_str(),
        server: &account.server,
    };
    tell(output, &connected, "cli.connect.exchange");
    Exit::Done
}

fn tell(output: &Output, connected: &Connected<'_>, key: &str) {
    output.show(connected, || {
        let values = [("account", connected.account), ("server", connected.server)];
        output.texts.fill(key, &values)
    });
}

/// Only the policy could have made it superfluous, so the command line alone cannot tell.
fn missing(output: &Output, argument: &str) -> Exit {
    let texts = output.texts;
    output.say(&texts.fill("cli.usage.missing", &[("argument", argument)]));
    output.say(&texts.t("cli.usage.help"));
    Exit::WrongUsage
}
