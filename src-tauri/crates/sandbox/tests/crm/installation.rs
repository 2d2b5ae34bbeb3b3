//! What an installation has that another has not: fields and pick-list values of its own, the zone of its database.

use crate::client::{Client, id_of};
use sandbox::Options;
use sandbox::company::Sizes;
use sandbox::crm::{AddedField, AddedValues};
use serde_json::{Value, json};

fn field(text: &str) -> AddedField {
    text.parse().expect("a good field")
}

async fn describe(client: &Client, module: &str, name: &str) -> Value {
    let answer = client
        .get(&[
            ("operation", "describe"),
            ("sessionName", &client.session),
            ("elementType", module),
        ])
        .await
        .result();
    let fields = answer["fields"].as_array().cloned().unwrap_or_default();
    let found = fields.into_iter().find(|field| field["name"] == name);
    found.unwrap_or_default()
}

#[tokio::test]
async fn a_mandatory_field_refuses_records_without_it_and_leaves_those_that_are_there() {
    for module in ["Contacts", "Events", "Calendar"] {
        let spec = format!("{module}:cf_901:Kostenstelle:string:mandatory");
        let client = Client::start(Options {
            sizes: Sizes::both(8),
            crm_fields: vec![field(&spec)],
            ..Options::default()
        })
        .await;
        let fields = [("lastname", "x")];
        let refused = match module {
            "Events" => client.event(&[]).await,
            "Calendar" => client.task(&[]).await,
            _ => client.create(module, &fields).await,
        };
        assert_eq!(refused.code(), "MANDATORY_FIELDS_MISSING", "{module}");
        assert_eq!(
            refused.json()["error"]["message"],
            "cf_901 does not have a value"
        );
        let with = [("cf_901", "4711")];
        let made = match module {
            "Events" => client.event(&with).await,
            "Calendar" => client.task(&with).await,
            _ => client.create(module, &[fields[0], with[0]]).await,
        };
        assert_eq!(made.result()["cf_901"], "4711", "{module}");
        assert_eq!(describe(&client, module, "cf_901").await["mandatory"], true);
        assert_eq!(
            client.running.crm.records("Contacts")[0].contains_key("cf_901"),
            module == "Contacts"
        );
    }
}

#[tokio::test]
async fn a_text_field_of_events_is_written_read_and_asked_for() {
    let client = Client::start(Options::default()).await;
    let before = id_of(&client.event(&[]).await);
    let body = r#"{"module": "Events", "name": "cf_902", "label": "Exchange-Serie"}"#;
    assert_eq!(client.control("POST", "fields", body).await.status(), 200);
    assert_eq!(client.control("POST", "fields", body).await.status(), 400);
    let id = id_of(&client.event(&[("cf_902", "abc/1")]).await);
    assert_eq!(client.retrieve(&before).await.result()["cf_902"], "");
    let found = client
        .query("select id from Events where cf_902 like 'abc/%';")
        .await
        .result();
    assert_eq!(found, json!([{ "id": id }]));
    let about = describe(&client, "Events", "cf_902").await;
    assert_eq!(
        (&about["label"], &about["type"]["name"]),
        (&json!("Exchange-Serie"), &json!("string"))
    );
    assert_eq!(
        client.query("select cf_902 from Calendar;").await.code(),
        "ACCESS_DENIED"
    );
}

