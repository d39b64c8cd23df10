//! The request: Apple, "Sending notification requests to APNs", and "Updating a pass" for what is particular to passes.

use crate::push::{Cause, Request, Scope, Verdict};

/// Where push tokens of Wallet are known. There are none on the development servers.
pub const PRODUCTION: &str = "https://api.push.apple.com";

/// Whether a push token may be one of Apple's, which are hex. Apple asks not to rely on their length.
#[must_use]
pub fn is_device_token(push_token: &str) -> bool {
    !push_token.is_empty() && push_token.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Tells a device that something changed of its passes of this type. `provider_token` is left out where the pass
/// certificate says who sends.
///
/// # Errors
/// What it means that nothing can be sent: there can be no [such device](is_device_token), or no such topic.
pub fn request(base: &str, provider_token: Option<&str>, pass_type: &str, push_token: &str) -> Result<Request, Verdict> {
    // A registration of before such tokens were told apart, or of an operator's own SQL.
    if !is_device_token(push_token) {
        return Err(Verdict::Never { reason: "NoDeviceToken".into() });
    }
    // It becomes a header field, which the platform would refuse to send.
    if !pass_type.bytes().all(|byte| byte.is_ascii_graphic()) {
        let (cause, scope) = (Cause::Configuration, Scope::PassType);
        return Err(Verdict::Held { cause, scope, reason: "BadTopic".into(), retry_after: None });
    }
    let mut headers = vec![
        ("apns-topic", pass_type.to_owned()),
        // Without content there is nothing to alert of; Apple wants priority 5 with this type.
        ("apns-push-type", "background".to_owned()),
        ("apns-priority", "5".to_owned()),
    ];
    headers.extend(provider_token.map(|token| ("authorization", format!("bearer {token}"))));
    let url = format!("{}/3/device/{push_token}", base.trim_end_matches('/'));
    Ok(Request { url, headers, body: "{}".to_owned() })
}
