//! The request to APNs: Apple, "Sending notification requests to APNs", and "Updating a pass".

use crate::push::{Cause, Request, Scope, Verdict};

/// The production server. The development servers know no push token of Wallet.
pub const PRODUCTION: &str = "https://api.push.apple.com";

/// Whether a push token can be one of Apple's, which are hex. Apple asks not to rely on their length.
#[must_use]
pub fn is_device_token(push_token: &str) -> bool {
    !push_token.is_empty() && push_token.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Tells a device that its passes of this type changed. With a pass certificate there is no `provider_token`.
///
/// # Errors
/// The verdict, if nothing can be sent: there can be no [such device](is_device_token), or no such topic.
pub fn request(base: &str, provider_token: Option<&str>, pass_type: &str, push_token: &str) -> Result<Request, Verdict> {
    // An earlier version or an operator's own SQL may have stored such a token.
    if !is_device_token(push_token) {
        return Err(Verdict::Never { reason: "NoDeviceToken".into() });
    }
    // The platform refuses such a header field.
    if !pass_type.bytes().all(|byte| byte.is_ascii_graphic()) {
        let (cause, scope) = (Cause::Configuration, Scope::PassType);
        return Err(Verdict::Held { cause, scope, reason: "BadTopic".into(), retry_after: None });
    }
    let mut headers = vec![
        ("apns-topic", pass_type.to_owned()),
        // The push has no content to show. Apple wants priority 5 with this type.
        ("apns-push-type", "background".to_owned()),
        ("apns-priority", "5".to_owned()),
    ];
    headers.extend(provider_token.map(|token| ("authorization", format!("bearer {token}"))));
    let url = format!("{}/3/device/{push_token}", base.trim_end_matches('/'));
    Ok(Request { url, headers, body: "{}".to_owned() })
}
