//! Storing a signing identity: checked, its key sealed.

use super::SigningIdentity;
use crate::{
    crypto::{Crypto, MasterKey},
    endpoint::{Endpoint, Error},
    http::{ClientError, Problem, Reply},
    issuer::body,
    storage::{
        Batch, Rows, Unreadable,
        sql::issuer::signing_identity::{Before, Show, Store as Statement},
    },
};
use base64ct::{Base64, Encoding};
use pkpass::{
    Defect,
    signature::{Candidate, Trust, Upload},
};
use serde::Deserialize;

/// The largest body, in bytes: three PEM texts.
pub const BODY_LIMIT: usize = 64 * 1024;

/// An identity that is ready to be stored.
#[derive(Debug, Clone)]
pub struct Store {
    pass_type: String,
    version: String,
    certificate: String,
    intermediate: String,
    sealed_key: String,
    subject: String,
    team: String,
    serial_number: String,
    not_before: i64,
    not_after: i64,
    now: i64,
}

/// Reads a body, `{"certificate","privateKey","intermediate"}`, each PEM, checks that the three belong together and
/// to the pass type, that the key really signs for the certificate, and seals the key. `version` is unique to this
/// upload; `now` is unix seconds.
///
/// # Errors
/// [`ClientError::Problem`] with all defects, [`Error::InternalError`] when the platform does not seal.
pub async fn check<C: Crypto>(
    pass_type: String,
    body: &[u8],
    (master_key, trust): (&MasterKey, &Trust),
    crypto: &C,
    version: String,
    now: i64,
) -> Result<Store, Error> {
    let Body { certificate, private_key, intermediate } = body::read(body, FORM)?;
    let upload = Upload { certificate: &certificate, private_key: &private_key, intermediate: &intermediate };
    let candidate = upload.check(&pass_type, now, trust).map_err(|defects| refused(&defects))?;
    let defects = proved(&candidate, crypto).await;
    if !defects.is_empty() {
        return Err(refused(&defects).into());
    }
    let sealed_key = master_key.seal(crypto, &pass_type, &candidate.private_key).await?;
    let leaf = &candidate.certificate;
    Ok(Store {
        version,
        certificate: Base64::encode_string(leaf.der()),
        intermediate: Base64::encode_string(candidate.intermediate.der()),
        sealed_key,
        subject: leaf.subject(),
        team: leaf.team().ok_or(Unreadable)?,
        serial_number: leaf.serial_number(),
        not_before: leaf.not_before(),
        not_after: leaf.not_after().min(candidate.intermediate.not_after()),
        pass_type,
        now,
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    certificate: String,
    private_key: String,
    intermediate: String,
}

const FORM: ClientError = ClientError::BadRequest(
    "The body must be {\"certificate\": …, \"privateKey\": …, \"intermediate\": …}, each a string of PEM.",
);

/// What only the platform can tell: whether the certificates were signed by those whose they say, and whether the key
/// signs for the certificate.
async fn proved<C: Crypto>(candidate: &Candidate, crypto: &C) -> Vec<Defect> {
    let message = b"edgepass";
    let signature = match crypto.import(&candidate.private_key).await {
        Ok(key) => crypto.sign(&key, message).await.unwrap_or_default(),
        Err(_) => Vec::new(),
    };
    let trial = candidate.trial(message, signature);
    let mut defects = Vec::new();
    for check in candidate.checks.iter().chain(&trial) {
        if !crypto.verify(&check.proof).await {
            defects.push(check.otherwise.clone());
        }
    }
    defects
}

fn refused(defects: &[Defect]) -> ClientError {
    let detail = "The signing identity was not stored. Each defect below must be mended.";
    ClientError::Problem(Problem::new(400, "Defective Signing Identity", detail, defects))
}

impl Endpoint for Store {
    /// Not repeatable: between two runs somebody else may have stored another one.
    fn ask(&self) -> Batch<'_> {
        let store = Statement {
            pass_type: &self.pass_type,
            version: &self.version,
            certificate: &self.certificate,
            intermediate: &self.intermediate,
            private_key: &self.sealed_key,
            subject: &self.subject,
            team: &self.team,
            serial_number: &self.serial_number,
            not_before: self.not_before,
            not_after: self.not_after,
            now: self.now,
        };
        let pass_type = self.pass_type.as_str();
        Batch::once(vec![Before { pass_type }.query(), store.query(), Show { pass_type }.query()])
    }

    fn answer(&self, rows: &Rows) -> Result<Reply, Unreadable> {
        let status = if rows.any::<Before>()? { 200 } else { 201 };
        let stored = rows.first::<Show>()?.ok_or(Unreadable)?;
        Ok(Reply::json(status, &SigningIdentity::new(stored, self.now)))
    }
}
