//! What the fake Exchange answers on the line, beyond the cases of the EWS probe: sign-in, schema, bodies, pages, streams.

use crate::client::{self, Scene, all, create, get, sync};
use sandbox::Options;
use sandbox::exchange::Act;
use std::io::Read;
use std::path::Path;
use std::time::Duration;

#[tokio::test(flavor = "multi_thread")]
async fn without_credentials_and_with_wrong_ones_all_schemes_are_offered() {
    let scene = Scene::new(Options::default()).await;
    for headers in [String::new(), scene.basic("wrong")] {
        let answer = scene
            .send("POST", "/EWS/Exchange.asmx", &headers, "")
            .expect("an answer");
        assert_eq!(answer.status, 401);
        for scheme in [
            "www-authenticate: Negotiate\r\n",
            "www-authenticate: NTLM\r\n",
            "www-authenticate: Basic realm=",
        ] {
            assert!(answer.head.contains(scheme), "{scheme} in {}", answer.head);
        }
    }
    assert_eq!(scene.running.exchange.journal().refused_sign_ins, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_order_is_a_fault_and_changes_nothing() {
    let scene = Scene::new(Options::default()).await;
    let answer = scene.ews(&create(
        "<t:Surname>b</t:Surname><t:GivenName>a</t:GivenName>",
    ));
    assert_eq!(
        (answer.status, answer.codes()),
        (500, vec!["ErrorSchemaValidation".to_owned()])
    );
    let fault = answer.first("Fault").expect("a fault");
    assert_eq!(fault.get_text("faultcode"), Some("t:ErrorSchemaValidation"));
    assert!(
        answer.first("ServerVersionInfo").is_some(),
        "every answer carries the version"
    );
    assert!(
        answer
            .first("Violation")
            .expect("details")
            .text
            .contains("'GivenName'")
    );
    assert_eq!(scene.contacts(), 0);
    assert_eq!(
        scene.codes(&create(
            "<t:GivenName>a</t:GivenName><t:Surname>b</t:Surname>"
        )),
        ["NoError"]
    );
    assert_eq!(scene.contacts(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_examples_beside_the_schemas_are_judged_as_their_names_say() {
    let folder =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../../shared/ews-schema/examples");
    let Ok(entries) = std::fs::read_dir(&folder) else {
        println!("skipped: there is no shared/ews-schema beside the project");
        return;
    };
    let scene = Scene::new(Options::default()).await;
    let mut judged = 0;
    for path in entries.map(|entry| entry.expect("it can be listed").path()) {
        let text = std::fs::read_to_string(&path).expect("it can be read");
        let answer = scene
            .send("POST", "/EWS/Exchange.asmx", &scene.right(), &text)
            .expect("an answer");
        let refused = answer.body.contains("ErrorSchemaValidation");
        let meant = path.display().to_string().contains("wrong-order");
        assert_eq!(refused, meant, "{}: {}", path.display(), answer.body);
        judged += 1;
    }
    assert!(judged > 5, "only {judged} examples");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_soap_is_a_fault_too() {
    let scene = Scene::new(Options::default()).await;
    for bad in ["", "hello", "<a/>", "<m:GetItem/>", "{\"json\": true}"] {
        let answer = scene
            .send("POST", "/EWS/Exchange.asmx", &scene.right(), bad)
            .expect("an answer");
        assert_eq!(
            (answer.status, answer.codes()),
            (500, vec!["ErrorSchemaValidation".to_owned()]),
            "{bad}"
        );
    }
    assert_eq!(scene.codes("<m:BrewCoffee/>"), ["ErrorSchemaValidation"]);
    let lost = scene
        .send("POST", "/nowhere", &scene.right(), "")
        .expect("an answer");
    assert_eq!(lost.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_html_body_is_kept_and_shown_as_text_when_asked() {
    let scene = Scene::new(Options::default()).await;
    let html = "&lt;p&gt;Gr&amp;uuml;&amp;szlig;e &lt;b&gt;an&lt;/b&gt; alle&lt;/p&gt;&lt;p&gt;Ende&lt;/p&gt;";
    let id = scene
        .ews(&create(&format!(
            "<t:Body BodyType=\"HTML\">{html}</t:Body><t:Surname>b</t:Surname>"
        )))
        .item_id();
    let body = |kind: &str| {
        let wish =
            "<t:AdditionalProperties><t:FieldURI FieldURI=\"item:Body\"/></t:AdditionalProperties>";
        let shape =
            format!("<t:BaseShape>IdOnly</t:BaseShape><t:BodyType>{kind}</t:BodyType>{wish}");
        let body = scene.ews(&get(&id, &shape)).first("Body").expect("a body");
        (
            body.get_attribute("BodyType").expect("its type").to_owned(),
            body.text,
        )
    };
    let stored = "<p>Gr&uuml;&szlig;e <b>an</b> alle</p><p>Ende</p>".to_owned();
    assert_eq!(body("Best"), ("HTML".to_owned(), stored.clone()));
    assert_eq!(body("HTML"), ("HTML".to_owned(), stored));
    assert_eq!(
        body("Text"),
        ("Text".to_owned(), "Grüße an alle\r\n\r\nEnde".to_owned())
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_of_one_field_harms_nothing_else() {
    let scene = Scene::new(Options::default()).await;
    let exchange = &scene.running.exchange;
    let id = exchange
        .create(
            &scene.user,
            "contacts",
            &[
                ("Surname", "b"),
                ("PhoneNumbers/BusinessPhone2", "2"),
                ("JobTitle", "x"),
                ("Body/HTML", "<p>a</p>"),
            ],
        )
        .expect("it can be made");
    let many = r#"{"user": "USER", "act": "edit", "item": "ID", "fields": {"Categories": ["rot", "blau"], "{6c9a3c5e-4f0e-4b2f-9a53-52c1c7f0e0b1}/Other:String": "y"}}"#;
    scene.control(
        "POST",
        "exchange/act",
        &many.replace("USER", &scene.user).replace("ID", &id),
    );
    exchange
        .act(
            &scene.user,
            &Act::Picture {
                item: id.clone(),
                jpeg: Some("/9j/4AAQ".to_owned()),
            },
        )
        .expect("a picture");
    let before = exchange.item(&scene.user, &id).expect("it is there");
    let set = |title: &str| {
        let update = format!(
            "<m:UpdateItem ConflictResolution=\"AlwaysOverwrite\"><m:ItemChanges><t:ItemChange><t:ItemId Id=\"{id}\"/><t:Updates>\
             <t:SetItemField><t:FieldURI FieldURI=\"contacts:JobTitle\"/><t:Contact><t:JobTitle>{title}</t:JobTitle></t:Contact>\
             </t:SetItemField></t:Updates></t:ItemChange></m:ItemChanges></m:UpdateItem>"
        );
        assert_eq!(scene.codes(&update), ["NoError"]);
        exchange.item(&scene.user, &id).expect("it is there")
    };
    let changed = set("neu");
    assert_ne!(changed.canonical, before.canonical);
    assert_eq!(
        changed
            .canonical
            .replace("<t:JobTitle>neu<", "<t:JobTitle>x<"),
        before.canonical
    );
    assert_ne!(changed.change_key, before.change_key);
    assert_eq!(set("x").canonical, before.canonical);
    let shown = scene.ews(&get(&id, "<t:BaseShape>AllProperties</t:BaseShape>"));
    assert_eq!(
        shown.first("HasPicture").map(|flag| flag.text),
        Some("true".to_owned())
    );
    let attachment = shown.first("AttachmentId").expect("the picture");
    let content = scene.ews(&format!(
        "<m:GetAttachment><m:AttachmentIds><t:AttachmentId Id=\"{}\"/></m:AttachmentIds></m:GetAttachment>",
        attachment.get_attribute("Id").expect("its id")
    ));
    assert_eq!(
        content.first("Content").map(|content| content.text),
        Some("/9j/4AAQ".to_owned())
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_folder_comes_in_pages_of_512_and_a_bad_state_is_refused() {
    let scene = Scene::new(Options::default()).await;
    for number in 0..1300 {
        scene
            .running
            .exchange
            .create(&scene.user, "contacts", &[("Surname", &number.to_string())])
            .expect("it can be made");
    }
    let (mut state, mut sizes) = (String::new(), Vec::new());
    loop {
        let page = scene.ews(&sync(&state, 512));
        sizes.push(all(&page.xml(), "Create").len());
        state = page.first("SyncState").expect("a state").text;
        if page.first("IncludesLastItemInRange").expect("a flag").text == "true" {
            break;
        }
    }
    assert_eq!(sizes, [512, 512, 276]);
    assert_eq!(scene.codes(&sync(&state, 513)), ["ErrorSchemaValidation"]);
    assert_eq!(
        scene.codes(&sync("AAAAxxxx", 512)),
        ["ErrorInvalidSyncStateData"]
    );
    assert_eq!(scene.codes(&sync(&state, 512)), ["NoError"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn autodiscover_answers_in_any_case_of_its_path() {
    let scene = Scene::new(Options::default()).await;
    let wish = |address: &str| {
        format!(
            "<Autodiscover xmlns=\"x\"><Request><EMailAddress>{address}</EMailAddress></Request></Autodiscover>"
        )
    };
    for path in [
        "/autodiscover/autodiscover.xml",
        "/Autodiscover/Autodiscover.xml",
        "/AUTODISCOVER/AUTODISCOVER.XML",
    ] {
        let answer = scene
            .send("POST", path, &scene.right(), &wish(&scene.user))
            .expect("an answer");
        assert_eq!(
            answer.first("EwsUrl").map(|url| url.text),
            Some(scene.running.exchange_url.clone()),
            "{path}"
        );
    }
    let unknown = scene.send(
        "POST",
        "/autodiscover/autodiscover.xml",
        &scene.right(),
        &wish("nobody@firma.example"),
    );
    assert!(unknown.expect("an answer").first("ErrorCode").is_some());
}

/// Reads from an open line until the pieces, put together, hold this text.
fn read_until(line: &mut impl Read, text: &mut Vec<u8>, end: &str) -> String {
    let mut piece = [0; 4096];
    loop {
        let so_far = without_chunks(&String::from_utf8_lossy(text));
        if so_far.contains(end) {
            return so_far;
        }
        let count = line.read(&mut piece).expect("the line lives");
        assert!(count > 0, "the stream ended with {so_far}");
        text.extend_from_slice(&piece[..count]);
    }
}

/// The head and the body of a chunked answer as far as it is there.
fn without_chunks(text: &str) -> String {
    let Some((head, mut rest)) = text.split_once("\r\n\r\n") else {
        return text.to_owned();
    };
    let mut whole = format!("{head}\r\n\r\n");
    while let Some((size, after)) = rest.split_once("\r\n") {
        let size = usize::from_str_radix(size, 16).expect("the size of a piece");
        let Some(piece) = after.get(..size) else {
            break;
        };
        whole.push_str(piece);
        rest = after[size..].strip_prefix("\r\n").unwrap_or_default();
    }
    whole
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_tells_what_happens_while_it_is_open_and_shows_that_it_lives() {
    let scene = Scene::new(Options::default()).await;
    let subscribe = "<m:Subscribe><m:StreamingSubscriptionRequest><t:FolderIds><t:DistinguishedFolderId Id=\"contacts\"/></t:FolderIds>\
                     <t:EventTypes><t:EventType>CreatedEvent</t:EventType></t:EventTypes></m:StreamingSubscriptionRequest></m:Subscribe>";
    let id = scene
        .ews(subscribe)
        .first("SubscriptionId")
        .expect("a subscription")
        .text;
    let stream = |id: &str| {
        format!(
            "<m:GetStreamingEvents><m:SubscriptionIds><t:SubscriptionId>{id}</t:SubscriptionId></m:SubscriptionIds>\
             <m:ConnectionTimeout>30</m:ConnectionTimeout></m:GetStreamingEvents>"
        )
    };
    let mut line = scene.open(
        "POST",
        "/EWS/Exchange.asmx",
        &scene.right(),
        &client::envelope(&stream(&id)),
    );
    let mut text = Vec::new();
    let opening = read_until(&mut line, &mut text, "ConnectionStatus>OK");
    assert!(
        opening
            .to_lowercase()
            .contains("transfer-encoding: chunked"),
        "{opening}"
    );
    let item = scene
        .running
        .exchange
        .create(&scene.user, "contacts", &[("Surname", "b")])
        .expect("it can be made");
    let news = read_until(&mut line, &mut text, "</t:CreatedEvent>");
    assert!(
        news.contains(&format!("<t:ItemId Id=\"{item}\"/>")),
        "{news}"
    );
    scene
        .running
        .exchange
        .set_heartbeat(Duration::from_millis(1));
    scene
        .running
        .exchange
        .create(&scene.user, "contacts", &[("Surname", "c")])
        .expect("it can be made");
    read_until(&mut line, &mut text, "StatusEvent");
    let unknown = scene.ews(&stream("bm90aGluZw=="));
    assert_eq!(unknown.codes(), ["ErrorSubscriptionNotFound"]);
    assert!(unknown.first("ErrorSubscriptionIds").is_some());
}
