//! The first step: one call of the database for the pass and the newest versions of the signing identity and the template. The
//! call returns the identity itself only if the isolate does not keep this version.

use super::{PassMaker, cache::Identity, current::Current};
use crate::{
    crypto::Crypto,
    endpoint::{Error, InternalError, run},
    http::{ClientError, conditional::WriteConditions},
    issuer::Address,
    storage::{
        Batch, Database, Objects, Query, Rows, Unreadable,
        sql::issuer::{increment, make as sql},
    },
};
use base64ct::{Base64, Encoding};
use pkpass::{
    Parts, json,
    signature::{Certificate, Signer},
};
use serde_json::{Map, Value};
use std::rc::Rc;

/// The template to make a pass from.
#[derive(Clone, Copy)]
pub(super) enum Wanted<'a> {
    /// The one of this name.
    Template(&'a str),
    /// The one it was made from.
    Own,
    /// None: the pass is made from its own files.
    Nothing,
}

/// The rows that a pass is made from.
pub(super) struct Found<K> {
    pub(super) rows: Rows,
    /// The pass as it is, if it was ever published.
    pub(super) current: Option<Current>,
    /// The identity that the isolate keeps, and its version. Another request may replace it there meanwhile.
    kept: Option<(String, Rc<Identity<K>>)>,
}

/// The data that a pass is made from.
pub(super) struct Prepared<K> {
    /// The pass as it is, if it was ever published.
    pub(super) current: Option<Current>,
    /// The signing identity.
    pub(super) identity: Rc<Identity<K>>,
    pub(super) identity_version: String,
    /// The template, if one was wanted and exists.
    pub(super) template: Option<Template>,
    /// Increments of the pass that are not applied yet. Unknown for a pass that is made from its own files.
    pub(super) pending: Vec<Pending>,
}

/// An increment that counts, and that no publication applied yet.
pub(super) struct Pending {
    pub(super) id: String,
    /// The number to add, by key.
    pub(super) deltas: Map<String, Value>,
}

/// The newest version of a template.
pub(super) struct Template {
    pub(super) name: String,
    pub(super) version: String,
    pub(super) parts: Rc<Parts>,
}

