//! `POST /v1/devices/{deviceLibraryIdentifier}/registrations/{passTypeIdentifier}/{serialNumber}`
//!
//! Apple, "Register a Pass for Update Notifications": 201 when the registration is new, 200 when it was there, 401 when
//! the token is wrong. An unknown pass is the same 401, so that nobody can find out which passes exist.

use super::RegistrationAddress;
use crate::{
    endpoint::Endpoint,
    http::{ClientError, Headers, Object, Reply, credentials::TokenHash},
    push::apns,
    storage::{
        Batch, Rows, Unreadable,
        sql::web_service::register::{Held, Register as Statement},
    },
    wallet::{UNKNOWN, Wallet},
};
use serde::Deserialize;

/// The most bytes a body may have.
pub const BODY_LIMIT: usize = 8 * 1024;

/// The longest push token, in bytes. Apple's have 64 characters, other wallets' some hundred.
const LONGEST_PUSH_TOKEN: usize = 1024;

/// The longest name of a wallet, in bytes.
const LONGEST_CLIENT: usize = 64;

/// Apple's `PushToken` object. Other members are ignored.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PushToken {
    /// The token to push with; opaque.
    pub push_token: String,
}

impl PushToken {
    /// Reads a body. Its Content-Type does not matter: some clients send `text/plain`.
    ///
    /// # Errors
    /// [`ClientError::BadRequest`] when it is not an object with a usable `pushToken`.
    pub fn read(body: &[u8]) -> Result<Self, ClientError> {
        let token = serde_json::from_slice::<Object<Self>>(body).ok().map(|Object(token)| token);
        token
            .filter(Self::is_usable)
            .ok_or(ClientError::BadRequest("The body must be a JSON object with the string `pushToken`, not empty."))
    }

    fn is_usable(&self) -> bool {
        (1..=LONGEST_PUSH_TOKEN).contains(&self.push_token.len()) && !self.push_token.chars().any(char::is_control)
    }
}

/// A device wants to hear of a pass's changes, or has a new push token.
#[derive(Debug, Clone)]
pub struct Register {
    /// Which device and pass.
    pub address: RegistrationAddress,
    /// What the device presents.
    pub token: TokenHash,
    /// Where to push.
    pub push_token: PushToken,
    /// Which wallet it is, if not Apple's: its push token is then not one of Apple's push service.
    pub client: Option<String>,
    /// Unix seconds.
    pub now: i64,
}

/// How a registration names the wallet: by its scheme; with Apple's, by what the request announces besides, and by the push
/// token. `None` is Apple Wallet. A name that is not known is kept, so that its push tokens never go to Apple.
#[must_use]
pub fn client_name(presented: Wallet, headers: &impl Headers, push_token: &PushToken) -> Option<String> {
    let named = presented.column().map(str::to_owned).or_else(|| announced_client(headers));
    // Other wallets show Apple's scheme, and hand out what their own push service calls a token.
    named.or_else(|| (!apns::is_device_token(&push_token.push_token)).then(|| UNKNOWN.to_owned()))
}

/// The wallet that the header field `X-Pass-Wallet` names. Pass2U sends it with Apple's scheme.
fn announced_client(headers: &impl Headers) -> Option<String> {
    let name = headers.get("x-pass-client").filter(|name| !name.is_empty())?;
    let fine = name.len() <= LONGEST_CLIENT && name.bytes().all(|byte| byte.is_ascii_graphic());
    // A wallet with a scheme of its own is known by that, and let in by the operator.
    let fine = fine && Wallet::from_column(Some(&name)).is_none_or(|client| client == Wallet::Pass2U);
    Some(if fine { name } else { UNKNOWN.to_owned() })
}

impl Endpoint for Register {
    fn ask(&self) -> Batch<'_> {
        let RegistrationAddress { device, pass } = &self.address;
        let held = Held { device, pass_type: &pass.pass_type, serial: &pass.serial.once, token: &self.token.0 };
        let register = Statement {
            device,
            pass_type: &pass.pass_type,
            serial: &pass.serial.once,
            token: &self.token.0,
            push_token: &self.push_token.push_token,
            client: self.client.as_deref(),
            now: self.now,
        };
        Batch::repeatable(vec![held.query(), register.query()])
    }

    fn otherwise(&self) -> Option<Box<dyn Endpoint>> {
        Some(Box::new(Self { address: self.address.otherwise()?, ..self.clone() }))
    }

    fn answer(&self, rows: &Rows) -> Result<Reply, Unreadable> {
        Ok(match rows.first::<Held>()? {
            None => ClientError::WrongPassToken.into(),
            Some(held) => Reply::empty(if held.registered { 200 } else { 201 }),
        })
    }
}
