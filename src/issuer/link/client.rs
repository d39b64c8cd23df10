//! What a person opens a link with, by the header field `User-Agent`.
//!
//! Browsers on iPhone, and Safari on a Mac, hand a pass over to Wallet. All others get a page. If it is not certain, the page
//! is the better answer: it has the file, too, while an app that cannot add a pass shows nothing.

/// What a person opens a link with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Client {
    /// It hands passes over to Wallet.
    Wallet,
    /// An app on an iPhone or iPad that shows pages itself, and may not add passes. Its menu opens Safari.
    InApp,
    /// A phone or tablet with Android.
    Android,
    /// A Mac, which can pass a downloaded file on to an iPhone.
    Mac,
    /// Anything else.
    Other,
}

/// Browsers that put their name behind that of Safari.
const BROWSERS: [&str; 3] = ["Ddg/", "DuckDuckGo/", "OPT/"];

/// What tells from Safari those who have its name in theirs: Chrome and its kin on a Mac, the Google app, and Snapchat, which
/// says `(like Safari/…)`.
const OTHERS: [&str; 3] = ["Chrome/", "GSA/", "Snapchat/"];

impl Client {
    /// Reads the field. An iPad calls itself a Mac unless it is asked not to, and its Safari has the name of that on a Mac.
    pub(crate) fn from_user_agent(agent: &str, is_bundle: bool) -> Self {
        let is_phone = ["(iPhone", "(iPad", "(iPod"].iter().any(|name| agent.contains(name));
        let is_mac = agent.contains("(Macintosh");
        // Firefox on iPhone saves a bundle as a file, which nothing opens (mozilla-mobile/firefox-ios 24655).
        let is_taken = hands_passes_over(agent) && !(is_bundle && agent.contains("FxiOS/"));
        if (is_phone || is_mac) && is_taken {
            Self::Wallet
        } else if is_phone || is_mac && agent.contains(" Mobile/") {
            Self::InApp
        } else if is_mac {
            Self::Mac
        } else if agent.contains("Android") {
            Self::Android
        } else {
            Self::Other
        }
    }
}

/// Whether it is Safari, or a browser on its engine. Their names end in `Safari/…`. An app that shows pages itself has no such
/// part, or goes on behind it.
fn hands_passes_over(agent: &str) -> bool {
    let Some((before, version)) = agent.rsplit_once(" Safari/") else { return false };
    let behind = version.split_once(' ').map_or("", |(_, behind)| behind);
    let is_browser = behind.is_empty() || BROWSERS.iter().any(|name| behind.starts_with(name));
    is_browser && !OTHERS.iter().any(|name| before.contains(name))
}

#[cfg(test)]
mod tests {
    use super::Client::{self, Android, InApp, Mac, Other, Wallet};

