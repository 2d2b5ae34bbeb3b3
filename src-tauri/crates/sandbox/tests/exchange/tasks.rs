//! Recurring tasks: an instance that is done becomes a task of its own, and the recurring one goes on under its old id.

use crate::client::{Answer, Scene, get};
use jiff::Timestamp;
use sandbox::Options;
use sandbox::exchange::ItemView;

const WHOLE: &str = "<t:BaseShape>AllProperties</t:BaseShape>";
const STAMP: &str = "{6c9a3c5e-4f0e-4b2f-9a53-52c1c7f0e0b1}/CrmRecord:String";

/// The clock stands on 3 February 2027.
async fn scene() -> Scene {
    let clock: Timestamp = "2027-02-03T09:00:00Z".parse().expect("a time");
    Scene::new(Options {
        clock: Some(clock),
        ..Options::default()
    })
    .await
}

fn task(scene: &Scene, pattern: &str, range: &str) -> String {
    let fields = format!(
        "<t:Subject>Tagwerk</t:Subject><t:ExtendedProperty><t:ExtendedFieldURI PropertySetId=\"6c9a3c5e-4f0e-4b2f-9a53-52c1c7f0e0b1\" \
         PropertyName=\"CrmRecord\" PropertyType=\"String\"/><t:Value>c/1/2</t:Value></t:ExtendedProperty>\
         <t:DueDate>2027-02-02T00:00:00Z</t:DueDate><t:Recurrence>{pattern}{range}</t:Recurrence><t:StartDate>2027-02-01T00:00:00Z</t:StartDate>"
    );
    let request = format!(
        "<m:CreateItem><m:SavedItemFolderId><t:DistinguishedFolderId Id=\"tasks\"/></m:SavedItemFolderId><m:Items><t:Task>{fields}</t:Task>\
         </m:Items></m:CreateItem>"
    );
    scene.ews(&request).item_id()
}

const EVERY_THIRD_DAY: &str = "<t:DailyRecurrence><t:Interval>3</t:Interval></t:DailyRecurrence>";

fn times(count: u32) -> String {
    format!(
        "<t:NumberedRecurrence><t:StartDate>2027-02-01</t:StartDate><t:NumberOfOccurrences>{count}</t:NumberOfOccurrences></t:NumberedRecurrence>"
    )
}

fn set(scene: &Scene, id: &str, field: &str, value: &str) -> Answer {
    scene.ews(&format!(
        "<m:UpdateItem ConflictResolution=\"AlwaysOverwrite\"><m:ItemChanges><t:ItemChange><t:ItemId Id=\"{id}\"/><t:Updates>\
         <t:SetItemField><t:FieldURI FieldURI=\"task:{field}\"/><t:Task><t:{field}>{value}</t:{field}></t:Task></t:SetItemField></t:Updates>\
         </t:ItemChange></m:ItemChanges></m:UpdateItem>"
    ))
}

fn complete(scene: &Scene, id: &str) -> Answer {
    set(scene, id, "Status", "Completed")
}

fn seen(scene: &Scene, id: &str) -> ItemView {
    scene
        .running
        .exchange
        .item(&scene.user, id)
        .expect("it is there")
}

fn dates(item: &ItemView) -> (&str, &str) {
    (
        &item.fields["StartDate"][..10],
        &item.fields["DueDate"][..10],
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_completed_instance_is_a_new_item_with_everything_and_the_task_goes_on() {
    let scene = scene().await;
    let id = task(&scene, EVERY_THIRD_DAY, &times(10));
    let done = complete(&scene, &id);
    assert_eq!(done.codes(), ["NoError"]);
    let single = done.item_id();
    assert_ne!(single, id);
    let (single, next) = (seen(&scene, &single), seen(&scene, &id));
    assert_eq!(dates(&single), ("2027-02-01", "2027-02-02"));
    assert_eq!(single.fields["Status"], "Completed");
    assert!(
        !single
            .fields
            .keys()
            .any(|name| name.starts_with("Recurrence"))
    );
    assert_eq!(single.extended[STAMP], next.extended[STAMP]);
    assert_eq!(dates(&next), ("2027-02-04", "2027-02-05"));
    assert_eq!(next.fields["Status"], "NotStarted");
    let whole = scene.ews(&get(&id, WHOLE));
    assert_eq!(
        whole.first("IsRecurring").map(|flag| flag.text).as_deref(),
        Some("true")
    );
    assert!(whole.first("CompleteDate").is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_instance_is_completed_where_it_is() {
    let scene = scene().await;
    let id = task(&scene, EVERY_THIRD_DAY, &times(2));
    assert_ne!(complete(&scene, &id).item_id(), id);
    assert_eq!(complete(&scene, &id).item_id(), id);
    assert_eq!(seen(&scene, &id).fields["Status"], "Completed");
    assert_eq!(
        scene.running.exchange.items_in(&scene.user, "tasks").len(),
        2
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instance_with_other_dates_is_a_task_of_its_own_too() {
    let scene = scene().await;
    let id = task(&scene, EVERY_THIRD_DAY, &times(10));
    let single = set(&scene, &id, "DueDate", "2027-02-03T00:00:00Z").item_id();
    assert_ne!(single, id);
    assert_eq!(dates(&seen(&scene, &single)), ("2027-02-01", "2027-02-03"));
    assert_eq!(dates(&seen(&scene, &id)), ("2027-02-04", "2027-02-05"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_regenerating_task_comes_again_so_long_after_its_completion() {
    let scene = scene().await;
    let weekly = "<t:WeeklyRegeneration><t:Interval>2</t:Interval></t:WeeklyRegeneration>";
    let id = task(&scene, weekly, &times(2));
    let moved = set(&scene, &id, "DueDate", "2027-02-03T00:00:00Z").item_id();
    assert_eq!(moved, id);
    assert_ne!(complete(&scene, &id).item_id(), id);
    assert_eq!(dates(&seen(&scene, &id)), ("2027-02-17", "2027-02-19"));
    assert_eq!(complete(&scene, &id).item_id(), id);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_instance_is_deleted_or_all_of_them() {
    let scene = scene().await;
    let id = task(&scene, EVERY_THIRD_DAY, &times(10));
    let delete = |which: &str| {
        format!(
            "<m:DeleteItem DeleteType=\"HardDelete\" AffectedTaskOccurrences=\"{which}\"><m:ItemIds><t:ItemId Id=\"{id}\"/></m:ItemIds></m:DeleteItem>"
        )
    };
    assert_eq!(scene.codes(&delete("SpecifiedOccurrenceOnly")), ["NoError"]);
    assert_eq!(dates(&seen(&scene, &id)), ("2027-02-04", "2027-02-05"));
    assert_eq!(scene.codes(&delete("AllOccurrences")), ["NoError"]);
    assert!(
        scene
            .running
            .exchange
            .items_in(&scene.user, "tasks")
            .is_empty()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_completes_a_task_as_a_client_does() {
    let scene = scene().await;
    let id = task(&scene, EVERY_THIRD_DAY, &times(10));
    let single = scene
        .running
        .exchange
        .complete_task(&scene.user, &id)
        .expect("it can be completed");
    assert_eq!(seen(&scene, &single).fields["Status"], "Completed");
    assert_eq!(dates(&seen(&scene, &id)), ("2027-02-04", "2027-02-05"));
}
