//! `GET`, `HEAD {PUBLIC_URL}/links/{link}`
//!
//! Opens a link: 200 with the newest version of the pass, or with a bundle. A link that is wrong, changed or expired is 404,
//! and so is one whose passes were withdrawn.

use super::{Link, to_parameter};
use crate::{
    endpoint::{InternalError, run},
    http::{ClientError, Reply, conditional::ReadConditions, file::StoredFile},
    storage::{Batch, Database, sql::issuer::link as sql},
};

/// A person opens a link.
pub(crate) struct OpenLink {
    /// The link.
    pub(crate) link: Link,
    /// The version that the client has.
    pub(crate) conditions: ReadConditions,
    /// Whether the method is HEAD: the same answer without the file.
    pub(crate) head: bool,
}

/// What the link opens.
pub(crate) enum Found {
    /// An answer.
    Reply(Reply),
    /// Files to be packed into a bundle, and the names they get there.
    Bundle(Vec<(String, StoredFile)>),
}

impl OpenLink {
    /// Finds the passes.
    ///
    /// # Errors
    /// [`InternalError`] when the database does not answer.
    pub(crate) async fn find<D: Database>(self, database: &D) -> Result<Found, InternalError> {
        let Self { link, conditions, head } = self;
        let files = sql::Files { passes: &to_parameter(&link.passes) };
        let rows = run(database, &Batch::repeatable(vec![files.query()])).await?;
        let mut files = rows.all::<sql::Files>()?.into_iter().filter_map(|row| {
            let sql::FilesRow { place, object_key, etag, modified_at, size } = row;
            let pass = link.passes.get(usize::try_from(place).ok()?)?;
            let file = StoredFile { object_key, etag, modified_at, size, media_type: pkpass::MEDIA_TYPE };
            Some((pass.serial.clone(), file))
        });
        if link.is_bundle() {
            let files: Vec<_> = files.collect();
            return Ok(if files.is_empty() { Found::Reply(NOTHING.into()) } else { Found::Bundle(files) });
        }
        Ok(Found::Reply(match files.next() {
            None => NOTHING.into(),
            Some((serial, file)) => {
                let name = file_name(&serial);
                file.reply(&conditions, head)
                    .with("content-disposition", format!("attachment; filename=\"{name}.pkpass\""))
                    .with("x-robots-tag", "noindex")
            }
        }))
    }
}

/// The answer to a link that opens nothing.
pub(crate) const NOTHING: ClientError = ClientError::NotFound("This link does not exist, or has expired.");

/// The longest file name, in characters.
const LONGEST: usize = 64;

/// A serial number as a file name for any system. Characters that are not plain become hyphens.
pub(super) fn file_name(serial: &str) -> String {
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
