//! Creating and changing items as requests ask for it.

use super::*;
use crate::exchange::xml::Ns;
use jiff::Timestamp;

fn now() -> Timestamp {
    "2026-11-22T10:00:00Z".parse().expect("a time")
}

fn element(text: &str) -> Element {
    let types = Ns::Types.uri();
    Element::parse(&text.replacen('>', &format!(" xmlns=\"{types}\">"), 1)).expect("well-formed")
}

fn contact(fields: &str) -> Item {
    create(&element(&format!("<Contact>{fields}</Contact>")), now()).expect("it can be made")
}

fn changed(item: &Item, update: &str) -> Result<Item, Failure> {
    let update = read_update(&element(update))?;
    let mut item = item.clone();
    apply(&mut item, &[update], &now().into())?;
    Ok(item)
}

#[test]
fn fields_are_stored_in_schema_order_whatever_the_order_of_writing() {
    let item = contact("<GivenName>a</GivenName><Surname>b</Surname>");
    let item = changed(
        &item,
        "<SetItemField><FieldURI FieldURI=\"item:Categories\"/><Contact><Categories><String>x</String></Categories></Contact></SetItemField>",
    )
    .expect("it can be changed");
    let names: Vec<&str> = item
        .fields
        .iter()
        .map(|field| field.name.as_str())
        .collect();
    assert_eq!(names, ["Categories", "GivenName", "Surname"]);
}

#[test]
fn one_part_of_an_address_changes_alone_and_the_last_one_takes_the_entry_along() {
    let item = contact(
        "<PhysicalAddresses><Entry Key=\"Business\"><Street>s</Street><City>c</City></Entry></PhysicalAddresses>",
    );
    let city =
        "<IndexedFieldURI FieldURI=\"contacts:PhysicalAddress:City\" FieldIndex=\"Business\"/>";
    let street = city.replace("City", "Street");
    let set = format!(
        "<SetItemField>{city}<Contact><PhysicalAddresses><Entry Key=\"Business\"><City>Kiel</City></Entry></PhysicalAddresses></Contact></SetItemField>"
    );
    let item = changed(&item, &set).expect("it can be changed");
    let entry = item
        .fields
        .entry("PhysicalAddresses", "Business")
        .expect("it is there");
    assert_eq!(
        (entry.get_text("Street"), entry.get_text("City")),
        (Some("s"), Some("Kiel"))
    );
    let delete = |path: &str| format!("<DeleteItemField>{path}</DeleteItemField>");
    let item = changed(&item, &delete(city)).expect("it can be changed");
    assert!(item.fields.entry("PhysicalAddresses", "Business").is_some());
    let item = changed(&item, &delete(&street)).expect("it can be changed");
    assert!(item.fields.get("PhysicalAddresses").is_none());
}

#[test]
fn a_change_must_hold_the_one_field_it_names() {
    let item = contact("<Surname>b</Surname>");
    let set = |inside: &str| {
        format!(
            "<SetItemField><FieldURI FieldURI=\"contacts:Surname\"/><Contact>{inside}</Contact></SetItemField>"
        )
    };
    let code = |inside: &str| {
        changed(&item, &set(inside))
            .expect_err("it is refused")
            .code
    };
    assert_eq!(code(""), "ErrorIncorrectUpdatePropertyCount");
    assert_eq!(
        code("<GivenName>a</GivenName><Surname>c</Surname>"),
        "ErrorIncorrectUpdatePropertyCount"
    );
    assert_eq!(
        code("<GivenName>a</GivenName>"),
        "ErrorUpdatePropertyMismatch"
    );
    assert_eq!(code("<Surname/>"), "ErrorInvalidPropertySet");
    assert_eq!(
        changed(&item, &set("<Surname>c</Surname>"))
            .expect("it can be changed")
            .fields
            .text("Surname"),
        Some("c")
    );
}

#[test]
fn what_only_the_server_sets_is_refused() {
    for field in [
        "<DateTimeCreated>2026-01-01T00:00:00Z</DateTimeCreated>",
        "<HasPicture>true</HasPicture>",
    ] {
        let refused = create(&element(&format!("<Contact>{field}</Contact>")), now())
            .expect_err("it is read-only");
        assert_eq!(refused.code, "ErrorInvalidPropertySet", "{field}");
    }
    let item = contact("<Surname>b</Surname>");
    let update = "<DeleteItemField><FieldURI FieldURI=\"task:Status\"/></DeleteItemField>";
    assert_eq!(
        changed(&item, update).expect_err("not of this kind").code,
        "ErrorInvalidPropertySet"
    );
}

