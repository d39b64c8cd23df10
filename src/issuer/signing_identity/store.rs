//! Storing a signing identity: checks it and seals its key.

use super::SigningIdentity;
use crate::{
    crypto::{Crypto, MasterKey},
    endpoint::{Endpoint, Error},
    http::{ClientError, Problem, Reply},
    issuer::body,
    storage::{
        Batch, Rows, Unreadable,
        sql::issuer::{certificate_request::Remove as RemoveRequest, signing_identity as sql},
    },
};
use base64ct::{Base64, Encoding};
use pkpass::{
    Defect,
    signature::{Candidate, Pkcs12, Trust, Upload},
};
use serde::Deserialize;

/// The largest body, in bytes: three PEM texts, or a PKCS #12 file in base64.
pub(crate) const BODY_LIMIT: usize = 64 * 1024;

/// A checked identity.
#[derive(Debug, Clone)]
pub struct StoreIdentity {
    pass_type: String,
    version: String,
    certificate: String,
    intermediate: String,
    sealed_key: String,
    shown: sql::ShowRow,
    key_of: Option<String>,
}

/// Reads a body, `{"certificate", "privateKey", "intermediate"}`, each PEM, or `{"pkcs12", "password", "intermediate"}`. Checks
/// that they belong together and to the pass type, and that the key signs for the certificate. Seals the key. `version` is
/// unique. `now` is unix seconds.
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
) -> Result<StoreIdentity, Error> {
    let body: Body = body::parse(body, FORM)?;
    let intermediate = body.intermediate.as_deref();
    let checked = match body.identity()? {
        Sent::Pem { certificate, private_key } => {
            Upload { certificate, private_key, intermediate }.check(&pass_type, now, trust, crypto).await
        }
        Sent::Pkcs12 { file, password } => {
            Pkcs12 { file: &file, password, intermediate }.check(&pass_type, now, trust, crypto).await
        }
    };
    let candidate = checked.map_err(|defects| list_defects(&defects))?;
    StoreIdentity::seal(pass_type, &candidate, master_key, crypto, version, now).await
}

impl StoreIdentity {
    /// Seals the key of an identity that passed every check.
    ///
    /// # Errors
    /// [`Error::InternalError`] when the platform does not seal.
    pub(in crate::issuer) async fn seal<C: Crypto>(
        pass_type: String,
        candidate: &Candidate,
        master_key: &MasterKey,
        crypto: &C,
        version: String,
        now: i64,
    ) -> Result<Self, Error> {
        let sealed_key = master_key.seal(crypto, &pass_type, &candidate.private_key).await?;
        let Candidate { certificate, intermediate, .. } = candidate;
        let shown = sql::ShowRow {
            subject: certificate.subject(),
            team: certificate.team().ok_or(Unreadable)?,
            serial_number: certificate.serial_number(),
            not_before: certificate.not_before(),
            not_after: certificate.not_after().min(intermediate.not_after()),
            stored_at: now,
        };
        let [certificate, intermediate] = [certificate, intermediate].map(|it| Base64::encode_string(it.der()));
        Ok(Self { pass_type, version, certificate, intermediate, sealed_key, shown, key_of: None })
    }

    /// Stores it only if its key still is that of this certificate request, which is deleted, or of this version of the
    /// identity.
    pub(in crate::issuer) fn with_key_of(self, key_of: String) -> Self {
        Self { key_of: Some(key_of), ..self }
    }

    /// Whether the batch stored it.
    pub(in crate::issuer) fn is_stored(rows: &Rows) -> Result<bool, Unreadable> {
        rows.any::<sql::Stored>()
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    certificate: Option<String>,
    private_key: Option<String>,
    pkcs12: Option<String>,
    password: Option<String>,
    intermediate: Option<String>,
}

/// The two ways to send certificate and key.
enum Sent<'a> {
    Pem { certificate: &'a str, private_key: &'a str },
    Pkcs12 { file: Vec<u8>, password: &'a str },
}

impl Body {
    fn identity(&self) -> Result<Sent<'_>, ClientError> {
        let Self { certificate, private_key, pkcs12, password, .. } = self;
        match (certificate, private_key, pkcs12, password) {
            (Some(certificate), Some(private_key), None, None) => Ok(Sent::Pem { certificate, private_key }),
            (None, None, Some(base64), password) => {
                let base64: String = base64.split_ascii_whitespace().collect();
                let file = Base64::decode_vec(&base64).map_err(|_| BASE64)?;
                Ok(Sent::Pkcs12 { file, password: password.as_deref().unwrap_or_default() })
            }
            _ => Err(FORM),
        }
    }
}

const FORM: ClientError = ClientError::BadRequest(
    "The body must be {\"certificate\": …, \"privateKey\": …}, each a string of PEM, or {\"pkcs12\": …, \"password\": …}, and \
     \"intermediate\" where it is needed.",
);

const BASE64: ClientError =
    ClientError::BadRequest("\"pkcs12\" must be the .p12 file in base64, as `base64 < pass.p12` prints it.");

pub(in crate::issuer) fn list_defects(defects: &[Defect]) -> ClientError {
    let detail = "The signing identity was not stored. Each defect below must be mended.";
    ClientError::Problem(Problem::new(400, "Defective Signing Identity", detail, defects))
}

impl Endpoint for StoreIdentity {
    /// Not repeatable: between two runs another one may have been stored.
    fn ask(&self) -> Batch<'_> {
        let pass_type = self.pass_type.as_str();
        let sql::ShowRow { subject, team, serial_number, not_before, not_after, stored_at } = &self.shown;
        let store = sql::Store {
            pass_type,
            version: &self.version,
            certificate: &self.certificate,
            intermediate: &self.intermediate,
            private_key: &self.sealed_key,
            subject,
            team,
            serial_number,
            not_before: *not_before,
            not_after: *not_after,
            now: *stored_at,
            key_of: self.key_of.as_deref(),
        };
        let mut queries = vec![sql::Before { pass_type }.query(), store.query()];
        // If its request is there, the statement before has stored the identity.
        queries.extend(self.key_of.as_deref().map(|id| RemoveRequest { pass_type, id }.query()));
        queries.extend([sql::Stored { pass_type, version: &self.version }.query(), sql::Show { pass_type }.query()]);
        Batch::once(queries)
    }

    fn answer(&self, rows: &Rows) -> Result<Reply, Unreadable> {
        let status = if rows.any::<sql::Before>()? { 200 } else { 201 };
        let stored = rows.first::<sql::Show>()?.ok_or(Unreadable)?;
        Ok(Reply::json(status, &SigningIdentity::from_row(stored, self.shown.stored_at)))
    }
}
