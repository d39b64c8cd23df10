//! What a version was made from.

use crate::issuer::external_id::ExternalId;

/// How a version was made. It is stored only if none of this has changed meanwhile.
#[derive(Debug, Clone)]
pub struct Made {
    /// The template and what the pass has of its own, if it was made from a template.
    pub origin: Option<Origin>,
    /// The version that it replaces, which has to be in service still. `None` when it may replace any.
    pub over: Option<Over>,
    /// The version of the template, which has to be the newest still. Otherwise a run that makes all passes of the template
    /// again would miss a pass that is made at the same time. `None` when the pass was made from its own files.
    pub template_version: Option<String>,
    /// The version of the signing identity, which has to be the newest still.
    pub identity_version: String,
    /// The increments that it includes, which have to be pending still: a JSON array of their ids.
    pub increments: String,
    /// What becomes of the issuer's own identifier.
    pub external_id: ExternalId,
}

/// A version in service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Over {
    /// SHA-256 of its file.
    pub etag: String,
    /// What it was made from.
    pub origin: Option<Origin>,
}

/// The template that a pass was made from, and what the pass has of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The template's name.
    pub template: String,
    /// A JSON array of merge patches.
    pub fields: String,
    /// A JSON object of the pass's own values, if it has any.
    pub values: Option<String>,
}

/// The columns of an [`Origin`].
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct OriginColumns<'a> {
    pub(crate) template: Option<&'a str>,
    pub(crate) fields: Option<&'a str>,
    pub(crate) values: Option<&'a str>,
}

impl<'a> From<Option<&'a Origin>> for OriginColumns<'a> {
    fn from(origin: Option<&'a Origin>) -> Self {
        origin.map_or_else(Self::default, |Origin { template, fields, values }| Self {
            template: Some(template),
            fields: Some(fields),
            values: values.as_deref(),
        })
    }
}
