//! Somebody who works in Outlook, played by a handful of EWS requests written out in full. It shares nothing with `mailbox-ews`, and
//! reads no more of an answer than it has to.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::seen::Contact;
use crate::demo::loopback::Request;
use crate::demo::sandbox::Account;
use crate::error::{Outcome, XtaskError};

/// The folder that the connector makes below the contacts.
const FOLDER: &str = "CRM-Sync";

/// A user of the mailbox.
pub struct Outlook<'a> {
    /// How to sign in.
    pub account: &'a Account,
}

impl Outlook<'_> {
    /// Enters a new contact in the folder that is synced.
    pub fn add(&self, given_name: &str, surname: &str, email: &str) -> Outcome<()> {
        let folder = self.folder()?;
        self.ask(&format!(
            r#"<m:CreateItem><m:SavedItemFolderId><t:FolderId Id="{folder}"/></m:SavedItemFolderId><m:Items><t:Contact>
            <t:GivenName>{given_name}</t:GivenName>
            <t:EmailAddresses><t:Entry Key="EmailAddress1">{email}</t:Entry></t:EmailAddresses>
            <t:Surname>{surname}</t:Surname></t:Contact></m:Items></m:CreateItem>"#
        ))
        .map(|_| ())
    }

    /// Enters a contact's mobile number.
    pub fn set_mobile(&self, surname: &str, number: &str) -> Outcome<()> {
        let item = self.item(surname)?;
        self.ask(&format!(
            r#"<m:UpdateItem ConflictResolution="AlwaysOverwrite"><m:ItemChanges><t:ItemChange><t:ItemId Id="{item}"/><t:Updates><t:SetItemField>
            <t:IndexedFieldURI FieldURI="contacts:PhoneNumber" FieldIndex="MobilePhone"/>
            <t:Contact><t:PhoneNumbers><t:Entry Key="MobilePhone">{number}</t:Entry></t:PhoneNumbers></t:Contact>
            </t:SetItemField></t:Updates></t:ItemChange></m:ItemChanges></m:UpdateItem>"#
        ))
        .map(|_| ())
    }

    /// What Outlook shows of a contact.
    pub fn look_up(&self, surname: &str) -> Outcome<Contact> {
        let item = self.item(surname)?;
        let answer = self.ask(&format!(
            r#"<m:GetItem><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape><t:AdditionalProperties>
            <t:FieldURI FieldURI="contacts:GivenName"/><t:FieldURI FieldURI="contacts:Surname"/>
            <t:IndexedFieldURI FieldURI="contacts:EmailAddress" FieldIndex="EmailAddress1"/>
            <t:IndexedFieldURI FieldURI="contacts:PhoneNumber" FieldIndex="MobilePhone"/>
            <t:IndexedFieldURI FieldURI="contacts:PhysicalAddress:City" FieldIndex="Business"/>
            </t:AdditionalProperties></m:ItemShape><m:ItemIds><t:ItemId Id="{item}"/></m:ItemIds></m:GetItem>"#
        ))?;
        Ok(seen(&answer))
    }

    fn folder(&self) -> Outcome<String> {
        let answer = self.ask(&format!(
            r#"<m:FindFolder Traversal="Shallow"><m:FolderShape><t:BaseShape>IdOnly</t:BaseShape></m:FolderShape>
            <m:Restriction><t:IsEqualTo><t:FieldURI FieldURI="folder:DisplayName"/>
            <t:FieldURIOrConstant><t:Constant Value="{FOLDER}"/></t:FieldURIOrConstant></t:IsEqualTo></m:Restriction>
            <m:ParentFolderIds><t:DistinguishedFolderId Id="contacts"/></m:ParentFolderIds></m:FindFolder>"#
        ))?;
        id_of(&answer, "FolderId").ok_or_else(|| missing(&format!("no folder {FOLDER}")))
    }

    fn item(&self, surname: &str) -> Outcome<String> {
        let folder = self.folder()?;
        let answer = self.ask(&format!(
            r#"<m:FindItem Traversal="Shallow"><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape></m:ItemShape>
            <m:Restriction><t:IsEqualTo><t:FieldURI FieldURI="contacts:Surname"/>
            <t:FieldURIOrConstant><t:Constant Value="{surname}"/></t:FieldURIOrConstant></t:IsEqualTo></m:Restriction>
            <m:ParentFolderIds><t:FolderId Id="{folder}"/></m:ParentFolderIds></m:FindItem>"#
        ))?;
        id_of(&answer, "ItemId")
            .ok_or_else(|| missing(&format!("no contact with the surname {surname}")))
    }

    /// Every request here is about one thing, so one answer that is not a success is a failure of the whole.
    fn ask(&self, request: &str) -> Outcome<String> {
        let envelope = format!(
            r#"<?xml version="1.0" encoding="utf-8"?>
            <s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"
            xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types"
            xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages">
            <s:Header><t:RequestServerVersion Version="Exchange2013_SP1"/></s:Header><s:Body>{request}</s:Body></s:Envelope>"#
        );
        let sign_in = STANDARD.encode(format!("{}:{}", self.account.user, self.account.secret));
        let head = [
            ("Content-Type", "text/xml; charset=utf-8"),
            ("Authorization", &format!("Basic {sign_in}")),
        ];
        let answer = Request {
            method: "POST",
            url: &self.account.url,
            head: &head,
            body: &envelope,
        }
        .send()?;
        if answer.contains(r#"ResponseClass="Success""#) {
            Ok(answer)
        } else {
            Err(missing(&answer))
        }
    }
}

