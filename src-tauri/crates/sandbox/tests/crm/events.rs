//! Events beyond what the probe asks: what a save through the service loses, who sees them, queries, sync, faults, the doors.

use crate::client::{Answer, Client, EVENT, id_of};
use sandbox::Options;
use sandbox::crm::Flavour;
use serde_json::{Value, json};

async fn client() -> Client {
    Client::start(Options::default()).await
}

fn stored(client: &Client, id: &str, field: &str) -> Value {
    let row = client.running.crm.stored(id).expect("there is the row");
    row["fields"][field].clone()
}

#[tokio::test]
async fn every_save_through_the_service_loses_the_invited_and_the_pages_keep_them() {
    let client = client().await;
    let crm = &client.running.crm;
    let id = id_of(&client.event(&[]).await);
    crm.invite("anna", &id, &["ben", "rita"]).expect("invited");
    crm.edit("anna", &id, &[("location", "Raum 1")])
        .expect("edited");
    assert_eq!(crm.invited(&id), ["ben", "rita"]);
    client
        .write("revise", &[("id", &id), ("location", "Raum 2")])
        .await;
    assert_eq!(crm.invited(&id), [""; 0]);
}

#[tokio::test]
async fn a_reminder_shrinks_when_it_is_sent_back_and_goes_when_it_is_not_sent() {
    let client = client().await;
    let made = client.event(&[("reminder_time", "3600")]).await;
    let id = id_of(&made);
    assert_eq!(made.result()["reminder_time"], "60");
    let whole = client.retrieve(&id).await.result();
    let whole: Vec<(&str, &str)> = whole
        .as_object()
        .expect("a record")
        .iter()
        .filter_map(|(name, value)| Some((name.as_str(), value.as_str()?)))
        .collect();
    assert_eq!(
        client.write("update", &whole).await.result()["reminder_time"],
        "1"
    );
    let sent = [
        ("id", id.as_str()),
        ("reminder_time", "1800"),
        ("location", "x"),
    ];
    assert_eq!(
        client.write("revise", &sent).await.result()["reminder_time"],
        "30"
    );
    let revised = client
        .write("revise", &[("id", &id), ("location", "y")])
        .await;
    assert_eq!(revised.result()["reminder_time"], "0");
    client
        .running
        .crm
        .edit("anna", &id, &[("reminder_time", "15")])
        .expect("edited");
    client
        .running
        .crm
        .edit("anna", &id, &[("location", "z")])
        .expect("edited");
    assert_eq!(client.retrieve(&id).await.result()["reminder_time"], "15");
}

#[tokio::test]
async fn the_duration_follows_from_the_times_whatever_is_sent_and_dates_that_are_none_are_lost() {
    let client = client().await;
    let cases = [
        (["2026-12-01", "09:00", "2026-12-01", "10:15"], ["1", "15"]),
        (
            ["2026-12-01", "00:00:00", "2026-12-04", "00:00:00"],
            ["72", "0"],
        ),
        (
            ["2026-12-01", "23:30:00", "2026-12-02", "00:15:00"],
            ["0", "45"],
        ),
        (
            ["2026-12-01", "10:00:00", "2026-12-01", "08:30:00"],
            ["-1", "-30"],
        ),
        (["soon", "10:00:00", "2026-12-01", "11:00:00"], ["0", "0"]),
    ];
    for ([first, from, last, to], [hours, minutes]) in cases {
        let fields = [
            ("date_start", first),
            ("time_start", from),
            ("due_date", last),
            ("time_end", to),
            ("duration_hours", "9"),
        ];
        let made = client.event(&fields).await.result();
        let shown = |field: &str| made[field].as_str().unwrap_or_default().to_owned();
        assert_eq!(
            [shown("duration_hours"), shown("duration_minutes")],
            [hours, minutes]
        );
        assert_eq!(shown("time_start"), from, "kept as it was sent");
        assert_eq!(
            shown("date_start"),
            if first == "soon" { "" } else { first }
        );
    }
}