    const IPHONE: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) ";
    const IPAD: &str = "Mozilla/5.0 (iPad; CPU OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) ";
    const MAC: &str = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) ";
    const MAC_CHROME: &str = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) ";
    const ANDROID: &str = "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) ";
    const WINDOWS: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) ";

    /// From the system and the rest of the field to the client, each for a pass.
    #[rustfmt::skip]
    const AGENTS: &[(&str, &str, Client)] = &[
        // Browsers on iPhone, iPad and Mac. SFSafariViewController, which Gmail and many apps use, has Safari's own name.
        (IPHONE, "Version/18.6 Mobile/15E148 Safari/604.1", Wallet),
        (IPAD, "Version/18.6 Mobile/15E148 Safari/604.1", Wallet),
        ("Mozilla/5.0 (iPod touch; CPU iPhone OS 12_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) ",
         "Version/12.1.2 Mobile/15E148 Safari/604.1", Wallet),
        (MAC, "Version/18.6 Safari/605.1.15", Wallet), // Mac, and iPad in desktop mode
        (IPHONE, "CriOS/140.0.7339.101 Mobile/15E148 Safari/604.1", Wallet),
        (IPHONE, "FxiOS/143.0 Mobile/15E148 Safari/604.1", Wallet),
        (IPHONE, "Version/18.0 EdgiOS/140.0.3485.54 Mobile/15E148 Safari/604.1", Wallet),
        (IPHONE, "Version/18.6 Mobile/15E148 Safari/604.1 Ddg/18.6", Wallet),
        (IPHONE, "Version/18.6 Mobile/15E148 Safari/604.1 OPT/5.6.0", Wallet),
        (MAC, "CriOS/140 Version/11.1.1 Safari/605.1.15", Wallet), // iPad in desktop mode
        (MAC, "FxiOS/143.0 Safari/605.1.15", Wallet),
        // Apps on iPhone and iPad that show pages themselves.
        (IPHONE, "Mobile/22G86 Instagram 395.0.0.29.85 (iPhone15,2; iOS 18_6; en_US; en; scale=3.00; 1179x2556; IABMV/1)", InApp),
        (IPHONE, "Mobile/15E148 [FBAN/FBIOS;FBAV/529.0.0.44.107;FBBV/791;FBDV/iPhone15,2;FBMD/iPhone;FBSN/iOS;FBSV/18.6]", InApp),
        (IPHONE, "Version/18.6 Mobile/15E148 Safari/604.1 [FBAN/FBIOS;FBAV/529.0.0.44.107]", InApp),
        (IPHONE, "Mobile/15E148 Safari Line/15.12.0", InApp),
        (IPHONE, "Mobile/15E148 musical_ly_40.6.0 JsSdk/2.0 NetType/WIFI Channel/App Store BytedanceWebview/d8a21c6", InApp),
        (IPHONE, "GSA/383.0.796 Mobile/15E148 Safari/604.1", InApp),
        (MAC, "GSA/383.0.796 Mobile/15E148 Safari/604.1", InApp),
        (IPHONE, "Version/18.6 Mobile/15E148 Snapchat/13.50.0.36 (like Safari/8621.3.11, panda)", InApp),
        (IPHONE, "Mobile/15E148 [LinkedInApp]/9.31.2680", InApp),
        (IPHONE, "Mobile/15E148 [Pinterest/iOS]", InApp),
        (IPHONE, "Mobile/15E148 MicroMessenger/8.0.60 NetType/WIFI Language/en", InApp),
        (IPHONE, "Mobile/15E148 KAKAOTALK 25.7.1", InApp),
        (IPHONE, "Version/18.6 Mobile/15E148 Safari/605.1 NAVER(inapp; search; 1010; 12.14.1; 15PRO)", InApp),
        (IPHONE, "Mobile/15E148", InApp), // Gmail, and any other app with a web view of its own
        (MAC, "Mobile/15E148 Instagram 395.0.0.29.85 (iPad13,4; iPadOS 18_6)", InApp),
        // Android.
        (ANDROID, "Chrome/140.0.0.0 Mobile Safari/537.36", Android), // also Gmail, whose links open in Chrome's tabs
        (ANDROID, "SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36", Android),
        ("Mozilla/5.0 (Android 15; Mobile; rv:143.0) Gecko/143.0 Firefox/143.0", "", Android),
        ("Mozilla/5.0 (Linux; Android 15; Pixel 9; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 ",
         "Chrome/140.0.7339.51 Mobile Safari/537.36 Instagram 396.0.0.46.242 Android (35/15; 420dpi; Google; Pixel 9)", Android),
        // Computers.
        (MAC_CHROME, "Chrome/140.0.0.0 Safari/537.36", Mac),
        (MAC_CHROME, "Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0", Mac),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:143.0) Gecko/20100101 Firefox/143.0", "", Mac),
        (WINDOWS, "Chrome/140.0.0.0 Safari/537.36", Other),
        (WINDOWS, "Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0", Other),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0", "", Other),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/605.1.15 (KHTML, like Gecko) ", "Version/18.6 Safari/605.1.15", Other),
        // No browsers.
        ("curl/8.14.1", "", Other),
        ("Wallet/1.0 CFNetwork/3826.600.41 Darwin/24.6.0", "", Other),
        ("", "", Other),
    ];

    #[test]
    fn each_client_is_known_by_its_name() {
        for (system, rest, client) in AGENTS {
            let agent = format!("{system}{rest}");
            assert_eq!(Client::from_user_agent(&agent, false), *client, "{agent}");
        }
    }

    #[test]
    fn only_firefox_on_iphone_opens_no_bundle_of_those_that_open_a_pass() {
        for (system, rest, client) in AGENTS {
            let agent = format!("{system}{rest}");
            let is_firefox = agent.contains("FxiOS/");
            let of_bundle = Client::from_user_agent(&agent, true);
            assert_eq!(of_bundle == *client, !is_firefox, "{agent}: {of_bundle:?}");
            assert!(!is_firefox || of_bundle != Wallet, "{agent}");
        }
    }
}
