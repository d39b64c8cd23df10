//! One push and its result.

use super::verdict::{Cause, Verdict};

/// The result of a push.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Attempt {
    /// What the answer means.
    pub(crate) verdict: Verdict,
    /// The status code of the answer. `None` when no answer came.
    pub(crate) status: Option<u16>,
    /// Whether a request was sent.
    pub(crate) sent: bool,
}

impl Attempt {
    /// Who may have caused the failure, if it need not be the device alone. The service causes 5xx and missing answers. This
    /// program causes a wrong path, method or size, unless the push token did.
    pub(super) fn blames_service(&self) -> Option<Cause> {
        match self.status {
            None => self.sent.then_some(Cause::Outage),
            Some(404 | 405 | 413) => Some(Cause::Configuration),
            Some(status) => (status >= 500).then_some(Cause::Outage),
        }
    }

    /// Whether the service accepts our pushes: the answer to a probe is about its push token only.
    pub(crate) fn is_accepted(&self) -> bool {
        match self.verdict {
            Verdict::Delivered | Verdict::Dead { .. } => true,
            // Some services have no word for an unknown push token.
            Verdict::Later { .. } => matches!(self.status, Some(200 | 400 | 410 | 429)),
            Verdict::Held { .. } | Verdict::Never { .. } | Verdict::ExpiredCredentials => false,
        }
    }
}
