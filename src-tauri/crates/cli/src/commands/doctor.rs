//! `exco doctor`: whether everything a sync needs is there, and what would make it better.

use controller::{Controller, Finding, Health, Subject};
use serde_json::{Value, json};
use texts::Texts;

use crate::exit::Exit;
use crate::output::{self, Output};
use crate::table::Table;

/// Looks at everything and tells.
pub async fn run(output: &Output, controller: &Controller) -> ports::Result<Exit> {
    let found = controller.doctor().await?;
    let told: Vec<Value> = found
        .iter()
        .map(|finding| told(output.texts, finding))
        .collect();
    output.show(&told, || text(output.texts, &found));
    let is_well = found.iter().all(|finding| finding.health < Health::Trouble);
    Ok(match is_well {
        true => Exit::Done,
        false => Exit::Failed,
    })
}

fn told(texts: Texts, finding: &Finding) -> Value {
    let reason = finding.problem.as_ref();
    json!({
        "subject": name(finding.subject),
        "health": health(finding.health),
        "detail": finding.detail,
        "reason": reason.map(|problem| output::reason(texts, problem)),
    })
}

fn text(texts: Texts, found: &[Finding]) -> String {
    let mut table = Table::new();
    for finding in found {
        let word = texts.t(&format!("cli.doctor.{}", health(finding.health)));
        let subject = match finding.subject {
            Subject::Rights(component) => {
                let component = texts.component(component.name());
                texts.fill("cli.doctor.rights", &[("component", &component)])
            }
            other => texts.t(&format!("cli.doctor.{}", name(other))),
        };
        table.row([word, subject, finding.detail.clone()]);
        if let Some(problem) = &finding.problem {
            let (what, next) = texts.problem(problem);
            table.row([String::new(), String::new(), what]);
            table.row([String::new(), String::new(), next]);
        }
    }
    table.text()
}

fn name(subject: Subject) -> String {
    match subject {
        Subject::Policy => "policy".to_owned(),
        Subject::Crm => "crm".to_owned(),
        Subject::Mailbox => "mailbox".to_owned(),
        Subject::Clocks => "clocks".to_owned(),
        Subject::Rights(component) => format!("rights/{component}"),
        Subject::MailKey => "mail_key".to_owned(),
        Subject::MailModules => "mail_modules".to_owned(),
    }
}

fn health(health: Health) -> &'static str {
    match health {
        Health::Well => "well",
        Health::Advice => "advice",
        Health::Trouble => "trouble",
    }
}
