//! E-mails: how fast many usual ones are imported where they lie, and how much memory large ones take that are dropped.

use model::policy::MailFolderChoice;
use model::{Component, Policy};
use sandbox::company::{Company, DEFAULT_SEED, Direction, MailSizes, Sizes, day_of};
use sandbox::options::Options;
use sandbox::running::Running;
use scenarios::post::{DROP, INBOX, Letter};
use serde_json::Value;

use super::Product;

/// As many as a user gets in some weeks, of 75 KB each.
const USUAL: usize = 1_000;
/// Some that are as large as servers let through.
const LARGE: usize = 10;
/// The size of each: as it lies on the server, or the file in it.
const MEGABYTES: usize = 20;
/// What an import may take above what the program has anyway, in MB.
const MOST_OVER_IDLE: f64 = 64.0;
/// People who are in the CRM already.
const KNOWN: usize = 200;

/// Both measurements.
pub async fn run(scale: usize) {
    println!(
        "mails · seconds · mails a second · requests a mail to exchange / CRM · work in ms · peak MB over idle · MB left over idle"
    );
    usual(USUAL / scale).await;
    // What is sent is a third longer than the files in it.
    large("as they lie on the server", MEGABYTES * 1_000_000 * 3 / 4).await;
    large("in their file alone", MEGABYTES * 1_000_000).await;
}

/// In inbox mode: the mails arrive after a first run, since older ones stay out.
async fn usual(count: usize) {
    let sizes = Sizes {
        mailbox_contacts: 0,
        crm_contacts: KNOWN,
        shared_contacts: 0,
    };
    let mut policy = Policy::default();
    policy.folders.emails = MailFolderChoice::Inbox;
    policy.folders.include_sent = true;
    let sandbox = started(sizes).await;
    let product = Product::of(Component::Emails, &sandbox, policy);
    product.measure(1).await;
    let company = Company::make(DEFAULT_SEED, sizes);
    let today = day_of(jiff::Timestamp::now());
    let company = company.with_mails(DEFAULT_SEED, MailSizes::large(count), today);
    let (exchange, me) = (&sandbox.exchange, &sandbox.users[0].email);
    for mail in &company.mails {
        let arrived = match mail.direction {
            Direction::Received => exchange.deliver(me, INBOX, &mail.mime),
            Direction::Sent => exchange.send(me, &mail.mime),
        };
        arrived.expect("the mailbox takes mails");
    }
    let measured = product.measure(1).await;
    print_row(&format!("{count} usual mails"), count, &measured);
    sandbox.stop().await.expect("it keeps no file");
}

/// Dropped into the folder, each with one file of so many bytes.
async fn large(which: &str, bytes: usize) {
    let sandbox = started(Sizes::both(0)).await;
    let product = Product::of(Component::Emails, &sandbox, Policy::default());
    product.measure(1).await;
    let (exchange, me) = (&sandbox.exchange, &sandbox.users[0].email);
    for number in 0..LARGE {
        let content: Vec<u8> = (0..bytes).map(|at| (at * 31 + at / 251) as u8).collect();
        let letter = Letter::new("karl@kunde.example", me, &format!("Large {number}"));
        let letter = letter.file("plan.pdf", "application/pdf", &content);
        let arrived = exchange.deliver(me, INBOX, &letter.bytes());
        let arrived = arrived.expect("the mailbox takes mails");
        let dropped = exchange.move_to(me, &arrived, DROP);
        dropped.expect("the folder is there");
    }
    let measured = product.measure(1).await;
    let name = format!("{LARGE} mails of {MEGABYTES} MB {which}");
    let over = print_row(&name, LARGE, &measured);
    let verdict = if over < MOST_OVER_IDLE {
        "kept"
    } else {
        "NOT KEPT"
    };
    println!("  at most {MOST_OVER_IDLE:.0} MB over idle: {verdict}");
    let whole = sandbox.crm.emails().into_iter();
    let whole = whole.filter(|email| email.files.iter().any(|file| file.size == bytes));
    println!("  in the CRM with the whole file: {}", whole.count());
    sandbox.stop().await.expect("it keeps no file");
}

async fn started(sizes: Sizes) -> Running {
    let options = Options {
        sizes,
        ..Options::default()
    };
    let sandbox = sandbox::start(options).await;
    sandbox.expect("a free port on loopback")
}

/// Prints what one cycle cost; gives back the peak over idle.
fn print_row(name: &str, count: usize, measured: &Value) -> f64 {
    let cycle = &measured["cycles"][0];
    let number = |value: &Value| value.as_f64().unwrap_or_default();
    let (seconds, mails) = (number(&cycle["seconds"]), count.max(1) as f64);
    let over_idle = |name: &str| number(&measured[name]) - number(&measured["idle_mb"]);
    println!(
        "{name} · {seconds:.1} · {:.1} · {:.2} / {:.2} · {:.0} · {:.1} · {:.1}",
        mails / seconds.max(0.001),
        number(&cycle["exchange"]) / mails,
        number(&cycle["crm"]) / mails,
        number(&cycle["work_ms"]),
        over_idle("peak_mb"),
        over_idle("left_mb"),
    );
    println!(
        "  imported: {}, passed over: {}, refused: {}",
        cycle["imported"], cycle["passed_over"], cycle["failed"]
    );
    over_idle("peak_mb")
}
