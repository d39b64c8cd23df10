//! `POST /issuer/v1/push/test`
//!
//! Sends a push to a token that no device has, and tells what the push service makes of it: "no such token" means that it
//! takes our pushes. What was held back because it did not take them before goes on then.

use crate::{
    endpoint::{Error, run},
    http::{ClientError, Reply},
    issuer::body,
    push::{self, Attempt, Providers, PushMessage, Transport, Verdict},
    storage::{
        Batch, Database,
        sql::issuer::push::{Confirm, Release, Resume},
    },
    wallet::Wallet,
};
use serde::{Deserialize, Serialize};

/// The most bytes a body may have.
pub const BODY_LIMIT: usize = 4096;

/// An issuer wants to know whether the push service takes our pushes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PushTest {
    /// For passes of this type.
    pub pass_type: String,
    /// The wallet.
    pub client: Wallet,
    /// Whether push tokens that the service calls bad may go, however many they are.
    pub delete_bad_tokens: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Wanted {
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
    /// The push service's own word.
    reason: &'a str,
}

impl PushTest {
    /// Reads a body: `{"passTypeIdentifier": "…", "client": "ApplePass", "deleteBadTokens": false}`, of which all but the pass
    /// type may be left out.
    ///
    /// # Errors
    /// [`ClientError::BadRequest`] when it is of another form.
    pub fn read(body: &[u8]) -> Result<Self, ClientError> {
        const FORM: ClientError = ClientError::BadRequest(
            "The body must be a JSON object with `passTypeIdentifier`; for another wallet than Apple's, `client`; and, as the case \
             may be, `deleteBadTokens`.",
        );
        let Wanted { pass_type_identifier: pass_type, client, delete_bad_tokens } = body::read(body, FORM)?;
        if !is_pass_type(&pass_type) {
            return Err(FORM);
        }
        Ok(Self { pass_type, client: named(&client)?, delete_bad_tokens })
    }

    /// Makes the trial.
    ///
    /// # Errors
    /// [`ClientError::NotConfigured`] when the push service is not set up; trouble when the database does not answer.
    pub async fn run<D: Database, T: Transport>(
        &self,
        providers: &Providers,
        transport: &T,
        database: &D,
    ) -> Result<Reply, Error> {
        if let Some(unusable) = providers.unusable(self.client) {
            return Err(ClientError::NotConfigured(unusable).into());
        }
        let attempt = push::probe(self.client, &self.pass_type, providers, transport).await;
        let accepted = attempt.is_accepted();
        let reply = self.reply(accepted, &attempt);
        if !accepted {
            return Ok(reply);
        }
        let (client, now) = (push::name_of(self.client), transport.now_ms());
        let pass_type = &self.pass_type;
        let mut queries = vec![Release { client, pass_type }.query(), Resume { client, now }.query()];
        if self.delete_bad_tokens {
            queries.push(Confirm { client, pass_type, now }.query());
        }
        run(database, &Batch::repeatable(queries)).await?;
        Ok(reply.telling(vec![PushMessage(self.client).message(now, now)]))
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
        let (client, pass_type_identifier) = (self.client.name(), self.pass_type.as_str());
        Reply::json(200, &Body { client, pass_type_identifier, accepted, status: *status, reason })
    }
}

fn named(name: &str) -> Result<Wallet, ClientError> {
    let client = Wallet::ALL.into_iter().find(|client| client.name() == name);
    client.ok_or(ClientError::BadRequest("`client` names no wallet that is known."))
}

/// It becomes a header field.
fn is_pass_type(text: &str) -> bool {
    (1..=crate::http::path::LONGEST_IDENTIFIER).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}
