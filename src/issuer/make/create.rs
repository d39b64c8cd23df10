//! Makes a pass when somebody first asks for it, and never a second time.
//!
//! The publishing transaction stores the pass only if there is none. Of several that ask at once, one stores it, and the others
//! find it. A crash before the transaction leaves nothing, or a file that no row names, which the sweep deletes. A crash after
//! it leaves the pass, and the next one who asks finds it.

use super::{
    ATTEMPTS, MakePassRequest, PassMaker,
    prepare::{NO_TEMPLATE, Wanted},
    put::taken,
};
use crate::{
    crypto::Crypto,
    endpoint::Error,
    http::{ClientError, conditional::WriteConditions, file::StoredFile},
    issuer::{Address, publish::Outcome},
    storage::{Database, Objects, sql::issuer::make as sql},
};

impl<D: Database, O: Objects, C: Crypto> PassMaker<'_, D, O, C> {
    /// The newest version of the pass, whoever made it. If it was never published, makes it and publishes it. `None`: it was
    /// withdrawn.
    ///
    /// # Errors
    /// [`Error::ClientError`] when the pass cannot be made, [`Error::InternalError`] when storage does not answer.
    pub async fn create_once(&self, address: &Address, body: &MakePassRequest) -> Result<Option<StoredFile>, Error> {
        let (taken, wanted) = (taken(address, body), Wanted::Template(&body.template));
        let only_new = WriteConditions { if_match: None, if_none_match: Some(ANY_VERSION.to_owned()) };
        for _ in 0..ATTEMPTS {
            let queries = taken.into_iter().map(sql::Taken::query).collect();
            let found = self.find(queries, address, wanted).await?;
            if let Some(current) = &found.current {
                return Ok((!current.withdrawn).then(|| current.file()));
            }
            if found.rows.first::<sql::Template>()?.is_none() {
                return Err(ClientError::NotFound(NO_TEMPLATE).into());
            }
            if taken.is_some() && found.rows.first::<sql::Taken>()?.is_some() {
                return Err(ClientError::NotFound(TAKEN).into());
            }
            let (prepared, _) = self.open(found, address, wanted).await?;
            // Without this outcome another writer was faster.
            if let Some(Outcome::Stored { file, messages, .. }) = self.make(address, body, &only_new, &prepared).await? {
                self.messages.add(messages);
                return Ok(Some(file));
            }
        }
        Err(ClientError::Unavailable.into())
    }
}

/// The entity tags of `If-None-Match: *`.
const ANY_VERSION: &str = r#"["*"]"#;

const TAKEN: &str = "Another pass of the template has this externalId already, and it is to be unique.";