fn seen(answer: &str) -> Contact {
    let name = format!(
        "{} {}",
        element(answer, "GivenName").unwrap_or_default(),
        element(answer, "Surname").unwrap_or_default()
    );
    Contact {
        name,
        email: entry(answer, "EmailAddress1").unwrap_or_default(),
        mobile: entry(answer, "MobilePhone").unwrap_or_default(),
        city: element(answer, "City").unwrap_or_default(),
    }
}

/// The first id of an element of this name, whatever its prefix.
fn id_of(answer: &str, name: &str) -> Option<String> {
    let rest = after_tag(answer, name)?;
    let rest = rest.split_once(" Id=\"")?.1;
    rest.split_once('"').map(|(id, _)| id.to_owned())
}

/// The text of the first element of this name.
fn element(answer: &str, name: &str) -> Option<String> {
    after_tag(answer, name)?
        .split_once('>')?
        .1
        .split_once('<')
        .map(|(text, _)| text.to_owned())
}

/// The text of the entry with this key.
fn entry(answer: &str, key: &str) -> Option<String> {
    let rest = answer.split_once(&format!("Key=\"{key}\""))?.1;
    rest.split_once('>')?
        .1
        .split_once('<')
        .map(|(text, _)| text.to_owned())
}

/// What follows the name in the first opening tag of this name.
fn after_tag<'a>(answer: &'a str, name: &str) -> Option<&'a str> {
    let named = answer.match_indices(name).find(|(at, _)| {
        let tag = answer[..*at].rsplit_once('<').map_or("", |(_, tag)| tag);
        let ends = answer[at + name.len()..].starts_with([' ', '>', '/']);
        ends && (tag.is_empty() && answer[..*at].ends_with('<')
            || tag.ends_with(':') && !tag.contains([' ', '/', '>']))
    });
    named.map(|(at, _)| &answer[at + name.len()..])
}

fn missing(why: &str) -> XtaskError {
    XtaskError::Answer {
        what: "the mailbox".to_owned(),
        why: why.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANSWER: &str = r#"<m:Items><t:Contact><t:ItemId Id="AAMk=" ChangeKey="EQ=="/><t:GivenName>Ute</t:GivenName>
        <t:EmailAddresses><t:Entry Key="EmailAddress1" Name="Ute">ute@firma.example</t:Entry></t:EmailAddresses>
        <t:PhysicalAddresses><t:Entry Key="Business"><t:City>Kiel</t:City></t:Entry></t:PhysicalAddresses>
        <t:PhoneNumbers><t:Entry Key="MobilePhone">0170 1</t:Entry></t:PhoneNumbers><t:Surname>Lang</t:Surname></t:Contact></m:Items>"#;

    #[test]
    fn what_is_shown_of_a_contact_is_read() {
        assert_eq!(
            seen(ANSWER).to_string(),
            "Ute Lang, ute@firma.example, mobile 0170 1, town Kiel"
        );
    }

    #[test]
    fn an_id_is_read_with_any_prefix_or_none() {
        assert_eq!(id_of(ANSWER, "ItemId").as_deref(), Some("AAMk="));
        assert_eq!(
            id_of(
                r#"<ParentFolderId Id="no"/><FolderId ChangeKey="k" Id="yes"/>"#,
                "FolderId"
            )
            .as_deref(),
            Some("yes")
        );
        assert_eq!(id_of("<m:Items/>", "ItemId"), None);
    }
}