#[tokio::test]
async fn own_values_of_a_pick_list_are_described_behind_those_of_stock() {
    let client = Client::start(Options {
        crm_values: vec![
            "Calendar:taskstatus:Überfällig,Deferred"
                .parse::<AddedValues>()
                .expect("good values"),
        ],
        ..Options::default()
    })
    .await;
    let about = describe(&client, "Calendar", "taskstatus").await;
    let values = about["type"]["picklistValues"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let values: Vec<_> = values
        .iter()
        .filter_map(|value| value["value"].as_str())
        .collect();
    assert_eq!(values[5..], ["Planned", "Überfällig"]);
    let body = r#"{"module": "Calendar", "field": "subject", "values": ["x"]}"#;
    assert_eq!(client.control("POST", "values", body).await.status(), 400);
}

#[tokio::test]
async fn what_was_added_is_kept_in_the_state_file_with_the_invited_users() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let options = || Options {
        state: Some(folder.path().join("state.json")),
        crm_fields: vec![field("Events:cf_903:Serie")],
        ..Options::default()
    };
    let client = Client::start(options()).await;
    let crm = &client.running.crm;
    crm.add_field(field("Calendar:cf_904:Herkunft:text"))
        .expect("added");
    let id = id_of(&client.event(&[("cf_903", "s")]).await);
    let task = id_of(&client.task(&[("cf_904", "t")]).await);
    crm.invite("anna", &id, &["ben"]).expect("invited");
    let kept = (crm.stored(&id), crm.stored(&task));
    client.running.stop().await.expect("it stops");
    let again = Client::start(options()).await;
    let crm = &again.running.crm;
    assert_eq!((crm.stored(&id), crm.stored(&task)), kept);
    assert_eq!(crm.invited(&id), ["ben"]);
}

#[tokio::test]
async fn times_of_change_are_in_the_zone_of_the_database_and_those_of_events_stay_as_sent() {
    let start: jiff::Timestamp = "2026-11-22T10:00:00Z".parse().expect("a time");
    let client = Client::start(Options {
        clock: Some(start),
        crm_zone: "Europe/Berlin".to_owned(),
        ..Options::default()
    })
    .await;
    let made = client.event(&[]).await.result();
    let shown = ["createdtime", "modifiedtime", "time_start"].map(|field| made[field].clone());
    assert_eq!(
        shown,
        ["2026-11-22 11:00:00", "2026-11-22 11:00:00", "09:00:00"]
    );
    let ask = async |time: &str| {
        let found = client
            .query(&format!(
                "select id from Events where modifiedtime>='{time}';"
            ))
            .await;
        found.result().as_array().map(Vec::len)
    };
    assert_eq!(
        (
            ask("2026-11-22 11:00:00").await,
            ask("2026-11-22 11:00:01").await
        ),
        (Some(1), Some(0))
    );
    let told = client
        .sync_of("Events", start.as_second() - 1)
        .await
        .result();
    assert_eq!(told["lastModifiedTime"].as_i64(), Some(start.as_second()));
}

#[tokio::test]
async fn a_task_ends_with_the_last_day_of_the_users() {
    for (zone, hours) in [("Europe/Berlin", "15"), ("Asia/Tokyo", "7")] {
        let client = Client::start(Options {
            crm_users_zone: zone.to_owned(),
            ..Options::default()
        })
        .await;
        let fields = [
            ("date_start", "2026-12-01"),
            ("due_date", "2026-12-01"),
            ("time_start", "08:00:00"),
        ];
        let made = client.task(&fields).await.result();
        assert_eq!(made["duration_hours"], hours, "{zone}");
    }
}

#[tokio::test]
async fn an_installation_that_cannot_be_is_no_start() {
    let zone = sandbox::start(Options {
        crm_zone: "Europe/Atlantis".to_owned(),
        ..Options::default()
    })
    .await;
    assert!(zone.is_err_and(|error| error.to_string().contains("Atlantis")));
    let zone = sandbox::start(Options {
        crm_users_zone: "Africa/Lemuria".to_owned(),
        ..Options::default()
    })
    .await;
    assert!(zone.is_err_and(|error| error.to_string().contains("Lemuria")));
    for bad in [
        "Nope:cf_1:x",
        "Groups:cf_1:x",
        "Events:subject:x",
        "Events:cf_1:x:picture",
    ] {
        let started = sandbox::start(Options {
            crm_fields: vec![field(bad)],
            ..Options::default()
        })
        .await;
        assert!(started.is_err(), "{bad}");
    }
    assert!("Events:cf_1".parse::<AddedField>().is_err());
    assert!("Calendar:taskstatus".parse::<AddedValues>().is_err());
}
