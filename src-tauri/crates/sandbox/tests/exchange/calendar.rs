//! Appointments over the wire: series and their occurrences, calendar views, whole days and zones.

use crate::client::{Answer, Scene, all, get};
use sandbox::Options;
use sandbox::exchange::xml::Element;
use sandbox::options::Mode;

const STAMP: &str = "<t:ExtendedFieldURI PropertySetId=\"6c9a3c5e-4f0e-4b2f-9a53-52c1c7f0e0b1\" PropertyName=\"CrmRecord\" PropertyType=\"String\"/>";
pub const WHOLE: &str = "<t:BaseShape>AllProperties</t:BaseShape><t:BodyType>Text</t:BodyType>";
const JUST_ID: &str = "<t:BaseShape>IdOnly</t:BaseShape>";

pub async fn scene() -> Scene {
    Scene::new(Options::default()).await
}

async fn gromox() -> Scene {
    let options = Options {
        mode: Mode::Gromox,
        ..Options::default()
    };
    Scene::new(options).await
}

pub fn create(attributes: &str, fields: &str) -> String {
    format!(
        "<m:CreateItem {attributes}><m:SavedItemFolderId><t:DistinguishedFolderId Id=\"calendar\"/></m:SavedItemFolderId><m:Items>\
         <t:CalendarItem>{fields}</t:CalendarItem></m:Items></m:CreateItem>"
    )
}

pub const SILENT: &str = "SendMeetingInvitations=\"SendToNone\"";

/// Monday and Thursday at nine in Berlin, six times from 22 March 2027: the clocks change on the 28th.
fn series(scene: &Scene) -> String {
    let fields = "<t:Subject>Jour fixe</t:Subject><t:Body BodyType=\"Text\">Agenda</t:Body><t:Start>2027-03-22T08:00:00Z</t:Start>\
         <t:End>2027-03-22T09:00:00Z</t:End><t:Location>Kiel</t:Location><t:Recurrence><t:WeeklyRecurrence><t:Interval>1</t:Interval>\
         <t:DaysOfWeek>Monday Thursday</t:DaysOfWeek></t:WeeklyRecurrence><t:NumberedRecurrence><t:StartDate>2027-03-22</t:StartDate>\
         <t:NumberOfOccurrences>6</t:NumberOfOccurrences></t:NumberedRecurrence></t:Recurrence><t:StartTimeZone Id=\"W. Europe Standard Time\"/>";
    scene.ews(&create(SILENT, fields)).item_id()
}

fn view(scene: &Scene, from: &str, to: &str) -> Answer {
    scene.ews(&format!(
        "<m:FindItem Traversal=\"Shallow\"><m:ItemShape><t:BaseShape>Default</t:BaseShape></m:ItemShape>\
         <m:CalendarView StartDate=\"{from}\" EndDate=\"{to}\"/>\
         <m:ParentFolderIds><t:DistinguishedFolderId Id=\"calendar\"/></m:ParentFolderIds></m:FindItem>"
    ))
}

fn seen(answer: &Answer) -> Vec<(String, String)> {
    let text = |item: &Element, name: &str| item.get_text(name).unwrap_or_default().to_owned();
    all(&answer.xml(), "CalendarItem")
        .iter()
        .map(|item| (text(item, "Start"), text(item, "CalendarItemType")))
        .collect()
}

/// The id of an occurrence by its number.
fn numbered(scene: &Scene, master: &str, index: u32) -> Answer {
    scene.ews(&format!(
        "<m:GetItem><m:ItemShape><t:BaseShape>Default</t:BaseShape></m:ItemShape><m:ItemIds>\
         <t:OccurrenceItemId RecurringMasterId=\"{master}\" InstanceIndex=\"{index}\"/></m:ItemIds></m:GetItem>"
    ))
}

pub fn set(field: &str, value: &str) -> String {
    format!(
        "<t:SetItemField><t:FieldURI FieldURI=\"{field}\"/><t:CalendarItem>{value}</t:CalendarItem></t:SetItemField>"
    )
}

pub fn update(id: &str, send: &str, updates: &str) -> String {
    format!(
        "<m:UpdateItem ConflictResolution=\"AlwaysOverwrite\" SendMeetingInvitationsOrCancellations=\"{send}\"><m:ItemChanges>\
         <t:ItemChange><t:ItemId Id=\"{id}\"/><t:Updates>{updates}</t:Updates></t:ItemChange></m:ItemChanges></m:UpdateItem>"
    )
}

