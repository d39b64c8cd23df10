//! Japanese.

use super::{Texts, Trouble};

pub(super) const TEXTS: Texts = Texts {
    lang: "ja",
    heading: ["Apple ウォレットのパス", "Apple ウォレットのパス"],
    count: "パス{}枚",
    ended: "このパスは現在無効です。",
    scan: "iPhoneのカメラでこのコードを読み取ってください。",
    scan_from_android: "iPhoneをお使いの場合は、このコードを読み取ってください。",
    mac: "このMacでファイルを開くと、iCloud経由でiPhoneに追加されます。",
    android: [
        "ファイルをダウンロードして、Google ウォレットなどのアプリで開いてください。その後の変更は反映されないことがあります。",
        "Androidのアプリでは、複数のパスが入ったファイルを開けません。このページをiPhoneで開いてください。",
    ],
    in_app: "このアプリではウォレットにパスを追加できないことがあります。•••または共有アイコンをタップし、「Safariで開く」を選んでください。",
    download: ["パスをダウンロード", "パスをダウンロード"],
    code: "このページのアドレスのQRコード",
    help: "ヘルプ",
    expired: Trouble {
        title: "このリンクは有効期限が切れています",
        text: "送り主に新しいリンクを依頼してください。追加済みのパスはウォレットに残ります。",
    },
    withdrawn: Trouble {
        title: "このパスは利用できなくなりました",
        text: "発行元が取り下げました。必要な場合は、リンクの送り主にお問い合わせください。",
    },
    unknown: Trouble {
        title: "このリンクは開けません",
        text: "リンクの一部が欠けている可能性があります。届いたメッセージからもう一度開くか、新しいリンクを依頼してください。",
    },
    failed: Trouble {
        title: "うまくいきませんでした",
        text: "しばらくしてからもう一度お試しください。それでも開けない場合は、リンクの送り主にお問い合わせください。",
    },
};
