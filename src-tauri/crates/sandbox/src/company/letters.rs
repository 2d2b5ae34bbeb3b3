//! The stock of words mails are made of, in the languages the company's customers write in.
//! Deliberately not here: how they are put together (`mails`).

/// What one language has to say.
pub(super) struct Language {
    /// What mails are about; a number follows.
    pub(super) subjects: &'static [&'static str],
    /// How they begin; a name follows.
    pub(super) greeting: &'static str,
    /// What stands in them.
    pub(super) lines: &'static [&'static str],
    /// How they end; a name follows.
    pub(super) closing: &'static str,
    /// Names of files.
    pub(super) files: &'static [&'static str],
}

/// German first: it is taken most often.
pub(super) const LANGUAGES: [Language; 4] = [
    Language {
        subjects: &[
            "Angebot Nr.",
            "Rückfrage zu Ihrer Bestellung",
            "AW: Terminbestätigung – Projekt",
            "WG: Überfällige Rechnung",
            "Prüfbericht für Auftrag",
            "Änderungswünsche, Fassung",
        ],
        greeting: "Guten Tag",
        lines: &[
            "vielen Dank für das freundliche Gespräch gestern.",
            "Wie besprochen erhalten Sie unsere Unterlagen, größtenteils schon in der endgültigen Fassung.",
            "Könnten Sie uns bitte bis Freitag eine kurze Rückmeldung geben?",
            "Der Preis beträgt 1.250,00 € zuzüglich der gesetzlichen Umsatzsteuer.",
            "Die Lieferung verzögert sich leider um zwei Wochen; wir bitten um Verständnis.",
            "Herr Müller-Lüdenscheidt übernimmt ab Oktober die Betreuung.",
        ],
        closing: "Mit freundlichen Grüßen",
        files: &["Angebot.pdf", "Rechnung Übersicht.pdf", "Prüfbericht.pdf"],
    },
    Language {
        subjects: &[
            "Your order",
            "RE: Quotation",
            "Meeting notes, week",
            "Delivery note",
        ],
        greeting: "Dear",
        lines: &[
            "Thank you for your quick reply.",
            "Please find the documents attached; the \"final\" version follows next week.",
            "Could you confirm the quantities <= 500 & the delivery address?",
            "We look forward to working with you.",
        ],
        closing: "Kind regards",
        files: &["Quotation.pdf", "Delivery note (copy).pdf"],
    },
    Language {
        subjects: &["Votre commande n°", "Demande de devis", "Réf. : contrat"],
        greeting: "Bonjour",
        lines: &[
            "Merci pour votre envoi ; tout est bien arrivé.",
            "Le contrat a été signé hier à Genève, comme prévu.",
            "N'hésitez pas à me téléphoner si quelque chose n'est pas clair.",
        ],
        closing: "Cordialement",
        files: &["Devis été.pdf", "Contrat.pdf"],
    },
    Language {
        subjects: &["Zamówienie nr", "ご注文の件", "Teklif: İstanbul"],
        greeting: "Dzień dobry",
        lines: &[
            "Dziękujemy za zamówienie; wysyłka nastąpi w środę.",
            "お世話になっております。見積書をお送りします。",
            "Teşekkür ederiz, görüşmek üzere. 👍",
        ],
        closing: "Z poważaniem",
        files: &["見積書.pdf", "Faktura.pdf"],
    },
];