impl<D: Database, O: Objects, C: Crypto> PassMaker<'_, D, O, C> {
    pub(super) async fn prepare(&self, address: &Address, wanted: Wanted<'_>) -> Result<Prepared<C::SigningKey>, Error> {
        Ok(self.prepare_after(Vec::new(), address, wanted).await?.0)
    }

    /// The same, in one batch after other statements, which must be repeatable. Returns their rows too.
    pub(super) async fn prepare_after<'q>(
        &'q self,
        queries: Vec<Query<'q>>,
        address: &'q Address,
        wanted: Wanted<'q>,
    ) -> Result<(Prepared<C::SigningKey>, Rows), Error> {
        let found = self.find(queries, address, wanted).await?;
        self.open(found, address, wanted).await
    }

    /// The call of the database.
    pub(super) async fn find<'q>(
        &'q self,
        mut queries: Vec<Query<'q>>,
        address: &'q Address,
        wanted: Wanted<'q>,
    ) -> Result<Found<C::SigningKey>, InternalError> {
        let (pass_type, serial) = (address.pass_type.as_str(), address.serial.as_str());
        let kept = self.cache.identity(pass_type);
        queries.push(sql::Pass { pass_type, serial }.query());
        queries.push(sql::Identity { pass_type, kept: kept.as_ref().map(|(version, _)| version.as_str()) }.query());
        match wanted {
            Wanted::Template(name) => queries.push(sql::Template { name }.query()),
            Wanted::Own => queries.push(sql::TemplateOf { pass_type, serial }.query()),
            Wanted::Nothing => {}
        }
        if !matches!(wanted, Wanted::Nothing) {
            queries.push(increment::Pending { pass_type, serial, limit: MOST_PENDING }.query());
        }
        let rows = run(self.database, &Batch::repeatable(queries)).await?;
        Ok(Found { current: Current::from_rows(address, &rows)?, rows, kept })
    }

    /// Makes what was found ready to use.
    pub(super) async fn open(
        &self,
        Found { rows, current, kept }: Found<C::SigningKey>,
        address: &Address,
        wanted: Wanted<'_>,
    ) -> Result<(Prepared<C::SigningKey>, Rows), Error> {
        if current.is_none() && matches!(wanted, Wanted::Nothing) {
            return Err(ClientError::NotFound("No such pass was published.").into());
        }
        let (identity_version, identity) = self.identity(&address.pass_type, kept, &rows).await?;
        let pending = if matches!(wanted, Wanted::Nothing) { Vec::new() } else { Pending::from_rows(&rows)? };
        let template = self.template(wanted, &rows).await?;
        Ok((Prepared { current, identity, identity_version, template, pending }, rows))
    }

    async fn identity(
        &self,
        pass_type: &str,
        kept: Option<(String, Rc<Identity<C::SigningKey>>)>,
        rows: &Rows,
    ) -> Result<(String, Rc<Identity<C::SigningKey>>), Error> {
        let row = rows.first::<sql::Identity>()?.ok_or(ClientError::Conflict(NO_IDENTITY))?;
        let sql::IdentityRow { version, certificate, intermediate, private_key } = row;
        let identity = match (certificate, intermediate, private_key) {
            (Some(certificate), Some(intermediate), Some(sealed)) => {
                let identity = self.open_identity(pass_type, [&certificate, &intermediate, &sealed]).await?;
                self.cache.keep_identity(pass_type, &version, &identity);
                identity
            }
            _ => kept.filter(|(kept, _)| *kept == version).ok_or(Unreadable)?.1,
        };
        if identity.not_after < self.now() {
            return Err(ClientError::Conflict(EXPIRED).into());
        }
        Ok((version, identity))
    }

    /// Makes a stored identity ready to sign.
    async fn open_identity(
        &self,
        pass_type: &str,
        [certificate, intermediate, sealed]: [&str; 3],
    ) -> Result<Rc<Identity<C::SigningKey>>, Error> {
        let [certificate, intermediate] =
            [certificate, intermediate].map(|text| Base64::decode_vec(text).map_err(|_| OTHER_IDENTITY));
        let certificate = Certificate::from_der(&certificate?).ok_or(OTHER_IDENTITY)?;
        let intermediate = Certificate::from_der(&intermediate?).ok_or(OTHER_IDENTITY)?;
        let opened = self.master_key.open(self.crypto, pass_type, sealed).await?;
        let key = self.crypto.import(&opened.ok_or(ClientError::NotConfigured(SEALED))?.pkcs8).await?;
        let signer = Signer::new(&certificate, &intermediate).ok_or(OTHER_IDENTITY)?;
        let team = certificate.team().ok_or(OTHER_IDENTITY)?;
        let not_after = certificate.not_after().min(intermediate.not_after());
        Ok(Rc::new(Identity { signer, key, certificate, team, not_after }))
    }

    async fn template(&self, wanted: Wanted<'_>, rows: &Rows) -> Result<Option<Template>, Error> {
        let row = match wanted {
            Wanted::Nothing => None,
            Wanted::Template(_) => Some(rows.first::<sql::Template>()?.ok_or(ClientError::Conflict(NO_TEMPLATE))?),
            Wanted::Own => rows.first::<sql::TemplateOf>()?,
        };
        let Some(sql::TemplateRow { name, version, object_key }) = row else { return Ok(None) };
        if let Some(parts) = self.cache.template(&name, &version) {
            return Ok(Some(Template { name, version, parts }));
        }
        let parts = match self.parts(&object_key).await {
            Ok(Some(parts)) => Rc::new(parts),
            Ok(None) | Err(Error::InternalError(InternalError::ObjectMissing(_))) => {
                return Err(ClientError::Conflict(TEMPLATE_LOST).into());
            }
            Err(error) => return Err(error),
        };
        self.cache.keep_template(&name, &version, &parts);
        Ok(Some(Template { name, version, parts }))
    }

    /// The newest version of a template.
    ///
    /// # Errors
    /// [`ClientError::Conflict`] when there is no such template, or it is lost.
    pub(crate) async fn content_of_template(&self, name: &str) -> Result<Rc<Parts>, Error> {
        let rows = run(self.database, &Batch::repeatable(vec![sql::Template { name }.query()])).await?;
        let template = self.template(Wanted::Template(name), &rows).await?;
        Ok(template.ok_or(Unreadable)?.parts)
    }

    /// The parts of the stored version.
    pub(super) async fn parts_of(&self, current: &Current) -> Result<Parts, Error> {
        Ok(self.parts(&current.object_key).await?.ok_or(ClientError::Conflict(NOT_UNDERSTOOD))?)
    }

    /// The parts of a file in the bucket. `None` when they cannot be read.
    async fn parts(&self, object_key: &str) -> Result<Option<Parts>, Error> {
        Ok(Parts::from_file(&self.file(object_key).await?))
    }

    pub(super) async fn file(&self, object_key: &str) -> Result<Vec<u8>, InternalError> {
        let file = self.objects.read(object_key).await?;
        file.ok_or_else(|| InternalError::ObjectMissing(object_key.to_owned()))
    }
}

