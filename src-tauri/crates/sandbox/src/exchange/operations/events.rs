//! Subscribe, Unsubscribe, GetEvents, and the pieces of which GetStreamingEvents is made.
//! Deliberately not here: waiting; the stream does that.

use super::{Desk, list};
use crate::exchange::answer::answer;
use crate::exchange::failure::{Failure, Fault};
use crate::exchange::identity::{FolderKey, Id};
use crate::exchange::mailbox::{Delivery, Event, EventKind, Mailbox, Scope, Subject};
use crate::exchange::mode::Mode;
use crate::exchange::render::time;
use crate::exchange::xml::Element;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::collections::BTreeSet;

/// The most events of one answer.
const MOST_EVENTS: usize = 100;

pub(super) fn subscribe(desk: &mut Desk<'_>, request: &Element) -> Result<Element, Fault> {
    Ok(answer("Subscribe", [subscribe_one(desk, request)]))
}

fn subscribe_one(desk: &mut Desk<'_>, request: &Element) -> Result<Vec<Element>, Failure> {
    let wish = request
        .children
        .first()
        .ok_or_else(Failure::folder_not_found)?;
    let delivery = match wish.name.as_str() {
        "PullSubscriptionRequest" => Delivery::Pull {
            timeout: wish
                .get_text("Timeout")
                .and_then(|text| text.trim().parse().ok())
                .unwrap_or(30),
        },
        "StreamingSubscriptionRequest" => Delivery::Streaming,
        _ => {
            return Err(Failure::new(
                "ErrorInvalidPushSubscriptionUrl",
                "Push notifications are not sent from here.",
            ));
        }
    };
    if wish.get("Watermark").is_some() {
        return Err(Failure::new(
            "ErrorInvalidWatermark",
            "The watermark is not known any more.",
        ));
    }
    let scope = match wish.get_attribute("SubscribeToAllFolders") {
        Some("true" | "1") => Scope::AllFolders,
        _ => {
            let ids = list(wish, "FolderIds")
                .iter()
                .map(|id| desk.folder(id).map(|folder| folder.key));
            Scope::Folders(ids.collect::<Result<BTreeSet<FolderKey>, _>>()?)
        }
    };
    let kinds = list(wish, "EventTypes")
        .iter()
        .filter_map(|kind| EventKind::from_name(kind.text.trim()))
        .collect();
    let watermark = desk.mailbox.last_change();
    let number = desk.mailbox.subscribe(delivery, scope, kinds, desk.now);
    let mut parts = vec![Element::m("SubscriptionId").text(subscription_id(desk.mailbox, number))];
    if delivery != Delivery::Streaming {
        parts.push(Element::m("Watermark").text(write_watermark(desk.mailbox, watermark)));
    }
    Ok(parts)
}

fn subscription_id(mailbox: &Mailbox, number: u64) -> String {
    STANDARD.encode(format!("subscription|{}|{number}", mailbox.guid))
}

fn write_watermark(mailbox: &Mailbox, number: u64) -> String {
    STANDARD.encode(format!("watermark|{}|{number}", mailbox.guid))
}

fn read_number(mailbox: &Mailbox, kind: &str, text: &str) -> Option<u64> {
    let text = String::from_utf8(STANDARD.decode(text.trim()).ok()?).ok()?;
    text.strip_prefix(&format!("{kind}|{}|", mailbox.guid))?
        .parse()
        .ok()
}

fn not_found() -> Failure {
    Failure::new(
        "ErrorSubscriptionNotFound",
        "The subscription could not be found.",
    )
}

pub(super) fn unsubscribe(desk: &mut Desk<'_>, request: &Element) -> Result<Element, Fault> {
    let text = request.get_text("SubscriptionId").unwrap_or_default();
    let number = read_number(desk.mailbox, "subscription", text);
    let removed = number.and_then(|number| desk.mailbox.subscriptions.remove(&number));
    Ok(answer(
        "Unsubscribe",
        [removed.map(|_| Vec::new()).ok_or_else(not_found)],
    ))
}

pub(super) fn get(desk: &mut Desk<'_>, request: &Element) -> Result<Element, Fault> {
    Ok(answer("GetEvents", [get_one(desk, request)]))
}

