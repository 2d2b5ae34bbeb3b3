//! What goes wrong at customers: the message's code, the exit code of DESIGN 4, and that nothing is lost and the other entries still
//! sync.

use serde_json::Value;

use crate::{FOLDER, Office};

fn told(exit: i32, code: &str) -> (Option<i32>, String) {
    (Some(exit), code.to_owned())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r7_4_wrong_addresses_are_named() {
    let office = Office::open().await;
    let user = office.user().clone();
    let port_of_nobody = "http://127.0.0.1:9";
    assert_eq!(
        office.connect_crm(port_of_nobody, "k"),
        told(5, "server_unreachable")
    );
    assert_eq!(
        office.connect_crm("http://crm.firma.example", "k"),
        told(1, "address_not_secure")
    );
    assert_eq!(
        office.connect_crm("https://crm firma", "k"),
        told(1, "address_malformed")
    );
    let elsewhere = office
        .sandbox
        .exchange_url
        .replace("/EWS/Exchange.asmx", "/owa");
    assert_eq!(
        office.connect_exchange(&elsewhere, &user.password),
        told(1, "nothing_at_address")
    );
    let exchange = office.sandbox.exchange_url.clone();
    assert_eq!(
        office.connect_crm(&exchange, "k").0,
        Some(1),
        "Exchange is no CRM"
    );
    let crm = format!("{}/webservice.php", office.sandbox.crm_url);
    assert_ne!(
        office.connect_exchange(&crm, &user.password).0,
        Some(0),
        "the CRM is no Exchange"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r7_4_wrong_secrets_ask_for_a_sign_in() {
    let office = Office::open().await;
    let crm = office.sandbox.crm_url.clone();
    assert_eq!(
        office.connect_crm(&crm, "wrong"),
        told(3, "wrong_access_key")
    );
    let exchange = office.sandbox.exchange_url.clone();
    assert_eq!(
        office.connect_exchange(&exchange, "wrong"),
        told(3, "wrong_password")
    );
    assert_eq!(office.sync(), told(3, "not_connected"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r7_5_after_two_refused_sign_ins_nothing_is_tried_until_a_new_password_is_entered() {
    let office = Office::connected().await;
    let user = office.user().clone();
    let wrong = || office.run(&["sync"], &user.access_key, "wrong");
    assert_eq!(wrong().0, Some(3));
    assert_eq!(wrong().0, Some(3));
    let before = office.sandbox.exchange.journal().refused_sign_ins;
    assert_eq!(wrong(), told(3, "sign_in_stopped"));
    assert_eq!(
        office.sync(),
        told(3, "sign_in_stopped"),
        "also with the right one, until it is entered"
    );
    assert_eq!(office.sandbox.exchange.journal().refused_sign_ins, before);
    let exchange = office.sandbox.exchange_url.clone();
    assert_eq!(
        office.connect_exchange(&exchange, &user.password).0,
        Some(0)
    );
    office.assert_recovers();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn servers_that_answer_nonsense_end_the_run_and_lose_nothing() {
    for (fault, exit, code) in [
        ("exchange:html", 1, "not_exchange"),
        ("crm:html", 1, "not_crm"),
        ("exchange:503", 5, "server_busy"),
    ] {
        let office = Office::connected().await;
        office.order(fault);
        let (seen, told) = office.sync();
        assert_eq!((seen, told.as_str()), (Some(exit), code), "{fault}");
        office.assert_recovers();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s8_a_record_the_crm_refuses_is_listed_and_the_others_sync() {
    let office = Office::connected().await;
    office.types_in(&[("CompanyName", "Firma ohne Mensch")]);
    let user = office.user().clone();
    let output = office.command(&["sync"], &user.access_key, &user.password);
    assert_eq!(output.status.code(), Some(4));
    let report: Value = serde_json::from_slice(&output.stdout).expect("one JSON object");
    let contacts = &report["components"]["contacts"];
    assert_eq!(
        (
            contacts["failed"].as_u64(),
            contacts["records"]["created"].as_u64()
        ),
        (Some(1), Some(1))
    );
    let list = office.command(&["conflicts", "list"], &user.access_key, &user.password);
    let list: Value = serde_json::from_slice(&list.stdout).expect("one JSON list");
    assert_eq!(list[0]["title"], "Firma ohne Mensch");
    assert_eq!(list[0]["component"], "contacts");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_item_with_impossible_values_syncs_as_far_as_the_crm_can_hold_it() {
    let office = Office::connected().await;
    let long = "x".repeat(4_000);
    office.types_in(&[
        ("Surname", "🦊 Füchsin \u{202e}"),
        ("JobTitle", &long),
        ("EmailAddresses/EmailAddress1", "keine Adresse"),
    ]);
    assert_eq!(office.sync().0, Some(0));
    assert_eq!(office.sandbox.crm.records("Contacts").len(), 3);
    let before = office.sandbox.crm.journal().all_writes();
    assert_eq!(office.sync().0, Some(0));
    assert_eq!(office.sandbox.crm.journal().all_writes(), before, "S2");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r7_7_s12_disconnecting_from_the_standard_folder_leaves_what_the_user_made() {
    let office = Office::with("[folders]\ncontacts = \"standard\"").await;
    office.sign_in();
    let (exchange, email) = (&office.sandbox.exchange, &office.user().email);
    let made = exchange.create(email, "Contacts", &[("Surname", "Groß")]);
    made.expect("made");
    let klein = [("lastname", "Klein")];
    let recorded = office
        .sandbox
        .crm
        .create(&office.user().name, "Contacts", &klein);
    recorded.expect("made");
    assert_eq!(office.sync().0, Some(0));
    assert_eq!(exchange.items_in(email, "Contacts").len(), 2);
    assert_eq!(office.asks(&["disconnect", "--yes"]).0, Some(0));
    let left = exchange.items_in(email, "Contacts");
    let names: Vec<&str> = left
        .iter()
        .map(|item| item.fields["Surname"].as_str())
        .collect();
    assert_eq!(names, ["Groß"]);
    assert_eq!(office.sandbox.crm.records("Contacts").len(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r7_7_disconnecting_removes_the_folder_and_leaves_the_crm() {
    let office = Office::connected().await;
    assert_eq!(office.sync().0, Some(0));
    let user = office.user().clone();
    assert_eq!(
        office
            .run(&["disconnect", "--yes"], &user.access_key, &user.password)
            .0,
        Some(0)
    );
    let folders = office.sandbox.exchange.folders(&user.email);
    assert!(folders.iter().all(|folder| folder.path != FOLDER));
    assert_eq!(office.sandbox.crm.records("Contacts").len(), 2);
    assert_eq!(office.sync(), told(3, "not_connected"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r7_7_s7_a_disconnect_that_was_cut_off_is_told_and_can_be_taken_back() {
    let office = Office::with("[folders]\ncontacts = \"standard\"").await;
    office.sign_in();
    let (exchange, crm) = (&office.sandbox.exchange, &office.sandbox.crm);
    let (user, email) = (&office.user().name, &office.user().email);
    for number in 0..60 {
        let recorded = crm.create(
            user,
            "Contacts",
            &[("lastname", &format!("Klein {number}"))],
        );
        recorded.expect("made");
    }
    assert_eq!(office.sync().0, Some(0));
    assert_eq!(exchange.items_in(email, "Contacts").len(), 60);
    // Fifty items are gone when the server is.
    office.order("exchange:cut-before:DeleteItem:1+9");
    assert_eq!(office.asks(&["disconnect", "--yes"]).0, Some(5));
    assert_eq!(exchange.items_in(email, "Contacts").len(), 10);
    let (_, status) = office.asks(&["status"]);
    assert_eq!(status["disconnecting"], true);
    assert_eq!(status["state"], "attention");
    office.sandbox.ground.faults.clear();
    assert_eq!(office.asks(&["disconnect", "--stay"]).0, Some(0));
    assert_eq!(office.asks(&["status"]).1["disconnecting"], false);
    assert_eq!(office.sync().0, Some(0));
    assert_eq!(exchange.items_in(email, "Contacts").len(), 60);
    assert_eq!(crm.records("Contacts").len(), 60, "S7");
    // Whoever does not take it back is disconnected by the next run.
    office.order("exchange:cut-before:DeleteItem:1+9");
    assert_eq!(office.asks(&["disconnect", "--yes"]).0, Some(5));
    office.sandbox.ground.faults.clear();
    assert_eq!(office.sync(), told(3, "not_connected"));
    assert_eq!(exchange.items_in(email, "Contacts").len(), 0);
    assert_eq!(crm.records("Contacts").len(), 60, "S7");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r7_7_s12_a_copy_that_no_sync_has_seen_is_kept_when_its_folder_goes() {
    let office = Office::connected().await;
    assert_eq!(office.sync().0, Some(0));
    let (exchange, email) = (&office.sandbox.exchange, office.user().email.clone());
    let item = exchange.items_in(&email, FOLDER).pop().expect("an item");
    let copy = exchange.copy_to(&email, &item.id, FOLDER).expect("copied");
    exchange
        .edit(&email, &copy, &[("Surname", "Anders")])
        .expect("edited");
    assert_eq!(office.asks(&["disconnect", "--yes"]).0, Some(0));
    let kept = exchange.items_in(&email, "Contacts");
    let names: Vec<&str> = kept
        .iter()
        .map(|item| item.fields["Surname"].as_str())
        .collect();
    assert_eq!(names, ["Anders"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r7_7_s12_what_somebody_kept_without_its_record_is_kept_when_its_folder_goes() {
    let office = Office::connected().await;
    for name in ["Klein", "Neu"] {
        office.types_in(&[("Surname", name)]);
    }
    assert_eq!(office.sync().0, Some(0));
    let (exchange, crm) = (&office.sandbox.exchange, &office.sandbox.crm);
    let (email, user) = (office.user().email.clone(), office.user().name.clone());
    let there = exchange.items_in(&email, FOLDER).len();
    for record in crm.records("Contacts") {
        let id = record["id"].as_str().expect("an id");
        crm.delete(&user, id).expect("the record is there");
    }
    assert_eq!(office.sync(), told(4, "side_empty"));
    let ignore = [
        "conflicts",
        "resolve",
        "brake/contacts",
        "--answer",
        "ignore",
    ];
    assert_eq!(office.asks(&ignore).0, Some(0));
    assert_eq!(exchange.items_in(&email, FOLDER).len(), there);
    let (_, why) = office.asks(&["why", "Klein"]);
    assert!(why.to_string().contains("kept_by_user"), "{why}");
    assert_eq!(office.asks(&["disconnect", "--yes"]).0, Some(0));
    assert_eq!(exchange.items_in(&email, "Contacts").len(), there);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r7_9_a_component_that_is_switched_off_goes_from_the_mailbox_and_comes_again() {
    let mut office = Office::connected().await;
    assert_eq!(office.sync().0, Some(0));
    let email = office.user().email.clone();
    let folders = |office: &Office, path: &str| {
        let folders = office.sandbox.exchange.folders(&email);
        folders.iter().filter(|one| one.path == path).count()
    };
    assert_eq!(folders(&office, FOLDER), 1);
    office.types_in(&[("Surname", "Neu")]);
    office.policy = "components = [\"emails\", \"tasks\"]";
    assert_eq!(office.sync().0, Some(0));
    assert_eq!(folders(&office, FOLDER), 0);
    assert_eq!(office.sandbox.crm.records("Contacts").len(), 2, "S7");
    let moved = office.sandbox.exchange.items_in(&email, "Contacts");
    assert_eq!(moved.len(), 1, "S12: what was in no CRM is kept");
    let (_, status) = office.asks(&["status"]);
    assert_eq!(status["state"], "in_sync", "{status}");
    office.policy = "";
    assert_eq!(office.sync().0, Some(0));
    let items = office.sandbox.exchange.items_in(&email, FOLDER);
    assert_eq!(
        (items.len(), office.sandbox.crm.records("Contacts").len()),
        (2, 2)
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r7_9_mails_that_are_switched_off_go_home_and_their_folders_go() {
    let mut office = Office::connected().await;
    assert_eq!(office.sync().0, Some(0));
    let email = office.user().email.clone();
    let drops = |office: &Office| {
        let folders = office.sandbox.exchange.folders(&email);
        let drops = folders
            .iter()
            .filter(|one| one.path.starts_with("CRM-Sync"));
        drops.count()
    };
    assert!(drops(&office) > 0);
    office.policy = "components = [\"contacts\"]";
    assert_eq!(office.sync().0, Some(0));
    assert_eq!(drops(&office), 0);
    assert_eq!(
        office.sync().0,
        Some(0),
        "the mailbox is still known as ours"
    );
    office.policy = "";
    assert_eq!(office.sync().0, Some(0));
    assert!(drops(&office) > 0);
}
