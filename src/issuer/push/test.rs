//! `POST /issuer/v1/push/test`
//!
//! Sends a push to a token that no device has. If the push service answers that there is no such token, it takes our pushes.
//! The service then ends the holds, and pushes that were held back continue.

use crate::{
    endpoint::{Error, run},
    http::{ClientError, Reply},
    issuer::body,
    push::{self, Attempt, Providers, PushMessage, Transport, Verdict},
    storage::{Batch, Database, sql::issuer::push as sql},
    wallet::Wallet,
};
use serde::{Deserialize, Serialize};

/// The most bytes a body may have.
pub(crate) const BODY_LIMIT: usize = 4096;

/// An issuer tests whether the push service takes our pushes.
pub(crate) struct PushTest {
    /// The pass type of the test push.
    pub(crate) pass_type: String,
    /// The wallet.
    pub(crate) wallet: Wallet,
    /// Whether push tokens that the service calls bad may be deleted, however many they are.
    pub(crate) delete_bad_tokens: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Form {
    pass_type_identifier: String,
    #[serde(default = "apple")]
    client: String,
    #[serde(default)]
    delete_bad_tokens: bool,
}

fn apple() -> String {
    Wallet::Apple.name().to_owned()
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body<'a> {
    client: &'static str,
    pass_type_identifier: &'a str,
    /// Whether a device would have been pushed to.
    accepted: bool,
    /// The status code of the answer; `null` when there was none.
    status: Option<u16>,
    /// The push service's own text.
    reason: &'a str,
}

impl PushTest {
    /// Reads a body: `{"passTypeIdentifier": "…", "client": "ApplePass", "deleteBadTokens": false}`. Only the first is needed.
    pub(crate) fn parse(body: &[u8]) -> Result<Self, ClientError> {
        const FORM: ClientError = ClientError::BadRequest(
            "The body must be a JSON object with `passTypeIdentifier`; for another wallet than Apple's, `client`; and, as the \
             case may be, `deleteBadTokens`.",
        );
        let Form { pass_type_identifier: pass_type, client, delete_bad_tokens } = body::parse(body, FORM)?;
        if !is_pass_type(&pass_type) {
            return Err(FORM);
        }
        Ok(Self { pass_type, wallet: parse_wallet(&client)?, delete_bad_tokens })
    }

    /// Sends the push.
    ///
    /// # Errors
    /// [`ClientError::NotConfigured`] when the push service is not set up, [`Error::InternalError`] when storage fails.
    pub(crate) async fn run<D: Database, T: Transport>(
        &self,
        providers: &Providers,
        transport: &T,
        database: &D,
    ) -> Result<Reply, Error> {
        if let Some(unusable) = providers.unusable(self.wallet) {
            return Err(ClientError::NotConfigured(unusable).into());
        }
        let attempt = push::probe(self.wallet, &self.pass_type, providers, transport).await;
        let accepted = attempt.is_accepted();
        let reply = self.reply(accepted, &attempt);
        if !accepted {
            return Ok(reply);
        }
        let (client, now) = (push::name_of(self.wallet), transport.now_ms());
        let pass_type = &self.pass_type;
        let mut queries = vec![sql::Release { client, pass_type }.query(), sql::Resume { client, now }.query()];
        if self.delete_bad_tokens {
            queries.push(sql::Confirm { client, pass_type, now }.query());
        }
        run(database, &Batch::repeatable(queries)).await?;
        Ok(reply.with_messages(vec![PushMessage(self.wallet).message(now, now)]))
    }

    fn reply(&self, accepted: bool, Attempt { verdict, status, .. }: &Attempt) -> Reply {
        let reason = match verdict {
            Verdict::Delivered => "Delivered",
            Verdict::Dead { reason, .. }
            | Verdict::Later { reason, .. }
            | Verdict::Held { reason, .. }
            | Verdict::Never { reason } => reason,
            Verdict::ExpiredCredentials => "ExpiredProviderToken",
        };
        let (client, pass_type_identifier) = (self.wallet.name(), self.pass_type.as_str());
        Reply::json(200, &Body { client, pass_type_identifier, accepted, status: *status, reason })
    }
}

fn parse_wallet(name: &str) -> Result<Wallet, ClientError> {
    let wallet = Wallet::ALL.into_iter().find(|wallet| wallet.name() == name);
    wallet.ok_or(ClientError::BadRequest("`client` names no wallet that is known."))
}

/// Whether the text can be a header field.
fn is_pass_type(text: &str) -> bool {
    (1..=crate::http::path::LONGEST_IDENTIFIER).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}
