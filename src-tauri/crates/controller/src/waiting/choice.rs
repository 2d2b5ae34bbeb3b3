//! From what a user says about a conflict to the decision that is kept: which value of which side, and that it holds for what was shown.

use std::collections::BTreeMap;

use model::{Choice, Code, Field, Fields, Pick, Picked, Side, Survivor};
use ports::ErrorKind;

use super::{Answers, Resolution, Waiting, WaitingField, checked};
use crate::failure;

/// The decision on a conflict.
pub(super) fn of(waiting: &Waiting, resolution: Resolution) -> ports::Result<Choice> {
    let gone = waiting.refusal.problem.code == Code::DeletedAndChanged;
    match resolution {
        Resolution::Keep(side) if gone => Ok(Choice {
            survivor: Some(Survivor {
                keep: side,
                values: left(waiting),
            }),
            ..Choice::default()
        }),
        Resolution::Again => Err(refused(Code::ChoiceNeeded)),
        Resolution::Fields(_) if gone => Err(refused(Code::KeepOneSide)),
        Resolution::Keep(side) => {
            let open = conflicting(waiting).map(|field| (field, Pick::Keep(side)));
            Ok(picked(open.collect()))
        }
        Resolution::Fields(answers) => Ok(picked(picks(waiting, answers)?)),
    }
}

/// What the end that is left holds.
fn left(waiting: &Waiting) -> Fields {
    let value = |field: &WaitingField| field.crm.clone().or(field.exchange.clone());
    let fields = waiting.fields.iter();
    fields
        .filter_map(|field| Some((field.field, value(field)?)))
        .collect()
}

/// The fields both sides changed.
fn conflicting(waiting: &Waiting) -> impl Iterator<Item = &WaitingField> {
    let fields = waiting.fields.iter();
    fields.filter(|field| is_open(waiting, field))
}

/// Whether this is a field the entry waits for.
pub(crate) fn is_open(waiting: &Waiting, field: &WaitingField) -> bool {
    named(waiting).any(|name| name == field.field.name())
}

/// What a refused entry needs: fields by our names, or by the CRM's own where it has no counterpart.
pub(crate) fn missing(waiting: &Waiting) -> Vec<String> {
    named(waiting).map(str::to_owned).collect()
}

fn named(waiting: &Waiting) -> impl Iterator<Item = &str> {
    let names = waiting.refusal.problem.values.get("field");
    let names = names.map_or("", String::as_str).split(", ");
    names.filter(|name| !name.is_empty())
}

fn picks(waiting: &Waiting, answers: Answers) -> ports::Result<Vec<(&WaitingField, Pick)>> {
    let pick = |(name, word): (String, String)| {
        let known = waiting
            .fields
            .iter()
            .find(|field| field.field.name() == name);
        let field = known.ok_or_else(|| refused(Code::NoSuchField).with("field", &name))?;
        let pick = match word.as_str() {
            "crm" => Pick::Keep(Side::Crm),
            "exchange" => Pick::Keep(Side::Mailbox),
            _ => Pick::Value(checked(field.field, word)?),
        };
        Ok((field, pick))
    };
    answers.into_iter().map(pick).collect()
}

fn picked(picks: Vec<(&WaitingField, Pick)>) -> Choice {
    let shown = |value: &Option<String>| value.clone().unwrap_or_default();
    let fields: BTreeMap<Field, Picked> = picks
        .into_iter()
        .map(|(field, pick)| {
            let picked = Picked {
                item: shown(&field.exchange),
                record: shown(&field.crm),
                pick,
            };
            (field.field, picked)
        })
        .collect();
    Choice {
        fields,
        survivor: None,
    }
}

fn refused(code: Code) -> ports::Failure {
    failure(ErrorKind::Refused { field: None }, code)
}
