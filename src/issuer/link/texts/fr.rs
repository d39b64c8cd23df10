//! French.

use super::{Texts, Trouble};

pub(super) const TEXTS: Texts = Texts {
    lang: "fr",
    heading: ["Votre carte pour Apple Wallet", "Vos cartes pour Apple Wallet"],
    count: "{} cartes",
    ended: "Cette carte n’est plus valable.",
    scan: "Visez ce code avec l’appareil photo de votre iPhone.",
    scan_from_android: "Avec un iPhone, scannez ce code.",
    mac: "Si vous ouvrez le fichier sur ce Mac, il rejoint votre iPhone par iCloud.",
    android: [
        "Téléchargez le fichier et ouvrez-le avec Google Wallet ou une autre application de cartes. Les changements ultérieurs \
         n’y apparaîtront peut-être pas.",
        "Les applications Android n’ouvrent pas un fichier de plusieurs cartes. Ouvrez cette page sur un iPhone.",
    ],
    in_app: "Cette application ne peut peut-être pas ajouter de cartes à Wallet. Ouvrez la page dans Safari : touchez ••• ou \
             l’icône de partage, puis « Ouvrir dans Safari ».",
    download: ["Télécharger la carte", "Télécharger les cartes"],
    code: "Code QR avec l’adresse de cette page",
    help: "Aide",
    expired: Trouble {
        title: "Ce lien a expiré",
        text: "Demandez-en un nouveau à son expéditeur. Une carte déjà ajoutée reste dans Wallet.",
    },
    withdrawn: Trouble {
        title: "Cette carte n’est plus disponible",
        text: "Son émetteur l’a retirée. Si vous en avez encore besoin, adressez-vous à l’expéditeur du lien.",
    },
    unknown: Trouble {
        title: "Ce lien ne fonctionne pas",
        text: "Il en manque peut-être une partie. Ouvrez-le de nouveau depuis le message reçu, ou demandez-en un nouveau.",
    },
    failed: Trouble {
        title: "Cela n’a pas fonctionné",
        text: "Réessayez dans un instant. Si le problème persiste, adressez-vous à l’expéditeur du lien.",
    },
};
