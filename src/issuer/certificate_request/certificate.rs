//! `PUT /issuer/v1/pass-types/{passTypeIdentifier}/certificate`: takes a certificate whose key the service has.
//!
//! The key is that of a request that waits, or of the identity in use, for a renewal with the same key. One transaction stores
//! the identity and deletes the request. It requires that the request still waits, or that the identity is still the one whose
//! key was read. Otherwise the service looks again.
//!
//! A crash before that transaction leaves all as it was. After it the certificate is in use, and the client has no answer. A
//! repetition finds the key in the identity, and stores the same again.

use crate::{
    crypto::{Crypto, MasterKey, Opened},
    endpoint::{Endpoint as _, Error, run},
    http::{ClientError, Reply},
    issuer::signing_identity::{StoreIdentity, list_defects},
    storage::{Batch, Database, Rows, Unreadable, sql::issuer::certificate_request as sql},
};
use base64ct::{Base64, Encoding};
use pkpass::{
    Defect, DefectCode,
    pem::{self, CERTIFICATE, PRIVATE_KEY},
    signature::{Certificate, Found, Trust, Upload, check_alone, public_key_of_request, recognize},
};

/// How often a certificate is checked again because the keys changed meanwhile.
const MOST_ATTEMPTS: usize = 4;

/// The name of the body in defects.
const FILE: &str = "certificate";

/// An issuer sends a certificate.
#[derive(Debug)]
pub struct StoreCertificate {
    pass_type: String,
    sent: Vec<Certificate>,
}

/// What storing it needs.
#[derive(Debug)]
pub struct StoreContext<'a, C> {
    /// The secret that seals keys.
    pub master_key: &'a MasterKey,
    /// Whose certificates are taken.
    pub trust: &'a Trust,
    /// The platform's cryptography.
    pub crypto: &'a C,
    /// The unique name of the new identity.
    pub version: String,
    /// Unix seconds.
    pub now: i64,
}

/// A key of the service's, still sealed.
struct SealedKey {
    /// The request or the version of the identity that it is of.
    key_of: String,
    sealed: String,
    /// The intermediate of the identity.
    intermediate: Option<Vec<u8>>,
}

impl StoreCertificate {
    /// Reads a body: a certificate in DER, or one or several in PEM.
    ///
    /// # Errors
    /// [`ClientError::Problem`] that says what was sent instead.
    pub fn parse(pass_type: String, body: &[u8]) -> Result<Self, ClientError> {
        match recognize(body) {
            Found::Certificates(sent) => Ok(Self { pass_type, sent }),
            Found::Other(kind) => Err(refuse(DefectCode::CertificateUnreadable, kind.instead_of_certificate())),
        }
    }

    /// Finds the key, checks everything, and stores the identity. Usually costs two calls of the database.
    ///
    /// # Errors
    /// [`ClientError`] when the certificate is refused, or when others changed the keys each time. [`Error::InternalError`]
    /// when the database or the platform fails.
    pub async fn store<D: Database, C: Crypto>(&self, database: &D, context: &StoreContext<'_, C>) -> Result<Reply, Error> {
        for _ in 0..MOST_ATTEMPTS {
            let identity = self.check(self.find_key(database, context.now).await?, context).await?;
            let rows = run(database, &identity.ask()).await?;
            if StoreIdentity::is_stored(&rows)? {
                return Ok(identity.answer(&rows)?);
            }
        }
        Err(OVERTAKEN.into())
    }

    async fn find_key<D: Database>(&self, database: &D, now: i64) -> Result<SealedKey, Error> {
        let pass_type = self.pass_type.as_str();
        let keys = vec![sql::Waiting { pass_type }.query(), sql::InUse { pass_type }.query()];
        let rows = run(database, &Batch::repeatable(keys)).await?;
        match self.key_among(&rows)? {
            Some(key) => Ok(key),
            None => Err(self.explain_unknown_key(rows.count::<sql::Waiting>()?, now).into()),
        }
    }

    fn key_among(&self, rows: &Rows) -> Result<Option<SealedKey>, Unreadable> {
        let keys: Vec<_> = self.sent.iter().filter_map(Certificate::public_key).collect();
        let decode = |text: &str| Base64::decode_vec(text).map_err(|_| Unreadable);
        for sql::WaitingRow { id, request, private_key } in rows.all::<sql::Waiting>()? {
            if public_key_of_request(&decode(&request)?).is_some_and(|key| keys.contains(&key)) {
                return Ok(Some(SealedKey { key_of: id, sealed: private_key, intermediate: None }));
            }
        }
        let Some(row) = rows.first::<sql::InUse>()? else { return Ok(None) };
        let certificate = Certificate::from_der(&decode(&row.certificate)?);
        let is_its = certificate.and_then(|it| it.public_key()).is_some_and(|key| keys.contains(&key));
        let intermediate = Some(decode(&row.intermediate)?);
        Ok(is_its.then_some(SealedKey { key_of: row.version, sealed: row.private_key, intermediate }))
    }

    async fn check<C: Crypto>(&self, key: SealedKey, context: &StoreContext<'_, C>) -> Result<StoreIdentity, Error> {
        let StoreContext { master_key, trust, crypto, version, now } = context;
        let SealedKey { key_of, sealed, intermediate } = key;
        let opened = master_key.open(*crypto, &self.pass_type, &sealed).await?;
        let Opened { pkcs8, .. } = opened.ok_or(ClientError::NotConfigured(SEALED))?;
        let known = self.sent.iter().map(Certificate::der).chain(intermediate.as_deref());
        let certificates: String = known.map(|der| pem::encode(CERTIFICATE, der)).collect();
        let private_key = pem::encode(PRIVATE_KEY, &pkcs8);
        let upload = Upload { certificate: &certificates, private_key: &private_key, intermediate: None };
        let checked = upload.check(&self.pass_type, *now, trust, *crypto).await;
        let candidate = checked.map_err(|defects| list_defects(&defects))?;
        let identity = StoreIdentity::seal(self.pass_type.clone(), &candidate, master_key, *crypto, version.clone(), *now);
        Ok(identity.await?.with_key_of(key_of))
    }

    /// What is wrong with a certificate whose key the service does not have.
    fn explain_unknown_key(&self, waiting: usize, now: i64) -> ClientError {
        let mut defects = check_alone(&self.sent, &self.pass_type, now);
        if !defects.iter().any(|defect| defect.code == DefectCode::CertificatePassType) {
            let message = format!(
                "The service does not have the key of this certificate: it is not that of the signing identity, and not that \
                 of one of the certificate requests that wait, of which there are {waiting}. Send the certificate that Apple \
                 made from such a request. If you have the key, store both: PUT \
                 /issuer/v1/pass-types/{{passTypeIdentifier}}/signing-identity",
            );
            defects.insert(0, Defect { code: DefectCode::CertificateKeyUnknown, file: Some(FILE.to_owned()), message });
        }
        list_defects(&defects)
    }
}

fn refuse(code: DefectCode, message: String) -> ClientError {
    list_defects(&[Defect { code, file: Some(FILE.to_owned()), message }])
}

const OVERTAKEN: ClientError = ClientError::Conflict(
    "The signing identity or the certificate requests of this pass type changed several times meanwhile. Nothing was stored. \
     Send the certificate again.",
);

const SEALED: &str = "The key of this certificate was sealed under another MASTER_KEY. Set that one as the secret \
    MASTER_KEY_PREVIOUS. If it is lost, make a new certificate request, and have Apple issue another certificate.";
