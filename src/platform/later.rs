//! Work after the response.

use super::{RequestContext, log::log_queue};
use crate::{
    endpoint::{Error, InternalError},
    storage::d1::D1,
};

impl RequestContext {
    /// Does work on the database after the response. `name` is for the log, which alone learns of a failure.
    pub(crate) fn later(&self, name: &'static str, work: impl AsyncFnOnce(&D1) -> Result<(), InternalError> + 'static) {
        let Ok(database) = self.settings().database() else { return };
        self.context.wait_until(async move {
            if let Err(error) = work(&D1::new(database)).await {
                log_queue(name, "", &Error::from(error));
            }
        });
    }
}
