//! Looking for what was left: its message got lost, its worker died, or its time has come.

use super::{Policy, PushMessage, client_of, name_of};
use crate::{
    endpoint::{InternalError, run},
    message::Message,
    storage::{
        Batch, Database,
        sql::push::resume::{Due, DueRow, Waiting},
    },
    wallet::Wallet,
};

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Left {
    /// What to send.
    pub messages: Vec<Message>,
    /// Wallets with something to tell whose push service is not configured.
    pub unusable: Vec<Wallet>,
}

/// Looks for what was left.
///
/// # Errors
/// [`InternalError`] when the database does not answer.
pub async fn resume<D: Database>(database: &D, policy: &Policy, now_ms: i64) -> Result<Left, InternalError> {
    let (usable, unusable) = (names(&policy.usable), names(&policy.missing()));
    let due = Due { clients: &usable, now: now_ms };
    let queries = vec![due.query(), Waiting { clients: &unusable }.query()];
    let rows = run(database, &Batch::repeatable(queries)).await?;
    let clients = |rows: Vec<DueRow>| rows.into_iter().filter_map(|row| client_of(&row.client)).collect::<Vec<_>>();
    let due = clients(rows.all::<Due>()?).into_iter();
    Ok(Left {
        messages: due.map(|client| PushMessage(client).message(now_ms, now_ms)).collect(),
        unusable: clients(rows.all::<Waiting>()?),
    })
}

/// Wallets as a JSON array of the names that the database has for them.
pub(crate) fn names(clients: &[Wallet]) -> String {
    let names: Vec<&str> = clients.iter().map(|client| name_of(*client)).collect();
    serde_json::to_string(&names).unwrap_or_default()
}
