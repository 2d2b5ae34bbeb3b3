//! What a server of version 5.x does otherwise.

use crate::client::Client;
use sandbox::Options;
use sandbox::crm::Flavour;

async fn five() -> Client {
    Client::start(Options {
        crm_flavour: Flavour::Five,
        ..Options::default()
    })
    .await
}

#[tokio::test]
async fn five_has_no_revise_and_no_related_operations() {
    let client = five().await;
    let id = client
        .create("Contacts", &[("lastname", "x")])
        .await
        .result()["id"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    let revise = client.write("revise", &[("id", &id), ("phone", "1")]).await;
    assert_eq!((revise.status(), revise.body()), (500, b"".as_slice()));
    let related = client
        .get(&[
            ("operation", "relatedtypes"),
            ("sessionName", &client.session),
            ("elementType", "Contacts"),
        ])
        .await;
    assert_eq!(related.status(), 500);
    assert_eq!(client.retrieve(&id).await.result()["phone"], "");
}

#[tokio::test]
async fn five_empties_what_an_update_leaves_out_and_eight_keeps_it() {
    for (flavour, kept) in [(Flavour::Five, ""), (Flavour::Eight, "1")] {
        let client = Client::start(Options {
            crm_flavour: flavour,
            ..Options::default()
        })
        .await;
        let made = client
            .create("Contacts", &[("lastname", "x"), ("phone", "1")])
            .await
            .result();
        let id = made["id"].as_str().unwrap_or_default();
        let updated = client
            .write(
                "update",
                &[("id", id), ("lastname", "y"), ("assigned_user_id", "19x5")],
            )
            .await
            .result();
        assert_eq!(
            (updated["lastname"].as_str(), updated["phone"].as_str()),
            (Some("y"), Some(kept)),
            "{flavour:?}"
        );
        assert_eq!(updated["contact_no"], made["contact_no"]);
    }
}

#[tokio::test]
async fn five_counts_and_shows_no_label_and_lets_accounts_share_a_name() {
    let client = five().await;
    for _ in 0..2 {
        let made = client
            .create("Accounts", &[("accountname", "Muster AG")])
            .await
            .result();
        assert_eq!(
            (made["accountname"].as_str(), made.get("label")),
            (Some("Muster AG"), None)
        );
    }
    assert_eq!(
        client
            .query("select count(*) from Accounts;")
            .await
            .result(),
        serde_json::json!([{ "count": "2" }])
    );
}
