//! Faults on order and what they leave behind, and acting as the user through the control door.

use crate::client::{Scene, all, create, sync};
use sandbox::Options;
use sandbox::exchange::Exchange;
use sandbox::options::Mode;
use sandbox::state::Kept;
use serde_json::json;
use std::sync::Arc;

async fn scene(faults: &[&str]) -> Scene {
    let faults = faults
        .iter()
        .map(|fault| fault.parse().expect("a good fault"))
        .collect();
    Scene::new(Options {
        faults,
        ..Options::default()
    })
    .await
}

const CONTACT: &str = "<t:Surname>b</t:Surname>";

#[tokio::test(flavor = "multi_thread")]
async fn a_busy_server_says_how_long_and_does_nothing() {
    let scene = scene(&["exchange:busy:CreateItem:1:2500"]).await;
    let answer = scene.ews(&create(CONTACT));
    assert_eq!(
        (answer.status, answer.codes()),
        (500, vec!["ErrorServerBusy".to_owned()])
    );
    let value = answer.first("Value").expect("a value");
    assert_eq!(
        (value.get_attribute("Name"), value.text.as_str()),
        (Some("BackOffMilliseconds"), "2500")
    );
    assert_eq!(scene.contacts(), 0);
    assert_eq!(scene.codes(&create(CONTACT)), ["NoError"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_cut_before_the_write_leaves_nothing_and_one_cut_after_it_leaves_the_item() {
    let scene = scene(&[
        "exchange:cut-before:CreateItem:1",
        "exchange:cut-after:CreateItem:1",
    ])
    .await;
    assert!(scene.try_ews(&create(CONTACT)).is_none());
    assert_eq!(scene.contacts(), 0);
    assert!(scene.try_ews(&create(CONTACT)).is_none());
    assert_eq!(scene.contacts(), 1);
    assert_eq!(scene.codes(&create(CONTACT)), ["NoError"]);
    let journal = scene.running.exchange.journal();
    assert_eq!(
        (
            journal.requests("CreateItem"),
            journal.counts["CreateItem"].writes
        ),
        (3, 2)
    );
    let outcomes: Vec<usize> = journal
        .writes
        .iter()
        .map(|write| write.outcome.len())
        .collect();
    assert_eq!(outcomes, [0, 1, 1], "the first one was never done");
}

#[tokio::test(flavor = "multi_thread")]
async fn cuts_without_an_operation_leave_reads_alone() {
    let scene = scene(&["exchange:cut-after"]).await;
    assert_eq!(scene.codes(&sync("", 10)), ["NoError"]);
    assert!(scene.try_ews(&create(CONTACT)).is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn other_faults_come_as_they_were_ordered() {
    let scene = scene(&[
        "exchange:503::1:7",
        "exchange:html::1",
        "exchange:empty-500::1",
        "exchange:slow::1:1",
    ])
    .await;
    let away = scene.ews(&create(CONTACT));
    assert_eq!(away.status, 503);
    assert!(
        away.head.to_lowercase().contains("retry-after: 7"),
        "{}",
        away.head
    );
    let page = scene.ews(&create(CONTACT));
    assert!(page.status == 200 && page.body.starts_with("<!DOCTYPE html>"));
    let empty = scene.ews(&create(CONTACT));
    assert_eq!((empty.status, empty.body.as_str()), (500, ""));
    assert_eq!(scene.contacts(), 0);
    assert_eq!(scene.codes(&create(CONTACT)), ["NoError"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sync_state_is_refused_on_order_and_none_is_never_refused() {
    let scene = scene(&[]).await;
    let state = scene
        .ews(&sync("", 512))
        .first("SyncState")
        .expect("a state")
        .text;
    let url = scene
        .send(
            "POST",
            "/sandbox/faults",
            "",
            "exchange:invalid-sync-state:SyncFolderItems:1",
        )
        .expect("an answer");
    assert_eq!(url.status, 200, "{}", url.body);
    assert_eq!(scene.codes(&sync("", 512)), ["NoError"]);
    assert_eq!(
        scene.codes(&sync(&state, 512)),
        ["ErrorInvalidSyncStateData"]
    );
    assert_eq!(scene.codes(&sync(&state, 512)), ["NoError"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_ends_in_its_middle_leaves_the_item() {
    let scene = scene(&["exchange:cut-body:CreateItem:1"]).await;
    let half = scene.ews(&create(CONTACT));
    assert!(half.status == 200 && half.body.contains("<") && !half.body.contains("</s:Envelope>"));
    assert_eq!(scene.contacts(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_item_that_may_not_be_moved_stays_and_the_others_of_the_request_are_moved() {
    let scene = scene(&["exchange:access-denied:MoveItem:1:a"]).await;
    let create = |subject: &str| {
        scene.ews(&format!(
            "<m:CreateItem MessageDisposition=\"SaveOnly\"><m:Items><t:Message><t:Subject>{subject}</t:Subject></t:Message></m:Items></m:CreateItem>"
        ))
    };
    let ids = ["b", "a"].map(|subject| create(subject).item_id());
    let moves = |ids: &[String]| {
        let ids: String = ids
            .iter()
            .map(|id| format!("<t:ItemId Id=\"{id}\"/>"))
            .collect();
        scene.codes(&format!(
            "<m:MoveItem><m:ToFolderId><t:DistinguishedFolderId Id=\"inbox\"/></m:ToFolderId><m:ItemIds>{ids}</m:ItemIds></m:MoveItem>"
        ))
    };
    assert_eq!(moves(&ids), ["NoError", "ErrorAccessDenied"]);
    assert_eq!(moves(&ids[1..]), ["NoError"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_come_twice_and_in_another_order_when_ordered() {
    let scene = scene(&[
        "exchange:twice:SyncFolderItems:1",
        "exchange:reversed:SyncFolderItems:2",
    ])
    .await;
    let ids = [0, 1].map(|_| scene.ews(&create(CONTACT)).item_id());
    let listed = || {
        let page = scene.ews(&sync("", 10)).xml();
        let ids = all(&page, "ItemId").into_iter();
        ids.map(|id| id.get_attribute("Id").expect("an id").to_owned())
            .collect::<Vec<_>>()
    };
    let (one, other) = (ids[0].clone(), ids[1].clone());
    let four = listed();
    assert_eq!(four.len(), 4);
    assert_eq!(four[..2], four[2..]);
    let (turned, plain) = (listed(), listed());
    assert_eq!(turned, [plain[1].clone(), plain[0].clone()]);
    assert!(plain.contains(&one) && plain.contains(&other));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_is_dated_by_the_servers_clock() {
    let scene = scene(&[]).await;
    scene
        .running
        .ground
        .clock
        .advance(jiff::SignedDuration::from_hours(24 * 400));
    let now = scene
        .running
        .ground
        .clock
        .now(sandbox::faults::Side::Exchange);
    let day = now
        .strftime("date: %a, %d %b %Y %H:")
        .to_string()
        .to_lowercase();
    let head = scene.ews(&create(CONTACT)).head.to_lowercase();
    assert!(head.contains(&day), "{head}");
    assert_eq!(head.matches("\ndate:").count(), 1, "{head}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_control_door_acts_as_the_user_and_shows_everything() {
    let scene = scene(&[]).await;
    let act = |mut wish: serde_json::Value| {
        wish["user"] = json!(scene.user);
        scene.control("POST", "exchange/act", &wish.to_string())["id"]
            .as_str()
            .map(str::to_owned)
    };
    act(json!({ "act": "create_folder", "path": "contacts/CRM-Sync" }));
    let fields = json!({ "GivenName": "Änne", "PhoneNumbers/MobilePhone": "1", "PhysicalAddresses/Other/City": "Kiel" });
    let id = act(json!({ "act": "create", "folder": "contacts/CRM-Sync", "fields": fields }))
        .expect("an id");
    act(json!({ "act": "edit", "item": id, "fields": { "GivenName": "", "Surname": "Li" } }));
    let copy = act(json!({ "act": "copy", "item": id, "folder": "contacts" })).expect("an id");
    let moved = act(json!({ "act": "move", "item": id, "folder": "contacts" })).expect("an id");
    assert!(moved != id && moved != copy);
    act(json!({ "act": "delete", "item": copy }));
    let items = scene.control("GET", &format!("exchange/items?user={}", scene.user), "");
    let seen: Vec<(&str, &str)> = items
        .as_array()
        .expect("a list")
        .iter()
        .map(|item| {
            (
                item["folder"].as_str().expect("a path"),
                item["fields"]["Surname"].as_str().expect("a name"),
            )
        })
        .collect();
    assert_eq!(seen, [("Contacts", "Li"), ("Deleted Items", "Li")]);
    let first = &items[0]["fields"];
    assert_eq!(
        (
            &first["PhoneNumbers/MobilePhone"],
            &first["PhysicalAddresses/Other/City"]
        ),
        (&json!("1"), &json!("Kiel"))
    );
    assert_eq!(first["GivenName"], json!(null));
    let folders = scene.control("GET", &format!("exchange/folders?user={}", scene.user), "");
    let made = folders
        .as_array()
        .expect("a list")
        .iter()
        .find(|folder| folder["path"] == "Contacts/CRM-Sync")
        .expect("it is there");
    assert_eq!(made["class"], "IPF.Contact");
    let refused = scene.send(
        "POST",
        "/sandbox/exchange/act",
        "",
        r#"{"user": "nobody", "act": "expire_subscriptions"}"#,
    );
    assert_eq!(refused.expect("an answer").status, 409);
    assert_eq!(
        scene.control("GET", "requests", "")["counts"],
        json!({}),
        "acts are no requests"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_saved_exchange_knows_its_ids_states_and_folders_again() {
    let scene = scene(&[]).await;
    let exchange = &scene.running.exchange;
    let id = exchange
        .create(&scene.user, "contacts", &[("Surname", "b\r\n& <ä> 😀")])
        .expect("it can be made");
    let revision = exchange.revision();
    exchange
        .edit(&scene.user, &id, &[("Surname", "c")])
        .expect("it can be changed");
    assert_ne!(exchange.revision(), revision);
    let ground = Arc::clone(&scene.running.ground);
    let again =
        Exchange::new(ground, Mode::Exchange, Some(exchange.snapshot())).expect("it can be loaded");
    assert_eq!(again.items(&scene.user), exchange.items(&scene.user));
    assert_eq!(again.folders(&scene.user), exchange.folders(&scene.user));
}
