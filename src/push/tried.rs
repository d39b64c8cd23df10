//! The result of one push.

use super::verdict::{Cause, Verdict};

/// What came of a push.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tried {
    /// What the answer means.
    pub(crate) verdict: Verdict,
    /// The status code of the answer; `None` when there was none.
    pub(crate) status: Option<u16>,
    /// Whether something was sent.
    pub(crate) sent: bool,
}

impl Tried {
    /// Whose doing it may be that it failed, if not the device's alone: no answer and 5xx are the service's trouble; what is
    /// wrong with the path, the method or the size is ours, unless the device's token is to blame.
    pub(super) fn blames_service(&self) -> Option<Cause> {
        match self.status {
            None => self.sent.then_some(Cause::Outage),
            Some(404 | 405 | 413) => Some(Cause::Configuration),
            Some(status) => (status >= 500).then_some(Cause::Outage),
        }
    }

    /// Whether the answer to a probe is about its token, and not about us: the service takes our pushes.
    pub(crate) fn is_accepted(&self) -> bool {
        match self.verdict {
            Verdict::Delivered | Verdict::Dead { .. } => true,
            // Not every service has a word for a token that there is not.
            Verdict::Later { .. } => matches!(self.status, Some(200 | 400 | 410 | 429)),
            Verdict::Held { .. } | Verdict::Never { .. } | Verdict::ExpiredCredentials => false,
        }
    }
}
