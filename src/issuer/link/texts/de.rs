//! German.

use super::{Texts, Trouble};

pub(super) const TEXTS: Texts = Texts {
    lang: "de",
    heading: ["Ihre Karte für Apple Wallet", "Ihre Karten für Apple Wallet"],
    count: "{} Karten",
    ended: "Diese Karte ist nicht mehr gültig.",
    scan: "Richten Sie die Kamera Ihres iPhones auf diesen Code.",
    scan_from_android: "Mit einem iPhone scannen Sie diesen Code.",
    mac: "Wenn Sie die Datei auf diesem Mac öffnen, kommt sie über iCloud auf Ihr iPhone.",
    android: [
        "Laden Sie die Datei und öffnen Sie sie mit Google Wallet oder einer anderen Wallet-App. Spätere Änderungen kommen \
         dort vielleicht nicht an.",
        "Wallet-Apps für Android öffnen keine Datei mit mehreren Karten. Öffnen Sie diese Seite auf einem iPhone.",
    ],
    in_app: "Diese App kann vielleicht keine Karten zu Wallet hinzufügen. Öffnen Sie die Seite in Safari: Tippen Sie auf ••• \
             oder das Teilen-Symbol, dann auf „In Safari öffnen“.",
    download: ["Karte laden", "Karten laden"],
    code: "QR-Code mit der Adresse dieser Seite",
    help: "Hilfe",
    expired: Trouble {
        title: "Dieser Link ist abgelaufen",
        text: "Bitten Sie den Absender um einen neuen. Eine Karte, die Sie hinzugefügt haben, bleibt in Wallet.",
    },
    withdrawn: Trouble {
        title: "Diese Karte gibt es nicht mehr",
        text: "Der Herausgeber hat sie zurückgezogen. Wenn Sie sie noch brauchen, fragen Sie den Absender des Links.",
    },
    unknown: Trouble {
        title: "Dieser Link funktioniert nicht",
        text: "Vielleicht fehlt ein Teil davon. Öffnen Sie ihn noch einmal aus der Nachricht, oder bitten Sie um einen neuen.",
    },
    failed: Trouble {
        title: "Das hat nicht geklappt",
        text: "Versuchen Sie es gleich noch einmal. Wenn es dabei bleibt, fragen Sie den Absender des Links.",
    },
};
