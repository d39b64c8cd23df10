//! Starting a run: 202; the progress is at the same address (`Location`, relative to it). A run that is under way is
//! replaced: it begins anew, so that what changed meanwhile reaches all passes.

use super::Message;
use crate::{
    endpoint::Endpoint,
    http::{ClientError, Reply},
    storage::{
        Batch, Rows, Unreadable,
        sql::issuer::republish::{Progress, Start as Statement, Template},
    },
};

/// An issuer wants all passes of a template made again.
#[derive(Debug, Clone)]
pub struct Start {
    /// The template's name.
    pub template: String,
    /// A name that no other run has.
    pub run: String,
    /// Unix seconds.
    pub now: i64,
}

impl Start {
    /// What to send when the answer is 202.
    #[must_use]
    pub fn message(&self) -> Message {
        Message { template: self.template.clone(), run: self.run.clone() }
    }
}

impl Endpoint for Start {
    /// Not repeatable: between two runs another one may have begun.
    fn ask(&self) -> Batch<'_> {
        let template = self.template.as_str();
        Batch::once(vec![
            Template { name: template }.query(),
            Statement { template, run: &self.run, now: self.now }.query(),
            Progress { template }.query(),
        ])
    }

    fn answer(&self, rows: &Rows) -> Result<Reply, Unreadable> {
        if !rows.any::<Template>()? {
            return Ok(ClientError::NotFound("There is no template of this name.").into());
        }
        let progress = super::progress::read(&self.template, rows)?.ok_or(Unreadable)?;
        Ok(progress.reply(202).with("location", "republish").telling(vec![self.message().message()]))
    }
}