#[tokio::test]
async fn one_contact_is_kept_of_several_and_references_obey_their_modules() {
    let client = client().await;
    let first = id_of(&client.create("Contacts", &[("lastname", "Groß")]).await);
    let second = id_of(&client.create("Contacts", &[("lastname", "Klein")]).await);
    let account = id_of(&client.create("Accounts", &[("accountname", "Firma")]).await);
    let both = format!("{first};{second}");
    let made = client
        .event(&[("contact_id", &both), ("parent_id", &account)])
        .await;
    assert_eq!(made.result()["contact_id"], json!(first));
    let found = format!("select id from Events where parent_id='{account}';");
    assert_eq!(
        client.query(&found).await.result()[0]["id"],
        json!(id_of(&made))
    );
    assert_eq!(
        client.event(&[("parent_id", &first)]).await.code(),
        "REFERENCE_INVALID"
    );
    assert_eq!(
        client.event(&[("contact_id", &account)]).await.code(),
        "REFERENCE_INVALID"
    );
}

#[tokio::test]
async fn events_are_private_to_their_owner_and_those_of_a_group_to_its_members() {
    let mut client = client().await;
    let mine = id_of(&client.event(&[]).await);
    let ours = id_of(&client.event(&[("assigned_user_id", "20x2")]).await);
    let given = client.event(&[("assigned_user_id", "19x6")]).await;
    assert_eq!(
        given.result()["assigned_user_id"],
        "19x6",
        "the answer still shows it"
    );
    assert_eq!(
        client.retrieve(&id_of(&given)).await.code(),
        "ACCESS_DENIED"
    );
    client.session = client.sign_in("ben").await;
    assert_eq!(client.retrieve(&mine).await.code(), "ACCESS_DENIED");
    assert_eq!(client.retrieve(&ours).await.result()["id"], json!(ours));
    let seen = client
        .query("select id from Events order by id;")
        .await
        .result();
    assert_eq!(seen, json!([{ "id": ours }, { "id": id_of(&given) }]));
    client.session = client.sign_in("rita").await;
    assert_eq!(
        client.query("select id from Events;").await.result(),
        json!([])
    );
    assert_eq!(client.event(&[]).await.code(), "ACCESS_DENIED");
}

#[tokio::test]
async fn events_are_found_by_type_status_and_dates_and_page_by_page() {
    let client = client().await;
    let crm = &client.running.crm;
    for number in 0..130 {
        let day = format!("2026-12-{:02}", 1 + number % 28);
        let kind = if number % 2 == 0 { "Call" } else { "Meeting" };
        let fields = [
            EVENT.as_slice(),
            &[
                ("date_start", &day),
                ("due_date", &day),
                ("activitytype", kind),
            ],
        ]
        .concat();
        crm.create("anna", "Events", &fields).expect("made");
    }
    let count = async |rest: &str| {
        let found = client
            .query(&format!("select id from Events where {rest};"))
            .await;
        found.result().as_array().map_or(0, Vec::len)
    };
    assert_eq!(count("activitytype='call'").await, 65);
    assert_eq!(
        count("activitytype in ('Call','Meeting') and date_start='2026-12-05'").await,
        5
    );
    assert_eq!(
        count("date_start>='2026-12-27' and due_date<='2026-12-28'").await,
        8
    );
    assert_eq!(count("eventstatus='Held'").await, 0);
    let mut last = "18x0".to_owned();
    let mut pages = Vec::new();
    loop {
        let next = format!(
            "select id,modifiedtime from Events where assigned_user_id='19x5' and id>'{last}' order by id limit 100;"
        );
        let page = client.query(&next).await.result();
        let Some(end) = page.as_array().and_then(|rows| rows.last()) else {
            break;
        };
        last = end["id"].as_str().expect("an id").to_owned();
        pages.push(page.as_array().map_or(0, Vec::len));
    }
    assert_eq!(pages, [100, 30]);
}

