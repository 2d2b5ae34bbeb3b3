//! Answers of Exchange in as few words as a test needs, made up after Microsoft's pages.

/// An answer with these messages.
pub fn answer(messages: &[String]) -> String {
    format!(
        "<s:Envelope><s:Header><t:ServerVersionInfo MajorVersion='15' MinorVersion='2' MajorBuildNumber='1544'/></s:Header>\
         <s:Body><m:XResponse><m:ResponseMessages>{}</m:ResponseMessages></m:XResponse></s:Body></s:Envelope>",
        messages.concat()
    )
}

/// A success that holds this.
pub fn success(content: &str) -> String {
    format!("<m:M ResponseClass='Success'><m:ResponseCode>NoError</m:ResponseCode>{content}</m:M>")
}

/// An error with this code.
pub fn error(code: &str) -> String {
    format!(
        "<m:M ResponseClass='Error'><m:MessageText>no</m:MessageText><m:ResponseCode>{code}</m:ResponseCode></m:M>"
    )
}

/// An error with this code that asks to wait.
pub fn busy(milliseconds: u64) -> String {
    format!(
        "<m:M ResponseClass='Error'><m:ResponseCode>ErrorServerBusy</m:ResponseCode>\
         <m:MessageXml><t:Value Name='BackOffMilliseconds'>{milliseconds}</t:Value></m:MessageXml></m:M>"
    )
}

/// A success that holds a contact.
pub fn contact(id: &str, key: &str, content: &str) -> String {
    success(&format!(
        "<m:Items><t:Contact><t:ItemId Id='{id}' ChangeKey='{key}'/>{content}</t:Contact></m:Items>"
    ))
}

/// A success that holds a mail.
pub fn mail(id: &str, content: &str) -> String {
    success(&format!(
        "<m:Items><t:Message>{content}<t:ItemId Id='{id}' ChangeKey='K'/></t:Message></m:Items>"
    ))
}

/// A success that holds a subscription.
pub fn subscription(id: &str, watermark: Option<&str>) -> String {
    let watermark = watermark.map(|mark| format!("<m:Watermark>{mark}</m:Watermark>"));
    success(&format!(
        "<m:SubscriptionId>{id}</m:SubscriptionId>{}",
        watermark.unwrap_or_default()
    ))
}

/// A success that holds events, and whether there are more.
pub fn events(events: &[String], more: bool) -> String {
    success(&format!(
        "<m:Notification><t:SubscriptionId>S</t:SubscriptionId><t:MoreEvents>{more}</t:MoreEvents>{}</m:Notification>",
        events.concat()
    ))
}

/// That an item came from one folder to another at a second of a minute.
pub fn moved(second: u32, ids: [&str; 2], folders: [&str; 2], watermark: Option<&str>) -> String {
    let watermark = watermark.map(|mark| format!("<t:Watermark>{mark}</t:Watermark>"));
    format!(
        "<t:MovedEvent>{}<t:TimeStamp>2027-03-01T10:00:{second:02}Z</t:TimeStamp><t:ItemId Id='{}'/><t:ParentFolderId Id='{}'/>\
         <t:OldItemId Id='{}'/><t:OldParentFolderId Id='{}'/></t:MovedEvent>",
        watermark.unwrap_or_default(),
        ids[1],
        folders[1],
        ids[0],
        folders[0],
    )
}

/// A success that holds an appointment.
pub fn appointment(id: &str, key: &str, content: &str) -> String {
    let appointment = appointment_element(id, key, content);
    success(&format!("<m:Items>{appointment}</m:Items>"))
}

/// An appointment.
pub fn appointment_element(id: &str, key: &str, content: &str) -> String {
    format!("<t:CalendarItem><t:ItemId Id='{id}' ChangeKey='{key}'/>{content}</t:CalendarItem>")
}

/// A success that shows these appointments, and whether there are more.
pub fn view(appointments: &[String], is_whole: bool) -> String {
    success(&format!(
        "<m:RootFolder IncludesLastItemInRange='{is_whole}'><t:Items>{}</t:Items></m:RootFolder>",
        appointments.concat()
    ))
}

/// A success that holds a folder.
pub fn folder(id: &str, class: &str, name: &str) -> String {
    success(&format!(
        "<m:Folders>{}</m:Folders>",
        folder_element(id, class, name)
    ))
}

/// A success that lists folders.
pub fn folders(elements: &[String]) -> String {
    success(&format!(
        "<m:RootFolder><t:Folders>{}</t:Folders></m:RootFolder>",
        elements.concat()
    ))
}

/// A folder.
pub fn folder_element(id: &str, class: &str, name: &str) -> String {
    format!(
        "<t:ContactsFolder><t:FolderId Id='{id}' ChangeKey='k'/><t:FolderClass>{class}</t:FolderClass>\
         <t:DisplayName>{name}</t:DisplayName></t:ContactsFolder>"
    )
}

/// A fault with this code.
pub fn fault(code: &str, back_off: Option<u64>) -> String {
    let wait = back_off.map(|ms| {
        format!("<t:MessageXml><t:Value Name='BackOffMilliseconds'>{ms}</t:Value></t:MessageXml>")
    });
    format!(
        "<s:Envelope><s:Body><s:Fault><faultcode>a:{code}</faultcode><faultstring>no</faultstring>\
         <detail><e:ResponseCode>{code}</e:ResponseCode>{}</detail></s:Fault></s:Body></s:Envelope>",
        wait.unwrap_or_default()
    )
}

/// The ids a request names, in its order.
pub fn ids(body: &str) -> Vec<String> {
    let parts = body.split("<t:ItemId Id=\"").skip(1);
    parts
        .map(|part| part[..part.find('"').expect("closed")].to_owned())
        .collect()
}
