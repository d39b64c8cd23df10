//! What works on a phone but disappoints.

use serde::Serialize;

use crate::json::echo;

/// Something in a pass file that Wallet takes, but that its holder, or its issuer, will not like.
#[derive(Serialize, Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// The kind of warning, for programs.
    pub code: WarningCode,
    /// The file of the archive, shortened when its name is very long; `None` for the archive itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// What happens and what to do about it, in English, for the issuer.
    pub message: String,
}

impl Warning {
    /// A warning about the archive as a whole.
    pub(crate) fn in_archive(code: WarningCode, message: impl Into<String>) -> Self {
        Self { code, file: None, message: message.into() }
    }

    /// A warning about one file in the archive.
    pub(crate) fn in_file(code: WarningCode, file: &str, message: impl Into<String>) -> Self {
        Self { code, file: Some(echo(file)), message: message.into() }
    }
}

/// The kinds of warning. They serialize in `snake_case` and are part of the issuer API: add codes, never rename them.
#[derive(Serialize, Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[serde(rename_all = "snake_case")]
pub enum WarningCode {
    /// `icon@2x.png` or `icon@3x.png` is missing.
    IconScale,
    /// There are more warnings than are listed.
    MoreWarnings,
}
