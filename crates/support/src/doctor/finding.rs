//! What was found.

use std::fmt;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Ok,
    Warning,
    /// Phones do not update the pass because of it.
    Problem,
}

/// The result of a check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Its name, such as `dns` or `certificate_expired`.
    pub check: String,
    pub state: State,
    pub text: String,
    /// What to do, if the text does not say it.
    pub remedy: Option<String>,
}

impl Finding {
    pub(super) fn ok(check: &str, text: impl Into<String>) -> Self {
        Self { check: check.to_owned(), state: State::Ok, text: text.into(), remedy: None }
    }

    pub(super) fn warning(check: &str, text: impl Into<String>) -> Self {
        Self { state: State::Warning, ..Self::ok(check, text) }
    }

    pub(super) fn problem(check: &str, text: impl Into<String>) -> Self {
        Self { state: State::Problem, ..Self::ok(check, text) }
    }

    pub(super) fn with_remedy(self, remedy: impl Into<String>) -> Self {
        Self { remedy: Some(remedy.into()), ..self }
    }
}

/// One line, and a second one with the remedy.
impl fmt::Display for Finding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match self.state {
            State::Ok => "ok",
            State::Warning => "warning",
            State::Problem => "PROBLEM",
        };
        write!(formatter, "{state:<8} {:<24} {}", self.check, self.text)?;
        match &self.remedy {
            Some(remedy) => write!(formatter, "\n         {:<24} What to do: {remedy}", ""),
            None => Ok(()),
        }
    }
}
