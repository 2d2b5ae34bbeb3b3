//! Values that break careless programs, put into cards here and there: quotes, backslashes, entities, line ends, blanks that must
//! stay, letters beyond the first 65,536, text from right to left, fields longer than the CRM's columns.
//! Deliberately not here: last names and addresses of shared people, since those are how the two sides recognise each other.

use super::Card;

/// Makes one field of a card awkward. `turn` says which way; all ways come round.
pub(super) fn twist(card: &mut Card, turn: usize) {
    match turn % WAYS {
        0 => card.job_title = "Leiter \"Technik\" & 'Service' \\ Montage".to_owned(),
        1 => card.description = "Erste Zeile\r\nZweite Zeile\nDritte\tmit Tabulator\r\n\r\nEnde".to_owned(),
        2 => card.department = "Ein  Raum  mit  zwei  Blanks".to_owned(),
        3 => card.billing.street = "Hinterhaus\r\n3. Stock links\r\nc/o Müller & Söhne".to_owned(),
        4 => card.description = format!("{} Ende.", "Ein sehr langer Text, der in kein kurzes Feld passt. ".repeat(120)),
        5 => card.job_title = "Chefin 😀 🚀 mit Emoji".to_owned(),
        6 => card.job_title = "Bevollmächtigte für die Angelegenheiten der überregionalen Zusammenarbeit".to_owned(),
        7 => card.description = "מכתב מימין לשמאל - من اليمين إلى اليسار - 中文 - ελληνικά - ไทย".to_owned(),
        8 => card.description = "<b>kein</b> HTML, &amp; keine &lt;Entitäten&gt; %20 100% {\"json\": null} '; drop table".to_owned(),
        9 => card.mobile = "+49 (0)170 / 12 34-56 Durchwahl 7 «bitte langsam»".to_owned(),
        10 => card.delivery.city = "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch".to_owned(),
        11 => card.department = "e\u{301} statt é, weiche\u{ad} Trennung, schmaler\u{202f}Raum".to_owned(),
        12 => card.description = "  vorn zwei Blanks, hinten drei   ".to_owned(),
        _ => card.middle = format!("{} Maria  Sofía", card.middle).trim().to_owned(),
    }
}

const WAYS: usize = 14;

/// Makes the name of a person awkward whom one side only knows.
pub(super) fn twist_name(card: &mut Card, turn: usize) {
    match turn % 4 {
        0 => card.last_name.push_str(" 😀"),
        1 => {
            card.last_name = format!(
                "{} {}",
                card.last_name,
                "von und zu Hohenstein-Wartenberg-Falkenau".repeat(2)
            )
        }
        // Without an address the first name is needed to tell two people apart.
        2 if !card.email.is_empty() => card.given = String::new(),
        _ => card.last_name = format!("{} \\ \"{}\" & Co", card.last_name, card.given),
    }
}
