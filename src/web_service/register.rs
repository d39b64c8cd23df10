//! `POST /v1/devices/{deviceLibraryIdentifier}/registrations/{passTypeIdentifier}/{serialNumber}`
//!
//! Apple, "Register a Pass for Update Notifications": 201 for a new registration, 200 for an existing one, 401 for a wrong
//! token. An unknown pass gets the same 401, so that nobody can find out which passes exist.
//!
//! A trigger of the database notes on the pass when it was first registered. A crash before the batch leaves nothing, and one
//! after it leaves the registration with this time. Repeating the request changes neither.

use super::RegistrationAddress;
use crate::{
    endpoint::Endpoint,
    http::{ClientError, Headers, Reply, credentials::TokenHash},
    push::apns,
    storage::{Batch, Rows, Unreadable, sql::web_service::register as sql},
    wallet::{UNKNOWN, Wallet},
};
use serde::Deserialize;

/// The most bytes a body may have.
pub(crate) const BODY_LIMIT: usize = 8 * 1024;

/// The longest push token, in bytes. Apple's have 64 characters, other wallets' some hundred.
const LONGEST_PUSH_TOKEN: usize = 1024;

/// The longest name of a wallet, in bytes.
const LONGEST_NAME: usize = 64;

/// Apple's `PushToken` object. Other members are ignored.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PushToken {
    /// The token, opaque.
    pub push_token: String,
}

impl PushToken {
    /// Reads a body of any Content-Type: some wallets send `text/plain`.
    ///
    /// # Errors
    /// [`ClientError::BadRequest`] when it is not an object with a usable `pushToken`.
    pub fn parse(body: &[u8]) -> Result<Self, ClientError> {
        // A derived `Deserialize` also accepts an array of the values.
        let is_object = body.trim_ascii_start().starts_with(b"{");
        let token = is_object.then(|| serde_json::from_slice::<Self>(body).ok()).flatten();
        token
            .filter(Self::is_usable)
            .ok_or(ClientError::BadRequest("The body must be a JSON object with the string `pushToken`, not empty."))
    }

    fn is_usable(&self) -> bool {
        (1..=LONGEST_PUSH_TOKEN).contains(&self.push_token.len()) && !self.push_token.chars().any(char::is_control)
    }
}

/// A device registers a pass, or sends a new push token.
#[derive(Debug, Clone)]
pub struct Register {
    /// The device and the pass.
    pub address: RegistrationAddress,
    /// The token in the request.
    pub token: TokenHash,
    /// The device's push token.
    pub push_token: PushToken,
    /// The [name](wallet_name) of the wallet. `None` is Apple Wallet.
    pub wallet: Option<String>,
    /// Unix seconds.
    pub now: i64,
}

/// The wallet's name in a registration. `None` is Apple Wallet. A wallet with Apple's scheme may send its name, and its push
/// token may not be one of Apple's. An unknown name is stored, so that the push token never goes to Apple.
#[must_use]
pub fn wallet_name(by_scheme: Wallet, headers: &impl Headers, push_token: &PushToken) -> Option<String> {
    let name = by_scheme.column().map(str::to_owned).or_else(|| name_in_header(headers));
    name.or_else(|| (!apns::is_device_token(&push_token.push_token)).then(|| UNKNOWN.to_owned()))
}

/// The wallet that the header field `X-Pass-Client` names. Pass2U sends it with Apple's scheme.
fn name_in_header(headers: &impl Headers) -> Option<String> {
    let name = headers.get("x-pass-client").filter(|name| !name.is_empty())?;
    let fine = name.len() <= LONGEST_NAME && name.bytes().all(|byte| byte.is_ascii_graphic());
    // The operator admits wallets by their own schemes. None may enter by its name.
    let fine = fine && Wallet::from_column(Some(&name)).is_none_or(|wallet| wallet == Wallet::Pass2U);
    Some(if fine { name } else { UNKNOWN.to_owned() })
}

impl Endpoint for Register {
    fn ask(&self) -> Batch<'_> {
        let RegistrationAddress { device, pass } = &self.address;
        let (pass_type, serial, token) = (pass.pass_type.as_str(), pass.serial.once.as_str(), self.token.0.as_str());
        let register = sql::Register {
            device,
            pass_type,
            serial,
            token,
            push_token: &self.push_token.push_token,
            client: self.wallet.as_deref(),
            now: self.now,
        };
        Batch::repeatable(vec![sql::Held { device, pass_type, serial, token }.query(), register.query()])
    }

    fn otherwise(&self) -> Option<Box<dyn Endpoint>> {
        Some(Box::new(Self { address: self.address.otherwise()?, ..self.clone() }))
    }

    fn answer(&self, rows: &Rows) -> Result<Reply, Unreadable> {
        Ok(match rows.first::<sql::Held>()? {
            None => ClientError::WrongPassToken.into(),
            Some(held) => Reply::empty(if held.registered { 200 } else { 201 }),
        })
    }
}