#[test]
fn either_all_changes_of_an_item_are_made_or_none() {
    let mut item = contact("<Surname>b</Surname>");
    let before = item.clone();
    let good = "<SetItemField><FieldURI FieldURI=\"contacts:Surname\"/><Contact><Surname>c</Surname></Contact></SetItemField>";
    let bad = "<DeleteItemField><FieldURI FieldURI=\"item:Size\"/></DeleteItemField>";
    let updates = [good, bad].map(|update| read_update(&element(update)).expect("it can be read"));
    assert!(apply(&mut item, &updates, &now().into()).is_err());
    assert_eq!(item, before);
}

#[test]
fn values_are_kept_as_exchange_shows_them() {
    let item = contact(
        "<Body BodyType=\"Text\">a\nb</Body><Birthday>1980-05-01T02:00:00+02:00</Birthday>",
    );
    assert_eq!(item.fields.text("Body"), Some("a\r\nb"));
    assert_eq!(item.fields.text("Birthday"), Some("1980-05-01T00:00:00Z"));
    let flag =
        create(&element("<Message><IsRead>0</IsRead></Message>"), now()).expect("it can be made");
    assert_eq!(flag.fields.text("IsRead"), Some("false"));
}

#[test]
fn an_array_and_a_single_named_value_are_told_apart() {
    let property = |kind: &str, value: &str| {
        format!(
            "<ExtendedProperty><ExtendedFieldURI PropertySetId=\"6c9a3c5e-4f0e-4b2f-9a53-52c1c7f0e0b1\" PropertyName=\"A\" \
             PropertyType=\"{kind}\"/>{value}</ExtendedProperty>"
        )
    };
    let made = |kind, value: &str| {
        create(
            &element(&format!("<Contact>{}</Contact>", property(kind, value))),
            now(),
        )
    };
    assert!(made("Integer", "<Value>7</Value>").is_ok());
    assert!(
        made(
            "StringArray",
            "<Values><Value>a</Value><Value>b</Value></Values>"
        )
        .is_ok()
    );
    for (kind, value) in [
        ("Integer", "<Value>x</Value>"),
        ("StringArray", "<Value>a</Value>"),
    ] {
        let refused = made(kind, value).expect_err("the value does not fit");
        assert_eq!(refused.code, "ErrorInvalidExtendedPropertyValue");
    }
}

#[test]
fn a_distinguished_set_and_its_guid_are_one_property() {
    let read = |set: &str| {
        let uri = format!(
            "<ExtendedFieldURI {set} PropertyName=\"X\" PropertyType=\"String\"></ExtendedFieldURI>"
        );
        ExtendedPath::read(&element(&uri)).expect("a good path")
    };
    let by_guid = "PropertySetId=\"00020329-0000-0000-C000-000000000046\"";
    assert_eq!(
        read("DistinguishedPropertySetId=\"PublicStrings\""),
        read(by_guid)
    );
}

#[test]
fn the_last_one_of_status_and_percentage_wins() {
    let task = |fields: &str| {
        create(&element(&format!("<Task>{fields}</Task>")), now()).expect("it can be made")
    };
    let open = task("<Status>InProgress</Status>");
    let done = changed(
        &open,
        "<SetItemField><FieldURI FieldURI=\"task:Status\"/><Task><Status>Completed</Status></Task></SetItemField>",
    )
    .expect("it can be changed");
    assert_eq!(done.fields.text("PercentComplete"), Some("100"));
    assert_eq!(
        done.fields.text("CompleteDate"),
        Some("2026-11-22T00:00:00Z")
    );
    let half = changed(
        &done,
        "<SetItemField><FieldURI FieldURI=\"task:PercentComplete\"/><Task><PercentComplete>50</PercentComplete></Task></SetItemField>",
    )
    .expect("it can be changed");
    assert_eq!(half.fields.text("Status"), Some("InProgress"));
    assert_eq!(half.fields.text("CompleteDate"), None);
}