pub fn delete(id: &str, send: &str) -> String {
    format!(
        "<m:DeleteItem DeleteType=\"MoveToDeletedItems\" SendMeetingCancellations=\"{send}\"><m:ItemIds><t:ItemId Id=\"{id}\"/>\
         </m:ItemIds></m:DeleteItem>"
    )
}

fn sync(scene: &Scene, state: &str) -> Answer {
    scene.ews(&format!(
        "<m:SyncFolderItems><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape></m:ItemShape><m:SyncFolderId>\
         <t:DistinguishedFolderId Id=\"calendar\"/></m:SyncFolderId><m:SyncState>{state}</m:SyncState>\
         <m:MaxChangesReturned>100</m:MaxChangesReturned></m:SyncFolderItems>"
    ))
}

/// The text of the first element of a name.
pub fn text(answer: &Answer, name: &str) -> Option<String> {
    answer.first(name).map(|element| element.text)
}

fn change_key(scene: &Scene, id: &str) -> String {
    let answer = scene.ews(&get(id, JUST_ID));
    let id = answer.first("ItemId").expect("an id");
    id.get_attribute("ChangeKey")
        .expect("a change key")
        .to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_calendar_view_shows_the_occurrences_that_overlap_it_in_the_order_of_their_starts() {
    let scene = scene().await;
    series(&scene);
    let single = "<t:Subject>einmal</t:Subject><t:Start>2027-03-25T12:00:00Z</t:Start><t:End>2027-03-25T13:00:00Z</t:End>";
    assert_eq!(scene.codes(&create(SILENT, single)), ["NoError"]);
    let answer = view(&scene, "2027-03-22T08:30:00Z", "2027-04-01T07:00:00Z");
    let expected = [
        ("2027-03-22T08:00:00Z", "Occurrence"),
        ("2027-03-25T08:00:00Z", "Occurrence"),
        ("2027-03-25T12:00:00Z", "Single"),
        ("2027-03-29T07:00:00Z", "Occurrence"),
    ];
    assert_eq!(
        seen(&answer),
        expected.map(|(start, kind)| (start.to_owned(), kind.to_owned()))
    );
    let root = answer.first("RootFolder").expect("a root");
    assert_eq!(root.get_attribute("TotalItemsInView"), Some("4"));
    assert_eq!(root.get_attribute("IncludesLastItemInRange"), Some("true"));
    assert_eq!(root.get_attribute("IndexedPagingOffset"), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_view_that_runs_backwards_or_over_two_years_is_refused() {
    let scene = scene().await;
    let codes = |from, to| view(&scene, from, to).codes();
    assert_eq!(
        codes("2027-03-22T00:00:00Z", "2027-03-21T00:00:00Z"),
        ["ErrorCalendarEndDateIsEarlierThanStartDate"]
    );
    assert_eq!(
        codes("2027-03-22T00:00:00Z", "2029-03-30T00:00:00Z"),
        ["ErrorCalendarViewRangeTooBig"]
    );
    assert_eq!(
        codes("2027-03-22T00:00:00Z", "2029-03-22T00:00:00Z"),
        ["NoError"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_occurrence_leads_to_its_master_and_back() {
    let scene = scene().await;
    let master = series(&scene);
    let third = numbered(&scene, &master, 3);
    assert_eq!(
        text(&third, "Start").as_deref(),
        Some("2027-03-29T07:00:00Z")
    );
    let whole = scene.ews(&get(&third.item_id(), WHOLE));
    assert_eq!(
        text(&whole, "CalendarItemType").as_deref(),
        Some("Occurrence")
    );
    assert_eq!(
        text(&whole, "OriginalStart").as_deref(),
        Some("2027-03-29T07:00:00Z")
    );
    assert_eq!(text(&whole, "IsRecurring").as_deref(), Some("true"));
    assert_eq!(text(&whole, "Body").as_deref(), Some("Agenda"));
    assert!(whole.first("Recurrence").is_none());
    let back = scene.ews(&format!(
        "<m:GetItem><m:ItemShape>{JUST_ID}</m:ItemShape><m:ItemIds><t:RecurringMasterItemId OccurrenceId=\"{}\"/></m:ItemIds></m:GetItem>",
        third.item_id()
    ));
    assert_eq!(back.item_id(), master);
    assert_eq!(
        numbered(&scene, &master, 7).codes(),
        ["ErrorCalendarOccurrenceIndexIsOutOfRecurrenceRange"]
    );
    assert_eq!(
        numbered(&scene, &third.item_id(), 1).codes(),
        ["ErrorCalendarCannotUseIdForOccurrenceId"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_occurrence_is_an_exception_in_its_master_and_the_feed_tells_the_master() {
    let scene = scene().await;
    let master = series(&scene);
    let state = text(&sync(&scene, ""), "SyncState").expect("a state");
    let before = change_key(&scene, &master);
    let id = numbered(&scene, &master, 2).item_id();
    let stamp = format!(
        "<t:SetItemField>{STAMP}<t:CalendarItem><t:ExtendedProperty>{STAMP}<t:Value>c/1/2</t:Value></t:ExtendedProperty></t:CalendarItem></t:SetItemField>"
    );
    let updates = set("item:Subject", "<t:Subject>verlegt</t:Subject>")
        + &set("calendar:Start", "<t:Start>2027-03-26T10:00:00Z</t:Start>")
        + &set("calendar:End", "<t:End>2027-03-26T11:00:00Z</t:End>")
        + &set("item:Body", "<t:Body BodyType=\"Text\">anders</t:Body>")
        + &stamp;
    let done = scene.ews(&update(&id, "SendToNone", &updates));
    assert_eq!(done.codes(), ["NoError"]);
    assert_eq!(done.item_id(), id);

    let whole = scene.ews(&get(&master, WHOLE));
    let listed = whole.first("ModifiedOccurrences").expect("an exception");
    assert_eq!(listed.children.len(), 1);
    let listed = &listed.children[0];
    assert_eq!(
        listed.get("ItemId").and_then(|own| own.get_attribute("Id")),
        Some(id.as_str())
    );
    assert_eq!(listed.get_text("Start"), Some("2027-03-26T10:00:00Z"));
    assert_eq!(
        listed.get_text("OriginalStart"),
        Some("2027-03-25T08:00:00Z")
    );
    assert_ne!(change_key(&scene, &master), before);

    let shape = format!("{WHOLE}<t:AdditionalProperties>{STAMP}</t:AdditionalProperties>");
    let exception = scene.ews(&get(&id, &shape));
    assert_eq!(
        text(&exception, "CalendarItemType").as_deref(),
        Some("Exception")
    );
    assert_eq!(text(&exception, "Body").as_deref(), Some("anders"));
    assert_eq!(text(&exception, "Location").as_deref(), Some("Kiel"));
    assert_eq!(text(&exception, "Value").as_deref(), Some("c/1/2"));
    assert!(scene.ews(&get(&master, &shape)).first("Value").is_none());

    let changes = sync(&scene, &state).first("Changes").expect("changes");
    assert_eq!(changes.children.len(), 1);
    assert_eq!(changes.children[0].name, "Update");
    let told = all(&changes, "ItemId");
    assert_eq!(told[0].get_attribute("Id"), Some(master.as_str()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_occurrence_is_listed_and_keeps_its_number() {
    let scene = scene().await;
    let master = series(&scene);
    let second = numbered(&scene, &master, 2).item_id();
    assert_eq!(scene.codes(&delete(&second, "SendToNone")), ["NoError"]);
    assert_eq!(
        numbered(&scene, &master, 2).codes(),
        ["ErrorCalendarOccurrenceIsDeletedFromRecurrence"]
    );
    assert_eq!(scene.codes(&get(&second, JUST_ID)), ["ErrorItemNotFound"]);
    assert_eq!(
        text(&numbered(&scene, &master, 3), "Start").as_deref(),
        Some("2027-03-29T07:00:00Z")
    );
    let whole = scene.ews(&get(&master, WHOLE));
    let listed = whole.first("DeletedOccurrences").expect("a deletion");
    assert_eq!(
        listed.children[0].get_text("Start"),
        Some("2027-03-25T08:00:00Z")
    );
    let seen = seen(&view(
        &scene,
        "2027-03-20T00:00:00Z",
        "2027-05-01T00:00:00Z",
    ));
    assert_eq!(seen.len(), 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_time_of_the_series_ends_its_exceptions_and_another_subject_does_not() {
    let scene = scene().await;
    let master = series(&scene);
    let second = numbered(&scene, &master, 2).item_id();
    let own = set("calendar:Location", "<t:Location>Plön</t:Location>");
    assert_eq!(
        scene.codes(&update(&second, "SendToNone", &own)),
        ["NoError"]
    );
    let subject = set("item:Subject", "<t:Subject>neu</t:Subject>");
    assert_eq!(
        scene.codes(&update(&master, "SendToNone", &subject)),
        ["NoError"]
    );
    let exception = scene.ews(&get(&second, WHOLE));
    assert_eq!(text(&exception, "Subject").as_deref(), Some("neu"));
    assert_eq!(text(&exception, "Location").as_deref(), Some("Plön"));

    let later = set("calendar:Start", "<t:Start>2027-03-22T09:00:00Z</t:Start>")
        + &set("calendar:End", "<t:End>2027-03-22T10:00:00Z</t:End>");
    assert_eq!(
        scene.codes(&update(&master, "SendToNone", &later)),
        ["NoError"]
    );
    let regular = scene.ews(&get(&second, WHOLE));
    assert_eq!(
        text(&regular, "CalendarItemType").as_deref(),
        Some("Occurrence")
    );
    assert_eq!(text(&regular, "Location").as_deref(), Some("Kiel"));
    assert_eq!(
        text(&regular, "Start").as_deref(),
        Some("2027-03-25T09:00:00Z")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn occurrences_stay_in_their_series_and_do_not_reach_into_one_another() {
    let scene = scene().await;
    let master = series(&scene);
    let second = numbered(&scene, &master, 2).item_id();
    let moved = format!(
        "<m:MoveItem><m:ToFolderId><t:DistinguishedFolderId Id=\"calendar\"/></m:ToFolderId><m:ItemIds><t:ItemId Id=\"{second}\"/></m:ItemIds></m:MoveItem>"
    );
    assert_eq!(
        scene.codes(&moved),
        ["ErrorCalendarCannotMoveOrCopyOccurrence"]
    );
    let over = set("calendar:Start", "<t:Start>2027-03-29T06:00:00Z</t:Start>")
        + &set("calendar:End", "<t:End>2027-03-29T06:30:00Z</t:End>");
    assert_eq!(
        scene.codes(&update(&second, "SendToNone", &over)),
        ["ErrorOccurrenceCrossingBoundary"]
    );
    let long = set("calendar:End", "<t:End>2027-03-26T09:00:00Z</t:End>");
    assert_eq!(
        scene.codes(&update(&master, "SendToNone", &long)),
        ["ErrorOccurrenceTimeSpanTooBig"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_day_is_pushed_outwards_to_midnight_of_its_zone() {
    let scene = scene().await;
    let fields = "<t:Start>2027-05-03T10:00:00Z</t:Start><t:End>2027-05-04T10:00:00Z</t:End><t:IsAllDayEvent>true</t:IsAllDayEvent>\
                  <t:StartTimeZone Id=\"W. Europe Standard Time\"/>";
    let id = scene.ews(&create(SILENT, fields)).item_id();
    let whole = scene.ews(&get(&id, WHOLE));
    assert_eq!(
        text(&whole, "Start").as_deref(),
        Some("2027-05-02T22:00:00Z")
    );
    assert_eq!(text(&whole, "End").as_deref(), Some("2027-05-04T22:00:00Z"));
    assert_eq!(text(&whole, "Duration").as_deref(), Some("P2D"));
    let zone = whole.first("StartTimeZone").expect("a zone");
    assert_eq!(zone.get_attribute("Id"), Some("W. Europe Standard Time"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_whose_midnight_the_clock_skips_begins_at_its_first_moment() {
    let scene = scene().await;
    // On 30 April 2027 the clocks of Cairo go from midnight to one.
    let fields = "<t:Start>2027-04-28T22:00:00Z</t:Start><t:End>2027-04-29T22:00:00Z</t:End><t:IsAllDayEvent>true</t:IsAllDayEvent>\
                  <t:StartTimeZone Id=\"Egypt Standard Time\"/>";
    let id = scene.ews(&create(SILENT, fields)).item_id();
    let whole = scene.ews(&get(&id, WHOLE));
    assert_eq!(text(&whole, "End").as_deref(), Some("2027-04-29T22:00:00Z"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_zone_that_nobody_knows_is_refused() {
    let scene = scene().await;
    let fields = "<t:Start>2027-05-03T10:00:00Z</t:Start><t:StartTimeZone Id=\"Europe/Berlin\"/>";
    assert_eq!(scene.codes(&create(SILENT, fields)), ["ErrorTimeZone"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn gromox_shows_a_series_as_its_master_and_takes_an_end_before_the_start() {
    let scene = gromox().await;
    let master = series(&scene);
    let answer = view(&scene, "2027-03-20T00:00:00Z", "2027-05-01T00:00:00Z");
    assert_eq!(
        seen(&answer),
        [(
            "2027-03-22T08:00:00Z".to_owned(),
            "RecurringMaster".to_owned()
        )]
    );
    assert_eq!(numbered(&scene, &master, 7).codes(), ["ErrorItemCorrupt"]);
    let backwards = "<t:Start>2027-05-03T10:00:00Z</t:Start><t:End>2027-05-03T09:00:00Z</t:End>";
    assert_eq!(scene.codes(&create(SILENT, backwards)), ["NoError"]);
}
