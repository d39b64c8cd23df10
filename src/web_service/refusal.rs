//! Refused tokens, counted after the answer
//!
//! A phone with another token than the pass has is refused for ever, and the issuer should learn why its card does not update.
//! The phone must not: it gets the same 401 for a pass that does not exist. So the service counts after the answer, in a call
//! of the database that good requests do not make. It writes at most one row a minute and pass, and none for an unknown pass.
//!
//! A crash before the count leaves nothing. The next refusal is counted.

use super::PassAddress;
use crate::{
    endpoint::{InternalError, run},
    http::credentials::TokenHash,
    storage::{Batch, Database, sql::web_service::refusal as sql},
};

/// After so many seconds without a refusal, the count begins again.
const FORGOTTEN_SECONDS: i64 = 30 * 86_400;

/// A token that was refused.
#[derive(Debug, Clone)]
pub struct Refusal {
    /// The pass that the request named.
    pub address: PassAddress,
    /// The token in the request.
    pub token: TokenHash,
    /// Unix seconds.
    pub now: i64,
}

impl Refusal {
    /// Counts it, if the pass exists and has another token.
    ///
    /// # Errors
    /// [`InternalError`] when the database does not answer.
    pub async fn count<D: Database>(&self, database: &D) -> Result<(), InternalError> {
        let PassAddress { pass_type, serial } = &self.address;
        let count = sql::Count {
            pass_type,
            once: &serial.once,
            twice: &serial.twice,
            token: &self.token.0,
            now: self.now,
            forgotten: self.now.saturating_sub(FORGOTTEN_SECONDS),
        };
        run(database, &Batch::repeatable(vec![count.query()])).await?;
        Ok(())
    }
}
