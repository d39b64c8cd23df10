//! Finds due work that may have no message: the message was lost, or its worker died.

use super::{Policy, PushMessage, name_of, wallet_of};
use crate::{
    endpoint::{InternalError, run},
    message::Message,
    storage::{
        Batch, Database,
        sql::push::resume::{Due, DueRow, Waiting},
    },
    wallet::Wallet,
};

/// What [`resume`] found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Left {
    /// The messages to send.
    pub messages: Vec<Message>,
    /// Wallets whose devices wait because their push service is not configured.
    pub unusable: Vec<Wallet>,
}

/// Finds due work.
///
/// # Errors
/// [`InternalError`] when the database does not answer.
pub async fn resume<D: Database>(database: &D, policy: &Policy, now_ms: i64) -> Result<Left, InternalError> {
    let (usable, unusable) = (names(&policy.usable), names(&policy.missing()));
    let due = Due { clients: &usable, now: now_ms };
    let queries = vec![due.query(), Waiting { clients: &unusable }.query()];
    let rows = run(database, &Batch::repeatable(queries)).await?;
    let wallets = |rows: Vec<DueRow>| rows.into_iter().filter_map(|row| wallet_of(&row.client)).collect::<Vec<_>>();
    let due = wallets(rows.all::<Due>()?).into_iter();
    Ok(Left {
        messages: due.map(|wallet| PushMessage(wallet).message(now_ms, now_ms)).collect(),
        unusable: wallets(rows.all::<Waiting>()?),
    })
}

/// The names of these wallets in the tables of push, as a JSON array.
pub(crate) fn names(wallets: &[Wallet]) -> String {
    let names: Vec<&str> = wallets.iter().map(|wallet| name_of(*wallet)).collect();
    serde_json::to_string(&names).unwrap_or_default()
}
