//! Everything that was found in a file.

use crate::{
    card::placeholder::has_placeholder,
    defect::{Defect, DefectCode},
    warning::{Warning, WarningCode},
};
use serde_json::Value;

/// How often a report lists one code, so that no kind of finding hides another. A last line counts the rest.
pub const MAX_OF_A_CODE: usize = 10;

/// What was found in a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// What phones refuse, in the order in which an issuer would mend it; at most [`MAX_OF_A_CODE`] of each code.
    pub defects: Vec<Defect>,
    /// What works but disappoints; at most [`MAX_OF_A_CODE`] of each code.
    pub warnings: Vec<Warning>,
}

impl From<Vec<Defect>> for Report {
    fn from(defects: Vec<Defect>) -> Self {
        Self { defects, warnings: Vec::new() }
    }
}

impl From<Defect> for Report {
    fn from(defect: Defect) -> Self {
        vec![defect].into()
    }
}

/// A report in the making. It counts what is beyond [`MAX_OF_A_CODE`].
#[derive(Debug, Default)]
pub(crate) struct Notes {
    report: Report,
    more_defects: usize,
    more_warnings: usize,
    /// Whether a text with a placeholder may become anything, because it is a template's.
    is_template: bool,
}

impl Notes {
    /// The notes about a template.
    pub(crate) fn for_template() -> Self {
        Self { is_template: true, ..Self::default() }
    }

    /// Whether a value is checked only once a pass is made, because it has a placeholder.
    pub(crate) fn is_open(&self, value: &Value) -> bool {
        self.is_template && value.as_str().is_some_and(has_placeholder)
    }

    /// Notes a defect.
    pub(crate) fn push(&mut self, defect: Defect) {
        let same = self.report.defects.iter().filter(|listed| listed.code == defect.code);
        if same.count() < MAX_OF_A_CODE {
            self.report.defects.push(defect);
        } else {
            self.more_defects = self.more_defects.saturating_add(1);
        }
    }

    /// Notes a warning.
    pub(crate) fn warn(&mut self, warning: Warning) {
        let same = self.report.warnings.iter().filter(|listed| listed.code == warning.code);
        if same.count() < MAX_OF_A_CODE {
            self.report.warnings.push(warning);
        } else {
            self.more_warnings = self.more_warnings.saturating_add(1);
        }
    }

    /// Notes everything of another report.
    pub(crate) fn extend(&mut self, report: Report) {
        for defect in report.defects {
            self.push(defect);
        }
        for warning in report.warnings {
            self.warn(warning);
        }
    }

    /// Whether no defect was found.
    pub(crate) fn is_clean(&self) -> bool {
        self.report.defects.is_empty()
    }

    /// How many defects were found, listed or not.
    pub(crate) fn defect_count(&self) -> usize {
        self.report.defects.len().saturating_add(self.more_defects)
    }

    /// The lists for the issuer.
    pub(crate) fn into_report(self) -> Report {
        let Self { mut report, more_defects, more_warnings, .. } = self;
        if more_defects > 0 {
            let message = format!("{more_defects} more defects of the same kinds are not listed.");
            report.defects.push(Defect::in_archive(DefectCode::MoreDefects, message));
        }
        if more_warnings > 0 {
            let message = format!("{more_warnings} more warnings of the same kinds are not listed.");
            report.warnings.push(Warning::in_archive(WarningCode::MoreWarnings, message));
        }
        report
    }
}
