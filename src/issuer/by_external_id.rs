//! `/issuer/v1/passes/by-external-id/{externalId}[/…]?template=`
//!
//! The issuer's own identifier as the address of a pass. It stands in for pass type and serial number in each route of a pass.

use super::Address;
use crate::{
    http::{ClientError, Problem, path, query},
    storage::{Batch, Rows, Unreadable, sql::issuer::by_external_id as sql},
};

/// An address by external identifier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ByExternalId {
    external_id: String,
    template: Option<String>,
}

/// The passes that a refusal lists, and one more.
const MOST: i64 = 11;

impl ByExternalId {
    /// The segment of the path before the identifier, where other paths have the pass type. No pass type is called like this.
    pub(crate) const SEGMENT: &str = "by-external-id";

    /// The query parameter that narrows the search.
    pub(crate) const PARAMETER: &str = "template";

    /// Decodes the segment of the path, and reads the query.
    ///
    /// # Errors
    /// [`ClientError::BadRequest`] when it cannot be an identifier.
    pub(crate) fn decode(segment: &str, query: &str) -> Result<Self, ClientError> {
        let external_id = path::identifier(segment).ok_or(ClientError::BadRequest(
            "`externalId` in the path is 1 to 255 bytes of percent-encoded UTF-8 without control characters.",
        ))?;
        Ok(Self { external_id, template: query::value(query, Self::PARAMETER) })
    }

    /// The statement that finds the pass.
    pub(crate) fn ask(&self) -> Batch<'_> {
        let (external_id, template) = (self.external_id.as_str(), self.template.as_deref());
        Batch::repeatable(vec![sql::Named { external_id, template, most: MOST }.query()])
    }

    /// The address of the one pass that has the identifier. The inner error is the refusal if there is none, or several.
    ///
    /// # Errors
    /// [`Unreadable`] when the rows are not those of the statement.
    pub(crate) fn answer(rows: &Rows) -> Result<Result<Address, ClientError>, Unreadable> {
        let mut found = rows.all::<sql::Named>()?;
        Ok(match found.pop() {
            None => Err(ClientError::NotFound(NONE)),
            Some(only) if found.is_empty() => Ok(Address { pass_type: only.pass_type, serial: only.serial }),
            Some(last) => {
                found.push(last);
                Err(several(&found))
            }
        })
    }
}

fn several(found: &[sql::NamedRow]) -> ClientError {
    let named = |row: &sql::NamedRow| {
        let template =
            row.template.as_deref().map_or_else(|| "of no template".to_owned(), |name| format!("of template {name}"));
        format!("{}/{} {template}", path::encode(&row.pass_type), path::encode(&row.serial))
    };
    let most = found.len().min(usize::try_from(MOST.saturating_sub(1)).unwrap_or_default());
    let listed: Vec<_> = found.iter().take(most).map(named).collect();
    let more = if found.len() > most { ", and more" } else { "" };
    let detail = format!(
        "Several passes have this externalId: {}{more}. Add ?template=, or use the address of one of them.",
        listed.join(", ")
    );
    ClientError::Problem(Problem::from_detail(409, "Conflict", &detail))
}

const NONE: &str = "No pass has this externalId. To create one, PUT it at its pass type and serial number, with the member \
    `externalId`.";
