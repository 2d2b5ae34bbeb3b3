//! Requests in the right and in a wrong order. The same shapes are checked against the official schema by the probe.

use super::*;

const HEAD: &str = "xmlns:m=\"http://schemas.microsoft.com/exchange/services/2006/messages\" \
                    xmlns:t=\"http://schemas.microsoft.com/exchange/services/2006/types\"";

fn judge(operation: &str, attributes: &str, inside: &str) -> Result<(), Violation> {
    let text = format!("<m:{operation} {HEAD} {attributes}>{inside}</m:{operation}>");
    schema().check(&Element::parse(&text).expect("well-formed"), operation)
}

fn contact(fields: &str) -> Result<(), Violation> {
    judge(
        "CreateItem",
        "",
        &format!("<m:Items><t:Contact>{fields}</t:Contact></m:Items>"),
    )
}

#[test]
fn every_type_that_the_table_names_exists() {
    let primitive = [
        "text", "any", "nonempty", "bool", "int", "positive", "double", "date", "time", "base64",
        "guid", "proptag", "field",
    ];
    let known = |kind: &str| primitive.contains(&kind) || schema().types.contains_key(kind);
    for (name, kind) in &schema().types {
        let Type::Complex(complex) = kind else {
            continue;
        };
        assert!(
            complex
                .base
                .is_none_or(|base| schema().complex(base).is_some()),
            "base of {name}"
        );
        assert!(
            complex
                .attributes
                .iter()
                .all(|attribute| known(attribute.kind)),
            "attributes of {name}"
        );
        let Content::Elements(particles) = &complex.content else {
            continue;
        };
        let mut left: Vec<&Particle> = particles.iter().collect();
        while let Some(particle) = left.pop() {
            match &particle.what {
                What::Element {
                    name: element,
                    kind,
                } => assert!(known(kind), "{element} of {name}"),
                What::Either(branches) => left.extend(branches.iter().flatten()),
                What::Group(group) => {
                    assert!(schema().complex(group).is_some(), "{group} of {name}")
                }
            }
        }
    }
}

#[test]
fn fields_of_a_contact_pass_only_in_their_order() {
    let body = "<t:Body BodyType=\"Text\">x</t:Body>";
    let names = "<t:GivenName>a</t:GivenName><t:Surname>b</t:Surname>";
    assert_eq!(contact(&format!("{body}{names}")), Ok(()));
    let wrong = contact(&format!("{names}{body}")).expect_err("the body belongs before the names");
    assert!(wrong.0.contains("invalid child element 'Body'"), "{wrong}");
    assert!(contact("<t:Surname>b</t:Surname><t:GivenName>a</t:GivenName>").is_err());
    assert!(contact("<t:Surname>b</t:Surname><t:Surname>b</t:Surname>").is_err());
}

#[test]
fn an_element_of_the_wrong_namespace_or_an_unknown_one_is_refused() {
    assert!(contact("<m:Surname>b</m:Surname>").is_err());
    assert!(contact("<t:Lastname>b</t:Lastname>").is_err());
    assert!(
        judge(
            "DeleteItem",
            "DeleteType=\"HardDelete\"",
            "<t:ItemIds><t:ItemId Id=\"a\"/></t:ItemIds>"
        )
        .is_err()
    );
}

#[test]
fn a_missing_part_is_named() {
    let wrong = judge(
        "SyncFolderItems",
        "",
        "<m:ItemShape><t:BaseShape>IdOnly</t:BaseShape></m:ItemShape>",
    );
    assert!(wrong.expect_err("no folder").0.contains("'SyncFolderId'"));
    let wrong = judge(
        "DeleteItem",
        "",
        "<m:ItemIds><t:ItemId Id=\"a\"/></m:ItemIds>",
    );
    assert!(
        wrong
            .expect_err("no way of deleting")
            .0
            .contains("'DeleteType'")
    );
    assert!(judge("DeleteItem", "DeleteType=\"HardDelete\"", "<m:ItemIds/>").is_err());
}

#[test]
fn values_are_judged_too() {
    let update = |mode: &str, path: &str| {
        let change = format!(
            "<m:ItemChanges><t:ItemChange><t:ItemId Id=\"a\"/><t:Updates><t:DeleteItemField>{path}</t:DeleteItemField></t:Updates>\
             </t:ItemChange></m:ItemChanges>"
        );
        judge(
            "UpdateItem",
            &format!("ConflictResolution=\"{mode}\""),
            &change,
        )
    };
    let good = "<t:FieldURI FieldURI=\"contacts:Department\"/>";
    assert_eq!(update("NeverOverwrite", good), Ok(()));
    assert!(update("Sometimes", good).is_err());
    assert!(
        update(
            "NeverOverwrite",
            "<t:FieldURI FieldURI=\"contacts:Unknown\"/>"
        )
        .is_err()
    );
    assert!(
        update(
            "NeverOverwrite",
            "<t:FieldURI FieldURI=\"contacts:Subject\"/>"
        )
        .is_err()
    );
    assert!(contact("<t:Birthday>yesterday</t:Birthday>").is_err());
    assert_eq!(
        contact("<t:Birthday>1980-02-29T00:00:00Z</t:Birthday>"),
        Ok(())
    );
    assert!(contact("<t:Birthday>1981-02-29T00:00:00Z</t:Birthday>").is_err());
    assert!(
        contact("<t:PhoneNumbers><t:Entry Key=\"Mobile\">1</t:Entry></t:PhoneNumbers>").is_err()
    );
}

#[test]
fn extended_properties_stand_before_the_fields_of_the_kind() {
    let property = "<t:ExtendedProperty><t:ExtendedFieldURI PropertySetId=\"6c9a3c5e-4f0e-4b2f-9a53-52c1c7f0e0b1\" \
                    PropertyName=\"CrmRecord\" PropertyType=\"String\"/><t:Value>1</t:Value></t:ExtendedProperty>";
    assert_eq!(
        contact(&format!("{property}<t:Surname>b</t:Surname>")),
        Ok(())
    );
    assert!(contact(&format!("<t:Surname>b</t:Surname>{property}")).is_err());
    let braces = property.replace("PropertySetId=\"", "PropertySetId=\"{");
    assert!(contact(&braces).is_err());
}

#[test]
fn choices_take_one_branch_and_lists_many() {
    let shape = "<m:ItemShape><t:BaseShape>IdOnly</t:BaseShape></m:ItemShape>";
    let view = "<m:IndexedPageItemView Offset=\"0\" BasePoint=\"Beginning\"/>";
    let folders = "<m:ParentFolderIds><t:DistinguishedFolderId Id=\"contacts\"/><t:FolderId Id=\"a\"/></m:ParentFolderIds>";
    let exists = "<t:Exists><t:FieldURI FieldURI=\"item:Subject\"/></t:Exists>";
    let both = format!("<m:Restriction><t:And>{exists}{exists}</t:And></m:Restriction>");
    let shallow = "Traversal=\"Shallow\"";
    assert_eq!(
        judge(
            "FindItem",
            shallow,
            &format!("{shape}{view}{both}{folders}")
        ),
        Ok(())
    );
    assert!(
        judge(
            "FindItem",
            shallow,
            &format!("{shape}{view}{view}{folders}")
        )
        .is_err()
    );
    assert!(
        judge(
            "FindItem",
            shallow,
            &format!("{shape}{both}{view}{folders}")
        )
        .is_err()
    );
}