impl<K> Prepared<K> {
    /// The pass, if it can be changed.
    pub(super) fn changeable(&self, conditions: &WriteConditions) -> Result<&Current, Error> {
        let current = self.current.as_ref().ok_or(ClientError::NotFound("No such pass was published."))?;
        if !conditions.hold(Some(&current.published.etag)) {
            return Err(ClientError::PreconditionFailed.into());
        }
        if current.withdrawn { Err(ClientError::Conflict(WITHDRAWN).into()) } else { Ok(current) }
    }
}

impl Pending {
    fn from_rows(rows: &Rows) -> Result<Vec<Self>, Unreadable> {
        let read = |increment::PendingRow { id, deltas }| match json::parse(&deltas) {
            Some(Value::Object(deltas)) => Ok(Self { id, deltas }),
            _ => Err(Unreadable),
        };
        rows.all::<increment::Pending>()?.into_iter().map(read).collect()
    }
}

/// The most increments that one publication applies. The next one applies the rest.
const MOST_PENDING: i64 = 1000;

const WITHDRAWN: &str = "The pass was withdrawn. PUT publishes it again.";
const NO_IDENTITY: &str = "This pass type has no signing identity. Get a certificate for it: POST \
    /issuer/v1/pass-types/{passTypeIdentifier}/certificate-request, or store an identity that you have: PUT \
    /issuer/v1/pass-types/{passTypeIdentifier}/signing-identity";
const OTHER_IDENTITY: ClientError = ClientError::Conflict(
    "The signing identity of this pass type does not pass the checks of this version. Store it again: PUT \
     /issuer/v1/pass-types/{passTypeIdentifier}/signing-identity",
);
pub(super) const NOT_UNDERSTOOD: &str = "The file that was published does not pass the checks of this version, so it cannot \
    be changed. POST it to /issuer/v1/validate, which lists its defects, and publish one without them.";
const TEMPLATE_LOST: &str = "The file of this template is not in the bucket, or cannot be read. Store the template again.";
pub(super) const NO_TEMPLATE: &str = "There is no template of this name. Store one: PUT /issuer/v1/templates/{name} with a \
    ZIP of a pass folder.";
const EXPIRED: &str = "The certificate of this pass type's signing identity, or its intermediate, has expired. Renew it: POST \
    /issuer/v1/pass-types/{passTypeIdentifier}/certificate-request, or store a new identity: PUT \
    /issuer/v1/pass-types/{passTypeIdentifier}/signing-identity";
const SEALED: &str = "The signing identity of this pass type was sealed under another MASTER_KEY. Set that one as the \
    secret MASTER_KEY_PREVIOUS, or store the identity again: PUT /issuer/v1/pass-types/{passTypeIdentifier}/signing-identity";