#[tokio::test]
async fn sync_tells_changed_and_deleted_events_and_neither_tasks_nor_those_given_away() {
    let start: jiff::Timestamp = "2026-11-22T10:00:00Z".parse().expect("a time");
    let client = Client::start(Options {
        clock: Some(start),
        ..Options::default()
    })
    .await;
    let crm = &client.running.crm;
    let since = start.as_second() - 1;
    let kept = id_of(&client.event(&[]).await);
    let gone = id_of(&client.event(&[]).await);
    let away = id_of(&client.event(&[]).await);
    client.task(&[]).await;
    crm.delete("anna", &gone).expect("deleted");
    crm.assign("anna", &away, "ben").expect("given away");
    let told = client.sync_of("Events", since).await.result();
    assert_eq!(told["updated"].as_array().map(Vec::len), Some(1));
    assert_eq!(
        (&told["updated"][0]["id"], &told["deleted"]),
        (&json!(kept), &json!([gone]))
    );
    crm.restore("anna", &gone).expect("restored");
    let told = client.sync_of("Events", since).await.result();
    assert_eq!(told["deleted"], json!([]));
    assert_eq!(told["updated"].as_array().map(Vec::len), Some(2));
}

#[tokio::test]
async fn five_empties_what_an_update_leaves_out() {
    let client = Client::start(Options {
        crm_flavour: Flavour::Five,
        ..Options::default()
    })
    .await;
    let made = client
        .event(&[("location", "Raum 1"), ("reminder_time", "900")])
        .await;
    let id = id_of(&made);
    let all = [
        EVENT.as_slice(),
        &[
            ("id", &id),
            ("assigned_user_id", "19x5"),
            ("time_end", "12:00:00"),
        ],
    ]
    .concat();
    let updated = client.write("update", &all).await.result();
    let shown = ["location", "reminder_time", "duration_hours"].map(|field| updated[field].clone());
    assert_eq!(shown, ["", "0", "3"]);
    assert_eq!(
        client
            .write("revise", &[("id", &id), ("location", "x")])
            .await
            .status(),
        500
    );
}

#[tokio::test]
async fn faults_bite_events_as_they_bite_contacts() {
    let client = client().await;
    let events = || client.running.crm.records("Events").len();
    let order = |spec: &str| {
        client
            .running
            .ground
            .faults
            .add(spec.parse().expect("a good fault"))
    };
    order("crm:cut-after:create:1");
    assert_eq!((client.event(&[]).await, events()), (Answer::Cut, 1));
    order("crm:empty-500:create:1");
    assert_eq!((client.event(&[]).await.status(), events()), (500, 1));
    order("crm:refused-field:::location");
    assert_eq!(
        client.event(&[("location", "x")]).await.code(),
        "MANDATORY_FIELDS_MISSING"
    );
    assert_eq!(client.event(&[]).await.status(), 200);
    order("crm:no-sync");
    assert_eq!(client.sync_of("Events", 1_700_000_000).await.status(), 500);
}

#[tokio::test]
async fn the_control_door_makes_events_invites_and_shows_the_rows() {
    let client = client().await;
    let body = json!({
        "subject": "Messe", "activitytype": "Call", "eventstatus": "Held", "date_start": "2026-12-01",
        "time_start": "09:00", "due_date": "2026-12-01", "time_end": "10:00", "duration_hours": 1, "reminder_time": 15,
    });
    let made = client
        .control("POST", "records/Events", &body.to_string())
        .await
        .json();
    let id = made["id"].as_str().expect("it was made").to_owned();
    assert_eq!(
        (&made["reminder_time"], &made["source"]),
        (&json!("15"), &json!("CRM"))
    );
    let path = format!("records/{id}/invited");
    assert_eq!(
        client.control("POST", &path, r#"["ben"]"#).await.json(),
        json!(["ben"])
    );
    assert_eq!(
        client
            .control("POST", &path, r#"["nobody"]"#)
            .await
            .status(),
        409
    );
    client
        .write("revise", &[("id", &id), ("time_end", "11:00")])
        .await;
    assert_eq!(client.control("GET", &path, "").await.json(), json!([]));
    assert_eq!(stored(&client, &id, "time_end"), "11:00");
    client.control("DELETE", &format!("records/{id}"), "").await;
    let row = client
        .control("GET", &format!("records/{id}/stored"), "")
        .await
        .json();
    assert_eq!(
        (&row["module"], &row["deleted"]),
        (&json!("Events"), &json!(true))
    );
}
