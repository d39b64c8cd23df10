//! `POST /issuer/v1/pass-types/{passTypeIdentifier}/certificate-request`: 201 with the request, and its key is stored sealed.
//!
//! A crash before the batch leaves nothing. A crash after it leaves a request that waits, and a client without an answer. The
//! list shows it, and a repetition with the same `Idempotency-Key` gets it.

use super::{MOST_WAITING, show::Form};
use crate::{
    crypto::{Crypto, MasterKey},
    endpoint::{Endpoint, Error, InternalError},
    http::{ClientError, Reply},
    storage::{
        Batch, Rows, Unreadable,
        sql::issuer::certificate_request::{self as sql},
    },
};
use base64ct::{Base64, Encoding};
use pkpass::signature::{NewRequest, make_request};

/// An issuer wants a request for a certificate.
#[derive(Debug)]
pub struct CreateRequest {
    pass_type: String,
    id: String,
    request: String,
    sealed_key: String,
    form: Form,
    now: i64,
}

/// Makes a key and the request for its certificate, and seals the key. `id` is unique. `now` is unix seconds.
///
/// # Errors
/// [`ClientError::BadRequest`] when Apple issues no certificate for such a pass type. [`InternalError`] when the platform makes
/// no key or does not seal it.
pub async fn create<C: Crypto>(
    pass_type: String,
    id: String,
    form: Form,
    master_key: &MasterKey,
    crypto: &C,
    now: i64,
) -> Result<CreateRequest, Error> {
    if pass_type.strip_prefix("pass.").is_none_or(str::is_empty) {
        return Err(NO_PASS_TYPE.into());
    }
    let NewRequest { der, pkcs8 } = make_request(&pass_type, crypto).await?.ok_or(InternalError::Unreadable)?;
    let sealed_key = master_key.seal(crypto, &pass_type, &pkcs8).await?;
    Ok(CreateRequest { pass_type, id, request: Base64::encode_string(&der), sealed_key, form, now })
}

impl Endpoint for CreateRequest {
    /// Repeatable: the second time, the row is there.
    fn ask(&self) -> Batch<'_> {
        let Self { pass_type, id, request, sealed_key, now, .. } = self;
        let create = sql::Create { pass_type, id, request, private_key: sealed_key, now: *now, most: MOST_WAITING };
        Batch::repeatable(vec![create.query(), sql::Show { pass_type, id }.query()])
    }

    fn answer(&self, rows: &Rows) -> Result<Reply, Unreadable> {
        let Some(row) = rows.first::<sql::Show>()? else { return Ok(TOO_MANY.into()) };
        let reply = self.form.reply(201, &self.pass_type, &row)?;
        Ok(reply.with("location", format!("certificate-request/{}", row.id)))
    }
}

const NO_PASS_TYPE: ClientError =
    ClientError::BadRequest("The identifier of a pass type begins with `pass.`, such as pass.com.example.coffee.");

const TOO_MANY: ClientError = ClientError::Conflict(
    "Five certificate requests of this pass type wait for their certificates, and more may not. Use one of them, or delete \
     those that you do not need: /issuer/v1/pass-types/{passTypeIdentifier}/certificate-request lists them.",
);
