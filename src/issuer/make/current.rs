//! The version of a pass that is stored.

use crate::{
    http::file::StoredFile,
    issuer::{
        Address,
        publish::{Origin, Over, Published},
    },
    storage::{Rows, Unreadable, sql::issuer::make as sql},
};

/// The stored version of a pass.
pub(super) struct Current {
    pub(super) object_key: String,
    /// Bytes.
    size: i64,
    pub(super) manifest_sha256: String,
    pub(super) token_sha256: Option<String>,
    pub(super) withdrawn: bool,
    pub(super) origin: Option<Origin>,
    /// The issuer's own identifier.
    pub(super) external_id: Option<String>,
    /// Whether a device ever registered it.
    pub(super) was_registered: bool,
    /// The pass as phones see it.
    pub(super) published: Published,
}

impl Current {
    pub(super) fn from_rows(address: &Address, rows: &Rows) -> Result<Option<Self>, Unreadable> {
        let Some(row) = rows.first::<sql::Pass>()? else { return Ok(None) };
        let sql::PassRow {
            object_key,
            etag,
            manifest,
            token,
            withdrawn,
            template,
            fields,
            field_values: values,
            external_id,
            revision,
            modified_at,
            size,
            registrations,
            was_registered,
        } = row;
        let origin = template.zip(fields).map(|(template, fields)| Origin { template, fields, values });
        let values = origin.as_ref().map(|origin| origin.values.clone().unwrap_or_default());
        let address = address.clone();
        let published = Published { address, revision, modified_at, etag, registrations, warnings: Vec::new(), values };
        Ok(Some(Self {
            object_key,
            size,
            manifest_sha256: manifest,
            token_sha256: token,
            withdrawn,
            origin,
            external_id,
            was_registered,
            published,
        }))
    }

    /// The version that the next one replaces.
    pub(super) fn over(&self) -> Over {
        Over { etag: self.published.etag.clone(), origin: self.origin.clone() }
    }

    /// Its file.
    pub(super) fn file(&self) -> StoredFile {
        StoredFile {
            object_key: self.object_key.clone(),
            etag: self.published.etag.clone(),
            modified_at: self.published.modified_at,
            size: self.size,
            media_type: pkpass::MEDIA_TYPE,
        }
    }
}
