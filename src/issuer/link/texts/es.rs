//! Spanish.

use super::{Texts, Trouble};

pub(super) const TEXTS: Texts = Texts {
    lang: "es",
    heading: ["Tu tarjeta para Apple Wallet", "Tus tarjetas para Apple Wallet"],
    count: "{} tarjetas",
    ended: "Esta tarjeta ya no es válida.",
    scan: "Apunta a este código con la cámara de tu iPhone.",
    scan_from_android: "Con un iPhone, escanea este código.",
    mac: "Si abres el archivo en este Mac, llegará a tu iPhone a través de iCloud.",
    android: [
        "Descarga el archivo y ábrelo con Google Wallet u otra aplicación de tarjetas. Es posible que allí no aparezcan los \
         cambios posteriores.",
        "Las aplicaciones de Android no abren un archivo con varias tarjetas. Abre esta página en un iPhone.",
    ],
    in_app: "Es posible que esta aplicación no pueda añadir tarjetas a Wallet. Abre la página en Safari: toca ••• o el icono \
             de compartir y luego «Abrir en Safari».",
    download: ["Descargar la tarjeta", "Descargar las tarjetas"],
    code: "Código QR con la dirección de esta página",
    help: "Ayuda",
    expired: Trouble {
        title: "Este enlace ha caducado",
        text: "Pide uno nuevo a quien te lo envió. Una tarjeta que ya hayas añadido sigue en Wallet.",
    },
    withdrawn: Trouble {
        title: "Esta tarjeta ya no está disponible",
        text: "Su emisor la ha retirado. Si todavía la necesitas, pregunta a quien te envió el enlace.",
    },
    unknown: Trouble {
        title: "Este enlace no funciona",
        text: "Quizá falte una parte. Ábrelo de nuevo desde el mensaje que recibiste o pide uno nuevo.",
    },
    failed: Trouble {
        title: "No ha funcionado",
        text: "Vuelve a intentarlo dentro de un momento. Si sigue sin funcionar, pregunta a quien te envió el enlace.",
    },
};
