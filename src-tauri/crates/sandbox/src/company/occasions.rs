//! The stock of words appointments and tasks are made of, and the values that break careless programs: letters beyond the first
//! 65,536, subjects and places longer than the CRM's columns, lines, quotes, entities, text from right to left.
//! Deliberately not here: subjects of what both sides have, since those are how the sides recognise each other.

/// What appointments are about; somebody's name follows.
pub(super) const MEETINGS: &[&str] = &[
    "Besprechung mit",
    "Jahresgespräch mit",
    "Vorführung bei",
    "Mittagessen mit",
    "Übergabe an",
    "Vertragsverhandlung mit",
    "Rückfragen von",
    "Kick-off avec",
    "Reunião com",
    "Telefonat mit",
    "Messetermin mit",
    "Abnahme für",
];

/// What whole days are for.
pub(super) const DAYS: &[&str] = &[
    "Urlaub",
    "Messe Köln",
    "Fortbildung",
    "Betriebsausflug",
    "Brückentag",
    "Dienstreise Zürich",
    "Inventur",
];

/// What series are called.
pub(super) const SERIES: &[&str] = &[
    "Jour fixe",
    "Tägliche Abstimmung",
    "Monatsabschluss",
    "Vertriebsrunde",
    "Qualitätszirkel",
];

/// What there is to do; somebody's name follows.
pub(super) const TASKS: &[&str] = &[
    "Angebot schreiben für",
    "Rückruf bei",
    "Rechnung prüfen:",
    "Unterlagen schicken an",
    "Mahnung an",
    "Geschenk besorgen für",
    "Préparer le contrat avec",
    "Würdigung verfassen für",
];

/// Where appointments are; often nowhere.
pub(super) const LOCATIONS: &[&str] = &[
    "Raum 1",
    "Großer Sitzungssaal",
    "Büro 14, 2. Stock",
    "Café Ångström",
    "Online",
    "https://treffen.example/raum/4711?code=a&b=c",
    "Gärtnerweg 5, 50667 Köln",
];

/// Notes.
pub(super) const NOTES: &[&str] = &[
    "Bitte Unterlagen mitbringen.",
    "Tagesordnung:\r\n1. Rückblick\r\n2. Zahlen\r\n3. Verschiedenes",
    "Zeile 1\nZeile 2\n\nZeile 4 nach einer leeren",
    "Beamer <reservieren> & \"Kaffee\" bestellen",
    "Rabatt: 5 %\tZahlungsziel: 30 Tage",
];

/// Makes the subject of something awkward that only one side has.
pub(super) fn twist_subject(subject: &mut String, turn: usize) {
    match turn % 4 {
        0 => *subject = format!("😀 {subject} 🚀"),
        1 => *subject = format!("{subject}: {}", "sehr ausführlich ".repeat(20).trim_end()),
        2 => *subject = format!("\"{subject}\" & 'mehr' \\ <wichtig> &amp;"),
        _ => *subject = format!("{subject} - من اليمين - 中文"),
    }
}

/// Makes place or notes awkward.
pub(super) fn twist_rest(location: &mut String, description: &mut String, turn: usize) {
    match turn % 5 {
        0 => location.clear(),
        1 => {
            *description = format!(
                "Erste Zeile\r\nZweite 😀\nDritte\tmit Tabulator\r\n\r\n{}",
                "Lang. ".repeat(900)
            )
        }
        2 => *location = format!("{} Ende", "Ein Ort mit langem Namen, ".repeat(8)),
        3 => {
            *description =
                "<b>kein</b> HTML, &amp; keine &lt;Entitäten&gt; '; drop table".to_owned()
        }
        _ => *description = "  vorn zwei Blanks, hinten drei   ".to_owned(),
    }
}

/// The same text as the CRM's column for subjects keeps it, for telling apart.
pub(super) fn as_the_crm_keeps_it(subject: &str) -> String {
    let narrow = |letter: char| if letter.len_utf8() == 4 { '?' } else { letter };
    let kept = subject.to_lowercase();
    kept.chars().map(narrow).take(250).collect()
}
