//! `GET`, `HEAD {PUBLIC_URL}/links/{link}`
//!
//! Opens a link: 200 with the newest version of the pass, with a bundle, or with a page about them. A link that is wrong,
//! changed or expired is 404, and so is one whose passes were withdrawn.

use super::{
    Link,
    texts::{Texts, Trouble},
    to_parameter,
};
use crate::{
    endpoint::{Error, InternalError, run},
    http::{ClientError, file::StoredFile},
    storage::{Batch, Database, Objects, sql::issuer::link as sql},
};

/// What a link opens.
pub(crate) struct Opened {
    /// The passes that are in service, with their serial numbers. At least one.
    pub(crate) files: Vec<(String, StoredFile)>,
    /// Whether they come as a bundle, even if there is one.
    pub(crate) is_bundle: bool,
}

/// Why a link opens nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum NotOpened {
    /// This service did not make it, or it was changed.
    Unknown,
    /// It has expired.
    Expired,
    /// All its passes were withdrawn.
    Withdrawn,
    /// Another reason.
    Failed(Error),
}

impl<E: Into<Error>> From<E> for NotOpened {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

impl NotOpened {
    /// The error that clients without a browser get. It does not tell what was wrong with the link.
    pub(crate) fn into_error(self) -> Error {
        match self {
            Self::Unknown | Self::Expired | Self::Withdrawn => NOTHING.into(),
            Self::Failed(error) => error,
        }
    }

    /// The text for a person.
    pub(super) fn trouble(&self, texts: &'static Texts) -> &'static Trouble {
        match self {
            Self::Unknown => &texts.unknown,
            Self::Expired => &texts.expired,
            Self::Withdrawn => &texts.withdrawn,
            Self::Failed(_) => &texts.failed,
        }
    }
}

/// What clients without a browser are told of a link that opens nothing.
pub(super) const NOTHING: ClientError = ClientError::NotFound("This link does not exist, or has expired.");

impl Link {
    /// Finds its passes.
    ///
    /// # Errors
    /// [`NotOpened`] when they were withdrawn, or the database does not answer.
    pub(crate) async fn open<D: Database>(self, database: &D) -> Result<Opened, NotOpened> {
        let files = sql::Files { passes: &to_parameter(&self.passes) };
        let rows = run(database, &Batch::repeatable(vec![files.query()])).await.map_err(InternalError::from)?;
        let files = rows.all::<sql::Files>().map_err(InternalError::from)?.into_iter().filter_map(|row| {
            let sql::FilesRow { place, object_key, etag, modified_at, size } = row;
            let pass = self.passes.get(usize::try_from(place).ok()?)?;
            let file = StoredFile { object_key, etag, modified_at, size, media_type: pkpass::MEDIA_TYPE };
            Some((pass.serial.clone(), file))
        });
        let files: Vec<_> = files.collect();
        if files.is_empty() { Err(NotOpened::Withdrawn) } else { Ok(Opened { files, is_bundle: self.is_bundle() }) }
    }
}

/// Reads a file that was found.
///
/// # Errors
/// [`InternalError`] when the bucket does not answer, or does not have it.
pub(crate) async fn read<O: Objects>(file: &StoredFile, objects: &O) -> Result<Vec<u8>, InternalError> {
    objects.read(&file.object_key).await?.ok_or_else(|| InternalError::ObjectMissing(file.object_key.clone()))
}

/// The longest file name, in characters.
const LONGEST: usize = 64;

/// A serial number as a file name for any system. Characters that are not plain become hyphens.
pub(in crate::issuer) fn file_name(serial: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '-' };
    let name: String = serial.chars().map(plain).take(LONGEST).collect();
    let name = name.trim_matches(['.', '-']);
    if name.is_empty() { "pass".to_owned() } else { name.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_name_is_plain() {
        for (serial, name) in [("S-1", "S-1"), ("A B/ü\"\r\n", "A-B"), ("..", "pass"), ("ü", "pass"), ("a.b", "a.b")] {
            assert_eq!(file_name(serial), name);
        }
        assert_eq!(file_name(&"x".repeat(255)).len(), 64);
    }
}
