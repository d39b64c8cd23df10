//! English.

use super::{Texts, Trouble};

pub(super) const TEXTS: Texts = Texts {
    lang: "en",
    heading: ["Your pass for Apple Wallet", "Your passes for Apple Wallet"],
    count: "{} passes",
    ended: "This pass is no longer valid.",
    scan: "Point the camera of your iPhone at this code.",
    scan_from_android: "With an iPhone, scan this code.",
    mac: "If you open the file on this Mac, it reaches your iPhone through iCloud.",
    android: [
        "Download the file and open it with Google Wallet or another wallet app. Later changes may not show there.",
        "Wallet apps for Android open no file with several passes. Open this page on an iPhone.",
    ],
    in_app: "This app may not be able to add passes to Wallet. Open the page in Safari: tap ••• or the share icon, then “Open \
             in Safari”.",
    download: ["Download pass", "Download passes"],
    code: "QR code with the address of this page",
    help: "Help",
    expired: Trouble {
        title: "This link has expired",
        text: "Ask whoever sent it to you for a new one. A pass that you have added stays in Wallet.",
    },
    withdrawn: Trouble {
        title: "This pass is no longer available",
        text: "Its issuer has withdrawn it. If you still need it, ask whoever sent you the link.",
    },
    unknown: Trouble {
        title: "This link does not work",
        text: "Perhaps a part of it is missing. Open it again from the message that you got, or ask for a new one.",
    },
    failed: Trouble {
        title: "That did not work",
        text: "Try again in a moment. If it still does not work, ask whoever sent you the link.",
    },
};
