//! Reads the table. It is our own text, so a mistake in it ends the program at the first use; the tests use all of it.

use super::{Attribute, Complex, Content, Ns, Particle, Type, Values, What};
use std::collections::HashMap;

pub(super) fn into(table: &'static str, ns: Ns, types: &mut HashMap<&'static str, Type>) {
    for line in logical_lines(table) {
        let words: Vec<&'static str> = line.concat();
        let (name, kind) = match words[1] {
            "=" => (words[0], Type::Complex(complex(ns, &words[2..]))),
            ":=" => (words[0], Type::Values(values(&words[2..]))),
            other => panic!("{} has {other} where = or := belongs", words[0]),
        };
        assert!(
            types.insert(name, kind).is_none(),
            "{name} stands twice in the table"
        );
    }
}

/// The words of each type, lines that go on put together.
fn logical_lines(table: &'static str) -> Vec<Vec<Vec<&'static str>>> {
    let mut lines: Vec<Vec<Vec<&'static str>>> = Vec::new();
    for line in table.lines().filter(|line| !line.is_empty()) {
        let words = split(line);
        match lines.last_mut() {
            Some(last) if line.starts_with(' ') => last.push(words),
            _ => lines.push(vec![words]),
        }
    }
    lines
}

/// Words, with brackets as words of their own; a closing bracket keeps what says how often.
fn split(line: &'static str) -> Vec<&'static str> {
    let mut words = Vec::new();
    for mut word in line.split_whitespace() {
        while let Some(rest) = word.strip_prefix('(') {
            words.push("(");
            word = rest;
        }
        match word.find(')') {
            Some(at) if at > 0 => {
                words.push(&word[..at]);
                words.push(&word[at..]);
            }
            _ if word.is_empty() => {}
            _ => words.push(word),
        }
    }
    words
}

fn complex(ns: Ns, mut words: &[&'static str]) -> Complex {
    let mut base = None;
    if words.get(1) == Some(&"+") {
        base = Some(words[0]);
        words = &words[2..];
    }
    let mut attributes = Vec::new();
    while let Some(text) = words.first().and_then(|word| word.strip_prefix('@')) {
        let (text, required) = text
            .strip_suffix('!')
            .map_or((text, false), |text| (text, true));
        let (name, kind) = text.split_once(':').unwrap_or((text, "text"));
        attributes.push(Attribute {
            name,
            kind,
            required,
        });
        words = &words[1..];
    }
    if let Some(kind) = words.first().and_then(|word| word.strip_prefix('=')) {
        return Complex {
            ns,
            base,
            attributes,
            content: Content::Text(kind),
        };
    }
    let mut at = 0;
    let content = Content::Elements(sequence(words, &mut at));
    assert_eq!(
        at,
        words.len(),
        "a bracket is closed that was not opened: {words:?}"
    );
    Complex {
        ns,
        base,
        attributes,
        content,
    }
}

fn sequence(words: &[&'static str], at: &mut usize) -> Vec<Particle> {
    let mut particles = Vec::new();
    while let Some(word) = words.get(*at) {
        if *word == "|" || word.starts_with(')') {
            break;
        }
        *at += 1;
        particles.push(if *word == "(" {
            either(words, at)
        } else {
            single(word)
        });
    }
    particles
}

fn either(words: &[&'static str], at: &mut usize) -> Particle {
    let mut branches = vec![sequence(words, at)];
    while words[*at] == "|" {
        *at += 1;
        branches.push(sequence(words, at));
    }
    let (_, required, repeats) = how_often(words[*at]);
    *at += 1;
    Particle {
        what: What::Either(branches),
        required,
        repeats,
    }
}

fn single(word: &'static str) -> Particle {
    let (word, required, repeats) = how_often(word);
    let what = match word.strip_prefix('%') {
        Some(group) => What::Group(group),
        None => {
            let (name, kind) = word.split_once(':').unwrap_or((word, "text"));
            What::Element { name, kind }
        }
    };
    Particle {
        what,
        required,
        repeats,
    }
}

fn how_often(word: &'static str) -> (&'static str, bool, bool) {
    let without = &word[..word.len() - 1];
    match word.as_bytes().last() {
        Some(b'?') => (without, false, false),
        Some(b'*') => (without, false, true),
        Some(b'+') => (without, true, true),
        _ => (word, true, false),
    }
}

fn values(words: &[&'static str]) -> Values {
    let number = |at: usize| words[at].parse().expect("the table has a number here");
    match words[0] {
        "int" => Values::Range(number(1), number(2)),
        "list" => Values::ListOf(words[1]),
        "text" => Values::Same("text"),
        _ => Values::OneOf(words.to_vec()),
    }
}
