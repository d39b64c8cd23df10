//! `PUT /issuer/v1/passes/{passTypeIdentifier}/{serialNumber}` with `application/json`
//!
//! Makes a pass from a template and what this pass has of its own. It replaces any earlier version, with increments that are
//! still pending, but the pass keeps its authentication token, because phones have it.

use super::{
    ATTEMPTS, MakePassRequest, PassMaker,
    own::{Own, check_types, check_values},
    prepare::{Prepared, Template, Wanted},
    recipe::Recipe,
};
use crate::{
    crypto::Crypto,
    endpoint::Error,
    http::{ClientError, Problem, Reply, conditional::WriteConditions},
    issuer::{
        Address,
        publish::{OVERTAKEN, Outcome},
    },
    storage::{Database, Objects, Rows, Unreadable, sql::issuer::make as sql},
};
use pkpass::{
    card::Values,
    filled,
    json::{Patches, echo, merge},
};

impl<D: Database, O: Objects, C: Crypto> PassMaker<'_, D, O, C> {
    /// Makes and publishes a pass.
    ///
    /// # Errors
    /// [`Error::ClientError`] when the pass cannot be made, [`Error::InternalError`] when storage does not answer.
    pub async fn put(&self, address: &Address, body: &MakePassRequest, conditions: &WriteConditions) -> Result<Reply, Error> {
        self.show_defects(self.replace(address, body, conditions).await)
    }

    async fn replace(&self, address: &Address, body: &MakePassRequest, conditions: &WriteConditions) -> Result<Reply, Error> {
        let taken = taken(address, body);
        for _ in 0..ATTEMPTS {
            let queries = taken.into_iter().map(sql::Taken::query).collect();
            let (prepared, rows) = self.prepare_after(queries, address, Wanted::Template(&body.template)).await?;
            let etag = prepared.current.as_ref().map(|current| current.published.etag.as_str());
            if !conditions.hold(etag) {
                return Err(ClientError::PreconditionFailed.into());
            }
            if taken.is_some() {
                check_unique(&rows)?;
            }
            if let Some(outcome) = self.make(address, body, conditions, &prepared).await? {
                return Ok(outcome.reply());
            }
        }
        Err(ClientError::Conflict(OVERTAKEN).into())
    }

    pub(super) async fn make(
        &self,
        address: &Address,
        body: &MakePassRequest,
        conditions: &WriteConditions,
        prepared: &Prepared<C::SigningKey>,
    ) -> Result<Option<Outcome>, Error> {
        let Template { parts, .. } = prepared.template.as_ref().ok_or(Unreadable)?;
        check_types(&parts.content, &body.fields)?;
        let mut fields = body.fields.clone();
        filled::clear(&mut fields);
        let mut content = parts.content.clone();
        merge(&mut content, &fields);
        check_values(&parts.content, &content, &body.values)?;
        let mut values = Values::default();
        values.set(&body.values);
        let mut own = Own::new(Patches::new(fields), values);
        own.replace(&prepared.pending);
        own.check_size()?;
        let recipe =
            Recipe { address, conditions, own: &own, given: &body.fields, over: None, external_id: body.external_id.clone() };
        let draft = self.draft(recipe, prepared).await?;
        self.finish(draft, prepared).await
    }
}

/// The statement that finds another pass with an identifier that must be unique.
pub(super) fn taken<'a>(Address { pass_type, serial }: &'a Address, body: &'a MakePassRequest) -> Option<sql::Taken<'a>> {
    let taken = |external_id| sql::Taken { external_id, template: &body.template, pass_type, serial };
    body.external_id.unique().map(taken)
}

/// Refuses an identifier that must be unique and is another pass's.
fn check_unique(rows: &Rows) -> Result<(), Error> {
    let Some(sql::TakenRow { pass_type, serial }) = rows.first::<sql::Taken>()? else { return Ok(()) };
    let detail = format!(
        "The pass {} {} of this template has this externalId already, and it is to be unique.",
        echo(&pass_type),
        echo(&serial)
    );
    Err(ClientError::Problem(Problem::from_detail(409, "Conflict", &detail)).into())
}