fn get_one(desk: &mut Desk<'_>, request: &Element) -> Result<Vec<Element>, Failure> {
    let text = |name| request.get_text(name).unwrap_or_default();
    let number =
        read_number(desk.mailbox, "subscription", text("SubscriptionId")).ok_or_else(|| {
            Failure::new(
                "ErrorInvalidSubscription",
                "The subscription id is not valid.",
            )
        })?;
    let watermark = read_number(desk.mailbox, "watermark", text("Watermark"));
    let (now, mode) = (desk.now, desk.mode);
    let subscription = desk
        .mailbox
        .subscription(number, now)
        .ok_or_else(not_found)?;
    if subscription.delivery == Delivery::Streaming {
        return Err(Failure::new(
            "ErrorInvalidPullSubscriptionId",
            "The subscription is not a pull subscription.",
        ));
    }
    let watermark = match (watermark, mode) {
        (Some(watermark), _) => watermark,
        // gromox gives no watermarks with its events and minds none: what was told once is gone.
        (None, Mode::Gromox) => subscription.told,
        (None, Mode::Exchange) => {
            return Err(Failure::new(
                "ErrorInvalidWatermark",
                "The watermark is not valid.",
            ));
        }
    };
    if subscription.dropped > watermark {
        return Err(Failure::new(
            "ErrorMissedNotificationEvents",
            "Some events are not known any more.",
        ));
    }
    let events = subscription.events_after(watermark, MOST_EVENTS);
    subscription.told = events
        .last()
        .map_or(subscription.told, |event| event.number);
    let more = subscription.events.len() > events.len();
    let mut notification = Element::m("Notification")
        .child(Element::t("SubscriptionId").text(text("SubscriptionId")))
        .child(Element::t("PreviousWatermark").text(text("Watermark")))
        .child(Element::t("MoreEvents").text(more.to_string()));
    if events.is_empty() {
        let mark = Element::t("Watermark").text(write_watermark(desk.mailbox, watermark));
        notification
            .children
            .push(Element::t("StatusEvent").child(mark));
    }
    let with_watermark = desk.mode == Mode::Exchange;
    let shown = events.iter().map(|event| {
        let mark = with_watermark
            .then(|| Element::t("Watermark").text(write_watermark(desk.mailbox, event.number)));
        shown(desk.mailbox, event, mark)
    });
    notification.children.extend(shown);
    Ok(vec![notification])
}

fn shown(mailbox: &Mailbox, event: &Event, watermark: Option<Element>) -> Element {
    let folder =
        |name: &str, key| Element::t(name).attribute("Id", mailbox.encode(Id::Folder(key)));
    let subject = |prefix: &str, subject| match subject {
        Subject::Item(key) => {
            Element::t(format!("{prefix}ItemId")).attribute("Id", mailbox.encode(Id::Item(key)))
        }
        Subject::Folder(key) => folder(&format!("{prefix}FolderId"), key),
    };
    let mut element = Element::t(event.kind.name());
    element.children.extend(watermark);
    element
        .children
        .push(Element::t("TimeStamp").text(time(event.time)));
    element.children.push(subject("", event.subject));
    element
        .children
        .push(folder("ParentFolderId", event.parent));
    if let (EventKind::Moved | EventKind::Copied, Some((old, old_parent))) = (event.kind, event.old)
    {
        element.children.push(subject("Old", old));
        element
            .children
            .push(folder("OldParentFolderId", old_parent));
    }
    element
}

/// The subscriptions a stream is asked for, or the answer that says which of them are not there.
pub fn streaming_targets(mailbox: &Mailbox, request: &Element) -> Result<Vec<u64>, Element> {
    let mut good = Vec::new();
    let mut bad = Vec::new();
    for id in list(request, "SubscriptionIds") {
        let number = read_number(mailbox, "subscription", &id.text);
        let found = number.and_then(|number| mailbox.subscriptions.get(&number));
        match found.filter(|subscription| subscription.delivery == Delivery::Streaming) {
            Some(subscription) => good.push(subscription.number),
            None => bad.push(Element::t("SubscriptionId").text(id.text.clone())),
        }
    }
    if bad.is_empty() {
        return Ok(good);
    }
    let mut failed = answer("GetStreamingEvents", [Err(not_found())]);
    let message = failed
        .get_mut("ResponseMessages")
        .and_then(|list| list.children.first_mut());
    message
        .expect("an answer has a message")
        .children
        .push(Element::m("ErrorSubscriptionIds").with(bad));
    Err(failed)
}

/// What is new for these subscriptions, as the body of an envelope; `None` where nothing is. The events count as told.
pub fn take_streaming(mailbox: &mut Mailbox, numbers: &[u64]) -> Option<Element> {
    let mut notifications = Element::m("Notifications");
    for number in numbers {
        let Some(subscription) = mailbox.subscriptions.get_mut(number) else {
            continue;
        };
        let events: Vec<Event> = subscription.events.drain(..).collect();
        if events.is_empty() {
            continue;
        }
        let mut notification = Element::m("Notification")
            .child(Element::t("SubscriptionId").text(subscription_id(mailbox, *number)))
            .child(Element::t("MoreEvents").text("false"));
        notification
            .children
            .extend(events.iter().map(|event| shown(mailbox, event, None)));
        notifications.children.push(notification);
    }
    (!notifications.children.is_empty())
        .then(|| answer("GetStreamingEvents", [Ok(vec![notifications])]))
}

/// The envelope's body that opens, keeps alive or closes a stream.
pub fn status_envelope(mailbox: &Mailbox, numbers: &[u64], status: Option<&str>) -> Element {
    let part = match status {
        Some(status) => Element::m("ConnectionStatus").text(status),
        None => Element::m("Notifications").with(numbers.iter().map(|number| {
            Element::m("Notification")
                .child(Element::t("SubscriptionId").text(subscription_id(mailbox, *number)))
                .child(Element::t("MoreEvents").text("false"))
                .child(Element::t("StatusEvent"))
        })),
    };
    answer("GetStreamingEvents", [Ok(vec![part])])
}
