//! The two kinds of archive.

/// What an archive is: a signed pass, or the unsigned folder that passes are made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Pass,
    Template,
}

impl Kind {
    /// The command that packs it, run inside the folder of the files.
    pub(crate) fn command(self) -> &'static str {
        match self {
            Self::Pass => "zip -r -X ../pass.pkpass .",
            Self::Template => "zip -r -X ../template.zip .",
        }
    }

    /// What an issuer calls it.
    pub(crate) fn noun(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Template => "template",
        }
    }
}
